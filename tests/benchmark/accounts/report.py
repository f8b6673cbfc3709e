"""Write the table of docs/performance.md."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import date

import ansible.release

from tests.benchmark.accounts.measure import REPOSITORY, Measured
from tests.benchmark.accounts.ways import SLOW

_BEGIN, _END = "<!-- measured by make bench -->\n", "<!-- end of the measurement -->"
_HEADING = "| | accounts | CPU, s | ratio | calls | connections | duration, s | peak memory, MB |\n"
_RULE = "|---" * 8 + "|\n"
_DOCUMENT = REPOSITORY / "docs/performance.md"


@dataclass(frozen=True)
class Line:
    """One measurement: who did what in how many accounts."""

    way: str
    phase: str
    accounts: int
    measured: Measured


def write_report(lines: list[Line], latency: int) -> None:
    """Replace the measurement in the document."""
    text = _DOCUMENT.read_text()
    before, _begin, rest = text.partition(_BEGIN)
    _old, _end, after = rest.partition(_END)
    _DOCUMENT.write_text(before + _BEGIN + _report(lines, latency) + _END + after)


def _report(lines: list[Line], latency: int) -> str:
    naive = {line.phase: line.measured.cpu for line in lines if line.way == "upstream modules"}
    day = date.today().isoformat()
    load = os.getloadavg()[2]
    parts = [
        f"\nMeasured on {day} with Python {platform.python_version()} and ansible-core {ansible.release.__version__} on"
        f" {os.cpu_count()} cores ({platform.machine()}), mean load of the last 15 minutes {load:.1f}. CPU, calls"
        " and connections are for each account; a ratio of 1/12 means a twelfth of the CPU of upstream's modules in"
        " the same phase.\n"
    ]
    for phase in dict.fromkeys(line.phase for line in lines):
        slow = f": each takes {latency} ms longer" if phase == SLOW else ""
        parts.append(f"\n**{phase[0].upper()}{phase[1:]}{slow}**\n\n{_HEADING}{_RULE}")
        parts += [_table_line(line, naive.get(phase)) for line in lines if line.phase == phase]
    parts.append("\n**Where the CPU of secmon.aws goes**, in seconds for each account\n\n")
    parts.append("| | accounts | | controller | its workers | warm interpreter |\n|---|---|---|---|---|---|\n")
    parts += [_profile_line(line) for line in lines if line.way.startswith("secmon.aws")]
    return "".join(parts)


def _table_line(line: Line, naive: float | None) -> str:
    found, count = line.measured, line.accounts
    cpu = found.cpu / count
    ratio = f"1/{naive / cpu:.1f}" if naive else ""
    return (
        f"| {line.way} | {count} | {cpu:.2f} | {ratio} | {found.calls / count:.0f} |"
        f" {found.connections / count:.1f} |"
        f" {found.seconds:.1f} | {found.megabytes:.0f} |\n"
    )


def _profile_line(line: Line) -> str:
    found, count = line.measured, line.accounts
    shares = (found.command, found.children, found.detached)
    return f"| {line.way} | {count} | {line.phase} | {' | '.join(f'{share / count:.2f}' for share in shares)} |\n"
