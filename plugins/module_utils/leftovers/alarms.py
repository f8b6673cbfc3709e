# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find the alarms of a deployment."""

from __future__ import annotations

from collections.abc import Iterator

from ..cloudwatch.fields import alarm_type
from ..cloudwatch.kinds import LOG
from ..cloudwatch.reads import alarm_tags, find_alarms
from ..core.tags import is_managed
from . import resources as kinds
from .resources import Resource
from .search import Search


def alarms(search: Search) -> Iterator[Resource]:
    """Yield metric alarms and log alarms; the tagging API does not tell them apart."""
    named, names = search.deployment.names(kinds.LOG_ALARM), set(search.names(kinds.ALARM))
    names = names - named if search.deployment.orphans else names | named
    found = find_alarms(search.account, names - named)
    # An alarm that only a variable of metric alarms names cannot be a log alarm.
    possible = (named | search.tagged.get(kinds.ALARM, {}).keys()) & names - found.keys()
    found |= find_alarms(search.account, possible, [LOG.type])
    for name, alarm in found.items():
        arn = alarm["AlarmArn"]
        managed = search.is_tagged(kinds.ALARM, name) or is_managed(alarm_tags(search.account, name, arn))
        kind = kinds.LOG_ALARM if alarm_type(alarm) == LOG.type else kinds.ALARM
        yield Resource(kind, name, arn, managed=managed)
