# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The controls of each standard, as the checks that they need. A control passes if all of its checks do.

Sources: CIS AWS Foundations Benchmark v1.4.0, v3.0.0, v5.0.0 and v7.0.0, sections logging and monitoring; AWS Security
Hub user guide, "CloudTrail controls" and "CloudWatch controls". Security Hub has no CloudTrail.8.
"""

from __future__ import annotations

from collections.abc import Mapping

from .filters import FILTERS

Controls = Mapping[str, tuple[str, ...]]

OUTSIDE = {
    "config": ("AWS Config records all resources", "Config.1 of Security Hub judges it."),
    "flow-logs": ("VPCs have flow logs", "EC2.6 of Security Hub judges it."),
    "web-logs": ("Web front ends log their access", "It concerns CloudFront, load balancers and API Gateway."),
    "security-hub": ("Security Hub is enabled", "Enable it in the account or the organization."),
    "event-data-stores": ("Event data stores are encrypted", "This collection uses no event data store."),
    "mfa-delete": (
        "The log bucket requires MFA to delete versions",
        "Only the root user can enable it, with its device in hand, and no lifecycle rule works then (S3 user guide,"
        ' "Configuring MFA delete"). A bucket of another account keeps the files from the administrators of this one'
        " (secmon_existing_log_bucket_owner).",
    ),
}
"""What a standard asks for and this collection does not do: the title, and why or where it is judged."""

_LOGGING = {
    "1": ("trail-whole",),
    "2": ("trail-validation",),
    "3": ("outside-config",),
    "4": ("bucket-access-log",),
    "5": ("trail-key",),
    "6": ("key-rotation",),
    "7": ("outside-flow-logs",),
    "8": ("s3-writes",),
    "9": ("s3-reads",),
}
_MONITORING = {str(number): (control.name,) for number, control in enumerate(FILTERS, 1)}


def _section(section: int, controls: Controls) -> dict[str, tuple[str, ...]]:
    return {f"{section}.{number}": checks for number, checks in controls.items()}


_V3 = {**_section(3, _LOGGING), **_section(4, {**_MONITORING, "16": ("outside-security-hub",)})}
# The number of each filter in Security Hub, in the order of CIS.
_SECURITY_HUB_ORDER = (2, 3, 1, *range(4, 15))

STANDARDS: Mapping[str, Controls] = {
    "CIS v1.4": {
        "3.1": ("trail-whole",),
        "3.2": ("trail-validation",),
        "3.3": ("bucket-not-public",),
        "3.4": ("trail-log-group", "events-delivered"),
        "3.5": ("outside-config",),
        "3.6": ("bucket-access-log",),
        "3.7": ("trail-key",),
        "3.8": ("key-rotation",),
        "3.9": ("outside-flow-logs",),
        "3.10": ("s3-writes",),
        "3.11": ("s3-reads",),
        **_section(4, _MONITORING),
    },
    "CIS v3": _V3,
    "CIS v5": _V3,
    "CIS v7": {
        **_section(4, {**_LOGGING, "10": ("outside-web-logs",)}),
        **_section(5, {**_MONITORING, "16": ("outside-security-hub",)}),
    },
    "Security Hub": {
        "CloudTrail.1": ("trail-whole", "trail-excludes-nothing"),
        "CloudTrail.2": ("trail-key",),
        "CloudTrail.3": ("trail-logs",),
        "CloudTrail.4": ("trail-validation",),
        "CloudTrail.5": ("trail-log-group",),
        "CloudTrail.6": ("bucket-not-public",),
        "CloudTrail.7": ("bucket-access-log",),
        "CloudTrail.9": ("trail-tagged",),
        "CloudTrail.10": ("outside-event-data-stores",),
        **{
            f"CloudWatch.{number}": (f"{control.name}-exact",)
            for number, control in sorted(zip(_SECURITY_HUB_ORDER, FILTERS, strict=False), key=lambda pair: pair[0])
        },
        "CloudWatch.15": ("alarm-action",),
        "CloudWatch.16": ("retention",),
        "CloudWatch.17": ("alarm-enabled",),
    },
    "secmon.aws": {
        name: (name,)
        for name in (
            "receiver",
            "alarm-enabled",
            "alarm-not-muted",
            "alarm-at-one",
            "filter-alarm",
            "rules-deployed",
            "topic-policy",
            "keys-usable",
            "files-delivered",
            "events-delivered",
            "digests",
            "log-role",
            "bucket-closed",
            "bucket-versioned",
            "bucket-retention",
            "insights",
            "outside-mfa-delete",
            "drill",
        )
    },
}
