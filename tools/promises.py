"""Write the table of docs/modules.md: which promise of which module is held by how many tests.

A test says which promise it holds its module to by ``@pytest.mark.promise``; its folder is named after the module.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
TESTS = REPOSITORY / "tests/integration"
DOCUMENT = REPOSITORY / "docs/modules.md"
BEGIN, END = "<!-- promises: begin -->\n", "<!-- promises: end -->\n"

PROMISES = {
    "changed": "Present, again, absent, again: `changed` is right each time",
    "drift": "Whatever was changed by hand is seen and repaired, field by field",
    "silence": "What the task does not mention stays; what it clears is cleared",
    "check": "`--check` writes nothing and predicts the run, on an empty account too",
    "diff": "`--diff` shows before and after of what changes",
    "secrets": "No output shows a secret, in no encoding, not in failures either",
    "retry": "Throttling, server errors, lost connections and lost answers are got over",
    "budget": "All retries share `timeout_seconds`",
    "denied": "A denial names action, resource, account and region, and what would grant it",
    "prerequisite": "What is missing is named with the task that makes it",
    "calls": "No call more than needed",
    "ownership": "What is not ours is refused unless `adopt` says otherwise",
    "resume": "What a killed run left is finished by the next one",
    "partition": "Right in every partition; names and limits are checked before the first call",
    "iam": "The documented IAM actions are exactly those that are called",
    "upstream": "The defect of the upstream module is still there",
}


def held_promises(path: Path) -> Counter[str]:
    """Return how many test functions of a file hold its module to each promise."""
    found: Counter[str] = Counter()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found.update(name for decorator in node.decorator_list if (name := _promise(decorator)))
    return found


def _promise(decorator: ast.expr) -> str | None:
    marks = isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.promise"
    return str(ast.literal_eval(decorator.args[0])) if marks and isinstance(decorator, ast.Call) else None


def table() -> str:
    """Return the table as Markdown."""
    counts: dict[str, Counter[str]] = {}
    for path in sorted(TESTS.glob("*/test_*.py")):
        module = path.parent.name
        counts[module] = counts.get(module, Counter()) + held_promises(path)
    lines = [f"| promise | {' | '.join(f'`{module}`' for module in counts)} |", f"|---|{'---|' * len(counts)}"]
    for promise, meaning in PROMISES.items():
        cells = " | ".join(str(count[promise]) for count in counts.values())
        lines.append(f"| {meaning} (`{promise}`) | {cells} |")
    return "\n".join(lines) + "\n"


def document() -> str:
    """Return docs/modules.md with the table as it should be."""
    head, rest = DOCUMENT.read_text().split(BEGIN)
    return head + BEGIN + table() + END + rest.split(END)[1]


if __name__ == "__main__":
    DOCUMENT.write_text(document())
    sys.stdout.write(f"wrote {DOCUMENT.relative_to(REPOSITORY)}\n")
