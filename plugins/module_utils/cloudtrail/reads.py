# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read trails from CloudTrail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..core.account import Account
from ..core.aws_names import Place, partition_of
from ..core.problems import require
from ..core.tags import Listed, as_mapping, listed_tags, own_tags
from .remedies import NO_ORGANIZATION
from .selection import DEFAULT, Selectors
from .state import Trail, place_of, settings_of


def describe_trails(account: Account, name: str) -> list[dict[str, Any]]:
    """Return all trails visible in this region, with shadow trails.

    With a name as a parameter, CloudTrail would search the region's own trails only.
    """
    answer = account.read("cloudtrail", "DescribeTrails", f"trail {name}", {"includeShadowTrails": True})
    trails: list[dict[str, Any]] = answer.get("trailList", [])
    return trails


def find_trail(account: Account, name: str) -> dict[str, Any] | None:
    """Return the trail with this name or ARN that is visible in this region, or None."""
    # A shadow trail has the same ARN in every region, and CloudTrail does not find it by its name.
    parameters = {"trailNameList": [name], "includeShadowTrails": True}
    trails = account.read("cloudtrail", "DescribeTrails", f"trail {name}", parameters)["trailList"]
    return _named(trails, name)


def find_trail_elsewhere(account: Account, name: str) -> dict[str, Any] | None:
    """Return the trail with this name or ARN in any region, or None."""
    found = _named(account.read_all("cloudtrail", "ListTrails", "trails", "Trails"), name)
    return found and (find_trail(account, found["TrailARN"]) or found)


def _named(trails: Iterable[dict[str, Any]], name: str) -> dict[str, Any] | None:
    return next((trail for trail in trails if name in (trail["Name"], trail["TrailARN"])), None)


def trail_status(account: Account, trail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer of GetTrailStatus."""
    return _read(account, "GetTrailStatus", trail, {"Name": trail["TrailARN"]})


def event_selectors(account: Account, trail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer of GetEventSelectors."""
    return _read(account, "GetEventSelectors", trail, {"TrailName": trail["TrailARN"]})


def trail_tags(account: Account, trail: Mapping[str, Any]) -> dict[str, str]:
    """Return a trail's tags."""
    answer = _read(account, "ListTags", trail, {"ResourceIdList": [trail["TrailARN"]]})
    return as_mapping(tag for resource in answer["ResourceTagList"] for tag in resource.get("TagsList") or ())


def bucket_owner(trail: Mapping[str, Any], owner: str | None) -> str:
    """Return the account that must own a trail's bucket: the given one, or the one that owns the trail."""
    return owner or str(trail["TrailARN"]).split(":")[4]


def log_folder(account: Account, trail: Mapping[str, Any], member: str = "") -> str:
    """Return the key prefix of an account's files in a trail's bucket, such as ``prefix/AWSLogs/111122223333/``.

    The files of an organization trail have the organization's id before the account (CloudTrail user guide, "Finding
    your CloudTrail log files").
    """
    organization = _organization(account)["Id"] if trail.get("IsOrganizationTrail") else ""
    parts = (trail.get("S3KeyPrefix"), "AWSLogs", organization, member or account.place.account)
    return "/".join(part for part in parts if part) + "/"


def read_trail(
    account: Account, description: Mapping[str, Any], listed: Listed | None = None
) -> tuple[Trail, dict[str, Any]]:
    """Return a trail, and the answer of GetTrailStatus.

    Args:
        account: The account.
        description: The trail in the form of DescribeTrails.
        listed: What the tagging API lists, if the task knows it.
    """
    status = trail_status(account, description)
    trail = Trail(
        name=description["Name"],
        place=place_of(description["TrailARN"]),
        settings=settings_of(description),
        selectors=_selectors(account, description),
        insights=_insights(account, description),
        logging=status["IsLogging"],
        tags=own_tags(listed_tags(listed, description["TrailARN"]) or trail_tags(account, description)),
    )
    return trail, status


def require_successor(name: str, successor: str, trails: Iterable[dict[str, Any]], account: Account) -> None:
    """Raise RequestError unless another trail that is visible here is logging."""
    found = _named(trails, successor)
    if not found or not trail_status(account, found)["IsLogging"]:
        state = "does not log" if found else "is not visible here"
        cause = f"Trail {name} is kept: the trail {successor}, which should record in its place, {state}."
        require([f"{cause} Nothing was changed. Run site.yml for the central account, and verify.yml here, first."])


def without_trails_of_others(
    params: Mapping[str, Any], trails: list[dict[str, Any]], account: Account
) -> list[dict[str, Any]]:
    """Return the trails that a task can mean: with `organization: false` no organization trail of another account."""
    if params["organization"] is not False:
        return trails
    return [
        trail
        for trail in trails
        if not trail.get("IsOrganizationTrail") or place_of(trail["TrailARN"]).account == account.place.account
    ]


def owner_of_new_trail(account: Account, *, organization: bool) -> Place:
    """Return home region and owner of a new trail; the management account owns every organization trail."""
    if not organization:
        return account.place
    owner = _organization(account)["MasterAccountId"]
    return Place(partition_of(account.region), account.region, owner)


def _organization(account: Account) -> dict[str, str]:
    remedies = {"AWSOrganizationsNotInUseException": NO_ORGANIZATION}
    answer = account.read("organizations", "DescribeOrganization", "caller's organization", remedies=remedies)
    organization: dict[str, str] = answer["Organization"]
    return organization


def _selectors(account: Account, description: Mapping[str, Any]) -> Selectors:
    """Return the event selectors; DescribeTrails says whether they differ from those of a new trail."""
    if description.get("HasCustomEventSelectors") is False:
        return DEFAULT
    answer = event_selectors(account, description)
    return Selectors(
        basic=tuple(answer.get("EventSelectors") or ()),
        advanced=tuple(answer.get("AdvancedEventSelectors") or ()),
    )


def _insights(account: Account, description: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    if not description.get("HasInsightSelectors"):
        return ()
    arn, name = description["TrailARN"], description["Name"]
    options = {"parameters": {"TrailName": arn}, "resource_arn": arn}
    # They may have been turned off since the trails were listed.
    answer = account.read_if_any(
        "cloudtrail", "GetInsightSelectors", f"trail {name}", "InsightNotEnabledException", **options
    )
    return tuple(answer.get("InsightSelectors") or ())


def _read(account: Account, operation: str, trail: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    what, arn = f"trail {trail['Name']}", trail["TrailARN"]
    return account.read("cloudtrail", operation, what, parameters, resource_arn=arn)
