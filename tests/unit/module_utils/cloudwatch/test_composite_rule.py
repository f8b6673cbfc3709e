"""The rule of a composite alarm is read as CloudWatch reads it."""

from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.composite_rule import (
    alarm_name,
    rule_children,
    rule_problems,
    rule_references,
)

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:of: many words"


@pytest.mark.parametrize(
    ("rule", "children"),
    [
        ("ALARM(a)", ("a",)),
        ("  ALARM( a ) AND NOT OK(b)\n", ("a", "b")),
        ('(ALARM("c d (e)") OR INSUFFICIENT_DATA(a)) AND ALARM(a)', ("c d (e)", "a")),
        (f'OK("{ARN}")', ("of: many words",)),
        (r'ALARM("said \"so\"")', ('said "so"',)),
        ("TRUE", ()),
        ("NOT NOT (FALSE)", ()),
        ('AT_LEAST(2, ALARM, (a, b, "c, d")) OR AT_LEAST(50%, NOT OK, (e))', ("a", "b", "c, d", "e")),
    ],
)
def test_a_rule_tells_which_alarms_it_names(rule: str, children: tuple[str, ...]) -> None:
    assert list(rule_problems(rule)) == []
    assert rule_children(rule) == children


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("", "has 0 characters"),
        ("TRUE OR " * 1281 + "TRUE", "has 10252 characters"),
        ("ALARM(a) AND", "ends too early"),
        ("ALARM(a) ALARM(b)", "where AND or OR is expected"),
        ("AND ALARM(a)", "where an alarm is expected"),
        ("(ALARM(a)", "does not close a parenthesis"),
        ("ALARM(a))", "closes a parenthesis that it did not open"),
        ("()", "where an alarm is expected"),
        ("MAYBE(a)", "cannot be read from 'MAYBE(a)' on"),
        ("ALARM(a) & ALARM(b)", "cannot be read from '& ALARM(b)' on"),
        ("ALARM()", "cannot be read"),
        ('ALARM("a)', "cannot be read"),
        (" OR ".join(f"ALARM(a{number})" for number in range(101)), "names 101 alarms"),
        (" OR ".join(["ALARM(a)"] * 501), "has 501 elements"),
        ("(" * 501 + "TRUE" + ")" * 501, "has 502 elements"),
        ("NOT " * 2000, "ends too early"),
    ],
)
def test_what_is_no_rule_is_refused_and_told_why(rule: str, says: str) -> None:
    assert says in " ".join(rule_problems(rule))


def test_a_hundred_alarms_are_allowed() -> None:
    assert list(rule_problems(" OR ".join(f"ALARM(a{number})" for number in range(100)))) == []


def test_references_keep_the_arn_and_names_lose_it() -> None:
    assert rule_references(f'ALARM("{ARN}") AND OK(b)') == (ARN, "b")
    assert (alarm_name(ARN), alarm_name("b:alarm:c")) == ("of: many words", "b:alarm:c")
