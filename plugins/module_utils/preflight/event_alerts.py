# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check which rules EventBridge is to report, and find the rules of EventBridge for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..core.aws_names import builds_chain, deployment_names, event_topic_arn, leader_region
from ..engines.eventbridge.limits import bus_problems
from ..event_alerts.deployment import EventRules, choice_problems, event_rules
from ..event_alerts.forwarding import forwarding_rules
from ..event_alerts.text import Style
from ..rules.limits import SEVERITIES
from ..rules.rule import Rule
from .checks import Settings

EVENT_ALERTS = "secmon_event_alerts"

_UNUSED = (
    "secmon_regions: has no effect without secmon_event_alerts: only they need forwarded events, the alarms report"
    " every region. Remove it, or set secmon_event_alerts."
)


def reported(settings: Settings) -> Sequence[str]:
    """Return the severities and ids of rules that EventBridge reports in an account: in those with a chain only."""
    chosen: Sequence[str] = settings[EVENT_ALERTS] if builds_chain(settings) else ()
    return chosen


def choose_events(
    settings: Settings, host: str, rules: Sequence[Rule], names: Mapping[str, str], known: Sequence[str]
) -> tuple[EventRules, list[str], list[str]]:
    """Return the rules of EventBridge of one account, the problems of the choice, and warnings.

    Args:
        settings: The variables of the account.
        host: Its name in the inventory, which the mails show.
        rules: Its rules, with filled patterns.
        names: Alarm names by rule id.
        known: The ids of all rules.
    """
    wanted = reported(settings)
    if not wanted:
        unused = builds_chain(settings) and settings["secmon_regions"]
        return EventRules(), [], [_UNUSED] if unused else []
    topic = event_topic_arn(settings)
    style = Style(host, topic.split(":")[1], settings["secmon_event_format"] == "chat")
    found = event_rules(rules, wanted, topic, style, names, deployment_names(settings))
    problems = list(_problems(settings, known, [rule.id for rule in rules], found))
    if problems:
        return EventRules(), problems, []
    return found, [], [f"{EVENT_ALERTS}: {warning}" for warning in _warnings(settings, found)]


def _problems(settings: Settings, known: Sequence[str], deployed: Sequence[str], found: EventRules) -> Iterator[str]:
    wanted = reported(settings)
    yield from choice_problems(wanted, event_topic_arn(settings), known)
    for word in wanted:
        if word in known and word not in deployed and word not in SEVERITIES:
            yield f"the rule {word} is not deployed in this account, so EventBridge cannot report what it finds."
    for refusal in found.event_refusals:
        if refusal["rule_id"] in wanted:
            yield f"EventBridge cannot report what the rule {_because(refusal)} Remove it; the alarm remains."
    if settings["secmon_regions"]:
        try:
            forwarding_rules(found.event_rules, settings["secmon_region"], "", "")
        except ValueError as error:
            yield f"the events of secmon_regions cannot be forwarded. {error}"
    yield from bus_problems([rule["pattern"] for rule in found.event_rules], settings["secmon_region"])


def _warnings(settings: Settings, found: EventRules) -> Iterator[str]:
    wanted = settings[EVENT_ALERTS]
    chosen = [refusal for refusal in found.event_refusals if refusal["rule_id"] not in wanted]
    for refusal in chosen:
        yield f"EventBridge does not report what the rule {_because(refusal)} Its alarm does."
    receivers = (
        settings[f"secmon_event_{kind}"] if settings.is_set(f"secmon_event_{kind}") else settings[f"secmon_{kind}"]
        for kind in ("emails", "subscriptions")
    )
    # A channel of Amazon Q Developer subscribes itself.
    if found.event_rules and not any(receivers) and settings["secmon_event_format"] != "chat":
        yield "the event alerts have no receiver. Set secmon_event_emails, or secmon_event_alerts: []."
    leader, regions = leader_region(settings["secmon_region"]), settings["secmon_regions"]
    if found.event_rules and regions and not settings["secmon_multi_region"]:
        yield (
            f"EventBridge in {', '.join(regions)} receives events only while a trail logs there, and with"
            " secmon_multi_region: false the trail of this collection does not. Unless another trail logs there, such"
            " as AWS Control Tower's, secmon_regions has no effect: remove it, or set secmon_multi_region: true."
        )
    if found.event_rules and leader not in (settings["secmon_region"], *regions):
        yield (
            f"EventBridge in {settings['secmon_region']} receives only the events of that region. Those of IAM, the"
            f" global endpoint of STS and most sign-ins are in {leader}; the alarms report them. Add {leader} to"
            " secmon_regions, which forwards them. See Regions in docs/event_alerts.md."
        )


def _because(refusal: Mapping[str, Sequence[str]]) -> str:
    return f"{refusal['rule_id']} finds: {' '.join(refusal['reasons'])}"
