"""Filter patterns become event patterns that say the same, or the reason why that is impossible."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.engines.eventbridge.limits import bus_problems
from ansible_collections.secmon.aws.plugins.module_utils.engines.eventbridge.state import (
    ALL_MANAGEMENT_EVENTS,
    ENABLED,
    state_for,
)
from ansible_collections.secmon.aws.plugins.module_utils.engines.eventbridge.translate import to_event_pattern
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern

MISSING = {"exists": False}

TRANSLATED: list[tuple[str, dict[str, Any]]] = [
    ('$.a.b = "x"', {"a": {"b": ["x"]}}),
    ("$.a = x || $.a = y || $.a = z*", {"a": ["x", "y", {"prefix": "z"}]}),
    ('$.a = "*x" && $.b = "x*y*"', {"a": [{"suffix": "x"}], "b": [{"wildcard": "x*y*"}]}),
    (r'$.a = "x\\*y"', {"a": [{"wildcard": r"x\\*y"}]}),
    ("$.a = * && $.b IS NULL", {"a": [{"exists": True}], "b": [None]}),
    ("$.a IS TRUE || $.a IS FALSE || $.a NOT EXISTS", {"a": [True, False, MISSING]}),
    ("$.a = 1", {"a": ["1", 1]}),
    ("$.a != 1.5", {"a": [{"anything-but": 1.5}]}),
    ("$.a > 1 && $.a <= 5", {"a": [{"numeric": [">", 1, "<=", 5]}]}),
    ("$.a != x", {"a": [{"anything-but": "x"}]}),
    ("($.a NOT EXISTS) || ($.a != x)", {"a": [MISSING, {"anything-but": "x"}]}),
    ("$.a != x && $.a != y", {"a": [{"anything-but": ["x", "y"]}]}),
    ("$.a != x* && $.a != y* && $.a != xz", {"a": [{"anything-but": {"prefix": ["x", "y"]}}]} | {}),
    ("$.a = * && $.a != x*", {"a": [{"anything-but": {"prefix": "x"}}]}),
    ("$.a = x* && $.a = *xy", {"a": [{"wildcard": "x*xy"}, "xy"]}),
    ("$.a = xy* && $.a = x*", {"a": [{"prefix": "xy"}]}),
    (
        "($.a = x || $.a = y) && ($.a = x || $.b = 'z')".replace("'z'", '"z"'),
        {"$or": [{"a": ["x"]}, {"a": ["x", "y"], "b": ["z"]}]},
    ),
    ("$.r[*].a = x", {"r": {"a": ["x"]}}),
    # Only one alternative is left of those that exclude each other.
    ("$.a = x && ($.a = y || $.b = z)", {"a": ["x"], "b": ["z"]}),
    # Alternatives stand in the deepest object that has all their fields; a second pair of the same object is joined.
    (
        "($.o.a = x || $.o.b = x) && ($.p.a = y || $.p.b = y)",
        {"o": {"$or": [{"a": ["x"]}, {"b": ["x"]}]}, "p": {"$or": [{"a": ["y"]}, {"b": ["y"]}]}},
    ),
    (
        "($.a = x || $.b = x) && ($.c = y || $.d = y)",
        {
            "$or": [
                {"a": ["x"], "c": ["y"]},
                {"a": ["x"], "d": ["y"]},
                {"b": ["x"], "c": ["y"]},
                {"b": ["x"], "d": ["y"]},
            ]
        },
    ),
]

REFUSED: list[tuple[str, str]] = [
    ("ERROR", "does not search its text"),
    ("[ip, user]", "does not search its text"),
    ("{ $.a = %x% }", "$.a = %x%: EventBridge has no regular expressions."),
    ("{ $.a[0] = x }", "not the one at a position"),
    ("{ $.a.* = x }", "no wildcard for the names of fields"),
    ("{ $.a != * }", "never true"),
    ("{ $.a > 6000000000 }", "compares numbers between"),
    ("{ $.a = 0.1234567 }", "at most 6 decimals"),
    ("{ $.a = x && $.a = y }", "exclude each other"),
    ("{ $.a != x* && $.a != *y }", "no test that stands for all conditions on a"),
    ("{ $.a = x && $.a.b = y }", "a value and for the fields below it"),
    ("{ $.r[*].a = x && $.r[*].b = y }", "$.r[*]: EventBridge takes conditions on the elements of an array together"),
    ("{ $.r[*].a = x && $.r[*].a = y* }", "no test that stands for all conditions on r.[*].a"),
    ('{ $.a = "*a*a*a*a*a" }', "Rule is too complex"),
]


@pytest.mark.parametrize(("condition", "detail"), TRANSLATED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_condition_is_translated(condition: str, detail: Any) -> None:
    translation = to_event_pattern(compile_pattern(f"{{ {condition} }}"))

    assert translation.reasons == ()
    assert json.loads(translation.text) == {
        "source": [{"prefix": "aws."}],
        "detail-type": [{"suffix": " via CloudTrail"}],
        "detail": detail,
    }


@pytest.mark.parametrize(("pattern", "reason"), REFUSED)
def test_what_cannot_be_said_is_refused_with_the_reason(pattern: str, reason: str) -> None:
    translation = to_event_pattern(compile_pattern(pattern))

    assert translation.text == ""
    assert reason in "\n".join(map(str, translation.reasons))


def test_every_condition_without_an_equal_is_named() -> None:
    translation = to_event_pattern(compile_pattern("{ $.a = %x% && $.b[0] = y && $.c = z }"))

    assert [reason.part for reason in translation.reasons] == ["$.a = %x%", "$.b[0] = y"]


def test_the_empty_pattern_takes_every_record() -> None:
    assert "detail" not in json.loads(to_event_pattern(compile_pattern("")).text)


def test_a_pattern_above_the_quota_names_it_and_passes_when_it_is_raised() -> None:
    pattern = compile_pattern("{" + " || ".join(f"$.{name}={'x' * 30}" for name in "abcdefghijklmnopqrs") + "}")
    wide = compile_pattern("{" + " || ".join(f"$.{a}.{b}=x" for a in "abcdefgh" for b in "abcdefgh") + "}")

    assert to_event_pattern(pattern).possible
    assert 'raise the quota "Event pattern size"' not in str(to_event_pattern(wide, 4_096).reasons)
    assert "EventBridge takes 500; raise the quota" in str(to_event_pattern(pattern, 500).reasons[0])


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ("$.eventName = DeleteTrail || $.eventName = Put*", ENABLED),
        ("$.eventSource = x && $.eventName = StopLogging", ENABLED),
        ("$.eventName = GetSecretValue", ALL_MANAGEMENT_EVENTS),
        ("$.eventName = DeleteTrail || $.eventSource = x", ALL_MANAGEMENT_EVENTS),
        ("$.eventName != DeleteTrail", ALL_MANAGEMENT_EVENTS),
        ("$.errorCode = AccessDenied*", ALL_MANAGEMENT_EVENTS),
    ],
)
def test_only_calls_that_surely_write_do_without_read_only_events(condition: str, state: str) -> None:
    assert state_for(compile_pattern(f"{{ {condition} }}")) == state


def test_the_quotas_of_a_bus_are_checked() -> None:
    wildcard = to_event_pattern(compile_pattern('{ $.a = "x*y" }')).text
    plain = to_event_pattern(compile_pattern('{ $.a = "x*" }')).text

    assert list(bus_problems([wildcard] * 30 + [plain] * 70, "af-south-1")) == []
    assert list(bus_problems([plain] * 250, "eu-central-1", others=51)) == [
        "250 rules and 51 others do not fit on the event bus in eu-central-1, which takes 300; "
        'raise the quota "Number of rules", or choose fewer rules.'
    ]
    assert [text[:40] for text in bus_problems([wildcard] * 101, "eu-south-1")] == [
        "101 rules do not fit on the event bus in",
        "101 rules have wildcards inside a value;",
    ]
