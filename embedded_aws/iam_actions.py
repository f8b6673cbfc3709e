"""The IAM action of a call."""

from __future__ import annotations

from ansible_collections.secmon.aws.plugins.module_utils.core.iam_actions import iam_action as action_of
from ansible_collections.secmon.aws.plugins.module_utils.core.iam_actions import names_a_version

from embedded_aws.call import Call
from embedded_aws.protocol import botocore_model


def iam_action(call: Call) -> str:
    """Return the action that a policy must allow for a call, such as ``s3:ListAllMyBuckets`` for ListBuckets."""
    signing_name = botocore_model(call.service).signing_name
    return action_of(signing_name, call.action, of_version=names_a_version(call.parameters))
