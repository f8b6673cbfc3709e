# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The packs of shipped rules; a pack is loaded when its rules are first used, so that the others cost no time."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..core.problems import did_you_mean
from ..validation.problems import Problem, ValidationError
from .catalog import load_rules
from .defaults import NAMESPACE, default_filter_name
from .records import RECORDS_FILE
from .rule import Rule

PACKS = ("guide", "cis", "operational", "guard", "threat")
OWN = "own"
"""The rules of secmon_rules_dirs among the packs; they are always selected."""
_RENAME = "choose another name for the file; secmon_rules changes it"
# All shipped rules are written like this, which a test compares with the loaded rules.
_FILTER = re.compile(r"(?m)^filter_name: (\S+)$")
_NAMESPACE = re.compile(r"(?m)^metric: {namespace: (\w+),")


@dataclass(frozen=True)
class Outline:
    """What is known of a rule without loading it."""

    id: str
    filter_name: str
    namespace: str


class Packs(Mapping[str, tuple[Rule, ...]]):
    """The shipped rules by pack, and the rules of an account's own folders."""

    def __init__(self, folder: Path, loaded: Mapping[str, tuple[Rule, ...]]) -> None:
        """Keep the folder of the packs, and the rules that are loaded."""
        self._folder = folder
        self._loaded = dict(loaded)

    def __getitem__(self, pack: str) -> tuple[Rule, ...]:
        """Return the rules of a pack. Raises ValidationError."""
        if pack in PACKS and pack not in self._loaded:
            self._loaded[pack] = load_rules(self._folder / pack)
        return self._loaded[pack]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the packs."""
        yield from PACKS
        if OWN in self._loaded:
            yield OWN

    def __len__(self) -> int:
        """Return how many packs there are."""
        return len(tuple(iter(self)))

    @cached_property
    def outlines(self) -> Mapping[str, tuple[Outline, ...]]:
        """Return the outlines of all rules by pack, without loading the packs."""
        shipped = {pack: tuple(_outlines(self._folder / pack)) for pack in PACKS}
        own = self._loaded.get(OWN, ())
        return {**shipped, OWN: tuple(Outline(rule.id, rule.filter_name, rule.metric.namespace) for rule in own)}

    def pack_of_each(self) -> dict[str, str]:
        """Return the pack of each rule by rule id."""
        return {outline.id: pack for pack, outlines in self.outlines.items() for outline in outlines}

    def not_chosen(self, asked: Iterable[str], chosen: Collection[str]) -> list[str]:
        """Return a sentence for each id that is not among the chosen rules."""
        unknown = [rule_id for rule_id in asked if rule_id not in chosen]
        packs = self.pack_of_each() if unknown else {}
        return [
            f"The account does not deploy the rule {rule_id} of the pack {packs[rule_id]}: secmon_packs, "
            "secmon_rule_severities and secmon_rules choose its rules."
            if rule_id in packs
            else f"No rule has the id {rule_id}.{did_you_mean(rule_id, [*chosen, *packs])}"
            for rule_id in unknown
        ]

    def with_own(self, own: tuple[Rule, ...]) -> Packs:
        """Return the packs with the rules of an account's own folders."""
        return Packs(self._folder, {**self._loaded, OWN: own})


def _outlines(folder: Path) -> Iterator[Outline]:
    for path in sorted(folder.glob("*.yml")):
        if path.name != RECORDS_FILE:
            text = path.read_text(encoding="utf-8")
            filter_name, namespace = _FILTER.search(text), _NAMESPACE.search(text)
            yield Outline(
                path.stem,
                filter_name[1] if filter_name else default_filter_name(path.stem),
                namespace[1] if namespace else NAMESPACE,
            )


def load_packs(folder: Path) -> Packs:
    """Return the shipped rules; each pack is a folder."""
    return Packs(folder, {})


def with_own_rules(shipped: Packs, folders: Iterable[str]) -> Packs:
    """Return the packs with the rules of an account's own folders. Raises ValidationError."""
    packs = shipped.pack_of_each()
    own = load_rules(folders)
    taken = [
        Problem(str(rule.path), "id", f"{rule.id} is a rule of the pack {packs[rule.id]}", _RENAME)
        for rule in own
        if rule.id in packs
    ]
    if taken:
        raise ValidationError(taken)
    return shipped.with_own(own)
