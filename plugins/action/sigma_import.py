# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Turn Sigma rules into rule files on the controller; plugins/modules/sigma_import.py documents it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.rules.limits import MAX_REGEX_FILTERS_PER_LOG_GROUP
from ansible_collections.secmon.aws.plugins.module_utils.sigma.importer import AS_WRITTEN, Imported, import_file
from ansible_collections.secmon.aws.plugins.module_utils.sigma.reading import AVAILABLE, MISSING_LIBRARY
from ansible_collections.secmon.aws.plugins.module_utils.sigma.translate import Options
from ansible_collections.secmon.aws.plugins.plugin_utils.host_variables import plain

ARGUMENT_SPEC = {
    "paths": {"type": "list", "elements": "path", "required": True},
    "rules_dir": {"type": "path", "required": True},
    "fields": {"type": "dict", "default": {}},
    "arrays": {"type": "list", "elements": "str", "default": []},
    "ignore_case": {"type": "bool"},
    "licence": {"type": "str", "default": ""},
    "overwrite": {"type": "bool", "default": False},
    "strict": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):
    """Write rule files without a connection to any host."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write a rule file for each Sigma rule that a filter pattern expresses, and list the others with reasons."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _first, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        options = plain(options)
        if not AVAILABLE:
            return result | {"failed": True, "msg": MISSING_LIBRARY}
        rules = list(import_paths(options))
        if not rules:
            return result | {"failed": True, "msg": f"No Sigma rule in {options['paths']}."}
        expressed = [rule for rule in rules if rule.text]
        refused = [rule for rule in rules if not rule.text]
        written = self._write(expressed, Path(options["rules_dir"]), options["overwrite"])
        self._display.display(_table(rules))
        return result | {
            "changed": bool(written),
            "failed": bool(refused) if options["strict"] else not expressed,
            "msg": _summary(expressed, refused, written),
            "written": written,
            "rules": [_shown(rule) for rule in expressed],
            "refused": [{key: value for key, value in asdict(rule).items() if key in _REFUSED} for rule in refused],
        }

    def _write(self, rules: Iterable[Imported], folder: Path, overwrite: bool) -> list[str]:
        """Return the files that were, or in check mode would be, written."""
        written = []
        for rule in rules:
            path = folder / f"{rule.rule_id}.yml"
            if path.exists() and (not overwrite or path.read_text(encoding="utf-8") == rule.text):
                continue
            written.append(str(path))
            if not self._task.check_mode:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_text(rule.text, encoding="utf-8")
        return written


_REFUSED = ("source", "title", "sigma_id", "reason")


def import_paths(options: dict[str, Any]) -> Iterator[Imported]:
    """Yield the result of each rule; ids that two rules share get a number."""
    fields = {str(name): str(path) for name, path in options["fields"].items()}
    how = Options(fields, tuple(options["arrays"]), options["ignore_case"] is not False)
    files = {file: _import_file(file, how, options["licence"]) for file in _files(options["paths"])}
    regexes = sum(bool(rule.regexes) for rules in files.values() for rule in rules)
    if options["ignore_case"] is None and regexes > MAX_REGEX_FILTERS_PER_LOG_GROUP:
        how = replace(how, ignore_case=False, few_regexes=True)
        for file, rules in files.items():
            again = _import_file(file, how, options["licence"]) if any(rule.regexes for rule in rules) else rules
            files[file] = [new if old.regexes and new.text else old for old, new in zip(rules, again, strict=True)]
    used: dict[str, int] = {}
    for rule in itertools.chain.from_iterable(files.values()):
        number = used[rule.rule_id] = used.get(rule.rule_id, 0) + 1
        yield rule if number == 1 else replace(rule, rule_id=f"{rule.rule_id[:60]}_{number}")


def _import_file(file: Path, how: Options, licence: str) -> list[Imported]:
    try:
        return import_file(file.read_text(encoding="utf-8"), file.name, how, licence)
    except (OSError, UnicodeDecodeError) as error:
        return [Imported(file.name, "", "", "", reason=f"it cannot be read: {error}")]


def _files(paths: Iterable[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        found = (
            sorted(each for each in path.rglob("*") if each.suffix in (".yml", ".yaml")) if path.is_dir() else [path]
        )
        yield from found


def _shown(rule: Imported) -> dict[str, Any]:
    kept = ("source", "title", "sigma_id", "rule_id", "regexes", "notes")
    return {key: list(value) if key == "notes" else value for key, value in asdict(rule).items() if key in kept}


def _table(rules: Iterable[Imported]) -> str:
    lines = [f"{rule.source}: {f'rule {rule.rule_id}' if rule.text else f'refused: {rule.reason}'}" for rule in rules]
    return "\n".join(lines)


def _summary(expressed: list[Imported], refused: list[Imported], written: list[str]) -> str:
    total = len(expressed) + len(refused)
    text = f"{len(expressed)} of {total} Sigma rules can be expressed, {len(written)} files written."
    limit = f"because a log group takes {MAX_REGEX_FILTERS_PER_LOG_GROUP} filters with regular expressions"
    if as_written := [rule.rule_id for rule in expressed if AS_WRITTEN in rule.notes]:
        text += f" Compared in the case of the Sigma rule, {limit}: {', '.join(as_written)}."
    regexes = [rule.rule_id for rule in expressed if rule.regexes]
    if len(regexes) > MAX_REGEX_FILTERS_PER_LOG_GROUP:
        text += f" Delete some of these, {limit}: {', '.join(regexes)}."
    return text
