"""`make lint` really runs ansible-test, which in a wrong folder skips everything and reports success."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import run


def test_sanity_reports_a_syntax_error(repository: Path, tmp_path: Path) -> None:
    copy = tmp_path / "checkout"
    (copy / "tools").mkdir(parents=True)
    shutil.copy(repository / "tools/sanity.sh", copy / "tools")
    shutil.copy(repository / "galaxy.yml", copy)
    (copy / "plugins/modules").mkdir(parents=True)
    (copy / "plugins/modules/invalid.py").write_text("def broken(:\n")
    run("git", "init", "--quiet", cwd=copy)
    result = run("tools/sanity.sh", "--test", "compile", cwd=copy)
    assert result.returncode != 0
    assert "plugins/modules/invalid.py:1:" in result.stderr
