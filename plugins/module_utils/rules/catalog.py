# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Load rules from files and report the errors of all files together.

For the controller: modules receive loaded rules and read no files.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..validation.document import Document
from ..validation.problems import Problem, ValidationError
from ..validation.yaml_document import read_document
from .checks import report_duplicates
from .limits import MAX_RULE_FILES
from .reader import read_rule
from .records import RECORDS_FILE, read_records, shipped_records
from .rule import Rule

_SUFFIXES = (".yml", ".yaml")
# A list beside the shipped rules: what they see of known incidents.
_COVERAGE = Path(__file__).resolve().parents[3] / "rules" / "coverage.yml"


def load_rules(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> tuple[Rule, ...]:
    """Load the rules of files and folders; folders are searched recursively, in sorted order.

    A file ``records.yml`` among them adds base records for the tests (see ``records.py``).

    Raises ValidationError with every problem of every file.
    """
    if isinstance(paths, str | os.PathLike):
        paths = [paths]
    problems: list[Problem] = []
    files = list(_rule_files((Path(path) for path in paths), problems))
    records = shipped_records()
    documents: list[Document] = []
    rules: list[Rule | None] = []
    for path in sorted(files, key=lambda path: path.name != RECORDS_FILE):
        document = read_document(path)
        documents.append(document)
        if path.name == RECORDS_FILE:
            records = read_records(document, records)
        elif document.lines:
            rules.append(read_rule(document, path, path.stem, records))
    report_duplicates(document for document in documents if Path(document.source).name != RECORDS_FILE)
    for document in documents:
        problems += sorted(document.problems, key=lambda problem: problem.line or 0)
    if problems:
        raise ValidationError(problems)
    return tuple(rule for rule in rules if rule)


def _rule_files(paths: Iterable[Path], problems: list[Problem]) -> Iterator[Path]:
    """Yield each file once, also where paths overlap."""
    seen: set[str] = set()
    for path in paths:
        for file in _files_below(path, problems):
            real = os.path.realpath(file)
            if real in seen:
                continue
            if len(seen) == MAX_RULE_FILES:
                message = f"there are more than {MAX_RULE_FILES} rule files"
                problems.append(Problem(str(path), "", message, "is this the right folder?"))
                return
            seen.add(real)
            yield file


def _files_below(path: Path, problems: list[Problem]) -> Iterator[Path]:
    if not path.is_dir():
        if path.exists() or path.is_symlink():
            if path.with_name(RECORDS_FILE).is_file():
                yield path.with_name(RECORDS_FILE)
            yield path
        else:
            problems.append(Problem(str(path), "", "no such file or folder", "check the path"))
        return

    def note(error: OSError) -> None:
        problems.append(Problem(str(error.filename), "", f"the folder cannot be read: {error.strerror}"))

    # Symbolic links to folders are not followed, since they can form a cycle.
    for folder, folders, files in os.walk(path, onerror=note):
        folders.sort()
        for name in sorted(files + folders):
            path = Path(folder, name)
            is_list = name == _COVERAGE.name and path.resolve() == _COVERAGE
            if name.lower().endswith(_SUFFIXES) and not name.startswith(".") and not is_list:
                yield path
