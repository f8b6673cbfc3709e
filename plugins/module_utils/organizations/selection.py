# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which organizational units are read, which of their accounts become hosts, and why the others do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from ..core.aws_names import ACCOUNT_ID
from ..core.problems import did_you_mean, listed
from .accounts import OrganizationAccount, Unit

_UNIT_ID = r"ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}"
Wanted = Mapping[str, Union[str, Sequence[str], None]]


@dataclass(frozen=True)
class Scope:
    """Which units are read: those in `included` with all below, or all; without those in `excluded` and all below.

    A unit is written as its ID or as the names from the top with slashes between them.
    """

    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @classmethod
    def of(cls, included: Sequence[str], excluded: Sequence[str]) -> Scope:
        """Return the scope of two lists of a user, whose paths may begin and end with a slash."""
        return cls(tuple(text.strip("/") for text in included), tuple(text.strip("/") for text in excluded))

    def excludes(self, unit: Unit) -> bool:
        """Return whether neither the accounts of this unit nor those below are wanted."""
        return _is_in(unit, self.excluded)

    def includes(self, unit: Unit) -> bool:
        """Return whether the accounts of this unit are wanted."""
        return not self.included or any(entry in unit.ids or _below(unit.path, entry) for entry in self.included)

    def may_lead_to(self, unit: Unit) -> bool:
        """Return whether wanted units may be below this one."""
        ways = (re.fullmatch(_UNIT_ID, entry) or _below(entry, unit.path) for entry in self.included)
        return self.includes(unit) or not unit.ids or any(ways)

    def problems(self, read: Sequence[Unit]) -> Iterator[str]:
        """Yield a sentence for each entry that is not a unit: a typing error would change who is a host."""
        known = {unit.path for unit in read if unit.ids}
        for option, entries in (
            ("organizational_units", self.included),
            ("exclude_organizational_units", self.excluded),
        ):
            for entry in entries:
                covered = option.startswith("exclude") and any(
                    other != entry and _below(entry, other) for other in self.excluded
                )
                if not covered and not any(_is_in(unit, (entry,)) for unit in read):
                    names = did_you_mean(entry, known) or f" Units that were read: {listed(sorted(known)) or 'none'}."
                    yield f"{option}: {entry!r} is not an organizational unit that was read.{names}"


def _is_in(unit: Unit, entries: Sequence[str]) -> bool:
    return bool(unit.ids) and any(entry in (unit.id, unit.path) for entry in entries)


def _below(path: str, top: str) -> bool:
    return path == top or path.startswith(f"{top}/")


@dataclass(frozen=True)
class Selection:
    """Which accounts of the units become hosts; an empty `ids` means all."""

    states: tuple[str, ...] = ("ACTIVE",)
    ids: tuple[str, ...] = ()
    excluded_ids: tuple[str, ...] = ()
    tags: Wanted | None = None
    excluded_tags: Wanted | None = None

    def problems(self) -> Iterator[str]:
        """Yield a sentence for each invalid value."""
        for option, ids in (("accounts", self.ids), ("exclude_accounts", self.excluded_ids)):
            for entry in ids:
                if not re.fullmatch(ACCOUNT_ID, entry):
                    yield f'{option}: {entry!r} is not an account ID. Write 12 digits in quotes, as "012345678901".'
        for option, wanted in (("tags", self.tags), ("exclude_tags", self.excluded_tags)):
            for key, value in (wanted or {}).items():
                if not all(isinstance(text, str) for text in _values(value) or ()):
                    yield f"{option}: the value of {key!r} must be a string, a list of strings, or null for any value."

    def unknown(self, accounts: Sequence[OrganizationAccount]) -> list[str]:
        """Return the IDs that are chosen but were not read."""
        return sorted(set(self.ids) - {account.id for account in accounts})

    def reason_without_tags(self, account: OrganizationAccount) -> str:
        """Return why an account is left out whatever its tags are, or an empty string."""
        if self.ids and account.id not in self.ids:
            return "it is not in accounts"
        if account.id in self.excluded_ids:
            return "it is in exclude_accounts"
        if account.state not in self.states:
            return f"its state is {account.state or 'not known'}, and states allows {listed(self.states)}"
        return ""

    def reason_of_tags(self, account: OrganizationAccount) -> str:
        """Return why an account is left out because of its tags, or an empty string."""
        tags = account.tags or {}
        for key, value in (self.tags or {}).items():
            if not _has(tags, key, value):
                own = _tag(key, tags[key]) if key in tags else "no such tag"
                return f"tags asks for {_tag(key, value)}, and it has {own}"
        for key, value in (self.excluded_tags or {}).items():
            if _has(tags, key, value):
                return f"exclude_tags excludes {_tag(key, tags[key])}"
        return ""


def _values(wanted: Any) -> Sequence[Any] | None:
    """Return the values of a tag that are wanted; None for any."""
    return wanted if wanted is None or isinstance(wanted, (list, tuple)) else [wanted]


def _has(tags: Mapping[str, str], key: str, wanted: Any) -> bool:
    values = _values(wanted)
    return key in tags and (values is None or tags[key] in values)


def _tag(key: str, wanted: Any) -> str:
    values = _values(wanted)
    return key if values is None else f"{key}={' or '.join(values)}"
