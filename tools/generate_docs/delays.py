"""The delays of the embedded AWS with `--consistency aws`."""

from __future__ import annotations

from embedded_aws.core.consistency import DELAYS, Delay
from tools.generate_docs.markdown import table


def all_delays() -> str:
    """Return a table of the delays with their sources."""
    head = ("delay", "seconds", "what a client sees", "source of the delay", "source of its length")
    return table(head, [(each.name, _range(each), each.effect, each.source, each.length) for each in DELAYS])


def _range(delay: Delay) -> str:
    return str(delay.least) if delay.least == delay.most else f"{delay.least} to {delay.most}"
