# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Scan the files of a folder in several processes; a scan that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from .index import RuleIndex
from .records import LogFile
from .scan import Scan, Selection, scan_file

_BATCH_BYTES = 1024 * 1024
_BATCH_FILES = 200
_SAVE_SECONDS = 5.0
_VERSION = 1


@dataclass(frozen=True)
class Progress:
    """How far a scan is: bytes as they are stored, and the seconds since it began or went on."""

    done: int
    total: int
    records: int
    seconds: float
    resumed: int = 0

    @property
    def seconds_left(self) -> float:
        """Return the estimated seconds until the end."""
        rate = (self.done - self.resumed) / self.seconds if self.seconds else 0
        return (self.total - self.done) / rate if rate else 0.0


@dataclass(frozen=True)
class Work:
    """What is scanned, and with what: `patterns` are filter patterns by the id of their rule."""

    folder: Path
    files: Sequence[LogFile]
    patterns: Mapping[str, str]
    selection: Selection

    def fingerprint(self, files: int) -> str:
        """Return a text that is equal for two scans with the same settings and the same first files."""
        settings = [_VERSION, str(self.folder), sorted(self.patterns.items()), vars(self.selection)]
        names = [(file.name, file.size) for file in self.files[:files]]
        return hashlib.sha256(json.dumps([settings, names]).encode()).hexdigest()


def run_scan(work: Work, processes: int, state: Path, report: Callable[[Progress], None]) -> Scan:
    """Scan all files, and return the sum.

    Args:
        work: The files and the patterns.
        processes: The number of processes; the records of one file are scanned by one of them.
        state: The file that keeps what was scanned, so that a stopped scan can go on. It is removed at the end.
        report: Called after each part of the work.
    """
    total, position = _resumed(work, state)
    sizes = [file.size for file in work.files]
    resumed = done = sum(sizes[:position])
    began = saved = time.monotonic()
    for batch, scan in _scanned(work, position, processes):
        total.merge(scan)
        position += len(batch)
        done += sum(file.size for file in batch)
        now = time.monotonic()
        report(Progress(done, sum(sizes), total.records, now - began, resumed))
        if now - saved > _SAVE_SECONDS:
            _save(work, state, total, position)
            saved = now
    state.unlink(missing_ok=True)
    return total


def _batches(files: Sequence[LogFile]) -> Iterator[list[LogFile]]:
    batch: list[LogFile] = []
    for file in files:
        batch.append(file)
        if len(batch) == _BATCH_FILES or sum(each.size for each in batch) > _BATCH_BYTES:
            yield batch
            batch = []
    if batch:
        yield batch


def _scanned(work: Work, position: int, processes: int) -> Iterator[tuple[list[LogFile], Scan]]:
    batches = list(_batches(work.files[position:]))
    if processes == 1 or len(batches) <= 1:
        index = RuleIndex(work.patterns)
        for batch in batches:
            yield batch, _scan_batch(work.folder, batch, index, work.selection)
        return
    with ProcessPoolExecutor(processes, get_context("fork"), _prepare, (work,)) as pool:
        yield from _in_order(pool, batches, 2 * processes)


def _in_order(
    pool: ProcessPoolExecutor, batches: Iterable[list[LogFile]], ahead: int
) -> Iterator[tuple[list[LogFile], Scan]]:
    """Yield results in the order of the files, with few of them waiting."""
    waiting: deque[tuple[list[LogFile], Future[Scan]]] = deque()
    for batch in batches:
        waiting.append((batch, pool.submit(_scan_prepared, batch)))
        if len(waiting) > ahead:
            oldest, future = waiting.popleft()
            yield oldest, future.result()
    for oldest, future in waiting:
        yield oldest, future.result()


_prepared: dict[str, tuple[Work, RuleIndex]] = {}


def _prepare(work: Work) -> None:
    """Compile the patterns once in each process."""
    _prepared["work"] = work, RuleIndex(work.patterns)


def _scan_prepared(batch: Sequence[LogFile]) -> Scan:
    work, index = _prepared["work"]
    return _scan_batch(work.folder, batch, index, work.selection)


def _scan_batch(folder: Path, batch: Iterable[LogFile], index: RuleIndex, selection: Selection) -> Scan:
    total = Scan()
    for file in batch:
        total.merge(scan_file(folder, file.name, index, selection))
    return total


def _resumed(work: Work, state: Path) -> tuple[Scan, int]:
    """Return what a stopped scan of the same work has found, and after how many files."""
    try:
        saved = json.loads(state.read_text(encoding="utf-8"))
        if saved["fingerprint"] == work.fingerprint(saved["files"]):
            return Scan.from_json(saved["scan"]), saved["files"]
    except (OSError, ValueError, KeyError, TypeError):
        pass  # missing, of another version, or cut off: the scan starts from the first file
    return Scan(), 0


def _save(work: Work, state: Path, scan: Scan, files: int) -> None:
    """Write the state; a process that is killed meanwhile leaves the former one."""
    saved = {"fingerprint": work.fingerprint(files), "files": files, "scan": scan.as_json()}
    part = state.with_name(state.name + ".part")
    part.write_text(json.dumps(saved), encoding="utf-8")
    part.replace(state)
