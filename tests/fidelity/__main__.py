"""Run recordings of AWS that others made against the embedded AWS: python -m tests.fidelity [oracle ...].

Environment:
    FIDELITY_LOCALSTACK  a checkout of LocalStack's repository; its validated tests are left out without it
    FIDELITY_MOTO        a checkout of moto; without it, PyPI's archive
    FIDELITY_SUITE       any command: it runs with AWS_ENDPOINT_URL set; if it runs pytest, its tests are listed
    FIDELITY_SERVICES    run only these services, separated by spaces
    FIDELITY_QUICK       if set, leave out failed tests that are decided to be of another service or outside the purpose
    FIDELITY_ACCEPT      if set, record a lower agreement too
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from embedded_aws.process import embedded_aws_process
from tests.fidelity import decisions, summary
from tests.fidelity.oracles import ACCOUNTS, BUILD, HERE, ORACLES, REPOSITORY, Missing, Run
from tools.generate_docs.blocks import outdated

LEFT_OUT = {"other service", "outside the purpose"}


def main() -> int:
    """Run the oracles, record their figures, and write docs/fidelity.md. Return 1 if the agreement fell."""
    names = sys.argv[1:] or list(ORACLES)
    BUILD.mkdir(parents=True, exist_ok=True)
    fell = [line for name in names for line in run_oracle(name)]
    suite = run_suite(os.environ["FIDELITY_SUITE"]) if os.environ.get("FIDELITY_SUITE") else 0
    for path, text in outdated().items():
        path.write_text(text, encoding="utf-8")
        print(f"fidelity: wrote {path.relative_to(REPOSITORY)}")
    if fell:
        print("fidelity: the agreement fell:", *fell, sep="\n  ")
    return 1 if fell or suite else 0


def run_oracle(name: str) -> list[str]:
    """Run one oracle, print and record its figures, and return what fell."""
    recorded, now = summary.load(name), {}
    services = set(os.environ.get("FIDELITY_SERVICES", "").split())
    try:
        for run in ORACLES[name](services):
            results = run_pytest(name, run, recorded.get(run.service, {}))
            figures = now[run.service] = summary.summarize(run.service, results)
            print(f"fidelity: {name}, {run.service}: {figures['passed']} of {figures['total']} passed", flush=True)
    except Missing as missing:
        print(f"fidelity: {name} does not run: {missing}")
        return []
    fell = [] if os.environ.get("FIDELITY_ACCEPT") else summary.falls(recorded, now)
    if not fell and now:
        summary.save(name, recorded | now)
    return [f"{name}, {line}" for line in fell]


def run_pytest(oracle: str, run: Run, recorded: dict[str, Any]) -> summary.Results:
    """Run the tests of one service against an embedded AWS of their own, and return their results."""
    results = BUILD / f"{oracle}-{run.service}.jsonl"
    results.unlink(missing_ok=True)
    variables = {"FIDELITY_RESULTS": str(results)} | dict(run.variables)
    left_out = excluded(oracle, recorded) if os.environ.get("FIDELITY_QUICK") else {}
    if left_out:
        listed = BUILD / "excluded.txt"
        listed.write_text("\n".join(left_out), encoding="utf-8")
        variables["FIDELITY_EXCLUDED"] = str(listed)
    with server(run.port) if run.server else contextlib.nullcontext("") as endpoint:
        command = [str(run.python), "-m", "pytest", "-p", "recorder", "-q", *run.arguments]
        with results.with_suffix(".log").open("w") as log:
            subprocess.run(
                command, cwd=run.folder, env=environment(endpoint, variables), stdout=log, stderr=log, check=False
            )
    if not results.exists():
        raise Missing(f"pytest ran no test of {run.service}, see {results.with_suffix('.log').relative_to(REPOSITORY)}")
    missing = [{"id": test, "passed": False, "calls": calls.split()} for test, calls in left_out.items()]
    return summary.read_results(results) + missing


def excluded(oracle: str, recorded: dict[str, Any]) -> dict[str, str]:
    """Return the failed tests that are not worth running again."""
    known = decisions.load()
    found = {}
    for test, calls in recorded.get("failed", {}).items():
        decision = decisions.decide(known, oracle, test, calls)
        if decision and decision.category in LEFT_OUT:
            found[test] = calls
    return found


@contextlib.contextmanager
def server(port: int = 0) -> Iterator[str]:
    """Run an embedded AWS with the accounts of the suites, on any free port by default."""
    with embedded_aws_process("--seed", str(ACCOUNTS), "--port", str(port)) as endpoint:
        yield endpoint


def environment(endpoint: str, variables: dict[str, str]) -> dict[str, str]:
    """Return the environment of a suite: every variable by which it may find the embedded AWS."""
    path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
    target = {
        "AWS_ENDPOINT_URL": endpoint,
        "TEST_AWS_ENDPOINT_URL": endpoint,
        "TEST_SERVER_MODE_ENDPOINT": endpoint,
        "AWS_ACCESS_KEY_ID": "fidelity",
        "AWS_SECRET_ACCESS_KEY": "fidelity",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    return os.environ | {"PYTHONPATH": path} | (target if endpoint else {}) | variables


def run_suite(command: str) -> int:
    """Run the user's command against an embedded AWS, print the tests that failed, and return its exit code."""
    results = BUILD / "suite.jsonl"
    results.unlink(missing_ok=True)
    variables = {
        "FIDELITY_RESULTS": str(results),
        "PYTEST_ADDOPTS": f"-p recorder {os.environ.get('PYTEST_ADDOPTS', '')}",
    }
    with server() as endpoint:
        code = subprocess.run(command, shell=True, env=environment(endpoint, variables), check=False).returncode
    tests = summary.read_results(results)
    for test in tests:
        if not test["passed"]:
            print(f"fidelity: {test['id']}: {test['difference'].splitlines()[0]}")
    counted = f"{sum(test['passed'] for test in tests)} of {len(tests)} passed" if tests else "no pytest results"
    print(f"fidelity: suite: exit code {code}, {counted}")
    return code


if __name__ == "__main__":
    sys.exit(main())
