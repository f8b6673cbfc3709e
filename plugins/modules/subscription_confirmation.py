#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: subscription_confirmation
short_description: Confirm subscriptions so that only AWS credentials can end them
version_added: 0.4.0
description:
  - Confirms the subscriptions of an SNS topic by the links of their confirmation emails, with a signed request.
  - A subscription that is confirmed by following the link can be ended by the link at the end of every email, without
    credentials. Mail scanners follow links, and so end the alerts. After a signed confirmation only the owners of topic
    and subscription can end it.
  - No upstream module does this. Unlike O(secmon.aws.alert_topic#module:confirmation_token), the address of each link
    need not be known.
options:
  topic_arn:
    description: The ARN of the topic.
    type: str
    required: true
  links:
    description:
      - The links of the confirmation emails, or the tokens in them. Links that a mail service has wrapped are accepted.
      - The links must not be followed before. A subscription that was confirmed by its link stays as it is; the module
        warns about it.
      - A link is valid for 48 hours, after which SNS deletes the subscription.
    type: list
    elements: str
    required: true
attributes:
  check_mode:
    description: Lists the pending subscriptions.
    details: Only AWS knows to which of them a link belongs.
    support: partial
  diff_mode:
    description: Shows the confirmed subscriptions, in check mode those that are pending.
    support: full
  platform:
    description: Runs on any host with Python and boto3, usually the controller.
    support: full
    platforms: posix
notes:
  - The module calls the IAM actions C(sns:ConfirmSubscription), C(sns:GetSubscriptionAttributes),
    C(sns:ListSubscriptionsByTopic) in check mode, and C(sts:GetCallerIdentity) for error messages.
extends_documentation_fragment:
  - secmon.aws.module
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Confirm the subscriptions of two colleagues
  secmon.aws.subscription_confirmation:
    topic_arn: arn:aws:sns:us-east-1:123456789012:SecurityAlarms
    links: "{{ links_of_the_emails }}"
"""

RETURN = r"""
subscriptions:
  description: The subscriptions that the links confirmed, now or before; empty in check mode.
  returned: always
  type: list
  elements: dict
  contains:
    protocol:
      description: The protocol.
      type: str
    endpoint:
      description: The endpoint.
      type: str
    subscription_arn:
      description: The ARN.
      type: str
    result:
      description: V(confirmed) by this run, or V(confirmed before).
      type: str
    authenticated:
      description: Whether the confirmation was signed. If not, anybody who has one of its emails can end it.
      type: bool
  sample:
    - protocol: email
      endpoint: security@example.com
      subscription_arn: arn:aws:sns:us-east-1:123456789012:SecurityAlarms:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55
      result: confirmed
      authenticated: true
"""

from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.runner import COMMON_OPTIONS, run_reader
from ansible_collections.secmon.aws.plugins.module_utils.sns.confirmation import confirm, predict

OPTIONS: dict[str, Any] = {
    **COMMON_OPTIONS,
    "topic_arn": {"type": "str", "required": True},
    "links": {"type": "list", "elements": "str", "required": True, "no_log": True},
}


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, confirm, predict)


if __name__ == "__main__":
    main()
