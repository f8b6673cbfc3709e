"""Overrides of RegisterOrganizationDelegatedAdmin and DeregisterOrganizationDelegatedAdmin, which moto 5.2.5 lacks.

Source: CloudTrail API reference, RegisterOrganizationDelegatedAdmin and DeregisterOrganizationDelegatedAdmin;
Organizations user guide, "AWS CloudTrail and AWS Organizations".
"""

from __future__ import annotations

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


def _administrators(backend: OrganizationsBackend) -> list[str]:
    return [admin.account.id for admin in backend.admins if PRINCIPAL in admin.services]
