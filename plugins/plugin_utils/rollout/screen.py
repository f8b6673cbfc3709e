# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The last screen of a run: the same number of lines for a hundred accounts as for ten."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.results import (
    CHANGED,
    CREATED,
    REMOVED,
    UNCHANGED,
    kind_of,
)
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.run import (
    DONE,
    FAILED,
    REMOVES,
    RUNNING,
    WAITING,
    Account,
    Run,
)

# A group of equal texts, of which the screen shows this many.
_SHOWN_GROUPS = 6
_SHOWN_FAILURES = 20
# The beginning of a reason says what failed and the end what to do; some documents of AWS make it longer.
_BEGINNING, _END = 700, 400
_NAMED_IDS = 10
_NUMBERED = re.compile(r"(.*?)(\d+)$")

_Column = tuple[str, Callable[[Account], str]]


def _counted(state: str) -> _Column:
    return state, lambda account: str(account.count(state))


_BUILT = [_counted(state) for state in (CREATED, CHANGED, REMOVED, UNCHANGED)]
_REMOVED = [
    _counted(REMOVED),
    ("left", lambda account: str(len(account.left))),
    ("unexpected", lambda account: str(account.unexpected)),
]
_COLUMNS: dict[str, list[_Column]] = {
    "site": [
        *_BUILT,
        ("alarms", lambda account: str(account.alarms)),
        ("pending", lambda account: str(len(account.pending))),
        ("unnamed", lambda account: str(len(account.left))),
    ],
    "verify": [("alarm fires", lambda account: "yes" if account.proof.get("proved") else "not tried")],
    **dict.fromkeys(REMOVES, _REMOVED),
}
# Columns that are left out if they are zero everywhere.
_RARE = {REMOVED: ("site",), "unnamed": ("site",), "unexpected": REMOVES}


def duration(seconds: float) -> str:
    """Return a time in words, such as ``6 min 52 s``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "", f"{rest} s" if not hours else "")
    return " ".join(part for part in parts if part and part != "0 s") or "0 s"


def accounts_text(number: int) -> str:
    """Return a number of accounts in words."""
    return f"{number} account{'' if number == 1 else 's'}"


def short_names(hosts: Iterable[str]) -> str:
    """Return the names of hosts, numbered ones such as shop-01, shop-02 and shop-03 as ``shop-01 to shop-03``."""
    runs: list[list[str]] = []
    for host in sorted(hosts):
        if runs and _follows(runs[-1][-1], host):
            runs[-1].append(host)
        else:
            runs.append([host])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def _follows(first: str, second: str) -> bool:
    one, two = _NUMBERED.match(first), _NUMBERED.match(second)
    return bool(one and two and one[1] == two[1] and int(two[2]) == int(one[2]) + 1)


def headline(run: Run, seconds: float) -> str:
    """Return how many accounts were done in which time."""
    counts = run.counts()
    states = [f"{number} {state}" for state in (DONE, FAILED) if (number := counts[state])]
    others = len(run.accounts) - counts[DONE] - counts[FAILED]
    states += [f"{others} not done"] if others else []
    check = " Nothing was changed; the figures are what a run would do." if run.check else ""
    place = f"{accounts_text(len(run.accounts))} in {duration(seconds)}"
    return f"{run.playbook}: {place}: {', '.join(states) or 'nothing was done'}.{check}"


def summary(run: Run, seconds: float, width: int, retry: str, report: str) -> Iterator[str]:
    """Yield the lines of the last screen.

    Args:
        run: The run.
        seconds: How long it took.
        width: The width of the screen.
        retry: The option that runs the accounts that failed again.
        report: The file with the same as JSON, or an empty string.
    """
    if run.refused:
        yield f"{run.playbook}: nothing was done. {run.refused}"
        return
    yield headline(run, seconds)
    done = [account for account in run.accounts.values() if account.state == DONE]
    if done and run.playbook in _COLUMNS:
        yield from ("", *_table(run.playbook, done, width))
    yield from _failed(run, width)
    yield from _interrupted(run, width)
    yield from _grouped("Warnings", run.accounts.values(), lambda account: account.warnings, width)
    if run.playbook == "site":
        yield from _in_place(run, width)
    elif run.playbook in REMOVES:
        yield from _removed(run, width)
    yield from _grouped("Next", done, lambda account: [account.advice] if account.advice else [], width)
    if retry and run.counts()[FAILED]:
        yield f"Run those that failed again, when the causes are gone: {retry}"
    if report:
        yield f"Report: {report}"


def _table(playbook: str, accounts: Sequence[Account], width: int) -> Iterator[str]:
    """Yield the accounts with the same figures in one line."""
    columns = [
        column
        for column in _COLUMNS[playbook]
        if playbook not in _RARE.get(column[0], ()) or any(column[1](account) != "0" for account in accounts)
    ]
    groups: dict[tuple[str, ...], list[str]] = {}
    for account in accounts:
        groups.setdefault(tuple(value(account) for _title, value in columns), []).append(account.host)
    titles = ["accounts", *(title for title, _value in columns)]
    yield "  ".join(titles)
    for figures, hosts in sorted(groups.items(), key=lambda group: -len(group[1])):
        cells = [str(len(hosts)), *figures]
        line = "  ".join(cell.rjust(len(title)) for cell, title in zip(cells, titles, strict=True))
        yield cut(f"{line}  {short_names(hosts)}", width)


def changes(states: Mapping[str, str]) -> Iterator[str]:
    """Yield what a task changed: one resource in a line, or how many."""
    for state in dict.fromkeys(states.values()):
        names = [name for name, found in states.items() if found == state]
        kinds = Counter(map(kind_of, names))
        yield f"{state:9}  " + (names[0] if len(names) == 1 else ", ".join(f"{n} {kind}s" for kind, n in kinds.items()))


def cut(text: str, width: int) -> str:
    """Return a text that fits into a line."""
    return text if len(text) <= width else f"{text[: width - 3]}..."


def _failed(run: Run, width: int) -> Iterator[str]:
    failed = [account for account in run.accounts.values() if account.failure]
    if not failed:
        return
    yield from ("", f"Failed ({len(failed)}):")
    groups = list(_equal((account, reason(account)) for account in failed))
    for members, text in groups[:_SHOWN_FAILURES]:
        first = members[0]
        place = " ".join(filter(None, (first.host, first.id, first.region)))
        if len(members) > 1:
            hosts = cut(short_names(account.host for account in members), width)
            place = f"{accounts_text(len(members))} ({hosts})"
        yield from (f"  {line}" for line in _wrapped(f"{place}: {text}", width - 2))
    more = sum(len(members) for members, _text in groups[_SHOWN_FAILURES:])
    if more:
        yield f"  and {accounts_text(more)} more"


def _interrupted(run: Run, width: int) -> Iterator[str]:
    """Yield the accounts that the end of the run left as they were."""
    words = {RUNNING: "Interrupted", WAITING: "Not begun"}
    hosts = {state: [account.host for account in run.accounts.values() if account.state == state] for state in words}
    parts = [
        f"{words[state]} ({accounts_text(len(of))}): {cut(short_names(of), 3 * width)}."
        for state, of in hosts.items()
        if of
    ]
    if parts:
        yield from ("", *_wrapped(f"{' '.join(parts)} Run it again: completed changes are kept.", width))


def reason(account: Account) -> str:
    """Return why an account failed."""
    failure = account.failure
    if not failure:
        return ""
    text = " ".join(failure.message.split())
    for known in (f"host {account.host}, account {account.id}, region {account.region}", f"account {account.id}"):
        text = text.replace(f" for {known}", "").replace(f" in {known}, region {account.region}", "")
    text = f"{failure.task}: {text}"
    if len(text) <= _BEGINNING + _END:
        return text
    return f"{text[:_BEGINNING].rpartition(' ')[0]} ... {text[-_END:].partition(' ')[2]}"


def _grouped(
    title: str, accounts: Iterable[Account], texts: Callable[[Account], Iterable[str]], width: int
) -> Iterator[str]:
    """Yield each text once, with how many accounts have it."""
    said = ((account, without_place(text, account)) for account in accounts for text in texts(account))
    ordered = sorted(_equal(said), key=lambda group: -len(group[0]))
    if not ordered:
        return
    yield ""
    for members, text in ordered[:_SHOWN_GROUPS]:
        about = members[0].host if len(members) == 1 else accounts_text(len(members))
        yield from _wrapped(f"{title} ({about}): {text}", width)
    if len(ordered) > _SHOWN_GROUPS:
        yield f"{title}: {len(ordered) - _SHOWN_GROUPS} more, see the report"


def _equal(said: Iterable[tuple[Account, str]]) -> Iterator[tuple[list[Account], str]]:
    """Yield the accounts of each text; what differs between them is replaced if there are several."""
    groups: dict[str, list[tuple[Account, str]]] = {}
    for account, text in said:
        groups.setdefault(general(text, account), []).append((account, text))
    for text, members in groups.items():
        yield [account for account, _own in members], members[0][1] if len(members) == 1 else text


def _wrapped(text: str, width: int) -> list[str]:
    # Names and addresses are copied from the screen, so they are not broken.
    return textwrap.wrap(
        " ".join(text.split()), max(width, 40), subsequent_indent="  ", break_on_hyphens=False, break_long_words=False
    )


def without_place(text: str, account: Account) -> str:
    """Return a text without the host at its beginning."""
    place = rf"(, account {account.id}, region {re.escape(account.region)})?"
    return re.sub(rf"^[Hh]ost {re.escape(account.host)}{place}: ", "", text)


def general(text: str, account: Account) -> str:
    """Return a text without what differs between accounts, so that equal texts of accounts are the same."""
    text = re.sub(rf"(?<![\w-]){re.escape(account.host)}(?![\w-])", "<host>", text)
    text = re.sub(r"\b\d+ bytes\b", "some bytes", text)
    return text.replace(account.id, "<account>") if account.id else text


def _in_place(run: Run, width: int) -> Iterator[str]:
    """Yield how many alarms exist, and which subscriptions wait."""
    accounts = run.accounts.values()
    # An address may wait at the topic of the alarms and at that of the event alerts.
    waiting = Counter(subscription for account in accounts for subscription in set(account.pending))
    alarms, with_alarms = sum(account.alarms for account in accounts), sum(bool(each.alarms) for each in accounts)
    if not alarms and not waiting:  # a part of the system was built, or the run did not come that far
        return
    place = "would be in place" if run.check else "in place"
    who = ", ".join(f"{text} in {accounts_text(number)}" for text, number in waiting.most_common(3))
    pending = f"{sum(len(account.pending) for account in accounts)} ({who})" if waiting else "0"
    yield ""
    yield from _wrapped(
        f"Alarms {place}: {alarms} in {accounts_text(with_alarms)}. Subscriptions pending: {pending}.", width
    )


def _removed(run: Run, width: int) -> Iterator[str]:
    """Yield what was removed from all accounts, and how a dry run becomes a removal."""
    states = [resource for account in run.accounts.values() for resource in account.resources.items()]
    kinds = Counter(kind_of(name) for name, state in states if state == REMOVED)
    what = ", ".join(f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in sorted(kinds.items()))
    yield ""
    yield from _wrapped(f"{'Would be removed' if run.check else 'Removed'}: {what or 'nothing'}.", width)
    ids = sorted({account.id for account in run.accounts.values() if account.count(REMOVED)})
    if run.check and ids:
        listed = ",".join(ids) if len(ids) <= _NAMED_IDS else "the account ids, with commas between them"
        yield from _wrapped(f"Next: to remove it, run it again with -e secmon_{run.playbook}_confirm={listed}", width)
