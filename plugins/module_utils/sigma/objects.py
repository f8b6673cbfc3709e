# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Texts that a Sigma rule searches in an object, such as ``requestParameters|contains``: the keys that can hold them.

Sigma searches the JSON text of the object, which a filter pattern cannot. The names of the events say which keys the
object has.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from .conditions import AllOf, AnyOf, Condition, Not, RefusalError, Text, Truth, Values, Wild, necessary
from .fields import OBJECTS, source_of
from .members import Leaf, leaves

_REQUEST, _ANSWER, _MORE = _ROOTS = ("requestParameters", "responseElements", "additionalEventData")
_FRAGMENT = re.compile(r'[{,]?(?:"([^"]+)"\s*:\s*[\[{]+)?"([^"]+)"\s*:\s*\[?("?)([^"{}\[\]]*)("?)[\],}]*')
# Names of keys that hold a document as a text, in which quotes belong to the text.
_DOCUMENT = re.compile(r"polic(y|ies)$|document|template|definition|body|config|script|statement", re.IGNORECASE)
_ARNS = re.compile(
    r"arn|polic|document|resource|role|principal|AWS|endpoint|target|source|destination|bucket|key|topic|boundary",
    re.IGNORECASE,
)
# Where texts of a known form are: networks, ARNs, accounts, and the groups of S3.
_FORMS = (
    (re.compile(r"[\d.:a-f]+/\d{1,3}"), re.compile(r"cidr|range", re.IGNORECASE)),
    (re.compile(r"arn:.*"), _ARNS),
    (re.compile(r"\d{12}"), re.compile(r"account|owner|user(Id)?s?$|principal|AWS|arn|polic|document", re.IGNORECASE)),
    (re.compile(r"https?://.*|AllUsers|AuthenticatedUsers", re.IGNORECASE), re.compile(r"ur[il]|grant", re.IGNORECASE)),
)


_UNLIKELY = re.compile(r"\[0\]|\.tag", re.IGNORECASE)


@dataclass(frozen=True)
class Search:
    """How texts are searched: in the case of the rule, and only where they are likely.

    These are the keys with values of which the text is a part, else all but tags, lists within lists, and keys of an
    answer that repeat a parameter.
    """

    as_written: bool = False
    likely: bool = False


SEARCHES = (Search(), Search(as_written=True), Search(as_written=True, likely=True))
"""How texts are searched, from the widest to what fits into a filter pattern."""


@dataclass(frozen=True)
class _Events:
    """The events that a part of a condition is about."""

    names: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()

    def within(self, condition: AllOf) -> _Events:
        names, sources = necessary(condition, "eventName"), necessary(condition, "eventSource")
        return _Events(names or self.names, sources or self.sources)

    def keys(self, root: str) -> list[Leaf]:
        found: dict[Leaf, None] = {}
        for name in sorted(self.names):
            for source in sorted(self.sources) or [source_of(name) or ""]:
                found.update(dict.fromkeys(leaves(source.lower(), name, root)))
        return list(found)


@dataclass
class Objects:
    """Replaces searches in objects by comparisons of keys; ``notes`` say which and why."""

    search: Search
    mapped: Container[str] = ()
    notes: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def replaced(self, condition: Condition) -> Condition:
        """Return a condition without searches in objects whose keys are known. Raises RefusalError."""
        return self._visit(condition, _Events(), negated=False)

    def _visit(self, condition: Condition, events: _Events, *, negated: bool) -> Condition:
        match condition:
            case Not(operand):
                return Not(self._visit(operand, events, negated=not negated))
            case AllOf(operands):
                events = events.within(condition)
                return AllOf(tuple(self._visit(each, events, negated=negated) for each in operands))
            case AnyOf(operands):
                return AnyOf(tuple(self._visit(each, events, negated=negated) for each in operands))
            case Values(name) if name.startswith(_ROOTS) and name not in self.mapped and _is_search(condition):
                return self._values(condition, events, negated)
        return condition

    def _values(self, values: Values, events: _Events, negated: bool) -> Condition:
        name = values.field
        keys = events.keys(next(root for root in _ROOTS if name.startswith(root)))
        inside = [key for key in keys if key.path.startswith((f"{name}.", f"{name}["))]
        if name not in OBJECTS and (not inside or any(key.path == name for key in keys)):
            return values
        if not events.names:
            raise _refusal(name, "the rule does not say of which events")
        if self.search.likely:
            sent = {key.names[0].lower() for key in events.keys(_REQUEST)} if name.startswith(_ANSWER) else set()
            inside = [key for key in inside if not _UNLIKELY.search(key.path) and key.names[0].lower() not in sent]
        return _any(self._text(name, text, inside, events, negated) for text in values.texts)

    def _text(self, name: str, text: Text, inside: Sequence[Leaf], events: _Events, negated: bool) -> Condition:
        shown = _shown(text)
        tests, why = _places(text, inside, self.search)
        # != on a list means that some element differs.
        kept = [test for test in tests if not (negated and "[*]" in test.field)]
        if not tests:
            raise _refusal(name, f"no key of {', '.join(sorted(events.names))} is known that can hold {shown}")
        if not kept:
            raise _refusal(name, f"only lists can hold {shown}, of which filter patterns exclude no value")
        how = ", in the case of the rule" if self.search.as_written else ""
        self.keys += [test.field for test in kept]
        self.notes.append(f"{shown} is searched in {_listed(kept)} only{how}, {why}; Sigma searches all of {name}")
        if "ec2.amazonaws.com" in events.sources and name.startswith(_REQUEST):
            self.notes.append(
                "EC2 records the parameters of newer calls in an object named after the request: compare with a record"
            )
        if len(kept) < len(tests):
            left = [test for test in tests if test not in kept]
            self.notes.append(f"{shown} is not excluded in {_listed(left)}: filter patterns exclude no value of a list")
        return _any(self._cased(test) for test in kept)

    def _cased(self, test: Values | Truth) -> Condition:
        if isinstance(test, Truth) or not self.search.as_written:
            return test
        return replace(test, texts=tuple(replace(text, cased=True) for text in test.texts))


def _any(conditions: Iterable[Condition]) -> Condition:
    found = tuple(conditions)
    return found[0] if len(found) == 1 else AnyOf(found)


def _refusal(name: str, why: str) -> RefusalError:
    return RefusalError(
        f"{name} is an object in CloudTrail, and a filter pattern compares strings and numbers only; {why}; "
        "map it to the key that the rule means (fields)"
    )


def _is_search(values: Values) -> bool:
    """Return whether values are texts to search, and not the whole text of an object."""
    edges = [(len(text.parts) > 2 and {text.parts[0], text.parts[-1]}) for text in values.texts]
    return not values.patterns and all(each == {Wild.MANY} for each in edges)


def _shown(text: Text) -> str:
    return "".join(part.value if isinstance(part, Wild) else part for part in text.parts[1:-1])


def _listed(tests: Iterable[Values | Truth]) -> str:
    return ", ".join(dict.fromkeys(test.field for test in tests))


def _places(text: Text, keys: Sequence[Leaf], search: Search) -> tuple[list[Values | Truth], str]:
    """Return where a text can be, and why there."""
    bare = _shown(text).strip('"').lower()
    if (fragment := _FRAGMENT.fullmatch(_shown(text))) and (equal := _equal(text, fragment, keys)):
        return equal, "which it names"
    known = [(key, value) for key in keys for value in key.values if value.lower() == bare]
    named = [key for key in keys if key.names[0].lower() == bare] or [
        key for key in keys if key.names[1:] and key.names[1].lower() == bare
    ]
    if known or named:
        tests = [Values(key.path, (Text((value,), cased=True),)) for key, value in known]
        return [*tests, *(Values(key.path, (Text((Wild.MANY,)),)) for key in named)], (
            "of which it is a value or the name in the model of the AWS SDK"
        )
    if search.likely and (parts := [test for key in keys for test in _part_of_values(text, key)]):
        return [*parts], "of whose values in the model of the AWS SDK it is a part"
    return [*_holding(text, keys)], "which can hold it by the model of the AWS SDK"


def _equal(text: Text, fragment: re.Match[str], keys: Sequence[Leaf]) -> list[Values | Truth]:
    """Return the comparisons that ``"key":"value"`` means; a missing quote leaves the value open at that end."""
    parent, name, begin, value, end = fragment.groups()
    found = [key for key in keys if key.names[0].lower() == name.lower() and (not parent or parent in key.names)]
    if not begin and not end and value.lower() in ("true", "false"):
        return [Truth(key.path, value.lower() == "true") for key in found]
    parts: list[str | Wild] = [value, *([] if end or (value and not begin) else [Wild.MANY])]
    if len(text.parts) > 3:
        parts = [Wild.MANY if part == "*" else part for each in parts for part in _split(each)]
    wanted = Text(tuple(part for part in parts if part))
    return [test for key in found for test in _spelled(wanted, key)]


def _split(part: str | Wild) -> list[str | Wild]:
    return [part] if isinstance(part, Wild) else list(re.split(r"(\*)", part))


def _spelled(text: Text, key: Leaf) -> Iterator[Values]:
    """Yield the comparison of a key with a value, in the case of its model."""
    known = next((value for value in key.values if text.plain is not None and value.lower() == text.plain.lower()), "")
    yield Values(key.path, (Text((known,), cased=True) if known else text,))


def _part_of_values(text: Text, key: Leaf) -> Iterator[Values]:
    """Yield the comparison of a key with a part of its values, in their case."""
    spelled = {found[0] for value in key.values if (found := re.search(re.escape(_shown(text)), value, re.IGNORECASE))}
    if spelled:
        yield Values(key.path, tuple(Text((Wild.MANY, each, Wild.MANY), cased=True) for each in sorted(spelled)))


def _holding(text: Text, keys: Sequence[Leaf]) -> Iterator[Values | Truth]:
    """Yield the comparisons of the keys that can hold a text."""
    shown = _shown(text)
    if shown.lower() in ("true", "false"):
        yield from (Truth(key.path, shown.lower() == "true") for key in keys if key.kind == "boolean")
        return
    found = [key for key in keys if key.kind == "string" and not key.values and re.fullmatch(key.form or ".*", shown)]
    if '"' in shown:
        found = [key for key in found if _DOCUMENT.search(key.names[0])]
    for form, names in _FORMS:
        if form.fullmatch(shown):
            found = [key for key in found if names.search(key.names[0])] or found
    numbers = [key for key in keys if key.kind == "integer"] if shown.isdecimal() and len(shown) != 12 else []
    yield from (Values(key.path, (Text((shown,), cased=True),)) for key in numbers)
    if not numbers:
        yield from (Values(key.path, (text,)) for key in found)
        yield from (test for key in keys for test in _part_of_values(text, key))
