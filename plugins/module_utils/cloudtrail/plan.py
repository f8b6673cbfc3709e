# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plan the API calls that create, change or delete one trail.

Sources: CloudTrail API reference, CreateTrail, UpdateTrail, PutEventSelectors, PutInsightSelectors, StartLogging,
DeleteTrail, DescribeTrails; CloudTrail user guide, "Quotas in AWS CloudTrail", "Creating a trail for an organization".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.aws_names import Place
from ..core.plan import Plan, Write
from ..core.problems import require
from ..core.tags import as_list, require_ownership, tag_change
from .remedies import PROPAGATING, creation_remedies, home_remedies, setting_remedies, too_many_trails
from .selection import category_of, selection_of
from .state import SETTINGS, UNFINISHED, Trail, described_delivery, desired_trail, new_trail, place_of

TRAILS_PER_REGION = 5
NO_TRAIL = Plan(before={}, after={}, results={"trail": {}, "delivery": {}})

# Member of CreateTrail and UpdateTrail where it differs from that of DescribeTrails.
_MEMBERS = {"sns_topic_arn": "SnsTopicName", "log_file_validation": "EnableLogFileValidation"}
_LOG_GROUP = {"log_group_arn", "log_group_role_arn"}


def choose_trail(
    params: Mapping[str, Any], descriptions: Iterable[Mapping[str, Any]], region: str
) -> Mapping[str, Any] | None:
    """Return the description of the trail of a task, or None if it does not exist.

    Args:
        params: The module's parameters.
        descriptions: Descriptions of DescribeTrails, with shadow trails.
        region: The region of the task.

    Raises:
        RequestError: The trail has another home region.
    """
    named = [trail for trail in descriptions if trail["Name"] == params["name"]]
    organization = bool(params.get("organization"))
    in_region = [trail for trail in named if trail["HomeRegion"] == region]
    in_region.sort(key=lambda trail: trail.get("IsOrganizationTrail", False) != organization)
    if named and not in_region:
        home = named[0]["HomeRegion"]
        require(
            [
                f"Trail {params['name']} has home region {home}; {region} only has its shadow trail. Nothing"
                f" was changed. Run the task with region: {home}, or choose another name."
            ]
        )
    return in_region[0] if in_region else None


def require_own(description: Mapping[str, Any], place: Place) -> None:
    """Raise RequestError if another account owns an organization trail."""
    owner = place_of(description["TrailARN"]).account
    if owner != place.account:
        require(
            [
                f"Trail {description['Name']} is an organization trail of account {owner}; {place.account} cannot"
                f" change it. Nothing was changed. Run the task in account {owner}, or set organization: true if this"
                " account is a delegated administrator for CloudTrail."
            ]
        )


def plan_creation(params: Mapping[str, Any], descriptions: Sequence[Mapping[str, Any]], place: Place) -> Plan:
    """Plan a new trail.

    Args:
        params: The module's parameters.
        descriptions: Descriptions of DescribeTrails, with shadow trails.
        place: Partition, home region and owning account of the new trail.
    """
    empty = new_trail(params["name"], place)
    trail = replace(desired_trail(params, empty), logging=params.get("logging") is not False)
    require([*_creation_problems(trail, descriptions), *_problems(empty, trail)])
    # After an interrupted run, the next one applies every option that is set. Without the option `logging`, this tag
    # makes it start logging.
    unfinished = {UNFINISHED: "true"} if params.get("logging") is None else {}
    made = replace(empty, settings=trail.settings, tags={**trail.tags, **unfinished})
    return Plan(
        before={},
        after=trail.described(),
        stages=((_create(made),), *((write,) for write in _changes(made, trail))),
        results={"trail": trail.described(), "delivery": described_delivery({})},
    )


def plan_present(params: Mapping[str, Any], found: Trail, status: Mapping[str, Any]) -> Plan:
    """Plan the changes of an existing trail.

    Args:
        params: The module's parameters.
        found: The trail as found.
        status: The answer of GetTrailStatus.
    """
    require_ownership(found.resource, found.tags, adopt=params["adopt"])
    trail = desired_trail(params, found)
    writes = tuple(_changes(found, trail))
    if writes:
        require(_problems(found, trail))
    delivery = described_delivery(status)
    return Plan(
        before=found.described(),
        after=trail.described(),
        # CloudTrail rejects concurrent changes of a trail with ConflictException.
        stages=tuple((write,) for write in writes),
        results={"trail": trail.described(), "delivery": delivery},
        warnings=tuple(_delivery_warnings(trail, delivery)),
    )


def plan_absent(params: Mapping[str, Any], found: Trail, _status: Mapping[str, Any]) -> Plan:
    """Plan the deletion of a trail, which keeps its bucket and log files; the arguments are those of `plan_present`."""
    require_ownership(found.resource, found.tags, adopt=params["adopt"])
    delete = _write(found, "DeleteTrail", Name=found.arn)
    return Plan(
        before=found.described(),
        after={},
        stages=((replace(delete, done_if=frozenset({"TrailNotFoundException"})),),),
        results={"trail": {}, "delivery": {}},
    )


def _creation_problems(trail: Trail, descriptions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not trail.settings["s3_bucket_name"]:
        yield f"Trail {trail.name} does not exist. Set s3_bucket_name to create it."
    # An organization trail of another account is not counted: no source says whether CloudTrail counts it, and
    # CreateTrail decides.
    own = [found for found in descriptions if place_of(found["TrailARN"]).account == trail.place.account]
    if len(own) >= TRAILS_PER_REGION:
        yield f"Trail {trail.name} does not exist and cannot be created. {too_many_trails(trail.place.region)}"


def _problems(found: Trail, trail: Trail) -> Iterator[str]:
    """Yield why CloudTrail would reject the trail."""
    settings = trail.settings
    if settings["multi_region"] and not settings["global_service_events"]:
        yield (
            f"Trail {trail.name} would record all regions without global services, which CloudTrail rejects."
            " Set global_service_events: true."
        )
    if bool(settings["log_group_arn"]) != bool(settings["log_group_role_arn"]):
        yield f"Trail {trail.name} has no log group and role yet. Set both log_group_arn and log_group_role_arn."
    if (found.insights, found.selectors) != (trail.insights, trail.selectors):
        yield from _insight_problems(trail)


def _insight_problems(trail: Trail) -> Iterator[str]:
    selection = selection_of(trail.selectors)
    if any(category_of(conditions) == "Management" for conditions in selection.other):
        return
    recorded = dict(selection.management)
    for insight in trail.insights:
        kind = insight["InsightType"]
        on_management = "Management" in (insight.get("EventCategories") or ["Management"])
        if on_management and not ("write" in recorded if kind == "ApiCallRateInsight" else recorded):
            needed = "write" if kind == "ApiCallRateInsight" else "read or write"
            yield (
                f"Trail {trail.name}: {kind} needs {needed} management events, which the trail would not record."
                f" Change management_events, or remove {kind} from insight_types."
            )


def _delivery_warnings(trail: Trail, delivery: Mapping[str, str]) -> Iterator[str]:
    targets = {
        "latest_delivery_error": f"to the bucket {trail.settings['s3_bucket_name']}",
        "latest_digest_delivery_error": f"of digest files to the bucket {trail.settings['s3_bucket_name']}",
        "latest_cloudwatch_logs_delivery_error": f"to the log group {trail.settings['log_group_arn']}",
        "latest_notification_error": f"to the topic {trail.settings['sns_topic_arn']}",
    }
    for key, target in targets.items():
        if delivery[key]:
            yield f"The last delivery of trail {trail.name} {target} failed: {delivery[key]}."


def _create(trail: Trail) -> Write:
    requested = {member: trail.settings[key] for key, member in _api_members().items()}
    defaults = {member: new_trail(trail.name, trail.place).settings[key] for key, member in _api_members().items()}
    return replace(
        _write(
            trail,
            "CreateTrail",
            Name=trail.name,
            TagsList=_tag_list(trail.tags),
            **{member: value for member, value in requested.items() if value != defaults[member]},
        ),
        done_if_repeated=frozenset({"TrailAlreadyExistsException"}),
        # Another run made it since it was read.
        outdated_if=frozenset({"TrailAlreadyExistsException"}),
        propagating=PROPAGATING,
        remedies=creation_remedies(trail.described(), trail.place),
    )


def _changes(found: Trail, trail: Trail) -> Iterator[Write]:
    """Yield the API calls that turn one trail into another, in the required order."""
    if found.settings != trail.settings:
        yield _update(found, trail)
    if found.insights and not trail.insights:
        yield _put_insights(trail)  # first: the new selectors may not record the events that insights need
    if found.selectors != trail.selectors:
        yield _write(trail, "PutEventSelectors", TrailName=trail.arn, **trail.selectors.api())
    if trail.insights and found.insights != trail.insights:
        yield _put_insights(trail)
    if found.logging != trail.logging:
        yield _write(trail, "StartLogging" if trail.logging else "StopLogging", Name=trail.arn)
    change = tag_change(found.tags, trail.tags)
    if change.remove:
        keys = [{"Key": key} for key in change.remove]
        yield _write(trail, "RemoveTags", ResourceId=trail.arn, TagsList=keys)
    if change.add:
        yield _write(trail, "AddTags", ResourceId=trail.arn, TagsList=_tag_list(change.add))


def _update(found: Trail, trail: Trail) -> Write:
    changed = {key for key in SETTINGS if found.settings[key] != trail.settings[key]}
    if changed & _LOG_GROUP:
        changed |= _LOG_GROUP  # CloudTrail requires both together
    parameters = {member: trail.settings[key] for key, member in _api_members().items() if key in changed}
    return _with_settings(_write(trail, "UpdateTrail", Name=trail.arn, **parameters), trail)


def _put_insights(trail: Trail) -> Write:
    put = _write(trail, "PutInsightSelectors", TrailName=trail.arn, InsightSelectors=list(trail.insights))
    return _with_settings(put, trail)


def _with_settings(write: Write, trail: Trail) -> Write:
    """Return a call after which CloudTrail checks bucket, key and log group again."""
    remedies = {**setting_remedies(trail.described(), trail.place), **write.remedies}
    return replace(write, propagating=PROPAGATING, remedies=remedies)


def _tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags in CloudTrail's form, which allows an absent value but not an empty one."""
    return [{name: text for name, text in tag.items() if text} for tag in as_list(tags)]


def _api_members() -> dict[str, str]:
    return {key: _MEMBERS.get(key, member) for key, (member, _otherwise) in SETTINGS.items()}


def _write(trail: Trail, operation: str, **parameters: Any) -> Write:
    return Write(
        service="cloudtrail",
        operation=operation,
        parameters=parameters,
        resource=trail.resource,
        resource_arn=trail.arn,
        remedies=home_remedies(trail.place.region),
    )
