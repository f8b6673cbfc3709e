"""The screen of the demo, and how it ends early; the acceptance tests run its playbooks."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tools.demo.screen import Progress, wrapped

# A shell lets its background jobs ignore Ctrl-C, and this test may be one.
IN_THE_FOREGROUND = (
    "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "runpy.run_module('tools.demo', run_name='__main__')"
)


def test_an_interrupted_demo_stops_its_server_and_says_so(repository: Path) -> None:
    command = [sys.executable, "-c", IN_THE_FOREGROUND]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    # A group of its own, so that the signal reaches Ansible and the server as well, as Ctrl-C does.
    with subprocess.Popen(command, cwd=repository, start_new_session=True, text=True, **pipes) as demo:
        assert demo.stdout is not None and demo.stderr is not None
        endpoint = next(re.findall(r"http://[\d.:]+", line)[0] for line in demo.stdout if "is running on" in line)
        next(line for line in demo.stdout if line.startswith("$ ansible-playbook"))
        os.killpg(demo.pid, signal.SIGINT)
        said = demo.stderr.read()
    assert demo.returncode == 130
    assert said.strip() == "The demo was interrupted. The embedded AWS has stopped, and nothing is left of it."
    with pytest.raises(URLError):
        urlopen(f"{endpoint}/_embedded/health")


def test_without_a_terminal_the_demo_prints_changes_and_marks_its_own_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Progress(intended_failure=True) as progress:
        for result in ({}, {"changed": True}, {"failed": True}):
            progress.show({"task": {"name": "secmon.aws.secret : Ensure"}, "hosts": {"guide": result}})
    changed, failed, ended = capsys.readouterr().out.splitlines()
    assert (changed.split(), failed.split()[:3]) == (["changed", "guide", "Ensure"], ["failed", "as", "intended"])
    assert ended.startswith("  ended after ")


def test_a_mail_is_wrapped_between_words_and_a_link_stays_whole() -> None:
    link = f"https://example.com/{'x' * 200}"
    lines = list(wrapped(f"   {'word ' * 30}\n\n{link}"))
    assert lines[-2:] == ["", link]
    assert lines[0].startswith("   word") and lines[1].startswith("     word") and max(map(len, lines[:2])) <= 100
