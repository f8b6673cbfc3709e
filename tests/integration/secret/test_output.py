"""No output of secret contains the value or the HMAC key, and no unrelated output is masked."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.secmon.aws.plugins.modules import secret

from tests.conftest import run
from tests.integration.secret.secret_setup import NAME
from tests.support.module_runner import ModuleRunner, hidden_in

pytestmark = [pytest.mark.usefixtures("never_reads_values"), pytest.mark.promise("secrets")]

CANARY = 'canary/pass+word "quoted" %\\ü'
KEY_CANARY = "hmac/canary+key with spaces"
VALUES: dict[str, Any] = {
    "text": CANARY,
    "structure": {"username": "u", "password": CANARY, "nested": [{"deep": CANARY}], "port": 1},
    "JSON": json.dumps({"password": CANARY}),
}
TASK = {"name": NAME, "update_value": "always", "value_hmac_key": KEY_CANARY}


def leaks(output: Any, value: Any = None) -> list[str]:
    """Return the forms of the canaries and of the stored text that an output contains."""
    found = hidden_in(output, CANARY) + hidden_in(output, KEY_CANARY)
    text = output if isinstance(output, str) else json.dumps(output)
    stored = value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))
    hashed = {hashlib.sha256(secret.encode()).hexdigest() for secret in (CANARY, stored)}
    encoded = {base64.b64encode(stored.encode()).decode().rstrip("=")} if value else set()
    return found + [form for form in sorted(hashed | encoded) if form in text]


@pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
def test_no_result_contains_the_value_or_the_key(run_module: ModuleRunner, value: Any) -> None:
    task = {**TASK, "value": value}
    outputs = [run_module(check=True, **task), run_module(**task), run_module(**task)]
    outputs += [run_module(**{**task, "value": "other"}), run_module(**task), run_module(**task, state="absent")]
    assert [output["changed"] for output in outputs] == [True, True, False, True, True, True]
    assert leaks(outputs, value) == []


@pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
@pytest.mark.parametrize("form", ["plain", "json", "base64"])
def test_no_failure_contains_the_value_even_if_aws_repeats_it(run_module: ModuleRunner, value: Any, form: str) -> None:
    stored = value if isinstance(value, str) else json.dumps(value)
    repeated = {"plain": CANARY, "json": stored, "base64": base64.b64encode(CANARY.encode()).decode()}[form]
    message = f"Value '{repeated}' at 'secretString' is wrong, and so is {KEY_CANARY}"
    run_module.faults(
        {"service": "secretsmanager", "action": "CreateSecret", "error": "ValidationException", "message": message}
    )
    result = run_module(**TASK, value=value)
    assert result["failed"] and "ValidationException" in result["msg"]
    assert leaks(result, value) == []


@pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
@pytest.mark.parametrize("where", ["decide", "report", "botocore"])
def test_no_unexpected_exception_contains_the_value(
    run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch, value: Any, where: str
) -> None:
    def fail(params: Any, *_arguments: Any) -> Any:
        raise RuntimeError(f"{params['value']!r} {params!r} {json.dumps(params['value'])}")

    name = NAME
    if where == "botocore":
        # botocore repeats rejected parameters in its error message.
        monkeypatch.setattr(secret, "check_secret", lambda *_arguments: None)
        name = ""
    else:
        monkeypatch.setattr(secret, where, fail)
    result = run_module(**{**TASK, "name": name}, value=value)
    assert result["failed"]
    assert leaks(result, value) == []


@pytest.mark.parametrize(
    "wrong",
    [{"recovery_window_days": "soon"}, {"replica_regions": 5}, {"no_such_option": 1}, {"update_value": "never"}],
)
@pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
def test_no_rejected_argument_reveals_the_value(run_module: ModuleRunner, value: Any, wrong: dict[str, Any]) -> None:
    result = run_module(**{**TASK, "value": value, **wrong})
    assert result["failed"]
    assert leaks(result, value) == []


def test_short_values_and_numbers_do_not_mask_the_output(run_module: ModuleRunner) -> None:
    value = {"port": 1, "year": 2026, "on": True, "off": False, "none": None, "user": "a", "region": "us-east-1"}
    result = run_module.succeed(**TASK, value={**value, "database": NAME})
    arn = result["secret"]["arn"]
    assert arn.startswith(f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{NAME}-")
    assert "*" not in json.dumps(result["secret"]) + json.dumps(result["diff"])


def task_of(value: str, **more: Any) -> dict[str, Any]:
    """Return a task with its secrets in variables, because ansible-core prints the lines of a failed task."""
    return {**TASK, "value": f"{{{{ {value} }}}}", "value_hmac_key": "{{ hmac_key }}", **more}


PLAYBOOK = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "vars_files": ["secrets.yml"],
        "vars": {"ansible_python_interpreter": sys.executable},
        "module_defaults": {
            "group/secmon.aws.aws": {"region": "us-east-1", "access_key": "embedded", "secret_key": "embedded-key"}
        },
        "tasks": [
            {"secmon.aws.secret": task_of("structure"), "register": "result"},
            {"secmon.aws.secret": task_of("text")},
            {"secmon.aws.secret": task_of("structure")},
            {"ansible.builtin.debug": {"var": "result"}},
            *(
                {"secmon.aws.secret": task_of(value, **wrong), "ignore_errors": True}
                for value, wrong in (("structure", {"description": "x" * 3000}), ("text", {"no_such": 1}))
            ),
        ],
    }
]


@pytest.fixture
def play(run_module: ModuleRunner, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Run the playbook with maximum verbosity and return the completed process."""
    (tmp_path / "play.yml").write_text(yaml.safe_dump(PLAYBOOK))
    (tmp_path / "secrets.yml").write_text(yaml.safe_dump({**VALUES, "hmac_key": KEY_CANARY}))
    command = ("ansible-playbook", "-i", "localhost,", "-c", "secmon.aws.warm", "play.yml", "-vvv", "--diff")
    return run(*command, cwd=tmp_path, AWS_ENDPOINT_URL=run_module.endpoint)


def test_a_playbook_with_vvv_and_diff_prints_no_secret(play: subprocess.CompletedProcess[str]) -> None:
    assert play.returncode == 0, play.stdout + play.stderr
    assert "a new value, version" in play.stdout and "the earlier value of version" in play.stdout
    assert play.stdout.count("...ignoring") == 2
    assert leaks(play.stdout + play.stderr, VALUES["structure"]) == []
