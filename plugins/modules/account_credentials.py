#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: account_credentials
short_description: Assume the role of an account, or name the account of the credentials
version_added: 0.4.0
description:
  - Assumes a role and returns its credentials. Without a role, it returns the account of the credentials that the task
    uses.
  - The result is hidden as with C(no_log), since it contains credentials. If AWS refuses, the message is shown. It
    names who refused whom, and what to do, and contains no secret.
  - Replaces M(amazon.aws.sts_assume_role), which is skipped in check mode, always reports a change and gives up after
    four throttled calls, and M(amazon.aws.aws_caller_info), which waits for minutes for the account's alias if
    IAM throttles.
options:
  role_arn:
    description: The ARN of the role to assume; empty for none.
    type: str
    default: ""
  session_name:
    description: The name of the session, which CloudTrail records with each of its calls.
    type: str
    default: secmon
  required_account:
    description:
      - The ID of the account that the credentials must belong to; empty for any.
      - With it, the message of a failure names the variables of the role P(secmon.aws.account#role).
    type: str
    default: ""
  external_id:
    description: The external ID that the trust policy of the role requires; empty for none.
    type: str
    default: ""
  list_resources:
    description:
      - Whether to list what has the tag of this collection in the region, for the option C(listed) of its modules.
    type: bool
    default: false
    version_added: 0.4.0
notes:
  - The module calls the IAM actions C(sts:AssumeRole), C(sts:GetCallerIdentity) and, to list resources,
    C(tag:GetResources).
extends_documentation_fragment:
  - secmon.aws.module.reader
  - secmon.aws.module
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Assume the role of the account
  secmon.aws.account_credentials:
    role_arn: arn:aws:iam::111122223333:role/SecurityMonitoringDeployer
  register: session
"""

RETURN = r"""
account:
  description: The ID of the account.
  returned: success
  type: str
  sample: "111122223333"
started:
  description: When the task started, in seconds since 1970, by the clock of the controller.
  returned: always
  type: float
own:
  description: The options by which the modules of this collection use the credentials.
  returned: success
  type: dict
  sample: {}
listed:
  description:
    - The tags of the resources with the tag of this collection by ARN, those of alarms apart.
    - Not returned if AWS refuses to list them. Then each module reads what it needs.
  returned: with O(list_resources)
  type: dict
  contains:
    alarms:
      description: The alarms.
      type: dict
    others:
      description: All other resources.
      type: dict
  sample: {"alarms": {}, "others": {"arn:aws:sns:us-east-1:111122223333:alerts": {"secmon:managed-by": "secmon.aws"}}}
arn:
  description:
    - The ARN of the caller, after the role was assumed. An empty string if O(list_resources) showed that the
      credentials belong to O(required_account), so that STS was not asked.
  returned: success
  type: str
  sample: arn:aws:sts::111122223333:assumed-role/SecurityMonitoringDeployer/secmon
sts_creds:
  description: The credentials of the role; empty without a role.
  returned: success
  type: dict
  contains:
    access_key:
      description: The access key.
      type: str
      returned: if a role was assumed
    secret_key:
      description: The secret key.
      type: str
      returned: if a role was assumed
    session_token:
      description: The session token.
      type: str
      returned: if a role was assumed
    expiration:
      description: When the credentials expire.
      type: str
      returned: if a role was assumed
  sample: {}
"""

from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.runner import COMMON_OPTIONS, run_reader
from ansible_collections.secmon.aws.plugins.module_utils.sts.credentials import obtain

OPTIONS: dict[str, Any] = {
    **COMMON_OPTIONS,
    "role_arn": {"type": "str", "default": ""},
    "session_name": {"type": "str", "default": "secmon"},
    "list_resources": {"type": "bool", "default": False},
    "required_account": {"type": "str", "default": ""},
    # AWS calls it no secret, but it is what a stranger needs to know.
    "external_id": {"type": "str", "default": "", "no_log": True},
}


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, obtain)


if __name__ == "__main__":
    main()
