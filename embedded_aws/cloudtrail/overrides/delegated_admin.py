"""Overrides of RegisterOrganizationDelegatedAdmin and DeregisterOrganizationDelegatedAdmin, which moto 5.2.5 lacks.

Source: CloudTrail API reference, RegisterOrganizationDelegatedAdmin and DeregisterOrganizationDelegatedAdmin;
Organizations user guide, "AWS CloudTrail and AWS Organizations".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from moto.organizations.models import FakeDelegatedAdministrator, OrganizationsBackend, organizations_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State

PRINCIPAL = "cloudtrail.amazonaws.com"
_MOST_ADMINISTRATORS = 3

# moto's Organizations rejects CloudTrail as a service with delegated administrators.
patch(FakeDelegatedAdministrator, "SUPPORTED_SERVICES")([*FakeDelegatedAdministrator.SUPPORTED_SERVICES, PRINCIPAL])


@override("cloudtrail", "RegisterOrganizationDelegatedAdmin")
def register(_state: State, call: Call) -> dict[str, Any]:
    """Register a member account; this also enables trusted access."""
    backend, account = _organization(call), call.parameters.get("MemberAccountId", "")
    if account == call.account:
        raise AwsError("CannotDelegateManagementAccountException", "The management account cannot be a delegate.")
    member = next((member for member in backend.accounts if member.id == account), None)
    if member is None:
        raise AwsError("AccountNotFoundException", f"The account {account} is not in the organization.")
    administrators = _administrators(backend)
    if account in administrators:
        raise AwsError("AccountRegisteredException", f"The account {account} is already a delegated administrator.")
    if len(administrators) >= _MOST_ADMINISTRATORS:
        reason = f"The organization has {_MOST_ADMINISTRATORS} delegated administrators for CloudTrail already."
        raise AwsError("DelegatedAdminAccountLimitExceededException", reason)
    backend.enable_aws_service_access(ServicePrincipal=PRINCIPAL)
    backend.register_delegated_administrator(AccountId=account, ServicePrincipal=PRINCIPAL)
    return {}


@override("cloudtrail", "DeregisterOrganizationDelegatedAdmin")
def deregister(_state: State, call: Call) -> dict[str, Any]:
    """Deregister a delegated administrator; trusted access stays enabled."""
    backend, account = _organization(call), call.parameters.get("DelegatedAdminAccountId", "")
    if account not in _administrators(backend):
        raise AwsError("AccountNotRegisteredException", f"The account {account} is not a delegated administrator.")
    backend.deregister_delegated_administrator(AccountId=account, ServicePrincipal=PRINCIPAL)
    return {}


def _organization(call: Call) -> OrganizationsBackend:
    """Return moto's backend of the organization whose management account is the caller."""
    partition = get_partition(call.region)
    backend: OrganizationsBackend = organizations_backends[call.account][partition]
    if backend.org is None:
        if _is_member(call.account, partition):
            reason = "Only the management account of the organization can do this."
            raise AwsError("NotOrganizationManagementAccountException", reason)
        raise AwsError("OrganizationsNotInUseException", "The account is not in an organization.")
    if backend.org.feature_set != "ALL":
        raise AwsError("OrganizationNotInAllFeaturesModeException", "The organization does not have all features.")
    return backend


def _is_member(account: str, partition: str) -> bool:
    backends = [partitions[partition] for partitions in organizations_backends.values() if partition in partitions]
    return any(member.id == account for backend in backends for member in backend.accounts)


# The operations by which a delegated administrator works on the trail of the organization, as the management account
# does: it names the trail by its ARN (CloudTrail API reference, UpdateTrail and others; CloudTrail user guide,
# "Organization delegated administrator"). Log group and role are its own; the trail is the management account's.
_ON_TRAILS = frozenset(
    (
        *(
            "CreateTrail",
            "UpdateTrail",
            "DeleteTrail",
            "StartLogging",
            "StopLogging",
            "AddTags",
            "RemoveTags",
            "ListTags",
        ),
        *("PutEventSelectors", "GetEventSelectors", "PutInsightSelectors", "GetInsightSelectors", "GetTrailStatus"),
    )
)


def acting(call: Call) -> Call:
    """Return the call of a delegated administrator on the organization's trail as one of the management account."""
    if call.service != "cloudtrail" or call.action not in _ON_TRAILS:
        return call
    owner = _management_account(call.account, get_partition(call.region))
    if owner and (_names_trail_of(owner, call.parameters) or call.parameters.get("IsOrganizationTrail")):
        return replace(call, account=owner, environ={**call.environ, "HTTP_X_MOTO_ACCOUNT_ID": owner})
    return call


def administrators_of(management_account: str, partition: str) -> list[str]:
    """Return the delegated administrators for CloudTrail of an organization."""
    return _administrators(organizations_backends[management_account][partition])


def _names_trail_of(account: str, parameters: Mapping[str, Any]) -> bool:
    named = [parameters.get(name) or "" for name in ("Name", "TrailName", "ResourceId")]
    named += parameters.get("ResourceIdList") or []
    return any(f":{account}:trail/" in name for name in named)


def _management_account(account: str, partition: str) -> str:
    """Return the management account of the organization whose delegated administrator an account is, or nothing."""
    backends = [(owner, found[partition]) for owner, found in organizations_backends.items() if partition in found]
    return next((owner for owner, found in backends if account in _administrators(found)), "")


def _administrators(backend: OrganizationsBackend) -> list[str]:
    return [admin.account.id for admin in backend.admins if PRINCIPAL in admin.services]
