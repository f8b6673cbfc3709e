"""Small pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import yaml


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, one line per row."""
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |" for cells in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]]) + "\n"


def action_list(names: Iterable[str]) -> str:
    """Return a list of IAM actions, one line for each service."""
    lines = []
    for service, own in groupby(sorted(names), key=lambda name: name.partition(":")[0]):
        listed = ", ".join(f"`{name.partition(':')[2]}`" for name in own)
        lines.append(f"- `{service}`: {listed}\n")
    return "".join(lines)


def value(content: Any) -> str:
    """Return a YAML value as one code word, or what says that it is empty."""
    if content in (None, ""):
        return "empty"
    if isinstance(content, str):
        return f"`{content}`"
    text = yaml.safe_dump(content, default_flow_style=True, width=10_000, sort_keys=False)
    return f"`{text.removesuffix('...' + chr(10)).strip()}`"


def from_ansible(text: str) -> str:
    """Return a sentence of Ansible's documentation markup as Markdown."""
    return re.sub(r"\b[CVOM]\(([^)]*)\)", r"`\1`", " ".join(text.split()))
