# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The way that every module goes: check the request, read, plan, write unless in check mode, and say what happened."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.common.warnings import warn
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .account import Account, WritesFailedError
from .errors import AnswerLostError, AwsError
from .masking import take_secrets
from .plan import Plan
from .problems import NotProvedError, RequestError
from .retries import Budget
from .tags import as_texts

try:
    from botocore.config import Config
except ImportError:  # AnsibleAWSModule says so
    pass

COMMON_OPTIONS: dict[str, Any] = {"timeout_seconds": {"type": "int", "default": 120}}
OWNER_OPTIONS: dict[str, Any] = {**COMMON_OPTIONS, "adopt": {"type": "bool", "default": False}}

# Retries are ours, so that they share one time budget; botocore would hide them from it.
_CLIENT_CONFIG = {"retries": {"total_max_attempts": 1}, "connect_timeout": 10, "read_timeout": 30}

Decide = Callable[[Mapping[str, Any], Account], Plan]
Report = Callable[[Mapping[str, Any], Account, Plan, "list[dict[str, Any]]"], Mapping[str, Any]]


def run_module(options: Mapping[str, Any], decide: Decide, report: Report | None = None, **rules: Any) -> None:
    """Run a module to its end.

    Args:
        options: The module's argument specification, without those of the connection.
        decide: Checks the parameters, reads, and returns the plan. It writes nothing.
        report: Returns what only AWS knows after the writes, `warnings` among it; called outside check mode only.
        rules: What else AnsibleModule takes, such as `required_if`.
    """
    module = AnsibleAWSModule(argument_spec=dict(options), supports_check_mode=True, **rules)
    params = take_secrets(module, options)
    if params.get("tags"):
        params["tags"] = as_texts(params["tags"])
    account = _account(module, params)
    try:
        _exit(module, account, params, decide, report)
    except RequestError as error:
        module.fail_json(msg="\n".join(error.problems) + account.place_if_known(), problems=list(error.problems))
    except NotProvedError as error:
        module.fail_json(msg=str(error), **error.results)
    except WritesFailedError as error:
        _fail(module, account, error.error, written=len(error.done), not_written=[w.resource for w in error.not_done])
    except AwsError as error:
        _fail(module, account, error)
    except Exception as error:  # a traceback that leaves the module is not masked
        module.fail_json(
            msg=f"This is a fault of the module: {type(error).__name__}: {error}", exception=traceback.format_exc()
        )


def _account(module: AnsibleAWSModule, params: Mapping[str, Any]) -> Account:
    region = module.region
    if not region:
        module.fail_json(msg="No region is given. Set region, AWS_REGION, or a region in the profile.")
    return Account(
        make_client=lambda service: module.client(service, config=Config(**_CLIENT_CONFIG)),
        region=region,
        budget=Budget(params["timeout_seconds"]),
    )


def _exit(
    module: AnsibleAWSModule, account: Account, params: Mapping[str, Any], decide: Decide, report: Report | None
) -> None:
    first = decide(params, account)
    plan, answers = first, list[dict[str, Any]]()
    if not module.check_mode:
        plan, answers = _carry_out(account, first, lambda: decide(params, account))
    results = dict(plan.results)
    if report and not module.check_mode:
        results.update(report(params, account, plan, answers))
    for warning in (*first.warnings, *results.pop("warnings", ())):
        # AnsibleAWSModule.warn of amazon.aws 11 passes it on in a way that ansible-core 2.21 calls deprecated.
        warn(warning)
    diff = {"before": dict(first.before), "after": dict(first.after)}
    module.exit_json(changed=first.changed, diff=diff, **results)


def _carry_out(account: Account, plan: Plan, decide: Callable[[], Plan]) -> tuple[Plan, list[dict[str, Any]]]:
    """Write what is planned, and plan again where that is the only way to know what is left to do."""
    attempt = 1
    answers: list[dict[str, Any]] = []
    while plan.changed:
        try:
            answers = account.apply(plan)
            if not plan.unfinished:
                break
        except WritesFailedError as error:
            if not isinstance(error.error, AnswerLostError) or not account.budget.wait(attempt):
                raise
            attempt += 1
        plan = decide()
    return plan, answers


def _fail(module: AnsibleAWSModule, account: Account, error: AwsError, **written: Any) -> None:
    place = account.known_place()
    message = f"{error.subject.operation} failed for the {error.subject.resource} in {place}: {error.code}"
    message += f": {error.message}" if error.message else ""
    message = f"{message.rstrip('.')}. {error.hint}".rstrip()
    if written.get("not_written"):
        message += f" Written: {written['written']}; not written: {', '.join(written['not_written'])}."
    module.fail_json(
        msg=message,
        changed=bool(written.get("written")),
        error={"code": error.code, "service": error.subject.service, "operation": error.subject.operation},
        **written,
    )
