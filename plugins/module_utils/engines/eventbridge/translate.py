# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Translate a filter pattern to an event pattern of EventBridge.

Sources: EventBridge user guide, "AWS service events delivered via AWS CloudTrail", "Creating event patterns" and
"Amazon EventBridge quotas"; EventBridge API reference, PutEvents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...event_pattern.pattern import MOST_CHARACTERS, PatternError, compile_pattern
from ...filter_pattern.pattern import CompiledPattern
from ...filter_pattern.tree import Condition, Delimited, Everything, Terms, leaves
from ..translation import InexpressibleError, Reason, Translation
from .conditions import MOST_ALTERNATIVES, Factor, all_of, factors_of, multiplied
from .leaves import ANY_ELEMENT, GUIDE, Path, field_of
from .limits import QUOTAS, USUAL_CHARACTERS

ENVELOPE = {
    # AWS lets no one else send events of such a source, so no one can forge the record in a call of PutEvents.
    "source": [{"prefix": "aws."}],
    # The guide writes "AWS Console Signin via CloudTrail", the events say "AWS Console Sign In via CloudTrail".
    "detail-type": [{"suffix": " via CloudTrail"}],
}
"""The fields around a record of CloudTrail; `detail` is the record."""

NEVER = Reason("", "The conditions exclude each other, so no event matches.", GUIDE)


def bus_event(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the event that brings a record to EventBridge, as far as the patterns here read them."""
    return {"source": "aws.cloudtrail", "detail-type": "AWS API Call via CloudTrail", "detail": record}


def to_event_pattern(
    pattern: CompiledPattern, most_characters: int = USUAL_CHARACTERS, within: CompiledPattern | None = None
) -> Translation:
    """Return the event pattern for the records that a filter pattern matches, as JSON, or the reasons against it.

    Args:
        pattern: The filter pattern.
        most_characters: The quota "Event pattern size" of the account.
        within: A JSON pattern that the records must match as well.
    """
    conditions: list[Condition] = []
    for each in (pattern, within):
        if each is None or isinstance(each.tree, Everything):
            continue
        if isinstance(each.tree, Terms | Delimited):
            why = "EventBridge compares the fields of an event; it does not search its text."
            return Translation("", (Reason(str(pattern), why, GUIDE),))
        conditions.append(each.tree)
    detail = _detail(conditions)
    if isinstance(detail, tuple):
        return Translation("", detail)
    text = json.dumps(ENVELOPE | ({"detail": detail} if detail else {}), ensure_ascii=False, separators=(",", ":"))
    reasons = tuple(_refusals(text, most_characters))
    return Translation("" if reasons else text, reasons)


def _detail(conditions: Sequence[Condition]) -> dict[str, Any] | tuple[Reason, ...]:
    reasons = tuple(dict.fromkeys(reason for condition in conditions for reason in _leaf_reasons(condition)))
    if reasons:
        return reasons
    try:
        factors = all_of(factor for condition in conditions for factor in factors_of(condition))
        if not all(factors):
            return (NEVER,)
        _check_arrays({path for factor in factors for alternative in factor for path in alternative})
        return _objects(factors)
    except InexpressibleError as error:
        return (error.reason,)


def _leaf_reasons(tree: Condition) -> Iterator[Reason]:
    for leaf in leaves(tree):
        try:
            field_of(leaf)
        except InexpressibleError as error:
            yield error.reason


def _check_arrays(paths: set[Path]) -> None:
    """Refuse two fields of one array: EventBridge wants both in the same element, a filter pattern does not."""
    arrays = [path[: path.index(ANY_ELEMENT)] for path in paths if ANY_ELEMENT in path]
    for array in arrays:
        below = [path for path in paths if path[: len(array)] == array]
        if len(below) > 1:
            why = "EventBridge takes conditions on the elements of an array together, for one element."
            raise InexpressibleError(why, GUIDE, f"$.{'.'.join(array)}[*]")


def _objects(factors: list[Factor]) -> dict[str, Any]:
    """Return the object for factors: plain fields, and an `$or` in the deepest object that has none yet."""
    detail: dict[str, Any] = {}
    at_root: list[Factor] = []
    for factor in sorted(factors, key=len):
        if len(factor) == 1:
            for path, tests in factor[0].items():
                _put(detail, _written(path), [test.as_json() for test in tests])
        elif not _put_or(detail, factor):
            at_root.append(factor)
    if at_root:
        detail["$or"] = [_objects([[each]]) for each in multiplied(at_root)]
    return detail


def _put_or(detail: dict[str, Any], factor: Factor) -> bool:
    """Put the alternatives below the object that all their paths lead to, unless that is the root or has an `$or`."""
    written = [_written(path)[:-1] for alternative in factor for path in alternative]
    above = _common_start(written)
    place = _object_at(detail, above)
    if not above or "$or" in place:
        return False
    inner = [{_written(path)[len(above) :]: tests for path, tests in each.items()} for each in factor]
    place["$or"] = [_objects([[each]]) for each in inner]
    return True


def _common_start(paths: list[Path]) -> Path:
    start = paths[0]
    for path in paths:
        while path[: len(start)] != start:
            start = start[:-1]
    return start


def _written(path: Path) -> Path:
    return tuple(name for name in path if name != ANY_ELEMENT)


def _object_at(root: dict[str, Any], path: Path) -> dict[str, Any]:
    for name in path:
        root = root.setdefault(name, {})
        if not isinstance(root, dict):
            why = "EventBridge cannot ask for a value and for the fields below it in one object."
            raise InexpressibleError(why, GUIDE, f"$.{'.'.join(path)}")
    return root


def _put(detail: dict[str, Any], path: Path, values: list[Any]) -> None:
    place = _object_at(detail, path[:-1])
    if path[-1] in place:
        why = "EventBridge cannot ask twice for one field, or for a value and for the fields below it."
        raise InexpressibleError(why, GUIDE, f"$.{'.'.join(path)}")
    place[path[-1]] = values


def _refusals(text: str, most_characters: int) -> Iterator[Reason]:
    """Yield why EventBridge would not take the finished pattern."""
    if len(text) > most_characters:
        more = (
            f'; raise the quota "Event pattern size" of the account (at most {MOST_CHARACTERS:,})'
            if len(text) <= MOST_CHARACTERS
            else ""
        )
        why = f"The event pattern has {len(text):,} characters, EventBridge takes {most_characters:,}{more}."
        yield Reason("", why, QUOTAS)
        return
    try:
        compiled = compile_pattern(text)
    except PatternError as error:
        yield Reason("", f"EventBridge refuses the event pattern: {error}.", GUIDE)
        return
    if len(compiled.alternatives) > MOST_ALTERNATIVES:
        yield Reason("", f"The pattern needs more than {MOST_ALTERNATIVES} combinations of $or.", GUIDE)
