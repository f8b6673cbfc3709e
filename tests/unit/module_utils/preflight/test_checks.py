from __future__ import annotations

import time
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.preflight.checks import (
    InvalidVariableError,
    RawValue,
    Settings,
    check_connection,
    tag_problems,
)
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import SECRETS, VARIABLES
from ansible_collections.secmon.aws.plugins.module_utils.validation.document import Document
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.module_utils.preflight.accounts import ACCOUNT_ID, REQUIRED, checked, raw, settings

KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT_ID}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
LAMBDA_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function:rotate"
TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT_ID}:Alarms"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT_ID}:role/path/Writer"


def problem_of(name: str, value: Any, **how: Any) -> str:
    """Return the one problem of one variable, without the variable's name, or an empty string."""
    _settings, problems = checked({**raw(), f"secmon_{name}": RawValue(value, command_line=True, **how)})
    assert len(problems) <= 1
    return "".join(f"{problem.key}: {problem.text}".removeprefix(f"secmon_{name}") for problem in problems)


def test_requires_only_account_id_and_region() -> None:
    _settings, problems = checked({})
    assert {problem.key for problem in problems} == set(REQUIRED)
    assert all(problem.text.startswith("is missing: every account needs it") for problem in problems)
    (account,) = (problem.text for problem in problems if problem.key == "secmon_account_id")
    assert account.endswith("put those that are into the group secmon_accounts")
    assert checked(raw())[1] == []


@pytest.mark.parametrize("connection", ["ssh", "ansible.netcommon.network_cli"])
def test_refuses_a_connection_to_another_machine_with_the_line_to_write(connection: str) -> None:
    document = Document("host web")
    check_connection({"ansible_connection": RawValue(connection)}, document)
    (problem,) = document.problems
    assert problem.key == "ansible_connection"
    assert f"is {connection}" in problem.text and "write ansible_connection: secmon.aws.warm" in problem.text


def test_accepts_a_connection_to_this_machine() -> None:
    document = Document("host account")
    for connection in ("local", "ansible.builtin.local", "secmon.aws.warm", None):
        check_connection({"ansible_connection": RawValue(connection)}, document)
    check_connection({}, document)
    assert document.problems == []


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
def test_suggests_the_name_closest_to_a_misspelt_one(misspelt: str, meant: str) -> None:
    _settings, (problem,) = checked({**raw(), misspelt: RawValue("x")})
    assert (problem.key, problem.text) == (misspelt, f'is not a known variable. Did you mean "{meant}"?')


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("SECMON_RETENTION_DAYS", "secmon_retention_days"),
        ("Secmon_Region", "secmon_region"),
        ("cloudtrail_multi_regoin", "cloudtrail_multi_region"),
        ("SNS_EMAIL_topic_name", "sns_email_topic_name"),
    ],
)
def test_suggests_the_name_of_a_variable_in_capitals_and_of_a_misspelt_one_of_a_role(misspelt: str, meant: str) -> None:
    _settings, (problem,) = checked({**raw(), misspelt: RawValue("x")})
    assert (problem.key, problem.text) == (misspelt, f'is not a known variable. Did you mean "{meant}"?')


def test_ignores_variables_of_roles_and_names_of_the_user_that_begin_like_them() -> None:
    known = ("cloudtrail_multi_region", "cloudtrail_team", "account_name", "secret_room")
    assert checked({**raw(), **dict.fromkeys(known, RawValue("x"))})[1] == []


def test_thousands_of_unknown_variables_and_keys_are_counted_at_once() -> None:
    many = {f"secmon_number_{number}": RawValue(1) for number in range(60_000)}
    keys = {f"days_{number}": 1 for number in range(60_000)}
    start = time.process_time()
    _settings, problems = checked({**raw(secret_rotation={"lambda_arn": LAMBDA_ARN, **keys}), **many})
    assert time.process_time() - start < 2
    assert len(problems) == 2 * (20 + 1)
    texts = [problem.text for problem in problems]
    assert "is not a known variable: as are 59979 more that begin with secmon_; see docs/variables.md" in texts
    assert "has 59980 more keys that are not known: remove them" in texts


def test_points_to_the_documentation_for_an_unknown_name() -> None:
    _settings, (problem,) = checked({**raw(), "secmon_zzz": RawValue(1)})
    assert problem.text == "is not a known variable: see docs/variables.md"


def test_ignores_variables_without_the_prefix() -> None:
    assert checked({**raw(), "retention": RawValue("x"), "aws_region": RawValue(None)})[1] == []


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
        ("permissions_boundary_arn", f"arn:aws:iam::{ACCOUNT_ID}:policy/security/Boundary"),
        ("endpoint_url", "http://127.0.0.1:4599"),
        ("kms_alias", "alias/mine"),
        ("teardown_confirm", "111122223333,444455556666"),
        ("rules", {"anything": {"enabled": False}}),
    ],
)
def test_accepts_values_that_aws_accepts(name: str, value: Any) -> None:
    assert problem_of(name, value) == ""
    assert settings(**{name: value})[f"secmon_{name}"] == value


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (
            "account_id",
            123456789012,
            ': must be a string, not the number 123456789012: quote it: "123456789012", since IDs may start with 0',
        ),
        (
            "account_id",
            0o12345670123,
            'quote it: "012345670123", since YAML reads digits that start with 0 as an octal number',
        ),
        ("account_id", 12345678901, 'quote it: "012345678901", since IDs may start with 0'),
        ("account_id", "\uff1123456789012", "character 1 is U+FF11 FULLWIDTH DIGIT ONE, which looks like '1'"),
        ("account_id", "\u0661\u0662" * 6, "character 1 is U+0661 ARABIC-INDIC DIGIT ONE"),
        ("teardown_confirm", "\uff1123456789012", "character 1 is U+FF11 FULLWIDTH DIGIT ONE, which looks like '1'"),
        ("teardown_confirm", 12345678901, 'quote it: "012345678901", since IDs may start with 0'),
        ("assume_role_arn", "arn:aws:iam::\uff1123456789012:role/a", "character 14 is U+FF11 FULLWIDTH DIGIT ONE"),
        ("account_id", "1234-5678-9012", ': "1234-5678-9012" is not a valid account ID: use the 12 digits'),
        ("region", "us-east", "use a region code such as eu-central-1"),
        ("region", "us-esat-1", ': is not a region of AWS. Did you mean "us-east-1"?'),
        ("region", "eu-cental-1", 'Did you mean "eu-central-1"?'),
        ("secret_replica_regions", ["eu-wset-1"], 'Did you mean "eu-west-1"?'),
        ("region", "", ": is empty: fill it in, or remove the line"),
        ("topic_name", "", ": is empty: fill it in, or remove the line"),
        ("log_bucket_name", "", ": is empty: fill it in, or remove the line"),
        ("region", None, ": has no value: fill it in, or remove the line"),
        ("profile", "prod", "for a named profile of the AWS configuration use secmon_aws_profile"),
        ("profile", "CIS", 'Did you mean "cis"?'),
        ("packs", "guide", ': must be a list, not the string "guide": write it as [a, b]'),
        ("packs", ["gard"], 'Did you mean "guard"?'),
        ("packs", ["guide", "guide"], '[1]: "guide" is listed twice: remove one of them'),
        ("packs", [["guide"]], "[0]: must be a string, not a list"),
        ("retention_days", "365", ': must be an integer, not the string "365": write 365 without quotes'),
        ("retention_days", 360, ": 360 is not allowed: use one of 1, 3, 5,"),
        ("retention_days", 365.0, ": must be an integer, not the number 365.0: use one of 1,"),
        ("retention_days", True, ": must be an integer, not the boolean true"),
        ("create_secret", "yes", ': must be a boolean, not the string "yes": write true without quotes'),
        ("create_secret", "Off", ': must be a boolean, not the string "Off": write false without quotes'),
        ("create_secret", 1, ": must be a boolean, not the number 1: write true or false without quotes"),
        ("topic_name", 365, ': must be a string, not the number 365: quote it: "365"'),
        ("topic_name", True, ': must be a string, not the boolean true: quote it: "true"'),
        ("topic_name", "Alarms.fifo", "use 1 to 256 letters, digits, hyphens and underscores"),
        ("tags", ["a"], ": must be a mapping, not a list: write it as {key: value}"),
        ("tags", {"cost": 7}, '.cost: must be a string, not the number 7: quote it: "7"'),
        ("tags", {7: "x"}, "[7]: must be a string, not the number 7"),
        ("emails", "a@example.com", "must be a list"),
        ("emails", ["Security <a@example.com>"], "write it as alice@example.com, without a name"),
        ("emails", ["a@example"], "is not a valid e-mail address"),
        ("emails", ["a..b@example.com"], "is not a valid e-mail address"),
        ("emails", [""], "[0]: is empty: write it as"),
        ("emails", [None], "[0]: must be a string, not null"),
        ("secret_rotation", {"days": 30}, ".lambda_arn: is missing"),
        ("secret_rotation", {"lambda_arn": LAMBDA_ARN, "dayz": 1}, 'Did you mean "days"?'),
        ("secret_recovery_window_days", 5, "use 7 to 30, or 0 for immediately"),
        ("secret_name", "has space", "is not a valid secret name"),
        ("trail_name", "a--b", "no two of . _ - in a row"),
        ("trail_name", "10.0.0.1", "is not a valid trail name"),
        ("log_group_name", "aws/x", "is not a valid log group name"),
        ("log_bucket_name", "My_Bucket", "is not a valid bucket name: use 3 to 63 lower-case"),
        ("log_bucket_name", "192.168.0.1", "look like an IP address"),
        ("log_bucket_name", "xn--bucket", "S3 reserves the prefix xn--"),
        ("log_bucket_name", "bucket-s3alias", "S3 reserves the suffix -s3alias"),
        ("existing_topic_arn", "SecurityAlarms", "is not a valid topic ARN"),
        ("existing_topic_arn", f"{TOPIC_ARN}.fifo", "alarms cannot use a FIFO topic"),
        ("existing_kms_key_arn", f"arn:aws:kms:us-east-1:{ACCOUNT_ID}:alias/mine", "not of an alias"),
        ("existing_log_role_arn", "Writer", "is not a valid role ARN"),
        ("permissions_boundary_arn", ROLE_ARN, "is not a valid policy ARN"),
        ("assume_role_session_name", "a b", "is not a valid session name"),
        ("endpoint_url", "localhost:4599", "write it as https://host:port, without credentials"),
        ("endpoint_url", "http://user:pass@host", "write it as https://host:port, without credentials"),
        ("kms_alias", "alias/aws/sns", "not alias/aws/"),
        ("management_events", "none", '"none" is not a valid value: use all, read, write'),
        ("secret_update_value", "allways", 'Did you mean "always"?'),
        ("verify_timeout_seconds", 0, ": 0 is not allowed: use 1 to 86400"),
        ("teardown_confirm", "111122223333, 444455556666", "separate the IDs with commas"),
        ("rules", [], "must be a mapping, not an empty list"),
        ("topic_name", "Alarms\u200b", "contains an invisible character: character 7 is U+200B"),
    ],
)
def test_rejects_an_invalid_value_in_one_line_with_a_hint(name: str, value: Any, expected: str) -> None:
    message = problem_of(name, value)
    assert expected in message
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
def test_converts_unambiguous_strings_from_the_command_line_and_templates(name: str, text: Any, value: Any) -> None:
    assert problem_of(name, text) != ""
    assert problem_of(name, text, loose=True) == ""
    assert settings(**{name: RawValue(text, loose=True)})[f"secmon_{name}"] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [("create_secret", "yes"), ("retention_days", "0365"), ("retention_days", "365 days"), ("emails", "a@example.com")],
)
def test_rejects_ambiguous_strings_from_the_command_line(name: str, text: str) -> None:
    assert problem_of(name, text, loose=True) != ""


@pytest.mark.parametrize("name", ["aws_profile", "existing_topic_arn", "session_token", "secret_kms_key_id"])
def test_treats_an_empty_string_as_not_set_without_a_default(name: str) -> None:
    assert problem_of(name, "") == ""
    assert not settings(**{name: ""}).is_set(f"secmon_{name}")


def test_reports_a_template_that_cannot_be_resolved() -> None:
    message = problem_of("topic_name", None, error="'nope' is undefined\nsomewhere")
    assert message == ": cannot be resolved: 'nope' is undefined; somewhere"


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", [["canary-4711"], 4711.5, {("canary-4711",): 1}, "4711 \n", "canary-4711" * 9999])
def test_never_shows_a_secret(name: str, value: Any) -> None:
    for how in (RawValue(value), RawValue(error=f"cannot read {value}")):
        _settings, problems = checked({**raw(), name: how})
        assert "4711" not in str(problems)
    assert checked({**raw(), name: RawValue(error="canary")})[1] != []


def test_unset_variables_have_defaults_two_of_which_depend_on_the_profile() -> None:
    assert settings()["secmon_retention_days"] == 365
    assert settings()["secmon_packs"] == ["guide"]
    assert settings(profile="cis")["secmon_packs"] == ["guide", "cis"]
    assert settings()["secmon_excluded_event_sources"] == ["kms.amazonaws.com", "rdsdata.amazonaws.com"]
    assert settings(profile="cis")["secmon_excluded_event_sources"] == []
    assert settings(profile="cis", packs=["guard"])["secmon_packs"] == ["guard"]


def test_an_invalid_variable_cannot_be_read() -> None:
    found, _problems = checked(raw(profile="prod"))
    for name in ("secmon_profile", "secmon_packs"):
        with pytest.raises(InvalidVariableError):
            found[name]


def test_every_default_is_valid() -> None:
    for variable in VARIABLES.values():
        if variable.default not in (None, ""):
            assert variable.type.problem(variable.default) is None, variable.name
    assert Settings()["secmon_emails"] == []


@pytest.mark.parametrize("name", sorted(VARIABLES))
@pytest.mark.parametrize(
    "value", [10**5000, -(10**5000)], ids=["huge", "tiny"]
)  # Python refuses to write such a number out
def test_rejects_numbers_of_thousands_of_digits(name: str, value: int) -> None:
    for odd in (value, [value], {"a": value}, {value: value}):
        for loose in (False, True):
            checked({name: RawValue(odd, loose=loose)})
    assert checked({name: RawValue(value)})[1] != []


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.none(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(VARIABLES)) | st.text().map(lambda end: f"secmon_{end}"), ODD))
def test_no_value_raises_an_exception(values: dict[str, Any]) -> None:
    for loose in (False, True):
        _settings, problems = checked({name: RawValue(value, loose=loose) for name, value in values.items()})
        assert all(len(f"{problem.key}{problem.text}".splitlines()) == 1 for problem in problems)


def test_a_misspelt_or_empty_tag_is_a_problem_and_a_tag_of_the_user_is_not() -> None:
    tags = {"--tags": ["all", "always", "logs", "monitoring", "email", "drill", ""], "--skip-tags": ["trial"]}
    assert list(tag_problems(tags)) == [
        "--tags: a tag is empty. The parts of the system are secret, notify, logs, trail, alarms, events.",
        '--skip-tags: trial is not a part of the system. Did you mean "trail"?',
    ]
