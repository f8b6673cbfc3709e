"""Filter patterns become conditions of Athena SQL that match the same records in another engine of SQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.engines.athena.translate import query, to_athena
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern

from tests.unit.module_utils.engines.athena_table import AthenaTable
from tests.unit.module_utils.engines.differential import records, shipped

TRANSLATED = [
    ("", "true"),
    ('{ $.eventName = "x\'y" }', "eventname = 'x''y'"),
    (
        '{ $.eventName = "x" || $.eventName = "y" || $.errorCode = * }',
        "eventname in ('x', 'y') or errorcode is not null",
    ),
    ("{ $.userIdentity.sessionContext NOT EXISTS }", "useridentity.sessioncontext is null"),
    (
        "{ $.userIdentity.sessionContext.attributes.mfaAuthenticated = true }",
        "useridentity.sessioncontext.attributes.mfaauthenticated = 'true'",
    ),
    ('{ $.eventName = "*_x*" && $.eventName != a* }', r"eventname like '%\_x%' escape '\' and eventname not like 'a%'"),
    (
        "{ $.eventName = %^a% && $.eventName != %b% }",
        "regexp_like(eventname, '^a') and not regexp_like(eventname, 'b')",
    ),
    ("{ $.errorCode NOT EXISTS || $.errorCode IS NULL }", "errorcode is null"),
    ("{ $.readOnly IS TRUE }", "readonly = 'true'"),
    ("{ $.requestParameters.a[0].['b-c'] = x }", "json_extract_scalar(requestparameters, '$.a[0][\"b-c\"]') = 'x'"),
    ("{ $.requestParameters.a IS NULL }", "json_format(json_extract(requestparameters, '$.a')) = 'null'"),
    ("{ $.resources[*].ARN = x }", "cardinality(filter(resources, each -> each.arn = 'x')) > 0"),
]

REFUSED = [
    ("ERROR", "no column for its whole text"),
    ("[ip, user]", "no column for its whole text"),
    ("{ $.userIdentity.sessionContext = x }", "is a struct"),
    ("{ $.requestParameters = * }", "requestparameters is a struct"),
    (
        "{ $.userIdentity.foo.bar = x || $.userIdentity.foo.bar = y }",
        "$.userIdentity.foo.bar = y: The table has no column or field useridentity.foo.",
    ),
    ("{ $.errorCode IS NULL }", "does not tell null"),
    ("{ $.eventName != * }", "never true"),
    ("{ $.* = x }", "no column or field [*]"),
    ("{ $.resources[0].ARN = x }", "no column or field resources.[*]"),
    ("{ $.resources[*].foo = x }", "have other fields"),
    ("{ $.requestParameters.a[*] NOT EXISTS }", "two ways"),
    ("{ $.requestParameters.['a\"'] = x }", "quotation mark"),
]


@pytest.mark.parametrize(("pattern", "condition"), TRANSLATED)
def test_a_pattern_is_translated(pattern: str, condition: str) -> None:
    translation = to_athena(compile_pattern(pattern))

    assert (translation.text, translation.reasons) == (condition, ())
    assert query(translation, "my_table").endswith(f"from my_table\nwhere {condition}\norder by eventtime")
    assert f"where (day = '1' or day = '2')\n  and ({condition})\norder" in query(
        translation, "t", "day = '1' or day = '2'"
    )


@pytest.mark.parametrize(("pattern", "reason"), REFUSED)
def test_what_cannot_be_said_is_refused_with_the_reason(pattern: str, reason: str) -> None:
    translation = to_athena(compile_pattern(pattern))

    assert translation.text == ""
    assert reason in "\n".join(map(str, translation.reasons))


def test_all_rules_match_the_same_records_in_sql(tmp_path: Path) -> None:
    table = AthenaTable([json.loads(subject.message.text) for subject in records()], tmp_path)
    differ = {}
    for rule, engines in shipped().items():
        expected = {number for number, subject in enumerate(records()) if engines.pattern.matches(subject.message)}
        found = table.matching(to_athena(engines.pattern).text)
        assert expected, rule.id
        if found != expected:
            differ[rule.id] = found ^ expected

    assert differ == {}


VALUES = ("x", "xay", "", "1", "5", 1, 5, 1.0, 12, None, ["x", 1], [{"b": "x"}, {"b": 5}], {"c": ["x"]})
DOCUMENTS = (*({"requestParameters": {"a": value}} for value in VALUES), {"requestParameters": {}}, {})
PATTERNS = [
    *('$.requestParameters.a = "x"', '$.requestParameters.a != "x"', "$.requestParameters.a = *"),
    *(
        "$.requestParameters.a = 1",
        "$.requestParameters.a != 1",
        "$.requestParameters.a > 1",
        "$.requestParameters.a <= 5",
    ),
    *("$.requestParameters.a NOT EXISTS", "$.requestParameters.a IS NULL", "$.requestParameters.a IS TRUE"),
    *(
        '$.requestParameters.a = "x*"',
        '$.requestParameters.a = "*y"',
        '$.requestParameters.a = "x*y"',
        '$.requestParameters.a != "*a*"',
    ),
    *("$.requestParameters.a = %^[a-x]%", "$.requestParameters.a[*] = x", "$.requestParameters.a[0] = x"),
    *(
        "$.requestParameters.a[*].b = x",
        "$.requestParameters.a[*].b > 1",
        "$.requestParameters.a.* = x",
        "$.requestParameters.a.b = x",
    ),
    *("$.requestParameters NOT EXISTS", "($.requestParameters.a NOT EXISTS) || ($.requestParameters.a IS NULL)"),
]


# What differs, by the guides that columns.py and translate.py name, with what a metric filter and Athena answer.
DIFFERENT = [
    ('$.requestParameters.a != "x"', {"requestParameters": {"a": True}}, (False, True)),
    ("$.requestParameters.a = *", {"requestParameters": {"a": True}}, (False, True)),
    ('$.readOnly = "true"', {"readOnly": True}, (False, True)),
    ("$.errorCode NOT EXISTS", {"errorCode": None}, (False, True)),
    ("$.requestParameters.a[*] = x", {"requestParameters": {"a": {"b": "x"}}}, (True, False)),
    ('$.eventName = "1*1"', {"eventName": "1211"}, (False, True)),
]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> AthenaTable:
    return AthenaTable(
        [*DOCUMENTS, *(document for _pattern, document, _answers in DIFFERENT)], tmp_path_factory.mktemp("athena")
    )


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_kind_of_condition_matches_the_same_values(pattern: str, table: AthenaTable) -> None:
    compiled = compile_pattern(f"{{ {pattern} }}")
    expected = {number for number, each in enumerate(DOCUMENTS) if compiled.matches(json.dumps(each))}

    assert table.matching(to_athena(compiled).text) & set(range(len(DOCUMENTS))) == expected


@pytest.mark.parametrize("number", range(len(DIFFERENT)))
def test_a_known_difference_is_one(number: int, table: AthenaTable) -> None:
    pattern, document, answers = DIFFERENT[number]
    compiled = compile_pattern(f"{{ {pattern} }}")

    found = len(DOCUMENTS) + number in table.matching(to_athena(compiled).text)
    assert (compiled.matches(json.dumps(document)), found) == answers
