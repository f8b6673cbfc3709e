"""What we ask TestMetricFilter: patterns, messages, and where it is known, what AWS answers.

The known answers were observed on AWS (us-east-1, 2026-09) or are in the CloudWatch Logs user guide, "Filter pattern
syntax"; the open ones are in neither. Messages are numbered from 1, as AWS numbers them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

REFUSED = "refused"
OPEN = None

Answer = frozenset[int] | str
"""The numbers of the messages that match, or REFUSED."""


@dataclass(frozen=True)
class Question:
    """One call of TestMetricFilter; ``expected`` is OPEN if AWS's answer is not known."""

    about: str
    pattern: str
    messages: tuple[str, ...]
    expected: Answer | None


def _texts(about: str, pattern: str, messages: list[str], expected: set[int] | str | None) -> Question:
    answer = frozenset(expected) if isinstance(expected, set) else expected
    return Question(about, pattern, tuple(messages), answer)


def _values(about: str, pattern: str, values: list[Any], expected: set[int] | str | None) -> Question:
    """Ask about messages whose ``a`` has these values."""
    return _texts(about, pattern, [json.dumps({"a": value}, ensure_ascii=False) for value in values], expected)


def _objects(about: str, pattern: str, objects: list[Any], expected: set[int] | str | None) -> Question:
    return _texts(about, pattern, [json.dumps(item, ensure_ascii=False) for item in objects], expected)


def _refused(about: str, *patterns: str) -> list[Question]:
    return [_texts(about, pattern, ['{"a": 1}'], REFUSED) for pattern in patterns]


SETTLED = [
    _texts("field count", "[w1=ERROR, w2]", ["ERROR request failed", "ERROR", "WARN request"], {1}),
    _texts("field count", "[ip, bytes > 1000]", ["1.1.1.1 1534", "1.1.1.1 1534 extra"], {1}),
    _texts("field count", "[..., last=c]", ["a b c", "c", "c b"], {1, 2}),
    _texts("field count", "[]", ["a b c", "a"], {1, 2}),
    *_refused("field names", "[word, word]", "[..., a, ...]"),
    *_refused("null as a value", "{ $.a = null }"),
    _values("true as a value", "{ $.a = true }", [True, "true", "TRUE"], {2}),
    _values("presence", "{ $.a = * }", [None, True, {}, [], "x", 1, ""], {5, 6, 7}),
    _values("not equal", '{ $.a != "x" }', [None, True, {}, [], "x", "y"], {6}),
    _objects("not equal without the field", '{ $.a != "x" }', [{}, {"b": 1}], set()),
    _values("IS TRUE", "{ $.a IS TRUE }", [True, "true", 1], {1}),
    _values("IS NULL", "{ $.a IS NULL }", [None, [1, None], "null", {}], {1, 2}),
    _values("any element", "{ ($.a[*].k = 1) && ($.a[*].v = 2) }", [[{"k": 1, "v": 9}, {"k": 9, "v": 2}]], {1}),
    _values("elements of an object", "{ $.a[*] = 1 }", [{"p": 1}, [[1]], [1]], {1, 3}),
    _objects(
        "NOT EXISTS",
        "{ $.a.b NOT EXISTS }",
        [{}, {"a": None}, {"a": {}}, {"a": []}, {"a.b": 1}, {"a": {"b": None}}, {"a": {"b": 1}}],
        {1, 2, 3, 4, 5},
    ),
    *_refused("regex", "{ $.a = %^(x)% }", "{ $.a = %x!% }", "{ $.a = %é% }"),
    _values("regex", r"{ $.a = %^ab{3}\x21?$% }", ["abbb", "abbb!", "abb"], {1, 2}),
    *_refused("a star in a word", "ERR*"),
    _texts("a term is a substring", "ERROR", ["TERROR", "ERRORS", "error"], {1, 2}),
    _texts("numbers", "{ $.a = 1 }", ['{"a":1}', '{"a":1.0}', '{"a":1e0}', '{"a":"1"}', '{"a":2}'], {1, 2, 3, 4}),
    _texts("quoted numbers", '{ $.a = "1" }', ['{"a":1}', '{"a":1.0}', '{"a":"1"}'], {1, 3}),
    _values("ordering", "{ $.a > 1 }", [2, "2", 1], {1}),
    _texts("duplicate keys", "{ $.a = 2 }", ['{"a":1,"a":2}', '{"a":2,"a":1}'], {1}),
    _texts("no JSON", "{ $.a NOT EXISTS }", ["not JSON", "{broken", "[1]", '[{"b":1}]', "{}"], {5}),
    *_refused("an open quote", '"ERROR'),
    *_refused("no such syntax", "{ $.a EXISTS }", "{ $.a IS NOT NULL }", "{ $.a == 1 }", "{ $.a = 1 AND $.b = 1 }"),
    *_refused(
        "no such syntax", "{ !($.a = 1) }", '{ "v": [1] }', "{ $..x = 1 }", "{ $.a[-1] = 1 }", "{ $.a[0:2] = 1 }"
    ),
    *_refused("ordering of text", '{ $.a > "x" }', "{ $.a > x }"),
    _texts("optional terms beside others", "?a ?b c", ["c", "a", "c a"], {1, 3}),
    _texts("optional terms beside excluded ones", "?a ?b -c", ["x", "c", "a"], {1, 3}),
    _objects("precedence", "{ $.a = 1 || $.b = 1 && $.c = 1 }", [{"a": 1}, {"b": 1}, {"b": 1, "c": 1}], {1, 3}),
]

_ARRAYS = [["x"], ["x", "y"], ["y"], [], {"p": "y"}, "y", None]
_STARS = ["123", "12.34", "111.111.111.111", "1*3", "Event", "Ev*ent", "EvXent", "Evabent", ""]

UNSETTLED = [
    _values("[*] with !=", '{ $.a[*] != "x" }', _ARRAYS, OPEN),
    *(
        _values("a star inside", f"{{ $.a = {pattern} }}", _STARS, OPEN)
        for pattern in ('"1*3"', '"1*4"', '"111*111"', '"*111.111.111"', "Ev*ent", '"Ev*ent"', '"*v*n*"', '"**"')
    ),
    *(
        _values("a blank or percent in a regex", f"{{ $.a = {pattern} }}", ["a b", "a%b", "ab", "a\\b"], OPEN)
        for pattern in ("%a b%", r"%a\sb%", r"%a\%b%", r"%a\x25b%", r"%a\\b%", "%a&b%", "%%")
    ),
    *(
        _texts("characters of a bare term", pattern, [pattern, pattern.strip("- "), "foo bar", "foo"], OPEN)
        for pattern in ("foo-bar", "foo.bar", "foo/bar", "foo:bar", "foo_bar", "foo=bar", "- foo", "foo,bar", "é")
    ),
    *(
        _values("case of keywords", pattern, [True, None, "x"], OPEN)
        for pattern in ("{ $.a is true }", "{ $.a Is Null }", "{ $.a is null }", "{ $.b not exists }")
    ),
    *(
        _values("brackets for a name", pattern, [1, "1", 2], OPEN)
        for pattern in ("{ $['a'] = 1 }", "{ $.['a'] = 1 }", '{ $["a"] = 1 }', '{ $."a" = 1 }')
    ),
    *(
        _values("blanks around the braces", pattern, [1], OPEN)
        for pattern in (" { $.a = 1 }", "{ $.a = 1 } ", "\t{ $.a = 1 }", "{\n$.a = 1\n}", "{$.a=1}")
    ),
    _texts("1,024 two-byte characters", '"' + "é" * 1022 + '"', ["é" * 1022], OPEN),
    _texts("1,025 characters", '"' + "e" * 1023 + '"', ["e" * 1023], OPEN),
    *(
        _texts("escapes in quotes", pattern, ["a\nb", r"a\nb", "é", r"\u00e9", 'a"b', r"a\b", r"a\"b"], OPEN)
        for pattern in (r'"a\nb"', r'"\u00e9"', r'"a\"b"', r'"a\\b"', r'"a\b"')
    ),
    *(
        _values("escapes in a quoted value", f"{{ $.a = {pattern} }}", ["a\nb", r"a\nb", "é", 'a"b', r"a\b"], OPEN)
        for pattern in (r'"a\nb"', r'"\u00e9"', r'"a\"b"', r'"a\\b"', "'a'")
    ),
    _texts(
        "large numbers",
        "{ $.a = 12345678901234567890 }",
        ['{"a":12345678901234567890}', '{"a":12345678901234567891}'],
        OPEN,
    ),
    _texts("exponents", "{ $.a = 1E3 }", ['{"a":1000}', '{"a":1E3}', '{"a":"1E3"}'], OPEN),
    _texts("regex beside a term", '%ERR.R% -"x"', ["ERROR", "ERROR x", "x"], OPEN),
    _texts("JSON after text", "{ $.a = 1 }", ['INFO {"a":1}', ' {"a":1}', '{"a":1} tail'], OPEN),
]
