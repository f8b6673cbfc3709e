"""docs/operations.md lists every cause that the drill can report."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.secmon.aws.plugins.module_utils.drill.timeline import NOT_SEEN, STAGES


def test_the_table_lists_exactly_the_causes_of_the_drill(repository: Path) -> None:
    sources = sorted((repository / "plugins/module_utils").glob("drill/*.py"))
    text = "".join(path.read_text() for path in sources)
    hops = "|".join(STAGES)
    causes = set(re.findall(rf'Finding\(\s*"(?:{hops})",\s*"(\w+)"', text)) | {NOT_SEEN}
    section = (repository / "docs/operations.md").read_text().split("## When verify fails")[1].split("\n## ")[0]
    rows = [line.split("|")[2] for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(causes) > 20
    assert {code for row in rows for code in re.findall(r"`(\w+)`", row)} == causes
