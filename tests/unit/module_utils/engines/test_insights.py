"""Filter patterns become Logs Insights queries that say the same, and the queries run without AWS."""

from __future__ import annotations

import json

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.engines.insights.query import QueryError, compile_query
from ansible_collections.secmon.aws.plugins.module_utils.engines.insights.translate import count_by, to_insights
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern

TRANSLATED = [
    ("", "ispresent(@message)"),
    ("ERROR -debug", '@message like "ERROR" and @message not like "debug"'),
    ("?a ?b", '@message like "a" or @message like "b"'),
    ("%x/y%", r"@message like /x\/y/"),
    ('{ $.a.b = "x" }', 'a.b = "x"'),
    (r'{ $.a = "x\"\\y" }', r'a = "x\"\\y"'),
    ("{ $.['a-b'][0] = x }".replace("$.['", "$.['"), '`a-b.0` = "x"'),
    ("{ $.['@a'] = x }", '@@a = "x"'),
    ('{ $.a = x || $.a = y || $.b = "z*" }', 'a in ["x", "y"] or b like /^z/'),
    ('{ $.a = "*.x" && $.b = "*y*" && $.c = "x*y" }', r"a like /\.x$/ and b like /y/ and c like /^x.*y$/"),
    ("{ $.a != x }", '(ispresent(a) and a != "x")'),
    ("{ $.a != x* }", "(ispresent(a) and a not like /^x/)"),
    ("{ $.a = +1 && $.b >= 2 }", "a = 1 and b >= 2"),
    ("{ $.a = * && $.b NOT EXISTS }", "ispresent(a) and not ispresent(b)"),
    ("{ $.a IS TRUE && ($.b IS FALSE || $.c = %[0-9]/%) }", r"a = 1 and (b = 0 or c like /[0-9]\//)"),
]

REFUSED = [
    ("[ip, user]", "not JSON"),
    ("{ $.a IS NULL }", "$.a IS NULL: Logs Insights has no test for null."),
    ("{ $.a[*] = x }", "no word for any"),
    ("{ $.a.* IS TRUE }", "no wildcard for the names"),
    ("{ $.a != * }", "never true"),
    ("{ $.['a`'] = x }", "backtick"),
    ('{ $.a = "\n" }', "control characters"),
]


@pytest.mark.parametrize(("pattern", "expression"), TRANSLATED)
def test_a_pattern_is_translated(pattern: str, expression: str) -> None:
    translation = to_insights(compile_pattern(pattern))

    assert translation.reasons == ()
    assert translation.text == f"filter {expression}"
    compile_query(translation.text)


@pytest.mark.parametrize(("pattern", "reason"), REFUSED)
def test_what_cannot_be_said_is_refused_with_the_reason(pattern: str, reason: str) -> None:
    translation = to_insights(compile_pattern(pattern))

    assert translation.text == ""
    assert reason in "\n".join(map(str, translation.reasons))


def test_every_condition_without_an_equal_is_named() -> None:
    translation = to_insights(compile_pattern('{ $.a IS NULL && ($.b[*] = x || $.b[*] = y) && $.c = "z" }'))

    assert [reason.part for reason in translation.reasons] == ["$.a IS NULL", "$.b[*] = x", "$.b[*] = y"]


def test_matching_events_are_counted_by_actor_and_account() -> None:
    query = count_by(to_insights(compile_pattern("{ $.eventName = GetSecretValue }")), most=2)
    calls = [("alice", "1"), ("bob", "1"), ("bob", "1"), ("carol", "2"), ("carol", "2"), ("carol", "2")]
    messages = [
        json.dumps({"eventName": "GetSecretValue", "userIdentity": {"arn": arn}, "recipientAccountId": account})
        for arn, account in calls
    ]

    assert query == (
        'filter eventName = "GetSecretValue"\n'
        "| stats count(*) as events by userIdentity.arn, recipientAccountId\n"
        "| sort events desc\n"
        "| limit 2"
    )
    assert compile_query(query).run([*messages, '{"eventName": "ListSecrets"}', "text"]) == [
        {"userIdentity.arn": "carol", "recipientAccountId": "2", "events": "3"},
        {"userIdentity.arn": "bob", "recipientAccountId": "1", "events": "2"},
    ]


def test_an_actor_without_an_arn_is_a_group_of_its_own() -> None:
    rows = compile_query("stats count(*) as n by userIdentity.arn | sort n asc").run(["{}", "{}"])

    assert rows == [{"n": "2"}]


@pytest.mark.parametrize(
    "query",
    [
        "fields @message",
        "filter a ~ 1",
        "filter a = b",
        "filter (a = 1",
        "filter a in []",
        "limit 1 | filter a = 1",
        "limit 1 2",
    ],
)
def test_a_query_beyond_the_subset_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        compile_query(query)
