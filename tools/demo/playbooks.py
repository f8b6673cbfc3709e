"""Run a playbook, show its progress, and keep the results of its tasks."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.demo.screen import Progress

REPOSITORY = Path(__file__).resolve().parents[2]
INVENTORY = "inventory/embedded"


@dataclass
class Run:
    """A completed run of a playbook.

    Attributes:
        code: The exit code of ansible-playbook.
        stats: The counts of the recap by host.
        results: The results by task name and host; the last one if a task ran twice.
        changed: The tasks that changed something with their hosts, in order.
        order: The hosts of all results, in order.
    """

    code: int = 0
    stats: dict[str, dict[str, int]] = field(default_factory=dict)
    results: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    changed: list[tuple[str, list[str]]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    def result(self, task: str) -> dict[str, dict[str, Any]]:
        """Return the results of a task by host; its name is without the role."""
        return next((found for name, found in self.results.items() if name.split(" : ")[-1] == task), {})


def run_playbook(endpoint: str, name: str, *arguments: str, intended_failure: bool = False) -> Run:
    """Run a playbook on inventory/embedded, and show its progress."""
    command = ["ansible-playbook", "-i", INVENTORY, f"playbooks/{name}.yml", *arguments]
    print(f"\n$ {' '.join(command)}", flush=True)
    run = Run()
    with (
        Progress(intended_failure=intended_failure) as progress,
        subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=_environment(endpoint),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            for event in _events(process.stdout, progress):
                _keep(run, event)
                progress.show(event)
            run.code = process.wait()
        except KeyboardInterrupt:
            # A terminal sends the signal to Ansible too, but a caller such as `timeout` does not.
            process.terminate()
            process.wait()
            raise
    return run


def _environment(endpoint: str) -> dict[str, str]:
    settings = {
        "AWS_ENDPOINT_URL": endpoint,
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.jsonl",
        "ANSIBLE_CALLBACK_PLUGINS": str(REPOSITORY / "tools/demo/callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "embedded_clock",
        "ANSIBLE_DEPRECATION_WARNINGS": "false",
    }
    return os.environ | settings


def _events(lines: Any, progress: Progress) -> Iterator[dict[str, Any]]:
    """Yield the events; other lines, which tasks display, are printed."""
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            progress.line(line.rstrip("\n"))
            continue
        if isinstance(event, dict):
            yield event


def _keep(run: Run, event: dict[str, Any]) -> None:
    run.stats = event.get("stats", run.stats)
    hosts = event.get("hosts") or {}
    if not hosts or "task" not in event:
        return
    name = event["task"]["name"]
    run.results.setdefault(name, {}).update(hosts)
    run.order += hosts
    changed = [host for host, result in hosts.items() if result.get("changed")]
    if changed:
        if run.changed and run.changed[-1][0] == name:
            run.changed[-1][1].extend(changed)
        else:
            run.changed.append((name, changed))
