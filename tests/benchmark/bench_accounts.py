"""Build the system in accounts and run again: this collection, upstream's modules, the AWS CLI and boto3, in turns.

ACCOUNTS chooses the numbers of accounts of this collection (1,20,100), LATENCY the milliseconds of a round with
slow calls (60; 0 for none), and PEERS=no leaves out the other ways. More than 20 accounts take part in the first run
only. An idle machine needs about twelve minutes. It writes docs/performance.md.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from subprocess import TimeoutExpired

from embedded_aws.process import embedded_aws_process
from tests.benchmark.accounts.measure import Measured, MeasuredCommandError, measure
from tests.benchmark.accounts.organization import EMAIL, account_ids, write_seed
from tests.benchmark.accounts.report import Line, write_report
from tests.benchmark.accounts.ways import AGAIN, FIRST, PEERS, SLOW, TEARDOWN, VERIFY, Site, set_latency
from tests.benchmark.table import Row
from tests.support.embedded_control import follow, link_in, mails

MANY = 20


def run() -> list[Row]:
    """Measure everything, write the report, and return the lines that have a counterpart."""
    counts = [int(count) for count in os.environ.get("ACCOUNTS", "1,20,100").split(",")]
    latency = int(os.environ.get("LATENCY", "60"))
    with_peers = os.environ.get("PEERS", "yes") != "no"
    with tempfile.TemporaryDirectory() as name:
        lines = _measure_all(Path(name), counts, latency, with_peers)
    write_report(lines, latency)
    naive = {line.phase: line.measured for line in lines if line.way == "upstream modules"}
    return [_row(line, naive.get(line.phase)) for line in lines if line.way.startswith("secmon.aws")]


def _measure_all(folder: Path, counts: list[int], latency: int, with_peers: bool) -> list[Line]:
    # A first account warms the server up, and shows the other ways what to build.
    pattern, *_rest = account_ids(70, 1)
    ours = {count: account_ids(71 + index, count) for index, count in enumerate(counts)}
    accounts = {peer: account_ids(81 + index, peer.accounts) for index, peer in enumerate(PEERS)}
    everyone = [pattern, *(one for ids in (*ours.values(), *accounts.values()) for one in ids)]
    write_seed(folder / "seed.yml", everyone)
    lines: list[Line] = []
    with embedded_aws_process("--seed", str(folder / "seed.yml")) as endpoint:
        _site(endpoint, folder, [pattern], 1).measure()
        peers = [(peer, peer.command(endpoint, folder, pattern, accounts[peer])) for peer in PEERS if with_peers]
        for phase in (FIRST, AGAIN, *([SLOW] if latency else []), VERIFY, TEARDOWN):
            set_latency(endpoint, latency / 1000 if phase == SLOW else 0)
            if phase == VERIFY:
                _confirm(endpoint)
            for peer, (command, environment) in peers:
                if phase in peer.phases:
                    lines += _line(peer.name, phase, peer.accounts, partial(measure, endpoint, command, environment))
            for site in _sites(endpoint, folder, ours, phase):
                playbook = phase if phase in (VERIFY, TEARDOWN) else "site"
                way = f"secmon.aws, forks {site.forks}"
                lines += _line(way, phase, len(site.accounts), partial(site.measure, playbook))
    return lines


def _sites(endpoint: str, folder: Path, ours: dict[int, list[str]], phase: str) -> Iterator[Site]:
    for count, ids in ours.items():
        if count <= MANY or phase == FIRST:
            yield _site(endpoint, folder, ids, 1 if count == 1 else 10)
        if count == MANY and phase == AGAIN:
            yield _site(endpoint, folder, ids, 20)


def _site(endpoint: str, folder: Path, ids: list[str], forks: int) -> Site:
    return Site(endpoint, folder / f"inventory-{len(ids)}-{ids[0]}.yml", tuple(ids), forks)


def _confirm(endpoint: str) -> None:
    """Follow the links of all confirmation emails, which the drill asks for."""
    for mail in mails(endpoint, EMAIL):
        if "ConfirmSubscription" in mail["body"]:
            follow(link_in(mail, "ConfirmSubscription"))


def _line(way: str, phase: str, accounts: int, run: Callable[[], Measured]) -> list[Line]:
    """Return a measurement; none if it failed, since the others still count."""
    try:
        found = run()
    except (MeasuredCommandError, TimeoutExpired) as error:
        print(f"  {way}, {phase}, {accounts}: {error}", file=sys.stderr, flush=True)
        return []
    print(f"  {way}, {phase}, {accounts}: {found.cpu:.1f} s of CPU", file=sys.stderr, flush=True)
    return [Line(way, phase, accounts, found)]


def _row(line: Line, naive: Measured | None) -> Row:
    name = f"{line.way}, {line.accounts} account{'s' if line.accounts > 1 else ''}, {line.phase}"
    return Row(
        name,
        line.measured.cpu / line.accounts,
        "s of CPU per account",
        naive.cpu if naive else None,
        "upstream modules",
    )
