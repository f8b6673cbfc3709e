# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Run a module: validate, read, plan, write unless in check mode, and report."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ansible.module_utils.common.warnings import warn
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .account import Account, client_config
from .errors import AnswerLostError, AwsError, OutdatedError, WritesFailedError
from .masking import take_secrets
from .plan import Plan, Write
from .problems import HOST, NotProvedError, RequestError, listed
from .retries import Budget
from .tags import as_texts

COMMON_OPTIONS: dict[str, Any] = {
    "account_id": {"type": "str"},
    "timeout_seconds": {"type": "int", "default": 120},
}
OWNER_OPTIONS: dict[str, Any] = {**COMMON_OPTIONS, "adopt": {"type": "bool", "default": False}}
RESOURCE_OPTIONS: dict[str, Any] = {
    **OWNER_OPTIONS,
    "tags": {"type": "dict"},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

LISTED: dict[str, Any] = {"listed": {"type": "dict"}}

Params = Mapping[str, Any]
Decide = Callable[[Params, Account], Plan]
Report = Callable[[Params, Account, Plan, "list[dict[str, Any]]"], Mapping[str, Any]]
Read = Callable[[Params, Account], Mapping[str, Any]]
_Work = Callable[[AnsibleAWSModule, Params, Account], Mapping[str, Any]]


def run_module(
    options: Mapping[str, Any],
    decide: Decide,
    report: Report | None = None,
    decide_again: Decide | None = None,
    **rules: Any,
) -> None:
    """Run a module that manages a resource.

    Args:
        options: The module's argument specification, without the connection options.
        decide: Checks the parameters, reads, and returns the plan. It writes nothing.
        report: Returns what only AWS knows after the writes, `warnings` among it. Check mode does not call it.
        decide_again: Is called instead of `decide` after writes of this run.
        rules: Further arguments of AnsibleModule, such as `required_if`.
    """

    def work(module: AnsibleAWSModule, params: Params, account: Account) -> Mapping[str, Any]:
        first = decide(params, account)
        plan, answers, done = first, list[dict[str, Any]](), list[Write]()
        try:
            if not module.check_mode:
                plan, answers = _apply(account, first, lambda: (decide_again or decide)(params, account), done)
            results = dict(plan.results)
            if report and not module.check_mode:
                results.update(report(params, account, plan, answers))
        except AwsError as error:
            if not done:
                raise
            raise WritesFailedError(error, tuple(done), ()) from error
        for warning in (*first.warnings, *results.pop("warnings", ())):
            _warn(warning)
        return {
            "changed": first.changed,
            "diff": {"before": dict(first.before), "after": dict(first.after)},
            **results,
        }

    _run(options, work, rules)


def confirmed(decide: Decide) -> Decide:
    """Return a decision that relies on listed tags only if nothing changes.

    The tagging API may list tags that are minutes old: what is written follows from the resource's own tags.
    """

    def decide_confirmed(params: Params, account: Account) -> Plan:
        plan = decide(params, account)
        return decide({**params, "listed": None}, account) if plan.changed and params["listed"] else plan

    return decide_confirmed


def run_reader(options: Mapping[str, Any], read: Read, in_check_mode: Read | None = None) -> None:
    """Run a module that has no plan: it never changes a resource, or only AWS's answers tell what it changes.

    Args:
        options: The module's argument specification, without the connection options.
        read: Checks the parameters, reads, and returns the results, `warnings` among them.
        in_check_mode: Is called instead of `read` in check mode.
    """

    def work(module: AnsibleAWSModule, params: Params, account: Account) -> Mapping[str, Any]:
        chosen = in_check_mode if in_check_mode and module.check_mode else read
        found = dict(chosen(params, account))
        for warning in found.pop("warnings", ()):
            _warn(warning)
        return {"changed": False, **found}

    _run(options, work, {})


def _warn(text: str) -> None:
    host = os.environ.get(HOST)
    # AnsibleAWSModule.warn of amazon.aws 11 passes it on in a way that ansible-core 2.21 calls deprecated.
    warn(f"host {host}: {text}" if host else text)


def _run(options: Mapping[str, Any], work: _Work, rules: Mapping[str, Any]) -> None:
    module = AnsibleAWSModule(argument_spec=dict(options), supports_check_mode=True, **rules)
    params = take_secrets(module, options)
    if params.get("tags"):
        params["tags"] = as_texts(params["tags"])
    account = _account(module, params)
    try:
        module.exit_json(**work(module, params, account))
    except RequestError as error:
        module.fail_json(msg="\n".join(error.problems) + account.place_if_known(), problems=list(error.problems))
    except NotProvedError as error:
        module.fail_json(msg=str(error), **error.results)
    except WritesFailedError as error:
        _fail(module, account, error.error, written=len(error.done), not_written=[w.resource for w in error.not_done])
    except AwsError as error:
        _fail(module, account, error)
    except Exception as error:  # Ansible does not mask secrets in a traceback that leaves the module
        module.fail_json(
            msg=f"This is a bug in the module: {type(error).__name__}: {error}", exception=traceback.format_exc()
        )


def _account(module: AnsibleAWSModule, params: Params) -> Account:
    region = module.region
    if not region:
        module.fail_json(msg="No region is set. Set region, AWS_REGION, or a region in the profile.")
    budget = Budget(params["timeout_seconds"])
    # The retries of aws_config are for modules of other collections.
    given = {name: value for name, value in (params.get("aws_config") or {}).items() if name != "retries"}

    known: dict[str, Account] = {}

    def account_in(region: str, credentials: Params = MappingProxyType({})) -> Account:
        options = {"region": region, "config": client_config(), "aws_config": given, **credentials}
        return Account(
            make_client=lambda service: module.client(service, **options),
            region=region,
            budget=budget,
            elsewhere=lambda other: account_in(other, credentials),
            impersonate=lambda others: known.setdefault(repr(others), account_in(region, others)),
        )

    account = account_in(region)
    if params.get("account_id"):
        account.know_place(params["account_id"])
    return account


def _apply(
    account: Account, plan: Plan, decide: Callable[[], Plan], done: list[Write]
) -> tuple[Plan, list[dict[str, Any]]]:
    """Apply a plan, and plan again while only AWS knows what is left to do. Add the writes that were made to `done`."""
    attempt = 1
    answers: list[dict[str, Any]] = []
    while plan.changed:
        try:
            answers = account.apply(plan)
            done += plan.writes
            if not plan.unfinished:
                break
            plan = decide()
        except WritesFailedError as error:
            done += error.done
            if not isinstance(error.error, (AnswerLostError, OutdatedError)) or not account.budget.wait(attempt):
                raise WritesFailedError(error.error, tuple(done), error.not_done) from error
            attempt += 1
            plan = decide()
            # A write whose answer was lost was made if it is no longer needed.
            needed = {(write.operation, write.resource) for write in plan.writes}
            done += [write for write in error.not_done if (write.operation, write.resource) not in needed]
    return plan, answers


def _fail(module: AnsibleAWSModule, account: Account, error: AwsError, **written: Any) -> None:
    message = error.described(account.known_place())
    if written.get("written") or written.get("not_written"):
        others = listed(written["not_written"])
        done = f"Written: {written['written']}" if written["written"] else "Nothing was written"
        message += f" {done}{'; not written: ' if others else ''}{others}."
    module.fail_json(
        msg=message,
        changed=bool(written.get("written")),
        error={"code": error.code, "service": error.subject.service, "operation": error.subject.operation},
        **written,
    )
