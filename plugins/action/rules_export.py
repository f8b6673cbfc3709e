# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Write rules in the formats of other systems on the controller; plugins/modules/rules_export.py documents it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.catalog.formats import (
    FORMATS,
    MANIFEST,
    Exported,
    Options,
    export,
    manifest,
)
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import did_you_mean
from ansible_collections.secmon.aws.plugins.module_utils.engines.athena.translate import PARTITIONS, TABLE
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.overrides import apply_overrides
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule
from ansible_collections.secmon.aws.plugins.module_utils.sigma.sigma_rule import Origin
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import ValidationError

OWN_RULES = Path(__file__).resolve().parents[2] / "rules"
OWN = Origin("secmon.aws contributors", "GPL-3.0-or-later")
ARGUMENT_SPEC = {
    "paths": {"type": "list", "elements": "path", "required": True},
    "folder": {"type": "path", "required": True},
    "rules": {"type": "list", "elements": "str", "default": []},
    "formats": {"type": "list", "elements": "str", "choices": list(FORMATS), "default": list(FORMATS)},
    "overrides": {"type": "dict", "default": {}},
    "athena_table": {"type": "str", "default": TABLE},
    "athena_partitions": {"type": "str", "default": PARTITIONS},
    "cased": {"type": "bool", "default": True},
    "author": {"type": "str", "default": ""},
    "licence": {"type": "str", "default": ""},
}


class ActionModule(ActionBase):
    """Write files without a connection to any host."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the files and the manifest, and return what cannot be expressed."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _first, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        try:
            rules = load_rules([Path(path) for path in options["paths"]])
            rules = [rule for rule in apply_overrides(rules, ("overrides", options["overrides"])) if rule.enabled]
        except ValidationError as error:
            return result | {"failed": True, "msg": f"The rules cannot be loaded.\n{error}"}
        if problem := _unknown(options["rules"], rules):
            return result | {"failed": True, "msg": problem}
        rules = [rule for rule in rules if not options["rules"] or rule.id in options["rules"]]
        exported = export(rules, options["formats"], _options(options))
        texts = {each.file: each.text for each in exported if each.file} | {MANIFEST: manifest(rules, exported)}
        written = self._write(Path(options["folder"]), texts)
        refused = [each for each in exported if not each.file]
        self._display.display(_table(refused))
        return result | {
            "changed": bool(written),
            "msg": _summary(exported, len(rules)),
            "files": sorted(texts),
            "refused": [_refused(each) for each in refused],
        }

    def _write(self, folder: Path, texts: dict[str, str]) -> list[str]:
        """Return the files that were, or in check mode would be, written."""
        written = []
        for name, text in texts.items():
            path = folder / name
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            written.append(name)
            if not self._task.check_mode:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        return written


def _options(options: dict[str, Any]) -> Options:
    given = Origin(options["author"], options["licence"])

    def origin(rule: Rule) -> Origin:
        return OWN if rule.path and OWN_RULES in rule.path.resolve().parents else given

    return Options(origin, options["athena_table"], options["athena_partitions"], options["cased"])


def _unknown(asked: Iterable[str], rules: Iterable[Rule]) -> str:
    known = [rule.id for rule in rules]
    if not known:
        return "No rule is enabled in these paths."
    unknown = [name for name in asked if name not in known]
    return " ".join(f"No enabled rule has the id {name}.{did_you_mean(name, known)}" for name in unknown)


def _table(refused: Iterable[Exported]) -> str:
    """Return one line for each rule and reason, with the formats that it concerns."""
    formats: dict[tuple[str, str], list[str]] = {}
    for each in refused:
        formats.setdefault((each.rule_id, "; ".join(map(str, each.reasons))), []).append(each.format)
    return "\n".join(f"{rule}, {', '.join(names)}: {reasons}" for (rule, reasons), names in formats.items())


def _refused(each: Exported) -> dict[str, Any]:
    return {"rule": each.rule_id, "format": each.format, "reasons": list(map(str, each.reasons))}


def _summary(exported: Iterable[Exported], total: int) -> str:
    counts = Counter({each.format: 0 for each in exported})
    counts.update(each.format for each in exported if each.file)
    return ", ".join(f"{name}: {count} of {total} rules" for name, count in counts.items()) + "."
