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

from tests.integration.ownership.resources import KINDS, Kind
from tests.support.embedded_control import ask
from tests.support.module_runner import ModuleRunner
from tools.generate_docs.markdown import table

# More than a hundred runs of modules; the tests of each module check the refusals too.
pytestmark = pytest.mark.long

TAGS = {
    "none": {},
    "`somebody-elses-tool`": {"secmon:managed-by": "somebody-elses-tool"},
    "`secmon.aws`": {"secmon:managed-by": "secmon.aws"},
}
RUNS: dict[str, dict[str, Any]] = {
    "site": {"state": "present"},
    "check": {"state": "present", "check": True},
    "adopt": {"state": "present", "adopt": True},
    "teardown": {"state": "absent"},
}
_TABLE = re.compile(r"(<!-- ownership -->\n).*(<!-- end of ownership -->)", re.DOTALL)


def outcome(endpoint: str, kind: Kind, tags: dict[str, str], run: dict[str, Any], aws: Callable[[str], Any]) -> str:
    """Run a module on a resource and return what happened to it."""
    ask(endpoint, "reset", method="POST")
    kind.make(aws, tags)
    before = kind.read(aws)
    options = {name: value for name, value in run.items() if name != "state"}
    result = ModuleRunner(endpoint, kind.module)(**kind.arguments(run["state"]), **options)
    after = kind.read(aws)
    if result.get("failed"):
        assert re.search("is not managed by|was not made by", result["msg"]), result["msg"]
        assert after == before
        return "refused"
    if run.get("check"):
        assert after == before
        return "predicted" if result["changed"] else "unchanged"
    return "deleted" if not after else "changed" if after != before else "unchanged"


def test_the_table_says_what_happens_to_each_kind_of_resource(
    run_module: ModuleRunner, aws_client: Callable[..., Any], repository: Path
) -> None:
    rows = [
        (kind, tag, *(outcome(run_module.endpoint, KINDS[kind], tags, run, aws_client) for run in RUNS.values()))
        for kind in KINDS
        for tag, tags in TAGS.items()
    ]
    for kind, tag, *outcomes in rows:
        ours = tag == "`secmon.aws`"
        others = ["refused", "refused", "changed", "refused"]
        assert outcomes == (["changed", "predicted", "changed", "deleted"] if ours else others), (kind, tag)
    path = repository / "docs/ownership.md"
    text = table(("resource", "tag `secmon:managed-by`", *RUNS), rows)
    current = _TABLE.sub(lambda found: found[1] + text + found[2], path.read_text())
    if os.environ.get("WRITE_OWNERSHIP"):
        path.write_text(current)
    assert path.read_text() == current, "run this test with WRITE_OWNERSHIP=1"
