"""The connection plugin secmon.aws.warm returns the same results as the local connection."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.conftest import run

PLAYBOOK = """
- hosts: all
  gather_facts: false
  tasks:
    - name: environment
      ansible.builtin.command: printenv GIVEN
      environment: {GIVEN: "two 'words' $HOME"}
      changed_when: false
    - name: libraries
      ansible.builtin.command: "{{ ansible_playbook_python }} -c 'import added; print(added.WORD)'"
      environment: {PYTHONPATH: "{{ folder }}/../libraries"}
      changed_when: false
    - name: own module
      own: {}
    - name: own module with libraries
      own: {}
      environment: {PYTHONPATH: "{{ folder }}/../libraries"}
    - name: directory
      ansible.builtin.command: pwd
    - name: failure
      ansible.builtin.command: "false"
      ignore_errors: true
    - name: argument
      secmon.aws.log_group: {name: "not a name", region: us-east-1}
      ignore_errors: true
    - name: shell
      ansible.builtin.raw: echo raw
    - name: background
      ansible.builtin.command: echo later
      async: 20
      poll: 1
    - name: file
      ansible.builtin.copy: {content: text, dest: "{{ folder }}/copied", mode: "0600"}
"""
FIRST_TASK = PLAYBOOK[: PLAYBOOK.index("    - name: libraries")]
# A module of a playbook, with a file of its own in module_utils, and a library that the environment may add.
LIBRARY = {
    "library/own.py": """
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.beside import WORD
try:
    from added import WORD as ADDED
except ImportError:
    ADDED = "nothing"
AnsibleModule({}).exit_json(changed=False, word=WORD, added=ADDED)
""",
    "module_utils/beside.py": "WORD = 'beside'",
    "libraries/added.py": "WORD = 'added'",
}
NAMES = {line.partition("name: ")[2] for line in PLAYBOOK.splitlines() if "- name: " in line}
TIMES = {"start", "end", "delta", "ansible_job_id", "results_file", "started", "finished"}


def play(
    folder: Path, connection: str, playbook: str = PLAYBOOK, hosts: str = "one,", **variables: str
) -> tuple[dict[str, Any], str]:
    """Return the results of the tasks by name, without times, and the output of -vvv."""
    for name, text in {"playbook.yml": playbook, **LIBRARY}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    (folder / connection).mkdir(exist_ok=True)
    given = {
        "ansible_connection": connection,
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "folder": str(folder / connection),
        **variables,
    }
    command = ["ansible-playbook", "-vvv", "-i", hosts, folder / "playbook.yml", "-e", json.dumps(given)]
    # ansible-core 2.19 searches jobs in two folders if HOME is not the user's home.
    settings = {"ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", "ANSIBLE_ASYNC_DIR": str(folder / "jobs")}
    done = run(*command, **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    before, _brace, rest = done.stdout.partition("\n{")
    results = json.loads("{" + rest)["plays"][0]["tasks"]
    return {
        task["task"]["name"]: {host: _stable(result) for host, result in task["hosts"].items()} for task in results
    }, before


def _stable(result: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in result.items() if key not in TIMES}
    return kept | {"dest": Path(kept["dest"]).name} if "dest" in kept else kept


def test_every_result_equals_that_of_the_local_connection(tmp_path: Path) -> None:
    local, _printed = play(tmp_path, "local")
    warm, printed = play(tmp_path, "secmon.aws.warm", hosts="one,two,")
    assert set(warm) == NAMES
    comparable = warm.keys() - {"file"}  # its result has the path and the times of another file
    for name in comparable:
        assert warm[name] == dict.fromkeys(("one", "two"), local[name]["one"])
    assert warm["environment"]["one"]["stdout"] == "two 'words' $HOME"
    assert [warm[name]["one"]["added"] for name in ("own module", "own module with libraries")] == ["nothing", "added"]
    assert (tmp_path / "secmon.aws.warm/copied").read_text() == "text"
    assert "EXEC warm" in printed


def test_another_interpreter_is_started_without_a_fork(tmp_path: Path) -> None:
    other = tmp_path / "python"
    other.symlink_to(os.path.realpath(sys.executable))
    cold, printed = play(tmp_path, "secmon.aws.warm", FIRST_TASK, ansible_python_interpreter=str(other))
    assert "EXEC warm" not in printed
    assert cold["environment"]["one"]["stdout"] == "two 'words' $HOME"


def test_no_module_runs_in_a_fork_without_pipelining(tmp_path: Path) -> None:
    _results, printed = play(tmp_path, "secmon.aws.warm", FIRST_TASK, ansible_pipelining="false")
    assert "EXEC warm" not in printed
