"""README's first account from the tarball: its inventories and commands, and the e-mail of docs/alarms.md.

The texts are those of the documents. The collection is installed into an empty folder and called by its full name.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, run
from tests.support.embedded_control import link_in, mails

pytestmark = pytest.mark.long

README = (REPOSITORY / "README.md").read_text()
ACCOUNT = "123456789012"
ONE, SEVERAL = re.findall(r"```yaml\n(all:.*?)```", README, re.DOTALL)
(CONFIGURATION,) = re.findall(r"```ini\n(.*?)```", README, re.DOTALL)
COMMANDS = {
    name: arguments
    for name, arguments in re.findall(
        r"^ansible-playbook secmon\.aws\.(\w+) (-i hosts\.yml[^#\n]*)", README, re.MULTILINE
    )
    if "--check" not in arguments
}
Playbook = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty project with the collection of the tarball, and README's inventories and configuration."""
    folder = tmp_path_factory.mktemp("project")
    built = run("ansible-galaxy", "collection", "build", "--output-path", folder)
    assert built.returncode == 0, built.stderr
    (tarball,) = folder.glob("secmon-aws-*.tar.gz")
    assert tarball.name in README
    result = run(
        "ansible-galaxy", "collection", "install", tarball, "--no-deps", "--offline", "-p", folder / "collections"
    )
    assert result.returncode == 0, result.stderr
    (folder / "ansible.cfg").write_text(CONFIGURATION)
    (folder / "hosts.yml").write_text(ONE.replace("111122223333", ACCOUNT))
    (folder / "several.yml").write_text(SEVERAL.replace("111122223333", "222222222222"))
    return folder


@pytest.fixture(scope="module")
def playbook(folder: Path, embedded_aws: str) -> Playbook:
    """Return a function that runs a command of README."""

    def run_it(name: str, *more: str, arguments: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        words = shlex.split((arguments or COMMANDS[name]).replace("111122223333", ACCOUNT))
        return run(
            *("ansible-playbook", f"secmon.aws.{name}", *words, *more),
            cwd=folder,
            ANSIBLE_COLLECTIONS_PATH=str(folder / "collections"),
            AWS_ENDPOINT_URL=embedded_aws,
            AWS_ACCESS_KEY_ID="AKIAEMBEDDEDGUIDE001",
            AWS_SECRET_ACCESS_KEY="embedded",
            **environment,
        )

    return run_it


def succeed(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_first_account(playbook: Playbook, embedded_aws: str) -> None:
    assert '"MySampleSecret"' in succeed(playbook("site", "--check", "--diff"))
    assert mails(embedded_aws, "security@example.com") == []
    succeed(playbook("site"))
    (mail,) = mails(embedded_aws, "security@example.com")
    link = link_in(mail, "ConfirmSubscription")
    succeed(playbook("confirm", arguments=COMMANDS["confirm"].replace("LINK OF THE EMAIL", link)))
    assert "The alarm fires" in succeed(playbook("verify"))
    again = succeed(playbook("site"))
    # Ansible shows the play of the log archive, which has no hosts, whatever the configuration.
    assert "changed=0 " in again and "skipping: [" not in again and "WARNING" not in again
    assert "dry run" in succeed(playbook("teardown"))


def test_the_email_of_the_drill_is_the_documented_one(playbook: Playbook, embedded_aws: str) -> None:
    mail = mails(embedded_aws, "security@example.com")[-1]
    sent = _without_times(f"Subject: {mail['subject']}\n\n{mail['body']}")
    shown = re.search(r"```text\n(.*?)```", (REPOSITORY / "docs/alarms.md").read_text(), re.DOTALL)
    assert shown
    for part in re.split(r"\.\.\.", _without_times(shown[1].replace("111122223333", ACCOUNT))):
        assert part.strip() in sent


def _without_times(text: str) -> str:
    text = re.sub(r"\w+day \d+ \w+, \d{4}|\d\d:\d\d:\d\d|\d\d/\d\d/\d\d", "TIME", text)
    return " ".join(text.split())


def test_several_accounts_and_the_retry_of_the_failed_one(playbook: Playbook, folder: Path) -> None:
    retry = {"ANSIBLE_RETRY_FILES_ENABLED": "true", "ANSIBLE_RETRY_FILES_SAVE_PATH": "."}
    # staging is not an account of the embedded AWS.
    result = playbook("site", "--check", arguments="-i several.yml", **retry)
    assert result.returncode != 0 and "No credentials for host staging, account 444455556666" in result.stdout
    assert (folder / "site.retry").read_text() == "staging\n"
    listed = playbook("site", "--limit", "@site.retry", "--list-hosts", arguments="-i several.yml")
    assert "staging" in succeed(listed) and "production" not in listed.stdout


def test_a_project_of_awx_needs_one_line_for_each_playbook(playbook: Playbook, folder: Path, embedded_aws: str) -> None:
    (imported,) = re.findall(
        r"- import_playbook: secmon\.aws\.(\w+)", (REPOSITORY / "docs/many_accounts.md").read_text()
    )
    (folder / "site.yml").write_text(f"- import_playbook: secmon.aws.{imported}\n")
    listed = run(
        *("ansible-playbook", "-i", "hosts.yml", "site.yml", "--list-tasks"),
        cwd=folder,
        ANSIBLE_COLLECTIONS_PATH=str(folder / "collections"),
    )
    assert "Validate all variables of all hosts" in succeed(listed)
