"""An embedded AWS whose clock moves by the waits of the playbooks alone, for playbooks that wait for minutes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws.process import embedded_aws_process
from tests.support.embedded_control import ask, follow, link_in
from tools.demo.playbooks import run_playbook

WAITING = Path(__file__).parent / "waiting"


@pytest.fixture
def still_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the endpoint."""
    monkeypatch.setenv("PYTHONPATH", str(WAITING))
    with embedded_aws_process() as endpoint:
        ask(endpoint, "clock", {"speed": 0})
        yield endpoint


def build(endpoint: str, *options: str) -> None:
    """Run site.yml, and confirm every subscription."""
    assert run_playbook(endpoint, "site", *options).code == 0
    for mail in ask(endpoint, "mailbox"):
        if "Confirm" in mail["subject"]:
            follow(link_in(mail, "ConfirmSubscription"))
