#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: alert_topic
short_description: Manage the SNS topic of the alarms, and who receives them
version_added: 0.2.0
description:
  - Makes, changes and deletes one SNS topic, with its policy and its subscriptions.
  - What the task does not mention stays as it is. Subscriptions end only if O(remove_subscriptions) names them, or with
    the topic.
  - A subscription that is pending is reported as pending, and its owner never gets a second confirmation mail for it,
    not even if the connection breaks.
  - Stands in for M(community.aws.sns_topic), which ends the subscriptions of other people by default, cannot set a KMS
    key, and fails in check mode where there is no topic yet.
options:
  name:
    description:
      - The name of the topic, 1 to 256 letters, digits, C(_) and C(-).
      - FIFO topics are refused, since no e-mail address can subscribe to them.
    type: str
    required: true
  display_name:
    description: The sender's name in the mails, or an empty string for that of AWS.
    type: str
  kms_key_arn:
    description:
      - The ARN of the customer managed KMS key that encrypts the messages, or an empty string for none.
      - Its policy has to let C(cloudwatch.amazonaws.com) call C(kms:Decrypt) and C(kms:GenerateDataKey*), and
        C(events.amazonaws.com) likewise if EventBridge publishes.
      - V(alias/aws/sns) is refused. CloudWatch cannot use that key, so that alarms would be dropped without a word.
    type: str
  delivery_policy:
    description:
      - How deliveries to HTTPS endpoints are repeated, as SNS takes it, or C({}) for SNS's own way.
      - Names with underscores, as M(community.aws.sns_topic) has them, are taken too.
    type: dict
  publishers:
    description:
      - Which services may publish, besides the account itself and whoever others let publish.
      - V(cloudwatch) may publish for alarms of this account. V(eventbridge) gets a statement without a condition,
        because SNS drops what EventBridge publishes under one.
      - The two statements of this collection have the ids C(SecmonCloudWatchAlarms) and C(SecmonEventBridge). All other
        statements of the topic's policy are kept as they are.
      - A new topic has V(cloudwatch). Without this option, an existing topic is seen to have it, and EventBridge's
        statement stays as it is.
    type: list
    elements: str
    choices: [cloudwatch, eventbridge]
  subscriptions:
    description:
      - Who receives the alerts. Those that the topic does not have, or no longer has, are asked for; none is removed.
      - The settings of a subscription, such as its filter policy, are left alone.
    type: list
    elements: dict
    suboptions:
      protocol:
        description: How to deliver.
        type: str
        required: true
        choices: [email, email-json, sms, https, sqs, lambda]
      endpoint:
        description:
          - Where to deliver. An e-mail address, an E.164 number such as V(+4915112345678), an C(https://) address, the
            ARN of a queue, or the ARN of a function.
          - The domains of two e-mail addresses are compared without regard to case, the parts before the C(@) with it
            (RFC 5321).
          - A password in an C(https://) address is shown nowhere. SNS does not show it either, so that another one is
            no difference.
        type: str
        required: true
  remove_subscriptions:
    description:
      - Subscriptions to end, exactly these.
      - A pending one cannot be removed. It is reported as pending, and SNS drops it after 3 days.
    type: list
    elements: dict
    suboptions:
      protocol:
        description: How it is delivered to.
        type: str
        required: true
        choices: [email, email-json, sms, https, sqs, lambda, http, application, firehose]
      endpoint:
        description: Where it is delivered to, as SNS lists it.
        type: str
        required: true
  confirmation_token:
    description:
      - The token in the link of a confirmation mail. It confirms the subscription so that the link at the foot of every
        alert, which mail scanners follow, can no longer end it.
      - It is for the one subscription of O(subscriptions) that is pending, or of the topic if O(subscriptions) is not
        given. If there are several, the task fails and changes nothing. If there is none, the token is not used.
    type: str
  tags:
    description: The tags. One more, C(secmon:managed-by), marks the topic as this collection's.
    type: dict
  purge_tags:
    description: Whether tags that O(tags) does not name are removed.
    type: bool
    default: true
  state:
    description: Whether the topic exists. V(absent) ends all its subscriptions, and says which they were.
    type: str
    choices: [present, absent]
    default: present
notes:
  - The IAM actions it needs are
    C(sts:GetCallerIdentity), C(sns:GetTopicAttributes), C(sns:ListTagsForResource), C(sns:ListSubscriptionsByTopic),
    C(sns:GetSubscriptionAttributes), C(sns:CreateTopic), C(sns:SetTopicAttributes), C(sns:TagResource),
    C(sns:UntagResource), C(sns:Subscribe), C(sns:ConfirmSubscription), C(sns:Unsubscribe) and C(sns:DeleteTopic).
  - A queue or a function needs a policy of its own that lets C(sns.amazonaws.com) deliver to it.
extends_documentation_fragment:
  - secmon.aws.module
  - secmon.aws.module.ownership
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - action_common_attributes
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Send the alarms to the security team
  secmon.aws.alert_topic:
    name: SecurityAlarms
    display_name: Security alarms
    subscriptions:
      - protocol: email
        endpoint: security@example.com
  register: alerts

- name: Say who has not followed the link yet
  ansible.builtin.debug:
    msg: "{{ alerts.subscriptions | selectattr('state', 'equalto', 'pending') | map(attribute='endpoint') }}"

- name: Confirm a subscription so that the link in the alerts cannot end it
  secmon.aws.alert_topic:
    name: SecurityAlarms
    subscriptions:
      - protocol: email
        endpoint: security@example.com
    confirmation_token: "{{ token_of_the_mail }}"
  when: token_of_the_mail is defined

- name: Send no more alarms to a colleague who left
  secmon.aws.alert_topic:
    name: SecurityAlarms
    remove_subscriptions:
      - protocol: email
        endpoint: leaver@example.com

- name: Remove the topic and all subscriptions
  secmon.aws.alert_topic:
    name: SecurityAlarms
    state: absent
"""

RETURN = r"""
topic:
  description: The topic as it is, or as it would be in check mode; empty if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
    arn:
      description: Its ARN.
      type: str
      returned: always
    display_name:
      description: The sender's name in the mails.
      type: str
      returned: always
    kms_key_arn:
      description: The key, or an empty string.
      type: str
      returned: always
    delivery_policy:
      description: How deliveries to HTTPS endpoints are repeated; empty if in SNS's own way.
      type: dict
      returned: always
    policy:
      description: Who may do what with it.
      type: dict
      returned: always
    tags:
      description: Its tags.
      type: dict
      returned: always
  sample:
    name: SecurityAlarms
    arn: arn:aws:sns:us-east-1:123456789012:SecurityAlarms
    display_name: Security alarms
    kms_key_arn: ""
    delivery_policy: {}
    policy:
      Version: "2008-10-17"
      Id: __default_policy_ID
      Statement:
        - Sid: SecmonCloudWatchAlarms
          Effect: Allow
          Principal: {Service: cloudwatch.amazonaws.com}
          Action: sns:Publish
          Resource: arn:aws:sns:us-east-1:123456789012:SecurityAlarms
          Condition: {StringEquals: {"aws:SourceAccount": "123456789012"}}
    tags: {"secmon:managed-by": secmon.aws}
subscriptions:
  description:
    - The subscriptions, those that the task names first, then all others that the topic has.
    - In check mode the state of a new one is what is to be expected.
  returned: success
  type: list
  elements: dict
  contains:
    protocol:
      description: How it is delivered to.
      type: str
      returned: always
    endpoint:
      description: Where it is delivered to.
      type: str
      returned: always
    state:
      description: One of V(confirmed), V(pending) and V(absent).
      type: str
      returned: always
    subscription_arn:
      description: Its ARN if it is confirmed, otherwise an empty string.
      type: str
      returned: always
  sample:
    - protocol: email
      endpoint: security@example.com
      state: pending
      subscription_arn: ""
pending:
  description: How many of the subscriptions are pending.
  returned: success
  type: int
  sample: 1
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import OWNER_OPTIONS, run_module
from ansible_collections.secmon.aws.plugins.module_utils.sns.endpoints import REMOVABLE, SUBSCRIBABLE
from ansible_collections.secmon.aws.plugins.module_utils.sns.plan import (
    check_topic,
    plan_absent,
    plan_present,
    results_of,
)
from ansible_collections.secmon.aws.plugins.module_utils.sns.reads import find_subscription, find_topic
from ansible_collections.secmon.aws.plugins.module_utils.sns.report import (
    after_confirmation,
    answered,
    confirmed_arn,
    token_warnings,
)
from ansible_collections.secmon.aws.plugins.module_utils.sns.topic_policy import PUBLISHERS


def _subscriptions(protocols: Sequence[str]) -> dict[str, Any]:
    """Return the specification of a list of subscriptions."""
    entry = {
        "protocol": {"type": "str", "required": True, "choices": list(protocols)},
        "endpoint": {"type": "str", "required": True},
    }
    return {"type": "list", "elements": "dict", "options": entry}


OPTIONS: dict[str, Any] = {
    **OWNER_OPTIONS,
    "name": {"type": "str", "required": True},
    "display_name": {"type": "str"},
    "kms_key_arn": {"type": "str", "no_log": False},
    "delivery_policy": {"type": "dict"},
    "publishers": {"type": "list", "elements": "str", "choices": list(PUBLISHERS)},
    "subscriptions": _subscriptions(SUBSCRIBABLE),
    "remove_subscriptions": _subscriptions(REMOVABLE),
    "confirmation_token": {"type": "str", "no_log": True},
    "tags": {"type": "dict"},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the topic and plan what to do about it."""
    check_topic(params, account.region)
    topic = find_topic(account, params["name"])
    plan = plan_present if params["state"] == "present" else plan_absent
    return plan(params, topic, account.place)


def report(
    _params: Mapping[str, Any], account: Account, plan: Plan, answers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the subscriptions with what SNS answered about them."""
    subscriptions = answered(plan, answers)
    arn = confirmed_arn(plan, answers)
    if not arn:
        return results_of(subscriptions)
    confirmed = find_subscription(account, arn)
    warnings = token_warnings(subscriptions, confirmed)
    return {**results_of(after_confirmation(subscriptions, confirmed)), "warnings": warnings}


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide, report)


if __name__ == "__main__":
    main()
