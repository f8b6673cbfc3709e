from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.preflight.checks import (
    Given,
    NotSoundError,
    Settings,
    check_variables,
)
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import SECRETS, VARIABLES
from hypothesis import given as examples
from hypothesis import strategies as st

from tests.unit.module_utils.preflight.accounts import ACCOUNT_ID, REQUIRED, given, settings

KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT_ID}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
LAMBDA_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function:rotate"
TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT_ID}:Alarms"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT_ID}:role/path/Writer"


def complaint(name: str, value: Any, **how: Any) -> str:
    """Return the one thing that is said of one variable, or nothing."""
    _settings, problems = check_variables({**given(), f"secmon_{name}": Given(value, **how)})
    assert all(problem.variable == f"secmon_{name}" for problem in problems)
    assert len(problems) <= 1
    return problems[0].message if problems else ""


def test_an_account_needs_its_id_and_its_region_and_nothing_else() -> None:
    _settings, problems = check_variables({})
    assert {problem.variable for problem in problems} == set(REQUIRED)
    assert all("Every account needs it." in problem.message for problem in problems)
    assert check_variables(given())[1] == ()


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("secmon_retension_days", "secmon_retention_days"),
        ("secmon_email", "secmon_emails"),
        ("secmon_alarm_name", "secmon_alarm_names"),
        ("secmon_acount_id", "secmon_account_id"),
        ("secmon_bucket_name", "secmon_log_bucket_name"),
        ("secmon_existing_topic", "secmon_existing_topic_arn"),
    ],
)
def test_a_misspelt_name_is_told_with_the_one_that_is_meant(misspelt: str, meant: str) -> None:
    _settings, (problem,) = check_variables({**given(), misspelt: Given("x")})
    assert (problem.variable, problem.message) == (misspelt, f'no such variable. Did you mean "{meant}"?')


def test_a_name_that_is_like_no_other_is_told_with_where_to_look() -> None:
    _settings, (problem,) = check_variables({**given(), "secmon_zzz": Given(1)})
    assert problem.message == "no such variable. docs/variables.md lists them all."


def test_variables_of_others_are_ignored() -> None:
    assert check_variables({**given(), "retention": Given("x"), "aws_region": Given(None)})[1] == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("account_id", "012345678901"),
        ("region", "us-gov-west-1"),
        ("packs", ["guide", "guard"]),
        ("tags", {"team": "security", "empty": ""}),
        ("emails", ["o'neill+aws@sub.example.com"]),
        ("secret_rotation", {"lambda_arn": LAMBDA_ARN, "days": 30}),
        ("secret_rotation", {}),
        ("secret_value", {"username": "a", "password": "b"}),
        ("secret_value", "plain"),
        ("secret_recovery_window_days", 0),
        ("retention_days", 0),
        ("retention_days", 3653),
        ("log_group_name", "/aws/cloudtrail/logs"),
        ("trail_name", "a.b-c"),
        ("log_bucket_prefix", "trails/mine"),
        ("existing_topic_arn", TOPIC_ARN),
        ("existing_kms_key_arn", KEY_ARN),
        ("existing_log_role_arn", ROLE_ARN),
        ("endpoint_url", "http://127.0.0.1:4599"),
        ("kms_alias", "alias/mine"),
        ("teardown_confirm", "111122223333,444455556666"),
        ("rules", {"anything": {"enabled": False}}),
    ],
)
def test_what_aws_takes_is_taken(name: str, value: Any) -> None:
    assert complaint(name, value) == ""
    assert settings(**{name: value})[f"secmon_{name}"] == value


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        (
            "account_id",
            123456789012,
            'a number here. Quote it, "123456789012", since ids may start with 0.',
        ),
        (
            "account_id",
            0o12345670123,
            'Quote it, "012345670123", since YAML takes digits that start with 0 for an octal number.',
        ),
        ("account_id", 12345678901, 'a number here. Quote it, "012345678901", since ids may start with 0.'),
        ("account_id", "1234-5678-9012", '"1234-5678-9012" is no account id.'),
        ("region", "us-east", "Give a region's code such as eu-central-1."),
        ("region", "", "is empty. Fill it in, or remove the line."),
        ("topic_name", "", "is empty. Fill it in, or remove the line."),
        ("log_bucket_name", "", "is empty. Fill it in, or remove the line."),
        ("region", None, "has no value. Fill it in, or remove the line."),
        ("profile", "prod", "For a named profile of the AWS configuration use secmon_aws_profile."),
        ("profile", "CIS", 'Did you mean "cis"?'),
        ("packs", "guide", "is no list. Write it as a list: [a, b]"),
        ("packs", ["gard"], 'Did you mean "guard"?'),
        ("packs", ["guide", "guide"], '"guide" stands there twice.'),
        ("packs", [["guide"]], "a list is no text."),
        ("retention_days", "365", '"365" is text here. Write the number without quotes: 365'),
        ("retention_days", 360, "CloudWatch Logs keeps events for 1, 3, 5,"),
        ("retention_days", 365.0, "365.0 is no whole number."),
        ("retention_days", True, "true is no whole number."),
        ("create_secret", "yes", '"yes" is text here. Write true, without quotes.'),
        ("create_secret", "Off", '"Off" is text here. Write false, without quotes.'),
        ("create_secret", 1, "1 is neither true nor false."),
        ("topic_name", 365, '365 is a number here, not text. Quote it: "365"'),
        ("topic_name", True, 'true is a truth value here, not text. Quote it: "true"'),
        ("topic_name", "Alarms.fifo", "It has 1 to 256 letters, digits, hyphens, underscores."),
        ("tags", ["a"], "is no mapping."),
        ("tags", {"cost": 7}, '"cost": 7 is a number here, not text. Quote it: "7"'),
        ("tags", {7: "x"}, "key 7 is a number here"),
        ("emails", "a@example.com", "is no list."),
        ("emails", ["Security <a@example.com>"], "Write it as somebody@example.com, without a name."),
        ("emails", ["a@example"], "is no e-mail address."),
        ("emails", ["a..b@example.com"], "is no e-mail address."),
        ("emails", [""], "an entry is empty."),
        ("emails", [None], "nothing is no text."),
        ("secret_rotation", {"days": 30}, "the key lambda_arn is missing."),
        ("secret_rotation", {"lambda_arn": LAMBDA_ARN, "dayz": 1}, 'Did you mean "days"?'),
        ("secret_recovery_window_days", 5, "Give 7 to 30, or 0: at once."),
        ("secret_name", "has space", "is no name of a secret."),
        ("trail_name", "a--b", "has no two of . _ - in a row"),
        ("trail_name", "10.0.0.1", "is no name of a trail."),
        ("log_group_name", "aws/x", "is no name of a log group."),
        ("log_bucket_name", "My_Bucket", "is not a valid bucket name: use 3 to 63 lower-case"),
        ("log_bucket_name", "192.168.0.1", "look like an IP address"),
        ("log_bucket_name", "xn--bucket", "S3 reserves the prefix xn--"),
        ("log_bucket_name", "bucket-s3alias", "S3 reserves the suffix -s3alias"),
        ("existing_topic_arn", "SecurityAlarms", "is no ARN of a topic."),
        ("existing_topic_arn", f"{TOPIC_ARN}.fifo", "alarms cannot use a FIFO topic"),
        ("existing_kms_key_arn", f"arn:aws:kms:us-east-1:{ACCOUNT_ID}:alias/mine", "not of an alias"),
        ("existing_log_role_arn", "Writer", "is no ARN of a role."),
        ("assume_role_session_name", "a b", "is no session name."),
        ("endpoint_url", "localhost:4599", "Write it as https://host:port, without credentials."),
        ("endpoint_url", "http://user:pass@host", "Write it as https://host:port, without credentials."),
        ("kms_alias", "alias/aws/sns", "not alias/aws/"),
        ("management_events", "none", '"none" is none of all, read, write.'),
        ("secret_update_value", "allways", 'Did you mean "always"?'),
        ("verify_timeout_seconds", 0, "Give 1 to 86400."),
        ("teardown_confirm", "111122223333, 444455556666", "Write the ids with commas between them"),
        ("rules", [], "is no mapping."),
        ("topic_name", "Alarms\u200b", "holds what nobody sees: character 7 is U+200B"),
    ],
)
def test_what_cannot_work_is_told_in_one_line_with_what_to_do(name: str, value: Any, told: str) -> None:
    message = complaint(name, value)
    assert told in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("retention_days", "365", 365),
        ("log_archive_days", "0", 0),
        ("purge_log_bucket", "true", True),
        ("purge_log_bucket", "False", False),
        ("account_id", 123456789012, "123456789012"),
        ("topic_name", 365, "365"),
    ],
)
def test_what_the_command_line_or_a_template_made_is_taken_where_it_can_only_mean_one_thing(
    name: str, text: Any, value: Any
) -> None:
    assert complaint(name, text) != ""
    assert complaint(name, text, loose=True) == ""
    assert settings(**{name: Given(text, loose=True)})[f"secmon_{name}"] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [("create_secret", "yes"), ("retention_days", "0365"), ("retention_days", "365 days"), ("emails", "a@example.com")],
)
def test_what_could_mean_something_else_is_told_on_the_command_line_too(name: str, text: str) -> None:
    assert complaint(name, text, loose=True) != ""


@pytest.mark.parametrize("name", ["aws_profile", "existing_topic_arn", "session_token", "secret_kms_key_id"])
def test_an_empty_text_counts_as_not_set_where_nothing_is_the_default(name: str) -> None:
    assert complaint(name, "") == ""
    assert not settings(**{name: ""}).says(f"secmon_{name}")


def test_a_template_that_cannot_be_resolved_is_a_problem_of_its_variable() -> None:
    message = complaint("topic_name", None, error="'nope' is undefined\nsomewhere")
    assert message == "cannot be resolved: 'nope' is undefined somewhere"


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", [["canary-4711"], 4711.5, {("canary-4711",): 1}, "4711 \n", "canary-4711" * 9999])
def test_a_secret_is_never_shown(name: str, value: Any) -> None:
    for how in (Given(value), Given(error=f"cannot read {value}")):
        _settings, problems = check_variables({**given(), name: how})
        assert "4711" not in str(problems)
    assert check_variables({**given(), name: Given(error="canary")})[1] != ()


def test_what_is_not_said_is_the_default_and_the_profile_sets_two_of_them() -> None:
    assert settings()["secmon_retention_days"] == 365
    assert settings()["secmon_packs"] == ["guide"]
    assert settings(profile="cis")["secmon_packs"] == ["guide", "cis"]
    assert settings()["secmon_excluded_event_sources"] == ["kms.amazonaws.com", "rdsdata.amazonaws.com"]
    assert settings(profile="cis")["secmon_excluded_event_sources"] == []
    assert settings(profile="cis", packs=["guard"])["secmon_packs"] == ["guard"]


def test_nothing_can_be_read_that_is_wrong() -> None:
    found, _problems = check_variables(given(profile="prod"))
    for name in ("secmon_profile", "secmon_packs"):
        with pytest.raises(NotSoundError):
            found[name]


def test_every_default_is_sound() -> None:
    for variable in VARIABLES.values():
        if variable.default not in (None, ""):
            assert list(variable.kind.complaints(variable.default)) == [], variable.name
    assert Settings()["secmon_emails"] == []


@pytest.mark.parametrize("name", sorted(VARIABLES))
@pytest.mark.parametrize(
    "value", [10**5000, -(10**5000)], ids=["huge", "tiny"]
)  # Python refuses to write such a number out
def test_a_number_beyond_all_measure_is_told_like_any_other(name: str, value: int) -> None:
    for odd in (value, [value], {"a": value}, {value: value}):
        for loose in (False, True):
            check_variables({name: Given(odd, loose=loose)})
    assert check_variables({name: Given(value)})[1] != ()


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.none(), inner),
    max_leaves=8,
)


@examples(st.dictionaries(st.sampled_from(sorted(VARIABLES)) | st.text().map(lambda end: f"secmon_{end}"), ODD))
def test_nothing_that_an_account_says_raises_anything(values: dict[str, Any]) -> None:
    for loose in (False, True):
        _settings, problems = check_variables({name: Given(value, loose=loose) for name, value in values.items()})
        assert all(len(problem.message.splitlines()) == 1 for problem in problems)
