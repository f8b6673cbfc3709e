"""Time and memory of a forecast with 51 rules, compared with ``json.loads`` of the same records."""

from __future__ import annotations

import gzip
import json
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.forecast.records import list_files
from ansible_collections.secmon.aws.plugins.module_utils.forecast.run import Work, run_scan
from ansible_collections.secmon.aws.plugins.module_utils.forecast.scan import Selection
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import load_packs
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule

from tests.benchmark.bench_filter_pattern import realistic_events
from tests.benchmark.table import Row
from tests.unit.rules.overlap_matrix import RULES, wide_pattern

_FILES = 100
_RECORDS_IN_A_FILE = 1_000
_RULES = 51


def _chosen() -> list[Rule]:
    return [rule for pack in load_packs(RULES).values() for rule in pack][:_RULES]


def _write(folder: Path, rules: list[Rule]) -> None:
    """Write files in which one record of ten is a test event of a rule."""
    common = [json.loads(text) for text in realistic_events().values()]
    events = [test.event for rule in rules for test in rule.tests if isinstance(test.event, dict)]
    choose = random.Random(11)
    for number in range(_FILES):
        chosen: list[Any] = [
            choose.choice(events if choose.random() < 0.1 else common) for _record in range(_RECORDS_IN_A_FILE)
        ]
        times = [f"2026-05-{1 + number % 28:02d}T{choose.randrange(24):02d}:00:00Z" for _record in chosen]
        records = [event | {"eventTime": moment} for event, moment in zip(chosen, times, strict=True)]
        (folder / f"{number:03}.json.gz").write_bytes(gzip.compress(json.dumps({"Records": records}).encode()))


def run() -> list[Row]:
    """Return the rate and the peak memory of one process."""
    rules = _chosen()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "files")
        folder.mkdir()
        _write(folder, rules)
        work = Work(folder, list_files(folder), {rule.id: str(wide_pattern(rule)) for rule in rules}, Selection())
        began = time.process_time()
        for path in folder.iterdir():
            json.loads(gzip.decompress(path.read_bytes()))
        parsed = time.process_time() - began
        began = time.process_time()
        records = run_scan(work, 1, Path(name, "state"), lambda progress: None).records
        scanned = time.process_time() - began
    label = f"forecast, {len(rules)} rules, {records:,} records"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [Row(label, scanned, "s", parsed, "json.loads"), Row(f"{label}, peak memory", memory, "MB")]
