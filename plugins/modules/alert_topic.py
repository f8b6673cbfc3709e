#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: alert_topic
short_description: Manage the SNS topic for alarms and its subscriptions
version_added: 0.2.0
description:
  - Creates, updates and deletes one SNS topic with its policy and its subscriptions.
  - Settings that the task omits are kept. Subscriptions end only with O(remove_subscriptions) or
    O(purge_subscriptions), or with the topic.
  - A pending subscription is reported as pending, and its owner never receives a second confirmation email for it, even
    if the connection breaks.
  - Use this module instead of M(community.aws.sns_topic), which by default deletes the subscriptions that the task does
    not list, cannot set a KMS key, and fails in check mode if the topic does not exist. The tests
    C(test_upstream_deletes_other_subscriptions_by_default), C(test_upstream_cannot_set_a_key) and
    C(test_upstream_fails_in_check_mode_without_a_topic) show it.
options:
  name:
    description:
      - The name of the topic, 1 to 256 letters, digits, C(_) and C(-).
      - FIFO topics are rejected, since no email address can subscribe to them.
    type: str
    required: true
  display_name:
    description: The sender's name in emails, or an empty string for the default of AWS.
    type: str
  kms_key_arn:
    description:
      - The ARN of the customer managed KMS key that encrypts the messages, or an empty string for no encryption.
      - Its policy must allow C(cloudwatch.amazonaws.com) to call C(kms:Decrypt) and C(kms:GenerateDataKey*), and
        C(events.amazonaws.com) too if EventBridge publishes.
      - V(alias/aws/sns) is rejected. CloudWatch cannot use that key, so alarms would be silently dropped.
    type: str
  publishers:
    description:
      - The services that may publish, in addition to the account itself and to other statements of the policy.
      - V(cloudwatch) may publish for alarms of this account. V(eventbridge) gets a statement without a condition,
        because SNS drops what EventBridge publishes under a condition.
      - The two managed statements have the IDs C(SecmonCloudWatchAlarms) and C(SecmonEventBridge). All other statements
        of the topic policy are kept.
      - The default for a new topic is V(cloudwatch). If the option is omitted for an existing topic, V(cloudwatch) is
        added, and the statement for EventBridge is kept as it is.
    type: list
    elements: str
    choices: [cloudwatch, eventbridge]
  subscriptions:
    description:
      - The endpoints that receive the alerts. Missing subscriptions are created; no other subscription is removed.
      - The settings of a subscription, such as its filter policy, are not managed.
    type: list
    elements: dict
    suboptions:
      protocol:
        description: The protocol.
        type: str
        required: true
        choices: [email, email-json, sms, https, sqs, lambda]
      endpoint:
        description:
          - An email address, an E.164 number such as V(+4915112345678), an C(https://) URL, the ARN of a queue, or the
            ARN of a function.
          - The domain of an email address is case-insensitive, the part before the C(@) is case-sensitive (RFC 5321).
          - A password in a URL is never printed. SNS does not return it either, so a new password is not detected as a
            change.
        type: str
        required: true
  remove_subscriptions:
    description:
      - The subscriptions to remove. Subscriptions that are in neither list are kept.
      - A pending subscription cannot be removed. It is reported as pending, and SNS deletes it after 48 hours.
    type: list
    elements: dict
    suboptions:
      protocol:
        description: The protocol.
        type: str
        required: true
        choices: [email, email-json, sms, https, sqs, lambda, http, application, firehose]
      endpoint:
        description: The endpoint as SNS lists it.
        type: str
        required: true
  purge_subscriptions:
    description:
      - Whether the confirmed subscriptions that O(subscriptions) does not list are removed, also those of people who
        subscribed themselves. Without it they are kept, and a warning names them.
      - A pending subscription cannot be removed; see O(remove_subscriptions).
    type: bool
    default: false
    version_added: 0.4.0
  confirmation_token:
    description:
      - The token in the link of a confirmation email, after C(Token=). It confirms the subscription so that the link at
        the end of every alert, which mail scanners follow, cannot end it.
      - It confirms the one pending subscription in O(subscriptions), or of the topic if O(subscriptions) is omitted. If
        several are pending, the task fails and changes nothing. If none is pending, the token is not used.
    type: str
  state:
    description: Whether the topic should exist. V(absent) also ends its subscriptions; a warning lists them.
    type: str
    choices: [present, absent]
    default: present
notes:
  - The module calls the IAM actions
    C(sts:GetCallerIdentity), C(sns:GetTopicAttributes), C(sns:ListTagsForResource), C(sns:ListSubscriptionsByTopic),
    C(sns:GetSubscriptionAttributes), C(sns:CreateTopic), C(sns:SetTopicAttributes), C(sns:TagResource),
    C(sns:UntagResource), C(sns:Subscribe), C(sns:ConfirmSubscription), C(sns:Unsubscribe) and C(sns:DeleteTopic).
  - The policy of a queue or a function must allow C(sns.amazonaws.com) to deliver to it.
extends_documentation_fragment:
  - secmon.aws.module
  - secmon.aws.module.listed
  - secmon.aws.module.ownership
  - secmon.aws.module.tags
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Ensure alarms are emailed to the security team
  secmon.aws.alert_topic:
    name: SecurityAlarms
    display_name: Security alarms
    subscriptions:
      - protocol: email
        endpoint: security@example.com
  register: alerts

- name: Show the pending subscriptions
  ansible.builtin.debug:
    msg: "{{ alerts.subscriptions | selectattr('state', 'equalto', 'pending') | map(attribute='endpoint') }}"

- name: Confirm a subscription so that the link in alerts cannot end it
  secmon.aws.alert_topic:
    name: SecurityAlarms
    subscriptions:
      - protocol: email
        endpoint: security@example.com
    confirmation_token: "{{ token_from_the_email }}"
  when: token_from_the_email is defined

- name: Ensure a former colleague receives no more alarms
  secmon.aws.alert_topic:
    name: SecurityAlarms
    remove_subscriptions:
      - protocol: email
        endpoint: leaver@example.com

- name: Delete the topic and all its subscriptions
  secmon.aws.alert_topic:
    name: SecurityAlarms
    state: absent
"""

RETURN = r"""
topic:
  description: The topic after the run, in check mode as predicted. Empty if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: The name.
      type: str
    arn:
      description: The ARN.
      type: str
    display_name:
      description: The sender's name in emails.
      type: str
    kms_key_arn:
      description: The ARN of the KMS key, or an empty string.
      type: str
    policy:
      description: The topic policy.
      type: dict
    tags:
      description: The tags.
      type: dict
  sample:
    name: SecurityAlarms
    arn: arn:aws:sns:us-east-1:123456789012:SecurityAlarms
    display_name: Security alarms
    kms_key_arn: ""
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
    - The subscriptions. Those in the task come first, followed by all others of the topic.
    - In check mode the state of a new subscription is the predicted one.
  returned: success
  type: list
  elements: dict
  contains:
    protocol:
      description: The protocol.
      type: str
    endpoint:
      description: The endpoint.
      type: str
    state:
      description: One of V(confirmed), V(pending) and V(absent).
      type: str
    subscription_arn:
      description: The ARN of a confirmed subscription, otherwise an empty string.
      type: str
  sample:
    - protocol: email
      endpoint: security@example.com
      state: pending
      subscription_arn: ""
pending:
  description: The number of pending subscriptions.
  returned: success
  type: int
  sample: 1
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import (
    LISTED,
    RESOURCE_OPTIONS,
    confirmed,
    run_module,
)
from ansible_collections.secmon.aws.plugins.module_utils.sns.answers import (
    after_confirmation,
    after_subscribing,
    confirmed_arn,
)
from ansible_collections.secmon.aws.plugins.module_utils.sns.endpoints import REMOVABLE, SUBSCRIBABLE
from ansible_collections.secmon.aws.plugins.module_utils.sns.plan import (
    check_topic,
    plan_absent,
    plan_present,
    subscription_results,
)
from ansible_collections.secmon.aws.plugins.module_utils.sns.reads import find_subscription, find_topic
from ansible_collections.secmon.aws.plugins.module_utils.sns.topic_policy import PUBLISHERS


def _subscriptions(protocols: Sequence[str]) -> dict[str, Any]:
    """Return the argument specification of a list of subscriptions."""
    entry = {
        "protocol": {"type": "str", "required": True, "choices": list(protocols)},
        "endpoint": {"type": "str", "required": True},
    }
    return {"type": "list", "elements": "dict", "options": entry}


OPTIONS: dict[str, Any] = {
    **RESOURCE_OPTIONS,
    **LISTED,
    "name": {"type": "str", "required": True},
    "display_name": {"type": "str"},
    "kms_key_arn": {"type": "str", "no_log": False},
    "publishers": {"type": "list", "elements": "str", "choices": list(PUBLISHERS)},
    "subscriptions": _subscriptions(SUBSCRIBABLE),
    "remove_subscriptions": _subscriptions(REMOVABLE),
    "purge_subscriptions": {"type": "bool", "default": False},
    "confirmation_token": {"type": "str", "no_log": True},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the topic and plan what to change."""
    check_topic(params, account.region)
    topic = find_topic(account, params["name"], params["listed"])
    plan = plan_present if params["state"] == "present" else plan_absent
    return plan(params, topic, account.place)


def report(
    _params: Mapping[str, Any], account: Account, plan: Plan, answers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the subscriptions updated with SNS's answers."""
    subscriptions = after_subscribing(plan, answers)
    arn = confirmed_arn(plan, answers)
    if not arn:
        return subscription_results(subscriptions)
    subscriptions, warnings = after_confirmation(subscriptions, find_subscription(account, arn))
    return {**subscription_results(subscriptions), "warnings": warnings}


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, confirmed(decide), report)


if __name__ == "__main__":
    main()
