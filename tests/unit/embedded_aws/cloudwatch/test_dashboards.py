"""Names of dashboards are checked; recorded answer of AWS, 2025."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.support.alarm_setup import Client

BODY = '{"widgets": []}'


@pytest.mark.parametrize("name", ["a b", "a/b", "ä", "a#"])
def test_an_invalid_name_is_refused(aws_client: Client, name: str) -> None:
    with pytest.raises(ClientError, match="It can only contain alphanumerics, dash") as caught:
        aws_client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=BODY)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterValue"
    assert aws_client("cloudwatch").list_dashboards()["DashboardEntries"] == []


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    moto_client("cloudwatch").put_dashboard(DashboardName="a b", DashboardBody=BODY)
