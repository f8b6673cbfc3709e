"""Which event patterns EventBridge refuses, in its words; recorded answers of AWS (2024), as far as they are known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.event_pattern.pattern import (
    MOST_CHARACTERS,
    PatternError,
    compile_pattern,
)

NOT_A_VALUE = "Value of anything-but must be an array or single string/number value."
AFFIX = "prefix/suffix match pattern must be a string"
REFUSED: list[tuple[Any, str]] = [
    ([], "Empty arrays are not allowed"),
    ("text", '"f" must be an object or an array'),
    ({}, "Empty objects are not allowed"),
    ([["a"]], "Match value must be String, number, true, false, or null"),
    ([{}], "Only one key allowed in match expression"),
    ([{"EXISTS": True}], "Unrecognized match type EXISTS"),
    ([{"exists": "yes"}], "exists match pattern must be either true or false."),
    ([{"prefix": 1}], "prefix match pattern must be a string"),
    ([{"suffix": ["a"]}], "suffix match pattern must be a string"),
    ([{"equals-ignore-case": ["a"]}], "equals-ignore-case match pattern must be a string"),
    ([{"wildcard": 1}], "wildcard match pattern must be a string"),
    ([{"wildcard": "a**"}], "Consecutive wildcard characters at pos 2"),
    ([{"wildcard": r"a\b"}], "Invalid escape character at pos 1"),
    ([{"wildcard": "*a*a*a*a*a"}], "Rule is too complex"),
    ([{"cidr": "10.0.0.0"}], "Malformed CIDR, one '/' required"),
    ([{"cidr": "10.0.0.0/x"}], "Malformed CIDR, mask bits must be an integer"),
    ([{"cidr": "10.0.0.0/99"}], "Malformed CIDR, too many mask bits"),
    ([{"cidr": "10.x/8"}], "Nonstandard IP address: 10.x"),
    ([{"cidr": 10}], "prefix match pattern must be a string"),
    ([{"numeric": 1}], "Value of numeric must be an array."),
    ([{"numeric": []}], "Invalid member in numeric match"),
    ([{"numeric": [1, ">"]}], "Invalid member in numeric match: 1"),
    ([{"numeric": ["~", 1]}], "Unrecognized numeric range operator: ~"),
    ([{"numeric": [">", "1"]}], "Value of > must be numeric"),
    ([{"numeric": [">", 0, "<"]}], "Value of < must be numeric"),
    ([{"numeric": ["=", 1, "<", 2]}], "Too many terms in numeric range"),
    ([{"numeric": [">", 0, ">", 5]}], "Bad numeric range operator: >"),
    ([{"numeric": [">", 5, "<", 5]}], "Bottom must be less than top"),
    ([{"numeric": [">", 6_000_000_000]}], "Value must be between"),
    ([{"anything-but": None}], NOT_A_VALUE),
    ([{"anything-but": {"prefix": {"equals-ignore-case": "a"}}}], NOT_A_VALUE),
    ([{"anything-but": ["a", None]}], "Inside anything but list, start|null|boolean is not supported."),
    ([{"anything-but": ["a", 1]}], "Inside anything but list, either all values are number or string"),
    ([{"anything-but": {"prefix": [1]}}], AFFIX),
    ([{"anything-but": {"suffix": ""}}], "Null prefix/suffix not allowed"),
    ([{"anything-but": {"equals-ignore-case": 1}}], "Inside anything-but/equals-ignore-case list, number|start|null"),
    ([{"anything-but": {"wildcard": 1}}], "wildcard match pattern must be a string"),
    ([{"anything-but": {"cidr": "10.0.0.0/8"}}], "Unsupported anything-but pattern: cidr"),
]


@pytest.mark.parametrize(("pattern", "reason"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_pattern_is_refused(pattern: Any, reason: str) -> None:
    with pytest.raises(PatternError) as refused:
        compile_pattern(json.dumps({"f": pattern}))

    assert str(refused.value).startswith(reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "The pattern is not JSON"),
        ("[]", "Filter is not an object"),
        (" " * (MOST_CHARACTERS + 1), "The pattern has"),
    ],
)
def test_what_is_no_pattern_is_refused(text: str, reason: str) -> None:
    with pytest.raises(PatternError, match=reason):
        compile_pattern(text)
