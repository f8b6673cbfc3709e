from __future__ import annotations

import hashlib
import json
from pathlib import Path

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.lint.cis_patterns import CIS_PATTERNS

PUBLISHED = json.loads((Path(__file__).parent / "data" / "cis_pattern_digests.json").read_text(encoding="utf-8"))


def test_published_patterns_match_their_digests() -> None:
    """The digests were taken from the published texts, so a slip of the hand in the table is seen."""
    ours = {topic: hashlib.sha256(entry.text.encode()).hexdigest() for topic, entry in CIS_PATTERNS.items()}
    assert ours == PUBLISHED


def test_every_published_pattern_compiles_within_the_length_limit() -> None:
    assert all(compile_pattern(entry.text).kind == "json" for entry in CIS_PATTERNS.values())


def test_each_control_occurs_once() -> None:
    controls = [entry.security_hub for entry in CIS_PATTERNS.values() if entry.security_hub]
    assert sorted(controls) == sorted(f"CloudWatch.{number}" for number in range(1, 15))
    assert len({entry.cis["v5.0"] for entry in CIS_PATTERNS.values()}) == 15
