"""Patterns are compared by their meaning."""

from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.posture.filters import FILTERS
from ansible_collections.secmon.aws.plugins.module_utils.posture.meaning import same_meaning, same_text

from tools.generate_docs.coverage import rules_of_packs

LOGIN = '{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed") }'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LOGIN, "{($.errorMessage=Failed)&&($.eventName=ConsoleLogin)}"),
        ("{ $.a = x && ($.b = y || $.b = z) }", "{ ($.b = z && $.a = x) || ($.a = x && $.b = y) }"),
        ("{ $.a = x || ($.a = x && $.b = y) }", "{ $.a = x }"),
    ],
    ids=["order, quotes, brackets and blanks", "multiplied out", "a part that adds nothing"],
)
def test_the_same_meaning_in_other_words(one: str, other: str) -> None:
    assert same_meaning(one, other) and same_meaning(other, one)
    assert not same_text(one, other)


@pytest.mark.parametrize(
    "other",
    [
        LOGIN.replace("&&", "||"),
        LOGIN.replace("Failed", "failed"),
        LOGIN.replace('= "Failed"', '!= "Failed"'),
        LOGIN.replace(" }", ' && ($.awsRegion = "eu-west-1") }'),
        "{ $.eventName = ",
        "{" + " && ".join(f"($.a = {n} || $.b = {n})" for n in range(30)) + "}",
    ],
    ids=["or", "case", "not equal", "narrower", "broken", "too many combinations"],
)
def test_another_meaning(other: str) -> None:
    assert not same_meaning(LOGIN, other)
    assert not same_meaning(other, LOGIN)


def test_the_pack_cis_deploys_the_text_of_each_control() -> None:
    rules = {rule.id: rule.pattern for rule in rules_of_packs()["cis"]}
    assert {control.rule: control.pattern for control in FILTERS} == rules
