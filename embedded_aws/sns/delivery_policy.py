"""The delivery policy of a topic for HTTP endpoints. Pure functions.

Source: recorded answers of AWS (2025): GetTopicAttributes adds `disableSubscriptionOverrides` to the stored policy, and
the effective policy has a default for each part of a retry policy.
"""

from __future__ import annotations

import json
from typing import Any

_RETRIES = {
    "minDelayTarget": 20,
    "maxDelayTarget": 20,
    "numRetries": 3,
    "numMaxDelayRetries": 0,
    "numNoDelayRetries": 0,
    "numMinDelayRetries": 0,
    "backoffFunction": "linear",
}
_REQUEST = {"headerContentType": "text/plain; charset=UTF-8"}


def as_stored(policy: str) -> str:
    """Return the policy as AWS answers it; empty if none is set."""
    return json.dumps({"http": _parts(policy)}) if policy else ""


def effective(policy: str) -> str:
    """Return the policy that applies, with its defaults."""
    given = _parts(policy)
    http = {
        "defaultHealthyRetryPolicy": _RETRIES | given.get("defaultHealthyRetryPolicy", {}),
        "disableSubscriptionOverrides": given["disableSubscriptionOverrides"],
        "defaultRequestPolicy": _REQUEST | given.get("defaultRequestPolicy", {}),
    }
    return json.dumps({"http": http})


def _parts(policy: str) -> dict[str, Any]:
    given = (json.loads(policy) if policy else {}).get("http") or {}
    return {"disableSubscriptionOverrides": False} | {name: part for name, part in given.items() if part is not None}
