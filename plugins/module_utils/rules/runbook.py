# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Fill the names of an account in a runbook, with commands that can be pasted.

The trail is multi-region, and CloudTrail delivers the events of all regions to one log group in the region of the
account (CloudTrail user guide, "Sending events to CloudWatch Logs"). Event history has an event only in the region of
the call, or of the global services. So the commands search the log group.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from .rule import Rule

_PLACEHOLDER = re.compile(r"\$\{([a-z_]+)\}")
_GROUP = "--region ${region} --log-group-name ${log_group_name}"
_SEARCH = f"aws logs filter-log-events {_GROUP} --start-time $(($(date +%s)-21600))000"
_MESSAGES = "--query 'events[].message' --output text"
# DescribeMetricFilters sorts by name, so the filter of this name is before those whose names only begin with it.
_PATTERN = (
    f"aws logs describe-metric-filters {_GROUP} --filter-name-prefix ${{filter_name}}"
    " --query 'metricFilters[0].filterPattern' --output text"
)
_DENIED = (
    "filter errorCode like /AccessDenied|UnauthorizedOperation|AuthorizationError/"
    " | stats count(*) by userIdentity.arn, eventSource, eventName, sourceIPAddress"
)
COMMANDS: Mapping[str, str] = {
    "find_records": f'{_SEARCH} --filter-pattern "$({_PATTERN})" {_MESSAGES}',
    "list_writes": f"{_SEARCH} --filter-pattern '{{ $.readOnly IS FALSE }}' {_MESSAGES}",
    "list_key": f"""{_SEARCH} --filter-pattern '{{ $.userIdentity.accessKeyId = "ACCESS_KEY_ID" }}' {_MESSAGES}""",
    "count_denied": (
        f"aws logs start-query {_GROUP} --start-time $(($(date +%s)-3600)) --end-time $(date +%s)"
        f" --query-string '{_DENIED}' --query queryId --output text"
    ),
    "block_public_access": (
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
    ),
}
"""Commands, and parts of commands, that runbooks share; they search the last six hours."""
ACCOUNT_NAMES = (
    *("account_id", "region", "global_region", "trail_name", "trail_arn"),
    *("log_group_name", "bucket_name", "topic_arn"),
)
"""What a runbook can name of the account; `global_region` records the events of IAM and other global services."""


def fill_runbook(rule: Rule, alarm_name: str, account: Mapping[str, str]) -> str:
    """Return the runbook of a rule with the names of an account.

    A name that is not known is left as a word in capitals; any other ``${...}`` can belong to the shell and stays.

    Args:
        rule: The rule.
        alarm_name: The name of its alarm.
        account: The names of the account, see `ACCOUNT_NAMES`.
    """
    known = {name: shlex.quote(account[name]) if account.get(name) else name.upper() for name in ACCOUNT_NAMES}
    known |= {"filter_name": shlex.quote(rule.filter_name), "alarm_name": shlex.quote(alarm_name)}
    known |= {name: _fill(command, known) for name, command in COMMANDS.items()}
    return _fill(rule.runbook, known)


def is_command(line: str) -> bool:
    """Return whether a line of a runbook is a command, which must not be cut."""
    return line.lstrip().startswith("aws ")


def _fill(text: str, known: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: known.get(match[1], match[0]), text)
