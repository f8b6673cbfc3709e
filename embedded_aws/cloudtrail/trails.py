"""Find trails, buckets, log groups, roles and organizations in moto's backends, in process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from moto.cloudtrail.models import Trail, cloudtrail_backends
from moto.iam.models import Role, iam_backends
from moto.logs.models import LogGroup, logs_backends
from moto.organizations.models import FakeOrganization, organizations_backends
from moto.s3.models import FakeBucket, S3Backend, s3_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.events import TrailRef
from embedded_aws.core.state import State

DELETED_TRAILS_KEPT = 100
"""How many deleted trails are kept, to deliver their last records."""


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of an ARN; ``resource`` is all after the fifth colon."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def parse_arn(text: str) -> Arn | None:
    """Return the parts of an ARN, or None for an invalid ARN."""
    parts = text.split(":", 5)
    return Arn(*parts[1:]) if len(parts) == 6 and parts[0] == "arn" else None


def ref_of(trail: Trail) -> TrailRef:
    """Return the reference of one of moto's trails."""
    return TrailRef(trail.account_id, trail.region_name, trail.trail_name, trail.arn)


def find_trail(state: State, ref: TrailRef) -> Trail | None:
    """Return moto's trail, also one that was deleted after the record, or None if it never existed."""
    found: Trail | None = cloudtrail_backends[ref.account][ref.region].trails.get(ref.name)
    return found or state.cloudtrail.deleted_trails.get(ref.arn)


def remember_deleted(state: State, trail: Trail) -> None:
    """Keep a trail that is about to be deleted: DeleteTrail is the last record it delivers."""
    deleted = state.cloudtrail.deleted_trails
    deleted[trail.arn] = trail
    if len(deleted) > DELETED_TRAILS_KEPT:
        deleted.popitem(last=False)


def home_trail(account: str, region: str, name_or_arn: str) -> Trail | None:
    """Return the trail with a name or ARN in its home Region, or None if it does not exist."""
    trails = list(cloudtrail_backends[account][region].trails.values())
    return next((trail for trail in trails if name_or_arn in (trail.trail_name, trail.arn)), None)


def visible_trail(account: str, region: str, name_or_arn: str) -> Trail | None:
    """Return the trail with a name or ARN in a Region, including shadow trails, or None if it does not exist."""
    here = home_trail(account, region, name_or_arn)
    if here is not None:
        return here
    return next((trail for trail in every_trail() if trail.arn == name_or_arn and _shows_in(trail, account)), None)


def _shows_in(trail: Trail, account: str) -> bool:
    return bool(trail.is_multi_region and (trail.account_id == account or account in member_accounts(trail)))


def every_trail() -> Iterator[Trail]:
    """Yield the trails of all accounts and regions, each once."""
    # Copies, since another thread may add an account, a Region or a trail.
    for regions in list(cloudtrail_backends.values()):
        for backend in list(regions.values()):
            yield from list(backend.trails.values())


def find_bucket(name: str) -> tuple[S3Backend, FakeBucket] | None:
    """Return a bucket of any account and its backend, or None if it does not exist."""
    owner = s3_backends.bucket_accounts.get(name)
    if owner is None:
        return None
    partition, account = owner
    backend = s3_backends[account][partition]
    bucket = backend.buckets.get(name)
    return None if bucket is None else (backend, bucket)


def find_log_group(arn: str) -> LogGroup | None:
    """Return the log group that a trail's ARN (``...:log-group:NAME:*``) names, or None if it does not exist."""
    parts = parse_arn(arn)
    if parts is None or not parts.resource.startswith("log-group:") or not parts.resource.endswith(":*"):
        return None
    name = parts.resource.removeprefix("log-group:").removesuffix(":*")
    found: LogGroup | None = logs_backends[parts.account][parts.region].groups.get(name)
    return found


def find_role(arn: str) -> Role | None:
    """Return the role of an ARN, or None if it does not exist."""
    parts = parse_arn(arn)
    if parts is None:
        return None
    roles = iam_backends[parts.account][parts.partition].roles.values()
    return next((role for role in roles if role.arn == arn), None)


def find_organization(account: str, region: str) -> FakeOrganization | None:
    """Return the organization of an account, or None."""
    partition = get_partition(region)
    owner, _rest = organizations_backends.master_accounts.get(account, (account, partition))
    organization: FakeOrganization | None = organizations_backends[owner][partition].org
    return organization


def organization_id(trail: Trail) -> str | None:
    """Return the organization id of an organization trail, or None for a trail of one account."""
    if not trail.is_org_trail:
        return None
    organization = find_organization(trail.account_id, trail.region_name)
    return None if organization is None else str(organization.id)


def member_accounts(trail: Trail) -> frozenset[str]:
    """Return the accounts of an organization trail; empty for a trail of one account."""
    if not trail.is_org_trail:
        return frozenset()
    accounts = organizations_backends[trail.account_id][trail.partition].accounts
    return frozenset(str(account.id) for account in accounts)


def log_prefix(trail: Trail, account: str) -> str:
    """Return the key prefix of an account's files, such as ``prefix/AWSLogs/o-a1/111111111111/``.

    Source: CloudTrail user guide, "Finding your CloudTrail log files".
    """
    organization = organization_id(trail)
    parts = [trail.s3_key_prefix, "AWSLogs", organization, account]
    return "/".join(part for part in parts if part) + "/"
