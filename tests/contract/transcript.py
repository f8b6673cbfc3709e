"""Ask a question of the target and of our engine, and keep both answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import PatternError, compile_pattern
from botocore.exceptions import ClientError

from tests.contract.questions import REFUSED, Answer, Question

DIRECTORY = Path(__file__).resolve().parents[2] / "build" / "contract"


def ask_target(logs: Any, question: Question) -> tuple[Answer, str | None]:
    """Return what TestMetricFilter says, and the text of a refusal. Other errors, such as of access, are raised."""
    try:
        answer = logs.test_metric_filter(filterPattern=question.pattern, logEventMessages=list(question.messages))
    except logs.exceptions.InvalidParameterException as refused:
        return REFUSED, _message(refused)
    return frozenset(match["eventNumber"] for match in answer["matches"]), None


def ask_engine(question: Question) -> tuple[Answer, str | None]:
    """Return what the collection's engine says, and the text of a refusal."""
    try:
        pattern = compile_pattern(question.pattern)
    except PatternError as refused:
        return REFUSED, str(refused)
    return frozenset(number for number, text in enumerate(question.messages, 1) if pattern.matches(text)), None


def record(
    target: str, question: Question, answer: tuple[Answer, str | None], engine: tuple[Answer, str | None]
) -> None:
    """Append one line of JSON to the target's transcript."""
    line = {
        "about": question.about,
        "filterPattern": question.pattern,
        "logEventMessages": question.messages,
        "answer": _listed(answer[0]),
        "refusal": answer[1],
        "engine": _listed(engine[0]),
        "engine_refusal": engine[1],
        "agree": answer[0] == engine[0],
    }
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    with (DIRECTORY / f"filter-patterns-{target}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def start(target: str) -> None:
    """Begin the target's transcript anew."""
    (DIRECTORY / f"filter-patterns-{target}.jsonl").unlink(missing_ok=True)


def _listed(answer: Answer) -> list[int] | str:
    return answer if isinstance(answer, str) else sorted(answer)


def _message(error: ClientError) -> str:
    return str(error.response["Error"]["Message"])
