"""The controls of posture.yml: the checks, and the standards that need each."""

from __future__ import annotations

from ansible_collections.secmon.aws.plugins.module_utils.posture.judgement import checks
from ansible_collections.secmon.aws.plugins.module_utils.posture.standards import STANDARDS

from tools.generate_docs.markdown import table

_OWN = "secmon.aws"
# CIS v5 has the numbers of v3.
_SHOWN = {"CIS v1.4": "CIS v1.4", "CIS v5": "CIS v3, v5", "CIS v7": "CIS v7", "Security Hub": "Security Hub"}


def controls() -> str:
    """Return a table of the checks with the controls that need them."""
    assert STANDARDS["CIS v3"] == STANDARDS["CIS v5"]
    rows = []
    for check in checks(drill_days=90).values():
        needed = {name: [each for each, names in STANDARDS[name].items() if check.name in names] for name in STANDARDS}
        promise = "yes" if needed[_OWN] else ""
        rows.append((f"`{check.name}`", check.title, *(", ".join(needed[name]) for name in _SHOWN), promise))
    return table(("check", "what it says", *_SHOWN.values(), "own promise"), rows)
