"""The commands and paths that the documentation and CI name exist."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

PUBLIC_TARGETS = {"demo", "test", "lint", "docs", "bench", "clean"}


def targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.MULTILINE))


def commands(markdown: str) -> set[str]:
    """Return the make targets in the shell blocks of a document."""
    blocks = re.findall(r"```(?:sh|shell|console)\n(.*?)```", markdown, flags=re.DOTALL)
    return {target for block in blocks for target in re.findall(r"^\$? ?make ([a-z-]+)", block, flags=re.MULTILINE)}


def test_the_makefile_has_every_public_target(repository: Path) -> None:
    assert targets((repository / "Makefile").read_text()) >= PUBLIC_TARGETS


def test_the_readme_names_the_demo(repository: Path) -> None:
    assert "demo" in commands((repository / "README.md").read_text())


def test_the_readme_names_the_oldest_versions_and_the_tarball_of_this_one(repository: Path) -> None:
    text = (repository / "README.md").read_text()
    galaxy = yaml.safe_load((repository / "galaxy.yml").read_text())
    core = yaml.safe_load((repository / "meta/runtime.yml").read_text())["requires_ansible"]
    needed = {**galaxy["dependencies"], "ansible-core": core.removesuffix(".0")}
    for name, version in needed.items():
        assert f"{name} {version.removeprefix('>=')}" in text, name
    assert f"secmon-aws-{galaxy['version']}.tar.gz" in text


def test_every_playbook_in_the_documents_exists(repository: Path) -> None:
    for path in (repository / "README.md", *(repository / "docs").glob("*.md"), repository / "rules/README.md"):
        for name in re.findall(r"(?:ansible-playbook|import_playbook:) secmon\.aws\.(\w+)", path.read_text()):
            assert (repository / f"playbooks/{name}.yml").exists(), (path, name)


def test_every_link_in_the_documents_leads_to_a_file_and_a_heading(repository: Path) -> None:
    documents = [*repository.glob("*.md"), *(repository / "docs").glob("*.md"), *repository.glob("r*/**/README.md")]
    links = [(path, *link) for path in documents for link in re.findall(r"\]\(([\w./]*)(#[\w-]+)?\)", path.read_text())]
    assert len(links) > 80
    for path, file, anchor in links:
        target = (path.parent / file) if file else path
        assert target.exists(), (path, file)
        assert not anchor or anchor in headings(target.read_text()), (path, file, anchor)


def headings(markdown: str) -> set[str]:
    """Return the anchors of the headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", markdown, flags=re.MULTILINE)
    return {"#" + re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_make_command_in_the_documents_exists(repository: Path) -> None:
    known = targets((repository / "Makefile").read_text())
    for name in ("README.md", "CONTRIBUTING.md"):
        assert commands((repository / name).read_text()) <= known, name


def test_every_path_that_ci_names_exists(repository: Path) -> None:
    paths = re.findall(r"tests/[\w/.]+", (repository / ".ci/run").read_text())
    assert len(paths) > 5
    assert [path for path in paths if not (repository / path).exists()] == []


def test_ci_runs_the_test_command_of_the_readme_and_the_linters(repository: Path) -> None:
    script = (repository / ".ci/run").read_text()
    assert re.search(r"^\s*make_with .* test ", script, flags=re.MULTILINE)
    assert re.search(r"^\s*make_with .* lint ", script, flags=re.MULTILINE)
