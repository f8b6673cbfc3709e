"""The overrides and patches of all services, in the order in which they apply."""

from __future__ import annotations

from embedded_aws.cloudtrail.overrides import (
    create_trail,
    delegated_admin,
    describe_trails,
    insights_metric_data,
    list_public_keys,
    lookup_events,
    selectors,
    trail_logging,
)
from embedded_aws.cloudwatch.overrides import (
    alarms,
    composite_alarms,
    describe_alarms,
    log_alarms,
    metrics,
    mute_rules,
)
from embedded_aws.core import moto_internals
from embedded_aws.core.overrides import apply_patches, collect_afters, collect_overrides
from embedded_aws.events.overrides import entries, patterns, rules_and_targets
from embedded_aws.iam import documents
from embedded_aws.iam import overrides as iam
from embedded_aws.iam import propagation as iam_propagation
from embedded_aws.kms import material, users
from embedded_aws.kms import overrides as kms
from embedded_aws.kms import propagation as kms_propagation
from embedded_aws.logs.overrides import log_events, log_groups, log_streams, metric_filters, resource_policies
from embedded_aws.organizations import overrides as organizations
from embedded_aws.s3 import access_logging, bucket_list, bucket_policy
from embedded_aws.s3 import answers as s3_answers
from embedded_aws.s3 import documents as s3_documents
from embedded_aws.s3 import overrides as s3
from embedded_aws.s3.lifecycle import calls as s3_lifecycle
from embedded_aws.secretsmanager import overrides as secretsmanager
from embedded_aws.secretsmanager import versions
from embedded_aws.sns.overrides import messages, subscription_attributes, subscriptions, topics
from embedded_aws.tagging import overrides as tagging

__all__ = ["AFTERS", "MODULES", "OVERRIDES", "apply_patches"]

# If two overrides answer one operation, that of the earlier module is called first, and within a module the upper one.
MODULES = (
    moto_internals,
    # First of CloudTrail: the check of the home Region comes before the other overrides of an operation.
    trail_logging,
    create_trail,
    describe_trails,
    selectors,
    lookup_events,
    insights_metric_data,
    list_public_keys,
    delegated_admin,
    alarms,
    composite_alarms,
    describe_alarms,
    log_alarms,
    mute_rules,
    metrics,
    entries,
    patterns,
    rules_and_targets,
    iam,
    documents,
    iam_propagation,
    kms,
    kms_propagation,
    material,
    # Before the services whose calls use a key.
    users,
    log_groups,
    log_streams,
    log_events,
    metric_filters,
    resource_policies,
    organizations,
    # First of S3: what is due is done before anything is checked.
    s3_lifecycle,
    bucket_list,
    bucket_policy,
    access_logging,
    s3_answers,
    s3_documents,
    s3,
    secretsmanager,
    versions,
    topics,
    subscriptions,
    subscription_attributes,
    messages,
    tagging,
)
OVERRIDES = collect_overrides(MODULES)
AFTERS = collect_afters(MODULES)
