"""Write the names of all operations of AWS, which the lint of rules compares with: python -m tools.operation_names

They come from the models of the installed botocore, which plugins do not import.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import botocore
from botocore.session import Session, get_session

FILE = Path(__file__).resolve().parent.parent / "plugins/module_utils/rules/lint/operations.txt"
_VERB = re.compile(r"[A-Z][a-z]+")


def table() -> str:
    """Return one line for each event source, and before them the version of botocore."""
    session = get_session()
    services = session.get_available_services()
    names: dict[str, set[str]] = {}
    for service in services:
        for source, operation in operations(session, service):
            names.setdefault(source, set()).add(operation)
    lines = (f"{source} {packed(found)}\n" for source, found in sorted(names.items()))
    return f"# Written by tools/operation_names.py from botocore {botocore.__version__}.\n" + "".join(lines)


def operations(session: Session, service: str) -> Iterator[tuple[str, str]]:
    """Yield the event sources of a service with each of its operations, for all versions of its API.

    An event source is the prefix of the endpoint (monitoring, autoscaling) or the name for signatures (ses, bedrock);
    no model says which.
    """
    for version in session.get_component("data_loader").list_api_versions(service, "service-2"):
        model = session.get_service_model(service, version)
        for source in dict.fromkeys((model.endpoint_prefix, model.signing_name)):
            for operation in model.operation_names:
                yield source, operation


def packed(names: set[str]) -> str:
    """Return names as verbs with what follows each: ``Create:Queue,Topic;Delete:Queue``."""
    verbs: dict[str, list[str]] = {}
    for name in sorted(names):
        found = _VERB.match(name)
        verb = found[0] if found else ""
        verbs.setdefault(verb, []).append(name[len(verb) :])
    return ";".join(f"{verb}:{','.join(rest)}" for verb, rest in verbs.items())


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8")
