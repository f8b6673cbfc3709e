"""A shell script of the AWS CLI that builds the system in one account, and repeats every put when it runs again."""

from __future__ import annotations

import json
import shlex
from typing import Any

from tests.benchmark.accounts.organization import REGION


def _command(*words: str, **options: Any) -> str:
    parts = ["aws", *words]
    for name, value in options.items():
        parts.append(f"--{name.replace('_', '-')}")
        if value is not None:
            parts.append(value if isinstance(value, str) else json.dumps(value))
    return shlex.join(parts)


def _unless(exists: str, create: str) -> str:
    return f"{exists} >/dev/null 2>&1 || {create}"


def shell_script(wanted: dict[str, Any]) -> str:
    """Return the text of the script."""
    w, bucket, group, topic = wanted, wanted["bucket"], wanted["group"], wanted["topic_arn"]
    name, trail = topic.rpartition(":")[2], {"name": wanted["trail"], "s3_bucket_name": bucket}
    logs = {
        "cloud_watch_logs_log_group_arn": f"arn:aws:logs:{REGION}:{w['account']}:log-group:{group}:*",
        "cloud_watch_logs_role_arn": f"arn:aws:iam::{w['account']}:role/{w['role']}",
        "is_multi_region_trail": None,
        "enable_log_file_validation": None,
    }
    lines = [
        "set -eu",
        _command("sts", "get-caller-identity"),
        _unless(
            _command("secretsmanager", "describe-secret", secret_id=w["secret"]),
            _command("secretsmanager", "create-secret", name=w["secret"], secret_string="{}"),
        ),
        _command("sns", "create-topic", name=name),
        _command(
            "sns", "set-topic-attributes", topic_arn=topic, attribute_name="Policy", attribute_value=w["topic_policy"]
        ),
        _command("sns", "list-subscriptions-by-topic", topic_arn=topic)
        + f" | grep -q {shlex.quote(w['email'])} || "
        + _command("sns", "subscribe", topic_arn=topic, protocol="email", notification_endpoint=w["email"]),
        _command("logs", "describe-log-groups", log_group_name_prefix=group)
        + f" | grep -q {shlex.quote(group)} || "
        + _command("logs", "create-log-group", log_group_name=group),
        _command("logs", "put-retention-policy", log_group_name=group, retention_in_days=str(w["retention"])),
        _unless(
            _command("iam", "get-role", role_name=w["role"]),
            _command("iam", "create-role", role_name=w["role"], assume_role_policy_document=w["trust"]),
        ),
        _command(
            "iam",
            "put-role-policy",
            role_name=w["role"],
            policy_name=w["policy"],
            policy_document=w["permissions"],
        ),
        _unless(_command("s3api", "head-bucket", bucket=bucket), _command("s3api", "create-bucket", bucket=bucket)),
        _command("s3api", "put-bucket-versioning", bucket=bucket, versioning_configuration="Status=Enabled"),
        _command(
            "s3api",
            "put-public-access-block",
            bucket=bucket,
            public_access_block_configuration="BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,"
            "RestrictPublicBuckets=true",
        ),
        _command("s3api", "put-bucket-policy", bucket=bucket, policy=w["bucket_policy"]),
        _unless(
            _command("cloudtrail", "get-trail", name=w["trail"]),
            _command("cloudtrail", "create-trail", **trail, **logs),
        ),
        _command("cloudtrail", "start-logging", name=w["trail"]),
        *(
            _command(
                "logs",
                "put-metric-filter",
                log_group_name=group,
                filter_name=one["filterName"],
                filter_pattern=one["filterPattern"],
                metric_transformations=one["metricTransformations"],
            )
            for one in w["filters"]
        ),
        *(_command("cloudwatch", "put-metric-alarm", cli_input_json=one) for one in w["alarms"]),
    ]
    return "\n".join(lines) + "\n"
