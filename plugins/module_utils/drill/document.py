# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The results of a drill of several accounts as one document, and as the report of all formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Union

from ..reports.report import FAIL, NOT_APPLICABLE, PASS, Report, build
from .batch.verdicts import ENGINES, EVENT_ALERT, METRIC_ALARM

BAD = ("broken", "raised")
_NEAR_MISSES = {METRIC_ALARM: "Near misses", **{name: f"{name}, near misses" for name in ENGINES[1:]}}
_MOST_NAMED = 5
_SILENT = "None of the events, or too few, match the rule."


def document(mode: str, accounts: Sequence[Mapping[str, Any]], missing: Iterable[str] = ()) -> dict[str, Any]:
    """Return the results of a drill.

    Args:
        mode: The mode: sample, live or scenario.
        accounts: By account, `host`, `account_id`, `region`, and the results of the module: `drill`, and `near_misses`
            and `events` if there were any; or `central`, the account that has its alarms.
        missing: Hosts without a result.
    """
    found = [_account(account) for account in accounts if "central" not in account]
    found += [{"host": host, "error": "It was not drilled; the run says why.", "rules": []} for host in missing]
    statuses = [status for account in found for rule in account["rules"] for status in _statuses(rule)]
    return {
        "mode": mode,
        "accounts": found,
        "elsewhere": {account["host"]: account["central"] for account in accounts if "central" in account},
        "passed": not any(account["error"] for account in found) and not set(BAD) & set(statuses),
        "counts": {status: statuses.count(status) for status in sorted(set(statuses))},
    }


def _statuses(rule: Mapping[str, Any]) -> list[str]:
    return [rule["status"], *([rule["near_miss"]["status"]] if rule["near_miss"] else [])]


def _account(account: Mapping[str, Any]) -> dict[str, Any]:
    drill, near, events = account["drill"], account.get("near_misses") or {}, account.get("events") or {}
    results, nears = drill.get("rules", []), {result["alarm_name"]: result for result in near.get("rules", [])}
    if near and "rules" not in near:
        nears = {result["alarm_name"]: _not_run(near) for result in results}
    rules = [{**result, "near_miss": nears.get(result["alarm_name"])} for result in results]
    if events:
        rules += events.get("rules", [{**_not_run(events), **_ALL_EVENT_ALERTS}])
    return {
        "host": account["host"],
        "account_id": account["account_id"],
        "region": account["region"],
        "run": drill.get("run") or near.get("run", ""),
        "began": near.get("began") or drill.get("began", ""),
        "seconds": round(near.get("seconds", 0.0) + drill.get("seconds", 0.0), 1),
        "in_alarm": drill.get("in_alarm", []),
        "error": "" if results else str(drill.get("msg") or near.get("msg") or "The drill did not run."),
        "rules": rules,
    }


_ALL_EVENT_ALERTS = {
    "id": "event_alerts",
    "title": "All event alerts",
    "severity": "any",
    "engine": EVENT_ALERT,
    "near_miss": None,
}


def _not_run(part: Mapping[str, Any]) -> dict[str, Any]:
    cause = str(part.get("msg") or "The task did not run.")
    return {"status": "broken", "cause_code": "not_run", "cause": cause, "remedy": "", "seconds": {}}


def as_report(found: Mapping[str, Any]) -> Report:
    """Return the report of a document, in which what is unclear or was not drilled does not count."""
    accounts = found["accounts"]
    began = min((account["began"] for account in accounts if not account["error"]), default="none drilled")
    results: dict[str, Union[str, list[dict[str, Any]]]] = {
        account["host"]: account["error"] or [item for rule in account["rules"] for item in _items(rule)]
        for account in accounts
    }
    subtitle = f"mode {found['mode']}, {len(accounts)} account(s), {began}"
    return build("Drill of the security alarms", subtitle, results)


def _items(rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    engine = rule["engine"]
    items = [_item(engine, rule, rule)]
    return [*items, _item(_NEAR_MISSES[engine], rule, rule["near_miss"])] if rule["near_miss"] else items


def _item(group: str, rule: Mapping[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    item = {"group": group, "name": rule["id"], "title": f"{rule['title']} ({rule['severity']})"}
    status, stages = part["status"], part["seconds"]
    item |= {"why": part["cause"], "remedy": part["remedy"]}
    if status in BAD:
        return item | {"status": FAIL, "text": part["cause_code"]}
    if status == "fired":
        why = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in stages.items() if stage != "log_group")
        seconds = stages.get("notification", 0.0)
        return item | {"status": PASS, "text": f"{seconds:.0f} s", "seconds": seconds, "why": why}
    if status == "inspected" or (status == "silent" and group in _NEAR_MISSES.values()):
        return item | {"status": PASS, "text": status}
    return item | {"status": NOT_APPLICABLE, "text": status.replace("_", " "), "why": part["cause"] or _SILENT}


def remarks(found: Mapping[str, Any]) -> list[str]:
    """Return what the report of what is not met leaves out: what is unclear, not drilled, or not back in OK."""
    causes: dict[tuple[str, str, str], list[str]] = {}
    lines = []
    for account in found["accounts"]:
        for rule in account["rules"]:
            for part in (rule, rule["near_miss"] or rule):
                if part["status"] in ("unclear", "not_drilled"):
                    key = part["status"].replace("_", " "), rule["id"], part["cause"]
                    causes.setdefault(key, []).append(account["host"])
        if account["rules"] and account["in_alarm"]:
            lines.append(f"Not back in OK, {account['host']}: {', '.join(account['in_alarm'])}")
    for (status, rule_id, cause), hosts in causes.items():
        lines.append(f"{status.capitalize()}, {rule_id} ({', '.join(dict.fromkeys(hosts))}): {cause}")
    return [*lines, *_elsewhere(found["elsewhere"])]


def _elsewhere(accounts: Mapping[str, str]) -> Iterator[str]:
    for central in sorted(set(accounts.values())):
        hosts = [host for host, account in accounts.items() if account == central]
        names = _shortened(hosts)
        yield (
            f"Nothing to drill in {names}: the alarms of the organization are in account {central}, and its host drills"
            " them. To prove that a call in a member raises one, run verify.yml for it."
        )


def failure(found: Mapping[str, Any], files: Sequence[str]) -> str:
    """Return in one sentence per account which rules failed and why, and where the report is."""
    sentences = [_failed(account) for account in found["accounts"]]
    also = f", also in {files[0]}," if files else ""
    return " ".join([*filter(None, sentences), f"The report above{also} says what to do. Then run it again."])


def _failed(account: Mapping[str, Any]) -> str:
    if account["error"]:
        return f"{account['host']}: {account['error']}"
    failed = [
        f"{rule['id']} ({part['cause_code']})"
        for rule in account["rules"]
        for part in (rule, rule["near_miss"] or {})
        if part.get("status") in BAD
    ]
    # Its alarm and its event alert can have the same cause.
    failed = list(dict.fromkeys(failed))
    names = _shortened(failed)
    return f"{account['host']}: {names}." if failed else ""


def _shortened(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
