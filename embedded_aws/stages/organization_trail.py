"""What an organization trail needs: an organization with all features, its management account, and trusted access.

Source: CloudTrail user guide, "Creating a trail for an organization"; CloudTrail API reference, CreateTrail.
"""

from __future__ import annotations

from moto.cloudtrail.models import Trail
from moto.organizations.models import organizations_backends

from embedded_aws.errors import AwsError
from embedded_aws.stages.trails import find_organization

_SERVICE = "cloudtrail.amazonaws.com"


def check_organization(trail: Trail) -> None:
    """Raise AwsError if the trail's account cannot have an organization trail."""
    organization = find_organization(trail.account_id, trail.region_name)
    if organization is None:
        message = f"Account {trail.account_id} is in no organization."
        raise AwsError("OrganizationsNotInUseException", message, 404)
    if organization.master_account_id != trail.account_id:
        message = "Only the organization's management account can create or change an organization trail."
        raise AwsError("NotOrganizationMasterAccountException", message, 400)
    if organization.feature_set != "ALL":
        message = "The organization must have all features enabled."
        raise AwsError("OrganizationNotInAllFeaturesModeException", message, 400)
    services = organizations_backends[trail.account_id][trail.partition].services
    if all(service["ServicePrincipal"] != _SERVICE for service in services):
        message = "Trusted access of CloudTrail to the organization is not enabled."
        raise AwsError("CloudTrailAccessNotEnabledException", message, 400)
