# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plan the API calls that create, change or remove the key of one alias.

Sources: KMS API reference (CreateKey, CreateAlias, CancelKeyDeletion, EnableKey, EnableKeyRotation, PutKeyPolicy,
ScheduleKeyDeletion, TagResource); KMS developer guide, "Key states of KMS keys" and "Eventual consistency".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from ..core.aws_names import KEY_ALIAS, Place
from ..core.plan import Plan, Write
from ..core.policy_documents import same_policy
from ..core.policy_limits import KEY_POLICY_BYTES, document_problems
from ..core.problems import require
from ..core.tags import require_ownership, tag_change, tag_problems
from .key import ALIAS_MARK, PENDING_DELETION, Key

_ADVICE = (
    "Choose another alias (secmon_kms_alias), use this key by its ARN (secmon_existing_kms_key_arn), or adopt it with"
    " adopt: true."
)
_MAX_DESCRIPTION = 8192
_DELETION_DAYS = range(7, 31)


def check_encryption_key(params: Mapping[str, Any]) -> None:
    """Raise RequestError with every invalid option."""
    require(_problems(params))


def _problems(params: Mapping[str, Any]) -> Iterator[str]:
    alias, days = params["alias"], params["deletion_days"]
    if not re.fullmatch(KEY_ALIAS, alias) or alias.startswith("alias/aws/"):
        yield (
            f"{alias!r} is not a valid alias: use alias/ and 1-250 characters from a-z A-Z 0-9 / _ -, not starting with"
            " alias/aws/."
        )
    if days not in _DELETION_DAYS:
        yield f"Key {alias}: deletion_days is {days}; AWS accepts 7 to 30."
    if len(params.get("description") or "") > _MAX_DESCRIPTION:
        length = len(params["description"])
        yield f"Key {alias}: the description has {length} characters; AWS accepts {_MAX_DESCRIPTION}."
    if params.get("policy") is not None:
        yield from document_problems(f"key {alias}", "policy", params["policy"], KEY_POLICY_BYTES)
    yield from tag_problems(params.get("tags"))


def require_key_ownership(params: Mapping[str, Any], key: Key) -> None:
    """Raise RequestError for a key of the alias that is not managed by this collection."""
    require_ownership(f"key {params['alias']}", key.tags, adopt=params["adopt"], advice=_ADVICE)


def plan_present(params: Mapping[str, Any], key: Key | None, spare: Sequence[Key], place: Place) -> Plan:
    """Plan the key that the task describes.

    Args:
        params: The module's parameters.
        key: The key of the alias; without one the key that an interrupted run made for it; None if there is neither.
        spare: Other keys that interrupted or concurrent runs made for the alias, and that have no alias.
        place: Partition, region and account, for the alias's ARN.
    """
    if key is None:
        return _plan_creation(params, place)
    require_key_ownership(params, key)
    if key.is_pending and not params["cancel_deletion"]:
        require([_pending_problem(params["alias"], key)])
    before, after = key.settings(), _desired(params, key.settings())
    unused = [other.arn for other in spare]
    deletions = tuple(_deletion(other, params, place) for other in spare)
    return Plan(
        before={**before, **({"unused_keys": unused} if unused else {})},
        after={**after, **({"unused_keys": []} if unused else {})},
        # Deletions come last: if another run has named one of these keys, CreateAlias is refused before.
        stages=(*_revival(key, after, place), tuple(_updates(before, after, place)), deletions),
        results={"encryption_key": after},
    )


def _pending_problem(alias: str, key: Key) -> str:
    date = f" on {key.deletion_date.astimezone(UTC):%Y-%m-%d}" if key.deletion_date else ""
    return (
        f"The key {alias} ({key.arn}) is scheduled for deletion{date}. Nothing was changed. To keep it and what it"
        " decrypts, set cancel_deletion: true (secmon_cancel_deletion); otherwise choose another alias"
        " (secmon_kms_alias)."
    )


def plan_absent(params: Mapping[str, Any], key: Key | None, spare: Sequence[Key], place: Place) -> Plan:
    """Plan the deletion of every key that was made for the alias; the arguments are those of `plan_present`."""
    if key:
        require_key_ownership(params, key)
    doomed = [each for each in (key, *spare) if each and not each.is_pending]
    return Plan(
        before={"keys": {each.arn: each.state for each in doomed}} if doomed else {},
        after={"keys": {each.arn: PENDING_DELETION for each in doomed}} if doomed else {},
        stages=(tuple(_deletion(each, params, place) for each in doomed),),
        results={"encryption_key": {}},
    )


def _desired(params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    policy = json.loads(params["policy"]) if params.get("policy") is not None else before["policy"]
    mark = {key: value for key, value in before["tags"].items() if key == ALIAS_MARK}
    tags = params.get("tags")
    change = tag_change(before["tags"], None if tags is None else {**tags, **mark}, params["purge_tags"])
    return {
        **before,
        "alias": params["alias"],
        "description": before["description"] if params.get("description") is None else params["description"],
        "state": "Enabled",
        "rotation": True,
        "policy": before["policy"] if same_policy(policy, before["policy"]) else policy,
        "tags": dict(change.after),
    }


def _plan_creation(params: Mapping[str, Any], place: Place) -> Plan:
    alias = params["alias"]
    nothing = {"arn": "", "description": "", "policy": {}, "tags": {ALIAS_MARK: alias}}
    after = _desired(params, nothing)
    settings = {
        "Description": after["description"],
        "Policy": json.dumps(after["policy"]) if after["policy"] else "",
        "Tags": _as_list(after["tags"]),
    }
    # A second call would make a second key. After a lost answer the module looks for the key that the first one made.
    create = _write(
        "CreateKey", alias, place, repeatable=False, **{key: value for key, value in settings.items() if value}
    )
    new_key = {"TargetKeyId": (create, ("KeyMetadata", "KeyId"))}
    rotate = {"KeyId": (create, ("KeyMetadata", "KeyId"))}
    return Plan(
        before={},
        after=after,
        stages=(
            (create,),
            (_naming(alias, place, from_answers=new_key),),
            (_write("EnableKeyRotation", alias, place, from_answers=rotate, propagating=_NEW),),
        ),
        results={"encryption_key": after},
    )


# A new key may not be known everywhere for seconds.
_NEW = (("NotFoundException", ""),)


def _naming(alias: str, place: Place, **options: Any) -> Write:
    # A concurrent run may have made the alias: then the module looks again whose key it names.
    refused = frozenset({"AlreadyExistsException"})
    return _write("CreateAlias", alias, place, AliasName=alias, outdated_if=refused, propagating=_NEW, **options)


def _revival(key: Key, after: Mapping[str, Any], place: Place) -> Iterator[tuple[Write, ...]]:
    alias = after["alias"]
    if key.is_pending:
        yield (_write("CancelKeyDeletion", alias, place, key.arn, KeyId=key.arn, done_if_repeated=_CHANGED_STATE),)
    if key.state != after["state"]:
        yield (_write("EnableKey", alias, place, key.arn, KeyId=key.arn),)


_CHANGED_STATE = frozenset({"KMSInvalidStateException"})


def _updates(before: Mapping[str, Any], after: Mapping[str, Any], place: Place) -> Iterator[Write]:
    alias, arn = after["alias"], after["arn"]
    if before["alias"] != alias:
        yield _naming(alias, place, arn=arn, TargetKeyId=arn)
    if before["description"] != after["description"]:
        yield _write("UpdateKeyDescription", alias, place, arn, KeyId=arn, Description=after["description"])
    if before["policy"] != after["policy"]:
        yield _write(
            "PutKeyPolicy", alias, place, arn, KeyId=arn, PolicyName="default", Policy=json.dumps(after["policy"])
        )
    if before["rotation"] != after["rotation"]:
        yield _write("EnableKeyRotation", alias, place, arn, KeyId=arn)
    change = tag_change(before["tags"], after["tags"])
    if change.add:
        yield _write("TagResource", alias, place, arn, KeyId=arn, Tags=_as_list(change.add))
    if change.remove:
        yield _write("UntagResource", alias, place, arn, KeyId=arn, TagKeys=list(change.remove))


def _deletion(key: Key, params: Mapping[str, Any], place: Place) -> Write:
    days = params["deletion_days"]
    return _write(
        "ScheduleKeyDeletion",
        params["alias"],
        place,
        key.arn,
        KeyId=key.arn,
        PendingWindowInDays=days,
        done_if=frozenset({"NotFoundException"}),
        done_if_repeated=_CHANGED_STATE,
    )


def _as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"TagKey": key, "TagValue": tags[key]} for key in sorted(tags)]


_OPTIONS = ("repeatable", "done_if", "done_if_repeated", "outdated_if", "propagating", "from_answers")


def _write(operation: str, alias: str, place: Place, arn: str = "", **arguments: Any) -> Write:
    options = {name: arguments.pop(name) for name in _OPTIONS if name in arguments}
    return Write(
        service="kms",
        operation=operation,
        parameters=arguments,
        resource=f"key {alias}",
        resource_arn=arn or ("*" if operation == "CreateKey" else place.arn("kms", alias)),
        **options,
    )
