"""What event patterns match; EventBridge user guide, "Comparison operators", and recorded answers of AWS."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.event_pattern.pattern import compile_pattern

Case = tuple[Any, Any]

# By what the case shows: the pattern of a field `f`, a value that matches and one that does not.
OPERATORS: dict[str, tuple[Any, Any, Any]] = {
    "text": (["on"], "on", "On"),
    "number": ([300], 300.0, "300"),
    "boolean": ([True], True, 1),
    "null": ([None], None, "null"),
    "array": (["a", "b"], ["x", "b"], ["x", "y"]),
    "empty array": ([None], [None], []),
    "prefix": ([{"prefix": "Get"}], "GetUser", "getUser"),
    "prefix, any case": ([{"prefix": {"equals-ignore-case": "GET"}}], "getUser", "putUser"),
    "suffix": ([{"suffix": ".png"}], "a.png", "a.PNG"),
    "suffix, any case": ([{"suffix": {"equals-ignore-case": ".png"}}], "a.PNG", "a.jpg"),
    "equals-ignore-case": ([{"equals-ignore-case": "root"}], "ROOT", "root2"),
    "wildcard": ([{"wildcard": "a*b*c"}], "a--b--c", "a--c--b"),
    "wildcard, escaped": ([{"wildcard": r"a\*\\"}], "a*\\", "ab\\"),
    "anything-but": ([{"anything-but": "a"}], "b", "a"),
    "anything-but, number": ([{"anything-but": [1, 2]}], 3, 2),
    "anything-but, null value": ([{"anything-but": "a"}], None, "a"),
    "anything-but, one of an array": ([{"anything-but": "a"}], ["a", "b"], ["a"]),
    "anything-but prefix": ([{"anything-but": {"prefix": ["a", "b"]}}], "c", "b1"),
    "anything-but suffix": ([{"anything-but": {"suffix": "z"}}], "zy", "yz"),
    "anything-but wildcard": ([{"anything-but": {"wildcard": "*/x/*"}}], "a/y/b", "a/x/b"),
    "anything-but, any case": ([{"anything-but": {"equals-ignore-case": "a"}}], "b", "A"),
    "numeric": ([{"numeric": ["=", 3.5]}], 3.5, "3.5"),
    "numeric range": ([{"numeric": [">", 0, "<=", 5]}], 5, 0),
    "cidr": ([{"cidr": "10.0.0.0/24"}], "10.0.0.255", "10.0.1.0"),
    "cidr of IPv6": ([{"cidr": "2001:db8::/32"}], "2001:db8::1", "10.0.0.1"),
    "exists": ([{"exists": True}], None, []),
    "exists only of leaves": ([{"exists": True}], "a", {"below": "a"}),
    "does not exist": ([{"exists": False}], {"below": "a"}, "a"),
    "one of several": (["a", {"prefix": "b"}], "bc", "cb"),
}


@pytest.mark.parametrize(("pattern", "matching", "other"), OPERATORS.values(), ids=OPERATORS)
def test_an_operator_matches(pattern: Any, matching: Any, other: Any) -> None:
    compiled = compile_pattern({"f": pattern})

    assert compiled.matches({"f": matching})
    assert not compiled.matches({"f": other})


MISSING = [["a"], [{"anything-but": "a"}], [{"exists": True}], [None], [{"prefix": ""}]]


@pytest.mark.parametrize("pattern", MISSING, ids=str)
def test_a_missing_field_matches_only_exists_false(pattern: Any) -> None:
    assert not compile_pattern({"f": pattern}).matches({})
    assert compile_pattern({"f": [*pattern, {"exists": False}]}).matches({})


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        ({"a": {"b": ["x"]}}, {"a.b": "x"}, True),
        ({"a.b": ["x"]}, {"a": {"b": "x"}}, True),
        ({"a": {"b": ["x"]}}, {"a.b": {"b": "x"}}, False),
        ({"a": {"b": ["x"], "c": ["y"]}}, {"a": [{"b": "x", "c": "n"}, {"b": "x", "c": "y"}]}, True),
        ({"a": {"b": ["x"], "c": ["y"]}}, {"a": [{"b": "x", "c": "n"}, {"b": "n", "c": "y"}]}, False),
        ({"a": {"b": [{"exists": True}]}}, {"a": [{"b": "x"}, {}]}, True),
        ({"a": ["x"], "b": ["y"]}, {"a": "x"}, False),
        ({"$or": [{"a": ["x"]}, {"b": ["y"]}], "c": ["z"]}, {"b": "y", "c": "z"}, True),
        ({"$or": [{"a": ["x"]}, {"b": ["y"]}], "c": ["z"]}, {"b": "y"}, False),
        ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"c": "z"}, False),
        ({"a": {"$or": [{"b": ["x"]}, {"$or": [{"c": ["y"]}, {"d": ["z"]}]}]}}, {"a": {"d": "z"}}, True),
        ({"$or": ["x"]}, {"$or": "x"}, True),
        # A path that comes again replaces the earlier one (event-ruler, JsonRuleCompilerTest).
        ({"a": ["x"], "$or": [{"a": ["y"]}, {"b": ["z"]}]}, {"a": "y"}, True),
        ({"$or": [{"a": ["y"]}, {"b": ["z"]}], "a": ["x"]}, {"a": "y"}, False),
        ({"a": {"b": ["x"]}, "a.b": ["y"]}, {"a": {"b": "y"}}, True),
        ({"a": [{"numeric": [">", 0]}]}, {"a": 5_000_000_001}, False),
    ],
)
def test_paths_arrays_and_alternatives(pattern: Any, event: Any, expected: bool) -> None:
    assert compile_pattern(pattern).matches(event) is expected
