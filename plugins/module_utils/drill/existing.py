# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Remedies for parts of the chain that exist already and are not managed here (`secmon_existing_*`).

The tasks and variables of this collection do not change such a part; the preflight refuses most of the variables.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from .timeline import Finding

_TOPIC_KEY = (
    "Ask the owner of the topic to encrypt it with a customer managed key that is enabled and whose policy allows"
    " cloudwatch.amazonaws.com to call kms:GenerateDataKey* and kms:Decrypt."
)
_ROLE = "Ask the owner of the role to repair it, or set another one in secmon_existing_log_role_arn."
_CODES: Mapping[str, Mapping[str, str]] = {
    "secret": {
        "secret_missing": (
            "Ask the owner of the secret to create it, correct secmon_secret_name, or set secmon_create_secret: true."
        ),
        "secret_pending_deletion": "Ask the owner of the secret to restore it: `aws secretsmanager restore-secret`.",
    },
    "bucket": {
        "bucket_missing": "Correct secmon_existing_log_bucket_name, or ask the owner of the bucket.",
        "bucket_denied": (
            "Ask the owner of the bucket to allow cloudtrail.amazonaws.com s3:GetBucketAcl and s3:PutObject in its"
            " policy, and to repair its key."
        ),
    },
    "log_group": {
        "log_group_missing": "Correct secmon_existing_log_group_name, or ask the owner of the log group.",
    },
    "log_role": {"role_missing": _ROLE, "role_denied": _ROLE},
    "topic": {
        "topic_missing": "Correct secmon_existing_topic_arn, or ask the owner of the topic.",
        "topic_denied": "Ask the owner of the topic for a statement that allows cloudwatch.amazonaws.com sns:Publish.",
        **dict.fromkeys(("key_missing", "key_of_aws", "key_disabled", "key_denied"), _TOPIC_KEY),
        "no_subscription": "Ask the owner of the topic to subscribe an address: `aws sns subscribe`.",
        "subscription_pending": (
            'Follow the link in the email "AWS Notification - Subscription Confirmation", which is valid for 48 hours;'
            " after that, ask the owner of the topic to subscribe the address again."
        ),
        "subscription_open": (
            "To close it, ask the owner of the topic to end the subscription, to subscribe the address again, and to"
            " confirm it with signed requests: `aws sns confirm-subscription` with --authenticate-on-unsubscribe true."
        ),
    },
}
PARTS = tuple(_CODES)


def remedy_of_owner(finding: Finding, existing: Collection[str]) -> Finding:
    """Return a finding with the remedy for an existing part, if it is about one."""
    remedies = [_CODES[part][finding.code] for part in existing if finding.code in _CODES[part]]
    return replace(finding, remedy=remedies[0]) if remedies else finding
