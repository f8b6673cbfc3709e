"""Override of PutDashboard: names are checked; moto 5.2.5 takes any. Source: recorded answer of AWS, 2025."""

from __future__ import annotations

import re

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State

_NAME = re.compile(r"[A-Za-z0-9_-]+")


@override("cloudwatch", "PutDashboard")
def put_dashboard(_state: State, call: Call) -> None:
    """Reject an invalid name; otherwise moto answers."""
    if not _NAME.fullmatch(call.parameters["DashboardName"]):
        message = (
            "The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash "
            "(-) and underscore (_).\n"
        )
        raise AwsError("InvalidParameterValue", message)
