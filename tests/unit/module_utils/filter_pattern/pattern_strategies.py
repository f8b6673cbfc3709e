"""Random syntax trees, messages and regular expressions for the property tests of filter patterns."""

from __future__ import annotations

import json
import string

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.tree import (
    And,
    AnyElement,
    Compare,
    Condition,
    Delimited,
    FieldName,
    Index,
    IsFalse,
    IsNull,
    IsTrue,
    Leaf,
    Literal,
    LiteralKind,
    Name,
    NotExists,
    Or,
    Rest,
    Selector,
    Slot,
    Term,
    Terms,
)
from hypothesis import strategies as st

# Few names and values, so that random patterns and random messages meet often.
names = st.sampled_from(["a", "b", "c-d", "e.f"])
_steps = st.one_of(names.map(Name), st.integers(0, 2).map(Index))
selectors = st.lists(_steps, min_size=1, max_size=3).map(lambda steps: Selector(tuple(steps)))
wild_selectors = st.builds(lambda selector: Selector((*selector.steps, AnyElement())), selectors)

numbers = st.sampled_from(["0", "1", "-1", "1.0", "1e0", "12", "+2", "0.5"])
number_literals = numbers.map(lambda text: Literal(text, LiteralKind.NUMBER))
quoted = st.text(max_size=4).map(lambda text: Literal(text, LiteralKind.QUOTED))
words = st.sampled_from(["x", "y*", "*x", "a-b", "k.l", "*"]).map(lambda text: Literal(text, LiteralKind.WORD))
literals = st.one_of(number_literals, quoted, words)

_equalities = st.builds(Compare, selectors, st.sampled_from(["=", "!="]), literals)
_orderings = st.builds(Compare, selectors, st.sampled_from(["<", "<=", ">", ">="]), number_literals)
_tests = st.builds(
    lambda test, selector: test(selector), st.sampled_from([IsNull, IsTrue, IsFalse, NotExists]), selectors
)
leaves: st.SearchStrategy[Leaf] = st.one_of(_equalities, _orderings, _tests)


def _combined(children: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    operands = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(operands.map(And), operands.map(Or))


conditions: st.SearchStrategy[Condition] = st.recursive(leaves, _combined, max_leaves=6)

_plain_terms = st.one_of(
    st.from_regex(r"[A-Za-z0-9_]{1,5}", fullmatch=True).map(lambda t: Literal(t, LiteralKind.WORD)), quoted
)
terms = st.lists(st.builds(Term, _plain_terms, st.sampled_from(["", "-", "?"])), min_size=1, max_size=4).map(
    lambda each: Terms(tuple(each))
)


@st.composite
def delimited(draw: st.DrawFn) -> Delimited:
    """Draw a space-delimited pattern with distinct names."""
    fields = draw(st.lists(st.sampled_from(["w1", "ip", "status_code", "x"]), unique=True, max_size=4))
    slots: list[Slot | Rest] = []
    for name in fields:
        condition = Compare(FieldName(name), draw(st.sampled_from(["=", "!="])), draw(literals))
        slots.append(draw(st.sampled_from([Slot(name), Slot(name, condition), Slot(None)])))
    if draw(st.booleans()):
        slots.insert(draw(st.integers(0, len(slots))), Rest())
    # A single unnamed slot has no text of its own: [] is the pattern without slots.
    return Delimited(tuple(slots) if slots != [Slot(None)] else ())


_scalars = st.one_of(
    st.sampled_from(["x", "y", "yz", "ax", "a-b", "", "1", "true"]).map(json.dumps),
    numbers.filter(lambda text: not text.startswith("+")),
    st.sampled_from(["true", "false", "null"]),
)
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]"),
        st.lists(st.tuples(names, inner), max_size=3).map(
            lambda items: "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in items) + "}"
        ),
    ),
    max_leaves=6,
)
messages = st.lists(st.tuples(names, _values), max_size=4).map(
    lambda items: "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in items) + "}"
)
"""JSON objects as text, sometimes with repeated keys."""

_members = st.sampled_from(["a", "b", "c", "a-c", "\\d", "\\w", "\\s", "_", "\\x41", "\\-", ".", "$", "0-9"])
_brackets = st.builds(
    lambda negated, members: f"[{negated}{''.join(members)}]",
    st.sampled_from(["", "^"]),
    st.lists(_members, min_size=1, max_size=3),
)
_atoms = st.one_of(
    st.sampled_from(["a", "b", "c", ".", "\\d", "\\D", "\\s", "\\S", "\\w", "\\W", "\\.", "\\x2A", "0", ":", "/"]),
    _brackets,
)
_quantifiers = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,}", "{,2}", "{0,3}", "{1,2}"])
_sequences = st.builds(
    lambda start, items, end: start + "".join(atom + times for atom, times in items) + end,
    st.sampled_from(["", "", "^"]),
    st.lists(st.tuples(_atoms, _quantifiers), min_size=1, max_size=5),
    st.sampled_from(["", "", "$"]),
)
regexes = st.lists(_sequences, min_size=1, max_size=3).map("|".join)
"""Regular expressions of the allowed language."""

short_texts = st.text(alphabet="aabbccABC019_ :/.*-$\n\té€" + string.digits, max_size=8)
