from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.sns.endpoints import (
    endpoint_problem,
    identity,
    masked,
    needs_confirmation,
)
from hypothesis import given
from hypothesis import strategies as st

ACCOUNT = "123456789012"
URL_TEXT = st.text(alphabet="abcXYZ019.-:/?#@%[]*", max_size=30)


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [
        ("email", "security@example.com"),
        ("email", "first.last+alerts@mail.example.co.uk"),
        ("email-json", "o'neill@example.museum"),
        ("sms", "+4915112345678"),
        ("https", "https://alerts.example.com/in?key=1"),
        ("https", "https://user:pass@alerts.example.com:8443/in"),
        ("sqs", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:alarms_1-2"),
        ("lambda", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:alert"),
        ("lambda", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:alert:$LATEST"),
    ],
)
def test_accepts_valid_endpoints(protocol: str, endpoint: str) -> None:
    assert endpoint_problem({"protocol": protocol, "endpoint": endpoint}, "aws") == ""


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [
        *(("email", address) for address in ["", "a", "a@b", "a@b..com", "a@.com", "a@b.com.", "a b@c.de", "@c.de"]),
        ("email", "Ann <a@b.de>"),
        ("email", "a@b.de, c@d.de"),
        ("email", "x" * 65 + "@example.com"),
        *(("sms", number) for number in ["4915112345678", "+0123456789", "+49 151 1234567", "+1", "+1234567890123456"]),
        *(
            ("https", url)
            for url in ["http://a.de", "https://", "a.de", "https://a.de:x", "https://a b.de", "https://["]
        ),
        ("sqs", "alarms"),
        ("sqs", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:alert"),
        ("lambda", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:alert"),
        ("sqs", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:alarms.fifo"),
        ("sqs", f"arn:aws-cn:sqs:cn-north-1:{ACCOUNT}:alarms"),
    ],
)
def test_rejects_invalid_endpoints(protocol: str, endpoint: str) -> None:
    assert endpoint_problem({"protocol": protocol, "endpoint": endpoint}, "aws").startswith(protocol)


@pytest.mark.parametrize(
    ("protocol", "one", "other"),
    [
        ("email", "Ann@Example.COM", "Ann@example.com"),
        ("sms", "+4915112345678", "4915112345678"),
        ("https", "HTTPS://Alerts.Example.com/In", "https://alerts.example.com/In"),
        ("https", "https://user:secret@a.de/", "https://user:****@a.de/"),
    ],
)
def test_spellings_of_one_endpoint_have_the_same_identity(protocol: str, one: str, other: str) -> None:
    assert identity(protocol, one) == identity(protocol, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("email", "ann@example.com"), ("email", "Ann@example.com")),
        (("email", "ann@example.com"), ("email-json", "ann@example.com")),
        (("https", "https://a.de/in"), ("https", "https://a.de/In")),
    ],
)
def test_different_endpoints_have_different_identities(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert identity(*one) != identity(*other)


@given(st.text(alphabet="abcdef0123:@%*-", min_size=5, max_size=20))
def test_masks_the_password_in_a_url(password: str) -> None:
    assert (
        masked("https", f"https://user:{password}@alerts.example.com/in") == "https://user:****@alerts.example.com/in"
    )


@given(st.sampled_from(["https", "http", "email", "sms", "sqs"]), URL_TEXT | URL_TEXT.map("https://{}".format))
def test_masking_keeps_the_identity(protocol: str, endpoint: str) -> None:
    assert identity(protocol, masked(protocol, endpoint)) == identity(protocol, endpoint)


def test_email_https_and_other_accounts_need_confirmation() -> None:
    queue = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:alarms"
    assert needs_confirmation("email", "a@b.de", ACCOUNT)
    assert needs_confirmation("https", "https://a.de", ACCOUNT)
    assert needs_confirmation("sqs", queue, "999999999999")
    assert not needs_confirmation("sqs", queue, ACCOUNT)
    assert not needs_confirmation("sms", "+4915112345678", ACCOUNT)
