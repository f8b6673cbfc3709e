"""Questions for TestMetricFilter: patterns, messages, and AWS's answer where it is known.

The known answers were observed on AWS (us-east-1, 2026-09) or are in the CloudWatch Logs user guide, "Filter pattern
syntax". Messages are numbered from 1, as AWS does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

REJECTED = "rejected"
OPEN = None

Answer = frozenset[int] | str
"""The numbers of the messages that match, or REJECTED."""


@dataclass(frozen=True)
class Question:
    """One call of TestMetricFilter; ``expected`` is OPEN if AWS's answer is unknown."""

    about: str
    pattern: str
    messages: tuple[str, ...]
    expected: Answer | None


def _messages(about: str, pattern: str, messages: list[str], expected: set[int] | str | None) -> Question:
    answer = frozenset(expected) if isinstance(expected, set) else expected
    return Question(about, pattern, tuple(messages), answer)


def _values(about: str, pattern: str, values: list[Any], expected: set[int] | str | None) -> Question:
    """Return a question about messages whose field ``a`` has these values."""
    return _messages(about, pattern, [json.dumps({"a": value}, ensure_ascii=False) for value in values], expected)


def _objects(about: str, pattern: str, objects: list[Any], expected: set[int] | str | None) -> Question:
    return _messages(about, pattern, [json.dumps(item, ensure_ascii=False) for item in objects], expected)


def _rejected(about: str, *patterns: str) -> list[Question]:
    return [_messages(about, pattern, ['{"a": 1}'], REJECTED) for pattern in patterns]


SETTLED = [
    _messages("field count", "[w1=ERROR, w2]", ["ERROR request failed", "ERROR", "WARN request"], {1}),
    _messages("field count", "[ip, bytes > 1000]", ["1.1.1.1 1534", "1.1.1.1 1534 extra"], {1}),
    _messages("field count", "[..., last=c]", ["a b c", "c", "c b"], {1, 2}),
    _messages("field count", "[]", ["a b c", "a"], {1, 2}),
    *_rejected("field names", "[word, word]", "[..., a, ...]"),
    *_rejected("null as a value", "{ $.a = null }"),
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
    *_rejected("regex", "{ $.a = %^(x)% }", "{ $.a = %x!% }", "{ $.a = %é% }"),
    _values("regex", r"{ $.a = %^ab{3}\x21?$% }", ["abbb", "abbb!", "abb"], {1, 2}),
    *_rejected("an asterisk in a word", "ERR*"),
    _messages("a term is a substring", "ERROR", ["TERROR", "ERRORS", "error"], {1, 2}),
    _messages("numbers", "{ $.a = 1 }", ['{"a":1}', '{"a":1.0}', '{"a":1e0}', '{"a":"1"}', '{"a":2}'], {1, 2, 3, 4}),
    _messages("quoted numbers", '{ $.a = "1" }', ['{"a":1}', '{"a":1.0}', '{"a":"1"}'], {1, 3}),
    _values("ordering", "{ $.a > 1 }", [2, "2", 1], {1}),
    _messages("duplicate keys", "{ $.a = 2 }", ['{"a":1,"a":2}', '{"a":2,"a":1}'], {1}),
    _messages("not JSON", "{ $.a NOT EXISTS }", ["not JSON", "{broken", "[1]", '[{"b":1}]', "{}"], {5}),
    *_rejected("an unclosed quote", '"ERROR'),
    *_rejected("invalid syntax", "{ $.a EXISTS }", "{ $.a IS NOT NULL }", "{ $.a == 1 }", "{ $.a = 1 AND $.b = 1 }"),
    *_rejected(
        "invalid syntax", "{ !($.a = 1) }", '{ "v": [1] }', "{ $..x = 1 }", "{ $.a[-1] = 1 }", "{ $.a[0:2] = 1 }"
    ),
    *_rejected("ordering of strings", '{ $.a > "x" }', "{ $.a > x }"),
    _messages("optional terms with required ones", "?a ?b c", ["c", "a", "c a"], {1, 3}),
    _messages("optional terms with excluded ones", "?a ?b -c", ["x", "c", "a"], {1, 3}),
    _objects("precedence", "{ $.a = 1 || $.b = 1 && $.c = 1 }", [{"a": 1}, {"b": 1}, {"b": 1, "c": 1}], {1, 3}),
]

_ARRAYS = [["x"], ["x", "y"], ["y"], [], {"p": "y"}, "y", None]
_STARS = ["123", "12.34", "111.111.111.111", "1*3", "Event", "Ev*ent", "EvXent", "Evabent", ""]

UNSETTLED = [
    _values("[*] with !=", '{ $.a[*] != "x" }', _ARRAYS, OPEN),
    _values("IS FALSE on [*]", "{ $.a[*] IS FALSE }", [[False], [True, False], [True], ["false"], [], False], OPEN),
    _values("IS TRUE on [*]", "{ $.a[*] IS TRUE }", [[True], [True, False], [False], ["true"], [], True], OPEN),
    _objects("IS FALSE on .*", "{ $.a.* IS FALSE }", [{"a": {"b": False}}, {"a": {"b": True}}, {"a": {}}, {}], OPEN),
    *(
        _values("an asterisk inside", f"{{ $.a = {pattern} }}", _STARS, OPEN)
        for pattern in ('"1*3"', '"1*4"', '"111*111"', '"*111.111.111"', "Ev*ent", '"Ev*ent"', '"*v*n*"', '"**"')
    ),
    *(
        _values("a space or percent sign in a regex", f"{{ $.a = {pattern} }}", ["a b", "a%b", "ab", "a\\b"], OPEN)
        for pattern in ("%a b%", r"%a\sb%", r"%a\%b%", r"%a\x25b%", r"%a\\b%", "%a&b%", "%%")
    ),
    *(
        _messages("characters of a bare term", pattern, [pattern, pattern.strip("- "), "foo bar", "foo"], OPEN)
        for pattern in ("foo-bar", "foo.bar", "foo/bar", "foo:bar", "foo_bar", "foo=bar", "- foo", "foo,bar", "é")
    ),
    *(
        _values("case of keywords", pattern, [True, None, "x"], OPEN)
        for pattern in ("{ $.a is true }", "{ $.a Is Null }", "{ $.a is null }", "{ $.b not exists }")
    ),
    *(
        _values("a name in brackets", pattern, [1, "1", 2], OPEN)
        for pattern in ("{ $['a'] = 1 }", "{ $.['a'] = 1 }", '{ $["a"] = 1 }', '{ $."a" = 1 }')
    ),
    *(
        _values("whitespace around the braces", pattern, [1], OPEN)
        for pattern in (" { $.a = 1 }", "{ $.a = 1 } ", "\t{ $.a = 1 }", "{\n$.a = 1\n}", "{$.a=1}")
    ),
    _messages("1,024 two-byte characters", '"' + "é" * 1022 + '"', ["é" * 1022], OPEN),
    _messages("1,025 characters", '"' + "e" * 1023 + '"', ["e" * 1023], OPEN),
    *(
        _messages("escapes in quotes", pattern, ["a\nb", r"a\nb", "é", r"\u00e9", 'a"b', r"a\b", r"a\"b"], OPEN)
        for pattern in (r'"a\nb"', r'"\u00e9"', r'"a\"b"', r'"a\\b"', r'"a\b"')
    ),
    *(
        _values("escapes in a quoted value", f"{{ $.a = {pattern} }}", ["a\nb", r"a\nb", "é", 'a"b', r"a\b"], OPEN)
        for pattern in (r'"a\nb"', r'"\u00e9"', r'"a\"b"', r'"a\\b"', "'a'")
    ),
    _messages(
        "large numbers",
        "{ $.a = 12345678901234567890 }",
        ['{"a":12345678901234567890}', '{"a":12345678901234567891}'],
        OPEN,
    ),
    _messages("exponents", "{ $.a = 1E3 }", ['{"a":1000}', '{"a":1E3}', '{"a":"1E3"}'], OPEN),
    _messages("regex with a term", '%ERR.R% -"x"', ["ERROR", "ERROR x", "x"], OPEN),
    _messages("JSON after text", "{ $.a = 1 }", ['INFO {"a":1}', ' {"a":1}', '{"a":1} tail'], OPEN),
]
