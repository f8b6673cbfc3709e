# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The results of a drill of several accounts as one document: rules by account, with the verdict of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

GOOD = ("fired", "silent", "not_drilled")
BAD = ("broken", "raised")


def document(mode: str, accounts: Sequence[Mapping[str, Any]], missing: Iterable[str] = ()) -> dict[str, Any]:
    """Return the report of a drill.

    Args:
        mode: The mode: sample, live or scenario.
        accounts: By account, `host`, `account_id`, `region`, and the results of the module: `drill`, and `near_misses`
            if there were any; or `central`, the account that has its alarms.
        missing: Hosts without a result.
    """
    found = [_account(account) for account in accounts if "central" not in account]
    found += [{"host": host, "error": "It was not drilled; the run says why.", "rules": []} for host in missing]
    verdicts = [rule["verdict"] for account in found for rule in account["rules"]]
    return {
        "mode": mode,
        "accounts": found,
        "passed": not any(account["error"] for account in found) and "bad" not in verdicts,
        "verdicts": {name: verdicts.count(name) for name in ("good", "bad", "unclear", "none")},
    }


def _account(account: Mapping[str, Any]) -> dict[str, Any]:
    drill, near = account["drill"], account.get("near_misses") or {}
    results = drill.get("rules", [])
    nears = {result["id"]: result for result in near.get("rules", [])}
    error = "" if results else str(drill.get("msg") or near.get("msg") or "The drill did not run.")
    return {
        "host": account["host"],
        "account_id": account["account_id"],
        "region": account["region"],
        "run": drill.get("run") or near.get("run", ""),
        "began": near.get("began") or drill.get("began", ""),
        "seconds": round(near.get("seconds", 0.0) + drill.get("seconds", 0.0), 1),
        "in_alarm": drill.get("in_alarm", []),
        "error": error,
        "rules": [_rule(result, nears.get(result["id"])) for result in results],
    }


def _rule(result: Mapping[str, Any], near: Mapping[str, Any] | None) -> dict[str, Any]:
    statuses = [result["status"], *([near["status"]] if near else [])]
    return {
        **result,
        "near_miss": None if near is None else {key: near[key] for key in ("status", "cause_code", "cause", "remedy")},
        "verdict": _verdict(statuses),
    }


def _verdict(statuses: Sequence[str]) -> str:
    if any(status in BAD for status in statuses):
        return "bad"
    if "unclear" in statuses:
        return "unclear"
    return "good" if "fired" in statuses else "none"


def cell(rule: Mapping[str, Any]) -> str:
    """Return the short text of a rule in one account: the seconds to the notification, or what is wrong."""
    near = rule["near_miss"] or {"status": "", "cause_code": ""}
    if rule["status"] == "fired" and near["status"] in ("", "silent", "not_drilled"):
        return f"{rule['seconds'].get('notification', 0.0):.0f} s"
    if rule["status"] == "broken":
        return str(rule["cause_code"])
    if near["status"] in ("raised", "unclear"):
        return f"near miss: {near['cause_code']}"
    return "no event" if rule["status"] == "not_drilled" else str(rule["status"])


def problems(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what is wrong, unclear or not drilled, one entry for each rule and cause with the hosts that have it."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for account in report["accounts"]:
        for rule in account["rules"]:
            for part in (rule, rule["near_miss"] or {"cause": ""}):
                if part["cause"] and part["status"] != "silent":
                    key = (rule["id"], part["status"], part["cause"], part["remedy"])
                    found.setdefault(key, []).append(account["host"])
    order = {"broken": 0, "raised": 1, "unclear": 2, "not_drilled": 3}
    listed = [
        {"rule": rule, "status": status, "cause": cause, "remedy": remedy, "hosts": ", ".join(dict.fromkeys(hosts))}
        for (rule, status, cause, remedy), hosts in found.items()
    ]
    return sorted(listed, key=lambda entry: order.get(entry["status"], 9))


def rows(report: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], list[Mapping[str, Any] | None]]]:
    """Return each rule with its result in each account, None where the account does not have it."""
    first: dict[str, Mapping[str, Any]] = {}
    for account in report["accounts"]:
        for rule in account["rules"]:
            first.setdefault(rule["id"], rule)
    by_account = [{rule["id"]: rule for rule in account["rules"]} for account in report["accounts"]]
    return [(rule, [each.get(name) for each in by_account]) for name, rule in first.items()]
