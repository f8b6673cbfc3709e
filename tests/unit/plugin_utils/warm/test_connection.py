"""Test that the connection works without its interpreter."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.connection import warm


def test_modules_run_as_with_the_local_connection_and_a_warning_if_the_interpreter_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warnings: list[str] = []

    def refuse(_directory: str) -> str:
        raise OSError("the warm interpreter did not start")

    cold: Any = (0, b"{}", b"")
    monkeypatch.setattr(warm, "server_socket", refuse)
    monkeypatch.setattr(warm, "python_environment", lambda _command, _interpreter: {})
    monkeypatch.setattr(warm, "display", SimpleNamespace(warning=warnings.append))
    monkeypatch.setattr(warm.Connection, "_exec_cold", lambda *_given: cold)
    connection = warm.Connection.__new__(warm.Connection)
    connection.become = None
    assert connection.exec_command("/bin/sh -c python", b"program") == cold
    assert warnings == [
        "secmon.aws.warm cannot be used: the warm interpreter did not start."
        " Each module starts Python, which is only slower."
    ]
