"""`make lint` really runs ansible-test: in a wrong folder it would skip everything and report success."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import run


def test_sanity_finds_a_planted_fault(repository: Path, tmp_path: Path) -> None:
    copy = tmp_path / "checkout"
    (copy / "tools").mkdir(parents=True)
    shutil.copy(repository / "tools/sanity.sh", copy / "tools")
    shutil.copy(repository / "galaxy.yml", copy)
    (copy / "plugins/modules").mkdir(parents=True)
    (copy / "plugins/modules/planted.py").write_text("def broken(:\n")
    run("git", "init", "--quiet", cwd=copy)
    result = run("tools/sanity.sh", "--test", "compile", cwd=copy)
    assert result.returncode != 0
    assert "plugins/modules/planted.py:1:" in result.stderr
