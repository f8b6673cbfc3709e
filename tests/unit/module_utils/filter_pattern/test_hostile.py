"""The work for hostile patterns and messages grows linearly with their size."""

from __future__ import annotations

import gc
import json
import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.limits import MAX_DOCUMENT_DEPTH
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import (
    LogMessage,
    PatternError,
    compile_pattern,
    compile_tree,
)
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.tree import (
    And,
    Compare,
    Condition,
    Literal,
    Name,
    NotExists,
    Or,
    Selector,
)


def _calls(function: Callable[[], object]) -> Counter[str]:
    """Count the calls, of Python and of C functions by name, that a function makes."""
    counts: Counter[str] = Counter()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            counts[frame.f_code.co_name] += 1
        elif event == "c_call":
            counts[argument.__name__] += 1

    # Other libraries hook into the collector, and their calls are not ours.
    gc.disable()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(None)
        gc.enable()
    return counts


def _match_calls(pattern: str, message: str) -> Counter[str]:
    compiled = compile_pattern(pattern)
    return _calls(lambda: compiled.matches(LogMessage(message)))


@pytest.mark.parametrize(
    "source", ["a*" * 300 + "b", "[ab]*a[ab]{400}c", "a{0,900}b", "a?" * 400 + "b", "[ab]+[bc]+|" * 90 + "x"]
)
def test_the_steps_of_a_regex_do_not_depend_on_the_text(source: str) -> None:
    short = _match_calls(f"%{source}%", "ab" * 2_000)
    long = _match_calls(f"%{source}%", "ab" * 20_000)
    assert long == short


def test_a_regex_on_many_texts_is_one_search() -> None:
    pattern = "{ $.a[*] = %" + "a?b?" * 200 + "c% }"
    few = _match_calls(pattern, json.dumps({"a": ["ab"] * 100}))
    many = _match_calls(pattern, json.dumps({"a": ["ab"] * 200}))
    assert sum(many.values()) - sum(few.values()) <= 5 * 100


@pytest.mark.parametrize(
    ("pattern", "make"),
    [
        ('{ $.a = "' + "*a" * 400 + '*b" }', lambda n: json.dumps({"a": "a" * n})),
        ("[..., a = *x*, b]", lambda n: "a " * n),
        ("[a, b, ...]", lambda n: "[ " * n),
        ("[a, b, ...]", lambda n: '" ' * n),
        ("{ $.a[*] = 1 || $.a[*] > 1 }", lambda n: json.dumps({"a": [0] * n})),
        ("{ $.a.a = 1 }", lambda n: '{"a":' * n + "1" + "}" * n),
        ("{ $.a = 1 }", lambda n: '{"a":' + "[" * n),
        ("{ $.a = 1 }", lambda n: '{"a":' + "[1," * n + "1" + "]" * n + "}"),
    ],
)
def test_the_work_grows_linearly_with_the_message(pattern: str, make: Callable[[int], str]) -> None:
    once = sum(_match_calls(pattern, make(12_000)).values())
    twice = sum(_match_calls(pattern, make(24_000)).values())
    assert twice <= 2.2 * once + 100


def test_a_missing_closing_delimiter_is_searched_once() -> None:
    assert _match_calls("[a, b, ...]", '[ " ' * 500)["find"] <= 1_002
    assert _match_calls("[a, b, ...]", "[ " * 500)["find"] == 1


@pytest.mark.parametrize("depth", [500, 990, 1_000, 5_000, MAX_DOCUMENT_DEPTH - 1])
def test_a_message_nested_deeply_is_matched_like_any_other(depth: int) -> None:
    message = '{"a":' * depth + '{"b": 1.0, "b": "x\\n"}' + "}" * depth + " "
    assert compile_pattern("{ $.a.a.a.b NOT EXISTS && $.a.a IS NULL || $.b NOT EXISTS }").matches(message)
    wide = message.rstrip()[:-1] + ', "b": [ 1.0, null, true, "y", {} , [] ] }'
    assert compile_pattern('{ $.b[0] = "1.0" && $.b IS NULL && $.b[2] IS TRUE && $.b[3] = y }').matches(wide)


@pytest.mark.parametrize(
    "message",
    [
        '{"a":' * 3_000 + "1" + "}" * 2_999,
        '{"a":' * 3_000 + "1" + "}" * 3_001,
        '{"a":' * 3_000 + "NaN" + "}" * 3_000,
        '{"a":' + "[" * 3_000 + "," + "]" * 3_000 + "}",
        '{"a":' + "[" * 3_000 + "1," + "]" * 3_000 + "}",
        '{"a":' + "[" * 3_000 + "1 2" + "]" * 3_000 + "}",
        '{"a":' + "[" * 3_000 + "]" * 2_999 + "}}",
        '{"a" 1' * 3_000,
        "{1:" * 3_000,
        '{"a":' * 3_000,
        "{" * 3_000,
        '{"a":' * (MAX_DOCUMENT_DEPTH + 1) + "1" + "}" * (MAX_DOCUMENT_DEPTH + 1),
    ],
)
def test_a_deep_message_that_is_not_json_matches_nothing(message: str) -> None:
    assert not compile_pattern("{ $.b NOT EXISTS }").matches(message)


@pytest.mark.parametrize(
    "message",
    [
        '{"a":' + "9" * 100_000 + "}",
        '{"a":-1' + "0" * 5_000 + ".5e+7}",
        '{"a":1e' + "9" * 5_000 + "}",
        '{"a":"\\ud800"}',
        '{"a":"\ud800"}',
        '{"a":"\\u0000"}',
        '{"a":"\x00"}',
        "\ufeff{}",
        "\x00",
        "\ud800",
    ],
)
@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.a = 1 }",
        "{ $.a > 1 }",
        '{ $.a = "*9" }',
        "{ $.a = %.% }",
        "{ $.a NOT EXISTS }",
        "[a > 5, ...]",
        "x",
        "%\\D%",
    ],
)
def test_no_message_raises(pattern: str, message: str) -> None:
    compiled = compile_pattern(pattern)
    compiled.matches(message)
    compiled.extract(message)
    compiled.explain(message)


@pytest.mark.parametrize(
    "pattern",
    [
        "(" * 1024,
        "{" + "(" * 1023,
        "{" + "(" * 500 + ")" * 500 + "}",
        "[" + "(" * 1023,
        "[" * 1024,
        "{" * 1024,
        '"' * 1023,
        "%" * 1023,
        "-" * 1024,
        "{ $" + ".a" * 400,
        "{ $.a[" + "9" * 1000 + "] = 1",
        "\\" * 1024,
        "\x00" * 99,
    ],
)
def test_no_pattern_raises_anything_but_pattern_error(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


def test_many_parentheses_cause_no_recursion() -> None:
    compiled = compile_pattern("{" + "(" * 505 + "$.a=1" + ")" * 505 + "}")
    assert str(compiled) == "{ $.a = 1 }"
    nested = compile_pattern("{" + "($.a=1||($.b=2&&" * 55 + "$.c=3" + "))" * 55 + "}")
    assert nested.matches('{"a": 1}')
    assert not nested.matches('{"b": 2}')


def test_a_tree_that_no_pattern_has_is_a_pattern_error() -> None:
    selector = Selector((Name("a"),))
    deep: Condition = NotExists(selector)
    for number in range(5_000):
        kind = And if number % 2 else Or
        deep = kind((deep, NotExists(selector)))
    bad = (
        deep,
        And(()),
        NotExists(Selector((Name("a']"),))),
        NotExists(Selector(())),
        Compare(selector, "~", Literal("x")),
    )
    for tree in bad:
        with pytest.raises(PatternError):
            compile_tree(tree)


@pytest.mark.parametrize(
    "pattern",
    [
        "{" + "||".join(["$.a=1"] * 146) + "}",
        '{$.a="' + "\\a" * 508 + '"}',
        '{$.a="' + '\\\\\\"\\x' * 168 + '\\x\\\\"}',
        "{" + "||".join(["$['é']=1"] * 102) + "}",
        "[" + ",".join(f"a{number}=1" for number in range(140)) + "]",
        '"' + "\\a" * 510 + '"',
    ],
)
def test_a_pattern_of_full_length_can_be_printed_and_parsed_again(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    again = compile_pattern(str(compiled))
    assert again.tree == compiled.tree
    assert str(again) == str(compiled)
