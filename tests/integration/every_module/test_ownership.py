"""What happens to a resource of each kind, by its tag, in each kind of run: the table in docs/ownership.md.

WRITE_OWNERSHIP=1 writes the table.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.every_module.resources import GROUP, KINDS
from tests.support.embedded_control import ask
from tests.support.module_runner import ModuleRunner
from tools.generate_docs.markdown import table

TAGS = {
    "none": {},
    "`another-tool`": {"secmon:managed-by": "another-tool", "owner": "other-team"},
    "`secmon.aws`": {"secmon:managed-by": "secmon.aws"},
}
RUNS: dict[str, dict[str, Any]] = {
    "site": {"state": "present"},
    "check": {"state": "present", "check": True},
    "adopt": {"state": "present", "adopt": True},
    "teardown": {"state": "absent"},
    "prune": {"state": "absent"},
}
# The variables with which a role uses a resource of others.
EXISTING = {"log role": "secmon_existing_log_role_arn", "key": "secmon_existing_kms_key_arn"}
_TABLE = re.compile(r"(<!-- ownership -->\n).*(<!-- end of ownership -->)", re.DOTALL)


def prunes(endpoint: str, name: str) -> bool:
    """Return whether prune.yml would remove the resources of a kind, if no variable names them."""
    found = ModuleRunner(endpoint, "leftovers").succeed(
        purpose="prune", dry_run=True, keep_bucket=False, purge_keys=True
    )
    type_ = KINDS[name].pruned[0] or name.replace("log role", "role")
    return any((item["type"], item["why"]) == (type_, "to be removed") for item in found["leftovers"])


def outcome(endpoint: str, name: str, tags: dict[str, str], column: str, aws: Callable[[str], Any]) -> str:
    """Run a module on a resource and return what happened to it."""
    kind, run = KINDS[name], RUNS[column]
    ask(endpoint, "reset", method="POST")
    kind.make(aws, tags)
    before = kind.read(aws)
    options = {option: value for option, value in run.items() if option != "state"}
    module, arguments = kind.module, kind.arguments(run["state"])
    if column == "prune":
        if not prunes(endpoint, name):
            return "kept"
        module, arguments = (
            (kind.pruned[1], {"name": GROUP, "state": "absent"}) if kind.pruned[1] else (module, arguments)
        )
    result = ModuleRunner(endpoint, module)(**arguments, **options)
    after = kind.read(aws)
    if result.get("failed"):
        assert re.search("is not managed by|was not made by", result["msg"]), result["msg"]
        assert EXISTING.get(name, "") in result["msg"] and "account 123456789012" in result["msg"], result["msg"]
        assert after == before
        return "refused"
    if run.get("adopt"):
        assert not after or "other-team" not in str(before) or "other-team" in str(after), (name, after)
    if run.get("check"):
        assert after == before
        return "predicted" if result["changed"] else "unchanged"
    return "deleted" if not after else "changed" if after != before else "unchanged"


@pytest.mark.promise("ownership")
def test_the_table_says_what_happens_to_each_kind_of_resource(
    run_module: ModuleRunner, aws_client: Callable[..., Any], repository: Path
) -> None:
    rows = [
        (kind, tag, *(outcome(run_module.endpoint, kind, tags, column, aws_client) for column in RUNS))
        for kind in KINDS
        for tag, tags in TAGS.items()
    ]
    for kind, tag, *outcomes in rows:
        ours = tag == "`secmon.aws`"
        # A filter is adopted in a log group that is ours; one of others needs use_existing_group.
        others = ["refused", "refused", "refused" if "filter" in kind else "changed", "refused", "kept"]
        own = ["changed", "predicted", "changed", "deleted", "deleted"]
        assert outcomes == (own if ours else others), (kind, tag)
    path = repository / "docs/ownership.md"
    text = table(("resource", "tag `secmon:managed-by`", *RUNS), rows)
    current = _TABLE.sub(lambda found: found[1] + text + found[2], path.read_text())
    if os.environ.get("WRITE_OWNERSHIP"):
        path.write_text(current)
    assert path.read_text() == current, "run this test with WRITE_OWNERSHIP=1"
