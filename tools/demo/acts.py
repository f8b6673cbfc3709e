"""The steps of the demo, in their order; each raises DemoError if it fails."""

from __future__ import annotations

import json
import tempfile

from tools.demo.accounts import ACCOUNTS, GUIDE, PRODUCTION, listed
from tools.demo.playbooks import Run, run_playbook
from tools.demo.screen import WIDTH, wrapped
from tools.demo.surface import ask, calls, confirmation_links, mails

DRILL = "Read the secret and follow the event"


class DemoError(Exception):
    """A step of the demo failed."""


def title(number: int, text: str) -> None:
    """Print the title of a step."""
    print(f"\n{'=' * WIDTH}\n{number}. {text}\n{'=' * WIDTH}", flush=True)


def require(run: Run, what: str) -> Run:
    """Raise DemoError if a playbook failed."""
    if run.code:
        messages = [
            f"{host}: {result['msg']}"
            for results in run.results.values()
            for host, result in results.items()
            if result.get("failed") and result.get("msg")
        ]
        reports = [line for result in run.result("Report the proof").values() for line in result.get("msg", ())]
        raise DemoError("\n".join([f"{what} failed with exit code {run.code}.", *messages, *reports]))
    return run


def build(endpoint: str) -> None:
    """Build the system in all accounts, and print its resources."""
    title(1, "Build the security monitoring system in three accounts")
    require(run_playbook(endpoint, "site"), "site.yml")
    show_accounts(endpoint)


def show_accounts(endpoint: str) -> None:
    """Print the resources in each account."""
    for account in ACCOUNTS:
        print(f"\n  {account.name} ({account.id}, {account.region})")
        rows = list(listed(endpoint, account))
        for kind, name in rows:
            print(f"    {kind:<18} {name}")
        if not rows:
            print("    nothing")


def build_again(endpoint: str) -> None:
    """Run the playbook again, and require that it changes nothing, writes nothing and raises no alarm."""
    title(2, "Run it again: no change, no write, no alarm")
    before = len(calls(endpoint))
    run = require(run_playbook(endpoint, "site"), "the second site.yml")
    new_calls = calls(endpoint)[before:]
    writes = [call for call in new_calls if call["access"] == "write"]
    changed = sum(stats["changed"] for stats in run.stats.values())
    raised = mails(endpoint, "ALARM")
    print(
        f"\n  changed tasks {changed}, API calls {len(new_calls)}, of which writes {len(writes)}, alarms {len(raised)}"
    )
    if changed or writes or raised:
        raise DemoError("A second run must change nothing and raise no alarm.")


def prove(endpoint: str) -> None:
    """Prove in every account that one read of the secret causes an email, and print it."""
    title(3, "Prove it: one real read of a secret per account, followed to its email")
    run = confirm_and_verify(endpoint)
    for account in ACCOUNTS:
        print()
        print("\n".join(f"  {line}" for line in run.result(DRILL)[account.name]["lines"]))
    alarms = [mail for mail in mails(endpoint, "ALARM") if GUIDE.id in mail["body"]]
    if not alarms:
        raise DemoError("The drill saw the alarm, but no email arrived.")
    show_mail(alarms[0])
    events = [mail for mail in mails(endpoint, "AWS Notification Message") if PRODUCTION.id in mail["body"]]
    if not events:
        raise DemoError("The secret was read, but no event alert arrived.")
    print("\n  Who did it, by EventBridge, which takes seconds:")
    show_mail(events[0])


def confirm_and_verify(endpoint: str) -> Run:
    """Print one of the confirmation emails of AWS, confirm all addresses, and run the drill in all accounts."""
    found = mails(endpoint, "Subscription Confirmation")
    show_mail(found[0])
    with tempfile.NamedTemporaryFile("w", suffix=".json") as links:
        json.dump({"secmon_confirmation_links": confirmation_links(found)}, links)
        links.flush()
        # One start of Ansible for both playbooks.
        run = run_playbook(endpoint, "confirm", "playbooks/verify.yml", "-e", f"@{links.name}")
    return require(run, "confirm.yml or verify.yml")


def show_mail(mail: dict[str, str]) -> None:
    """Print an email."""
    print(f"\n  The email to {mail['to']}:\n\n  | Subject: {mail['subject']}\n  |")
    print("\n".join(f"  | {line}".rstrip() for line in wrapped(mail["body"])))


def break_and_repair(endpoint: str) -> None:
    """Mute the alarm manually; verify.yml must report the broken stage, and site.yml must repair it."""
    title(4, "Break it: the alarm is muted manually")
    GUIDE.client(endpoint, "cloudwatch").disable_alarm_actions(AlarmNames=[GUIDE.alarm])
    broken = run_playbook(endpoint, "verify", "--limit", GUIDE.name, intended_failure=True)
    result = broken.result(DRILL).get(GUIDE.name, {})
    if not broken.code or not result.get("broken_hop"):
        raise DemoError("The alarm is muted, but verify.yml succeeded.")
    print(f"\n  verify found it: {result['cause']}\n  Its remedy:      {result['remedy']}")
    require(run_playbook(endpoint, "site", "--limit", GUIDE.name, "--tags", "alarms"), "the repair")
    repaired = require(run_playbook(endpoint, "verify", "--limit", GUIDE.name), "verify.yml after the repair")
    print("\n" + "\n".join(f"  {line}" for line in repaired.result(DRILL)[GUIDE.name]["lines"][-1:]))


def remove(endpoint: str) -> None:
    """Remove everything including the log files, and print that nothing is left."""
    title(5, "Remove it: teardown.yml proves that nothing is left")
    ids = ",".join(account.id for account in ACCOUNTS)
    run = run_playbook(
        endpoint,
        "teardown",
        *("-e", f"secmon_teardown_confirm={ids}"),
        *("-e", "secmon_purge_log_bucket=true"),
        *("-e", "secmon_secret_recovery_window_days=0"),
    )
    require(run, "teardown.yml")
    print("\n  The resources now:")
    show_accounts(endpoint)
    left = [name for account in ACCOUNTS for _kind, name in listed(endpoint, account)]
    if left:
        raise DemoError(f"Teardown left {', '.join(left)}.")
    ask(endpoint, "drain", method="POST")
