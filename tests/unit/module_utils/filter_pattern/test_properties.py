"""Properties of all patterns and all messages."""

from __future__ import annotations

import json

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import (
    CompiledPattern,
    LogMessage,
    PatternError,
    compile_pattern,
    compile_tree,
    print_tree,
)
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.printer import print_condition
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.tree import (
    And,
    Compare,
    Condition,
    Delimited,
    IsNull,
    Literal,
    LiteralKind,
    NotExists,
    Or,
    Selector,
    Terms,
    normalize,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.module_utils.filter_pattern import pattern_strategies as some

_FRAGMENTS = ("&&", "||", "!=", "...", "$.a", "IS", "NULL", "NOT", "EXISTS", "[*]", "['", "']", "{2,3}", "\ud800")
_pattern_like = st.lists(
    st.one_of(
        st.sampled_from([*'{}[]()$.*%=<,?- 1x^"\\\n', *_FRAGMENTS]),
        st.text(max_size=2),
    ),
    max_size=20,
).map("".join)
_any_text = st.one_of(st.text(), _pattern_like, _pattern_like.map(lambda text: "{ " + text + " }"))
_any_message = st.one_of(some.messages, st.text(), _pattern_like, some.messages.map(lambda text: text[:-1]))


def _compiles(text: str) -> CompiledPattern | None:
    try:
        return compile_pattern(text)
    except PatternError as error:
        assert 0 <= error.position <= len(text)
        assert error.reason
        assert str(error)
        return None


@given(_any_text, _any_message)
def test_only_pattern_error_is_raised(text: str, message: str) -> None:
    pattern = _compiles(text)
    if pattern is not None:
        pattern.matches(message)
        pattern.extract(message)
        pattern.explain(message)
        assert compile_pattern(str(pattern)).tree == pattern.tree


@given(some.conditions, some.messages)
def test_a_printed_condition_parses_to_the_same_tree(tree: Condition, message: str) -> None:
    compiled = compile_tree(tree)
    assert compiled.tree == normalize(tree)
    again = compile_pattern(str(compiled))
    assert again.tree == compiled.tree
    assert again.matches(message) == compiled.matches(message)


@given(st.one_of(some.terms, some.delimited()))
def test_printed_terms_and_fields_parse_to_the_same_tree(tree: Terms | Delimited) -> None:
    assert compile_pattern(print_tree(tree)).tree == tree


@given(some.conditions, some.conditions, some.messages)
def test_or_is_true_for_one_true_operand_and_and_for_two(left: Condition, right: Condition, text: str) -> None:
    message = LogMessage(text)
    first, second = compile_tree(left).matches(message), compile_tree(right).matches(message)
    both = f"({print_condition(left)}) && ({print_condition(right)})"
    either = f"({print_condition(left)}) || ({print_condition(right)})"
    assert compile_pattern(f"{{ {either} }}").matches(message) == (first or second)
    assert compile_pattern(f"{{ {both} }}").matches(message) == (first and second)
    assert compile_tree(Or((right, left))).matches(message) == (first or second)
    assert compile_tree(And((right, left))).matches(message) == (first and second)
    assert compile_tree(Or((left, left))).matches(message) == first
    assert compile_tree(And((left, left))).matches(message) == first
    assert compile_tree(And((left, Or((left, right))))).matches(message) == first


@given(some.conditions, some.messages)
def test_explain_agrees_with_matches(tree: Condition, message: str) -> None:
    compiled = compile_tree(tree)
    holds = {result.text: result.holds for result in compiled.explain(message)}

    def value(condition: Condition) -> bool:
        if isinstance(condition, And | Or):
            values = [value(operand) for operand in condition.operands]
            return all(values) if isinstance(condition, And) else any(values)
        return holds[print_condition(condition)]

    assert value(normalize_condition(tree)) == compiled.matches(message)


def normalize_condition(tree: Condition) -> Condition:
    normal = normalize(tree)
    assert not isinstance(normal, Terms | Delimited)
    return normal  # type: ignore[return-value]


@given(st.one_of(some.selectors, some.wild_selectors), some.messages)
def test_a_missing_value_is_neither_null_nor_a_string(selector: Selector, text: str) -> None:
    message = LogMessage(text)
    absent = compile_tree(NotExists(selector)).matches(message)
    something = compile_tree(Compare(selector, "=", Literal("*", LiteralKind.WORD))).matches(message)
    null = compile_tree(IsNull(selector)).matches(message)
    assert not (absent and (something or null))


@given(some.selectors, some.literals, some.messages)
def test_exactly_one_of_equal_and_not_equal_is_true_for_an_existing_value(
    selector: Selector, literal: Literal, text: str
) -> None:
    message = LogMessage(text)
    equal = compile_tree(Compare(selector, "=", literal)).matches(message)
    different = compile_tree(Compare(selector, "!=", literal)).matches(message)
    something = compile_tree(Compare(selector, "=", Literal("*", LiteralKind.WORD))).matches(message)
    assert (equal + different) == something


@given(st.text(max_size=40), some.selectors)
def test_a_literal_cannot_end_its_quotes(text: str, selector: Selector) -> None:
    compiled = compile_tree(Compare(selector, "=", Literal(text)))
    assert compiled.tree == Compare(selector, "=", Literal(text))


@given(st.dictionaries(some.names, st.one_of(st.text(max_size=5), st.floats(), st.integers())), some.conditions)
def test_the_json_parser_agrees_with_python(value: dict[str, object], tree: Condition) -> None:
    compact = json.dumps(value)
    spread = json.dumps(value, indent=3, ensure_ascii=False)
    compiled = compile_tree(tree)
    assert compiled.matches(compact) == compiled.matches(spread)
