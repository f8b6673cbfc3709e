"""The modules: their IAM actions, which upstream module each replaces, and why."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tools.generate_docs.markdown import from_ansible, table
from tools.promises import PROMISES, tests_of_promise

REPOSITORY = Path(__file__).resolve().parents[2]
# The AWS resources of the system, in the order in which site.yml creates them, and the module that does.
RESOURCES = (
    ("secret", "secmon.aws.secret"),
    ("SNS topic, policy, subscriptions", "secmon.aws.alert_topic"),
    ("log group", "secmon.aws.log_group"),
    ("IAM role of the trail and its policy", "secmon.aws.trail_role"),
    ("log bucket", "secmon.aws.log_bucket"),
    ("trail", "secmon.aws.trail"),
    ("metric filters", "secmon.aws.metric_filters"),
    ("alarms", "secmon.aws.metric_alarms"),
    ("KMS keys (`secmon_encrypt`)", "secmon.aws.encryption_key"),
)
# A description names the replaced module and its defect in one sentence: "... M(amazon.aws.x), which <defect>."
_UPSTREAM = r"M\((?:amazon|community)\.aws\.\w+\)"
_REPLACES = re.compile(rf"({_UPSTREAM}(?: and {_UPSTREAM})?), which (.*?)(?:\. |\.?$)")


@cache
def documentation(module: str) -> dict[str, Any]:
    """Return the DOCUMENTATION of a module of this collection."""
    tree = ast.parse((REPOSITORY / f"plugins/modules/{module}.py").read_text())
    text = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DOCUMENTATION"
    )
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def aws_modules() -> list[str]:
    """Return the modules of this collection that call AWS: those of the action group."""
    runtime = yaml.safe_load((REPOSITORY / "meta/runtime.yml").read_text())
    return sorted(runtime["action_groups"]["own"])


def writing_modules() -> list[str]:
    """Return the modules that create resources: those with the ownership options."""
    ownership = "secmon.aws.module.ownership"
    return [name for name in aws_modules() if ownership in documentation(name)["extends_documentation_fragment"]]


def documented_actions(module: str) -> set[str]:
    """Return the IAM actions that the notes of a module name."""
    return set(re.findall(r"C\((\w+:\w+)\)", " ".join(documentation(module).get("notes", []))))


def replaced_module(module: str) -> tuple[str, str] | None:
    """Return the upstream module that a module replaces and its defect, in Markdown; None if it replaces none."""
    for sentence in documentation(module)["description"]:
        if found := _REPLACES.search(" ".join(sentence.split())):
            return from_ansible(found[1]), from_ansible(found[2])
    return None


def resources() -> str:
    """Return the table of the AWS resources: which module creates each one, and why it is not the upstream module."""
    rows = []
    for resource, name in RESOURCES:
        module = name.removeprefix("secmon.aws.")
        replaced = replaced_module(module) if name.startswith("secmon.") else None
        why, test = (
            (f"{replaced[0]} {replaced[1]}", _first_test(module)) if replaced else ("the upstream module is used", "-")
        )
        rows.append((resource, f"`{module if replaced else name}`", why, test))
    return table(("AWS resource", "created by", "because", "test (below `tests/integration/`)"), rows)


def _first_test(module: str) -> str:
    path, name = tests_of_promise(module, "upstream")[0]
    return f"`{path.relative_to(REPOSITORY / 'tests/integration')}::{name}`"


def all_modules() -> str:
    """Return the table of the modules and what each one does."""
    names = sorted(path.stem for path in (REPOSITORY / "plugins/modules").glob("*.py"))
    rows = []
    for name in names:
        replaced = replaced_module(name)
        kind = "writes" if name in writing_modules() else "reads" if name in aws_modules() else "runs on the controller"
        purpose = from_ansible(documentation(name)["short_description"])
        rows.append((f"`{name}`", purpose, kind, replaced[0] if replaced else "-"))
    return table(("module", "purpose", "AWS", "replaces"), rows)


def promises() -> str:
    """Return the table of the promises."""
    return table(("promise", "name in the tests"), [(text, f"`{name}`") for name, text in PROMISES.items()])
