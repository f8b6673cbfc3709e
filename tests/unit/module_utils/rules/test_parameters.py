from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import (
    CompiledPattern,
    compile_pattern,
)
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.tree import (
    And,
    Compare,
    Literal,
    NotExists,
    Or,
)
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameter_types import PARAMETER_TYPES
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameters import ParameterError, fill_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Parameter, Rule
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.module_utils.rules.rule_builders import make_rule, secret_read

SUFFIXED = "AbC123"


def rule_with(pattern: str, **types: str) -> Rule:
    """Return a rule with optional parameters of these types; it need not be valid."""
    parameters = tuple(Parameter(name, kind, "...", required=False) for name, kind in types.items())
    return replace(make_rule(), pattern=pattern, parameters=parameters)


def fill(pattern: str, value: Any, kind: str = "string") -> CompiledPattern:
    values = value if isinstance(value, tuple) else (value,)
    return fill_pattern(rule_with(pattern, x=kind), {"x": values})


def reason_of(pattern: str, value: Any, kind: str = "string") -> str:
    with pytest.raises(ParameterError) as caught:
        fill(pattern, value, kind)
    return f"{caught.value.reason}\n{caught.value.hint}"


def test_a_value_replaces_its_placeholder() -> None:
    compiled = fill('{ ($.a = "arn:${x}/y") && ($.b = 1) }', "v")
    assert compiled.matches('{"a": "arn:v/y", "b": 1}')
    assert str(compiled) == str(compile_pattern('{ ($.a = "arn:v/y") && ($.b = 1) }'))


def test_quotes_and_backslashes_in_a_value_are_escaped() -> None:
    compiled = fill('{ $.a = "${x}" }', 'q" || $.b = "\\')
    assert compiled.matches('{"a": "q\\" || $.b = \\"\\\\"}')
    assert not compiled.matches('{"b": ""}')


def test_a_value_that_looks_like_a_placeholder_is_not_filled_again() -> None:
    rule = rule_with('{ $.a = "${x}${y}" }', x="string", y="string")
    assert fill_pattern(rule, {"x": ("${y}",), "y": ("z",)}).matches('{"a": "${y}z"}')


def test_several_values_mean_any_of_them() -> None:
    equal = fill('{ $.a = "${x}" }', ("v", "w"))
    unequal = fill('{ $.a != "${x}" }', ("v", "w"))
    assert isinstance(equal.tree, Or)
    assert isinstance(unequal.tree, And)
    for text, inside in (("v", True), ("w", True), ("u", False)):
        assert equal.matches(f'{{"a": "{text}"}}') is inside
        assert unequal.matches(f'{{"a": "{text}"}}') is not inside


def test_two_lists_in_one_literal_produce_every_combination() -> None:
    rule = rule_with('{ $.a = "${x}-${y}" }', x="string", y="string")
    compiled = fill_pattern(rule, {"x": ("1", "2"), "y": ("3", "4")})
    assert all(compiled.matches(f'{{"a": "{a}-{b}"}}') for a in "12" for b in "34")


def test_rejects_too_many_combinations_before_building_them() -> None:
    many = tuple(str(number) for number in range(10_000))
    rule = rule_with('{ $.a = "${x}${y}${z}" }', x="string", y="string", z="string")
    with pytest.raises(ParameterError, match="more than 200"):
        fill_pattern(rule, {"x": many, "y": many, "z": many})


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ ($.a = 1) && ($.b = "${x}") }', "{ $.a = 1 }"),
        ('{ ($.a = 1) && (($.b NOT EXISTS) || ($.b != "${x}")) }', "{ $.a = 1 }"),
        ('{ ($.a = 1) || (($.b = 2) && ($.c = "${x}")) }', "{ ($.a = 1) || ($.b = 2) }"),
        ('{ ($.a = 1) && ($.b = 2) && ($.c = "${x}") }', "{ ($.a = 1) && ($.b = 2) }"),
    ],
)
def test_an_optional_condition_without_a_value_is_left_out(pattern: str, expected: str) -> None:
    assert fill(pattern, ()).tree == compile_pattern(expected).tree


@pytest.mark.parametrize("pattern", ['{ $.a = "${x}" }', '{ ($.a = 1) || ($.b = "${x}") }'])
def test_rejects_a_filled_pattern_that_matches_everything(pattern: str) -> None:
    assert "match every event" in reason_of(pattern, ())


def test_a_required_parameter_needs_a_value() -> None:
    rule = replace(make_rule(), pattern='{ $.a = "${x}" }', parameters=(Parameter("x", "region", "..."),))
    with pytest.raises(ParameterError) as caught:
        fill_pattern(rule, {})
    assert (caught.value.parameter, "eu-central-1" in caught.value.hint) == ("x", True)


@pytest.mark.parametrize("pattern", ['"${x}" y', '[a, b = "${x}"]', "{ $.['${x}'] = 1 }", "{ $.['${x}'] NOT EXISTS }"])
def test_rejects_a_placeholder_outside_a_quoted_json_literal(pattern: str) -> None:
    assert "in a position" in reason_of(pattern, "v")


def test_the_length_limit_applies_to_the_filled_pattern() -> None:
    assert "1024" in reason_of('{ $.a = "${x}" }', tuple(f"{number:0100}" for number in range(20)))


def test_a_pattern_without_placeholders_stays_unchanged() -> None:
    text = '{($.a="x")||($.b=y)}'
    assert fill_pattern(rule_with(text), {}).source == text


# ---- one secret, in every form that CloudTrail may show

PARTITIONS = [
    ("aws", "us-east-1"),
    ("aws-cn", "cn-north-1"),
    ("aws-us-gov", "us-gov-west-1"),
    ("aws-iso", "us-iso-east-1"),
    ("aws-iso-b", "us-isob-east-1"),
    ("aws-eusc", "eusc-de-east-1"),
]
NAMES = ["MySampleSecret", "prod/db.main+x=1@a-b", "app-v2"]


def forms(name: str, partition: str, region: str) -> tuple[str, str, str]:
    partial = f"arn:{partition}:secretsmanager:{region}:111122223333:secret:{name}"
    return name, partial, f"{partial}-{SUFFIXED}"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("partition", "region"), PARTITIONS)
def test_a_secret_matches_in_every_form_of_caller_and_author(name: str, partition: str, region: str) -> None:
    written = forms(name, partition, region)
    others = [
        *forms(f"{name}Two", partition, region),
        *forms(f"{name}-other", partition, region),
        *forms(f"x{name}", partition, region),
        *forms(f"{name}-two", partition, region),
        name.upper(),
        f"{written[1]}-{SUFFIXED}x",
    ]
    for value in written:
        only = fill('{ ($.eventName = "GetSecretValue") && ($.requestParameters.secretId = "${x}") }', value, "secret")
        other = fill('{ $.requestParameters.secretId != "${x}" }', value, "secret")
        for form in written:
            message = replace_event(form)
            assert only.matches(message), (value, form)
            assert not other.matches(message), (value, form)
        for form in others:
            message = replace_event(form)
            assert not only.matches(message), (value, form)
            assert other.matches(message), (value, form)


def replace_event(secret_id: str) -> str:
    rule = make_rule()
    return replace(rule.tests[0], event=secret_read(secret_id)).message


def test_an_arn_matches_one_account_and_a_name_any_account() -> None:
    partial = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:s"
    elsewhere = replace_event(partial.replace("111122223333", "444455556666"))
    assert not fill('{ $.requestParameters.secretId = "${x}" }', partial, "secret").matches(elsewhere)
    assert fill('{ $.requestParameters.secretId = "${x}" }', "s", "secret").matches(elsewhere)


def test_an_arn_that_ends_in_a_word_of_six_letters_matches_with_and_without_suffix() -> None:
    partial = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:my-secret"
    compiled = fill('{ $.requestParameters.secretId = "${x}" }', partial, "secret")
    for form in (partial, "my-secret", f"{partial}-{SUFFIXED}"):
        assert compiled.matches(replace_event(form))
    assert not compiled.matches(replace_event("my-secret-two"))


def test_full_arns_need_no_regular_expression() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:s-AbC123"
    assert fill('{ $.a = "${x}" }', arn, "secret").regex_count == 0
    assert "regular expression" in reason_of('{ $.a = "${x}" }', ("one", "two", "three"), "secret")


def test_rejects_a_secret_as_part_of_a_literal() -> None:
    assert "only a part" in reason_of('{ $.a = "*${x}" }', "s", "secret")


# ---- types

GOOD = {
    "string": ["x", 'a "b" \\c'],
    "account_id": ["111122223333", "000000000000"],
    "region": ["eu-central-1", "us-gov-west-1", "ap-southeast-7", "us-isob-east-1", "eusc-de-east-1"],
    "role_name": ["deployer", "a+b=c,d.e@f-g_h"],
    "user_name": ["alice"],
    "role_arn": ["arn:aws:iam::111122223333:role/path/to/deployer", "arn:aws-cn:iam::111122223333:role/d"],
    "bucket_name": ["my-logs.example"],
    "log_group_name": ["/aws/cloudtrail", "a_b.c#d"],
    "trail_name": ["org-trail_1"],
    "topic_arn": ["arn:aws-us-gov:sns:us-gov-west-1:111122223333:alerts.fifo"],
    "alarm_name": ["A secret was read: 1"],
    "secret": ["a/b_c+d=e.f@g-h", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:s-AbC123"],
    "key_arn": [
        "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:eu-central-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
    ],
}
BAD = {
    "string": ["", "a*b", "caf\u00e9", "a\nb", "x" * 257],
    "account_id": ["11112222333", "1111-2222-3333", "11112222333\u0663"],
    "region": ["Frankfurt", "eu-central"],
    "role_name": ["arn:aws:iam::111122223333:role/d", "a b", "x" * 65],
    "user_name": ["a/b"],
    "role_arn": ["deployer", "arn:aws:iam::1:role/d", "arn:aws:sts::111122223333:assumed-role/d/s"],
    "bucket_name": ["My-Bucket", "ab", "a..b", "arn:aws:s3:::b"],
    "log_group_name": ["a:b", "arn:aws:logs:x"],
    "trail_name": ["ab", "a--b", "-abc", "abc."],
    "topic_arn": ["alerts", "arn:aws:sns:eu-central-1:111122223333:a:b"],
    "alarm_name": ["x" * 256],
    "secret": ["a b", "arn:aws:s3:::b", "a:b", "x" * 513],
    "key_arn": ["arn:aws:kms:eu-central-1:111122223333:alias/x", "1234abcd-12ab-34cd-56ef-1234567890ab"],
}


@pytest.mark.parametrize("name", PARAMETER_TYPES)
def test_each_type_accepts_valid_values_and_explains_invalid_ones(name: str) -> None:
    kind = PARAMETER_TYPES[name]
    for value in GOOD[name]:
        assert kind.problem(value) is None, value
    for value in BAD[name]:
        problem = kind.problem(value)
        assert problem is not None, value
        assert ": " in problem.text


# ---- no value can change the shape of a pattern

SHAPE = '{ ($.a = 1) && (($.b = "p${x}s") || ($.c NOT EXISTS)) }'


@given(st.text(max_size=30) | st.text("\"\\ |&(){}$.=!*%'ab", max_size=30))
def test_no_value_adds_a_condition(value: str) -> None:
    (one, (two, three)) = ((operand.operands if isinstance(operand, Or) else operand) for operand in tree_of(SHAPE))
    try:
        filled = fill(SHAPE, value)
    except ParameterError:
        return
    assert isinstance(two, Compare)
    assert filled.tree == And((one, Or((Compare(two.selector, "=", Literal(f"p{value}s")), three))))


def tree_of(pattern: str) -> tuple[Any, ...]:
    tree = compile_pattern(pattern).tree
    assert isinstance(tree, And)
    return tree.operands


@given(st.lists(st.from_regex(r"[A-Za-z0-9/_+=.@!-]{1,40}", fullmatch=True), min_size=1, max_size=2))
def test_a_secret_only_becomes_alternatives_on_its_own_selector(values: list[str]) -> None:
    filled = fill('{ ($.a = "${x}") && ($.b NOT EXISTS) }', tuple(values), "secret")
    assert isinstance(filled.tree, And)
    alternatives, rest = filled.tree.operands
    assert isinstance(rest, NotExists)
    assert isinstance(alternatives, Or)
    assert len(alternatives.operands) == 3 * len(set(values))
    selector = compile_pattern("{ $.a NOT EXISTS }").tree.selector  # type: ignore[union-attr]
    assert all(isinstance(leaf, Compare) and leaf.selector == selector for leaf in alternatives.operands)
    assert all(filled.matches(f'{{"a": "{value}"}}') for value in values)


def test_a_secret_of_a_service_is_matched_by_its_full_arn() -> None:
    filled = fill('{ $.a = "${x}" }', "rds!db-1", "secret")
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:rds!db-1"
    assert filled.matches(f'{{"a": "{arn}-{SUFFIXED}"}}')
    assert not filled.matches(f'{{"a": "{arn}0-{SUFFIXED}"}}')
