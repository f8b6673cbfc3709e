"""Ask the target and the pattern engine a question, and record both answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import PatternError, compile_pattern
from botocore.exceptions import ClientError

from tests.contract.questions import REJECTED, Answer, Question

DIRECTORY = Path(__file__).resolve().parents[2] / "build" / "contract"


def ask_target(logs: Any, question: Question) -> tuple[Answer, str | None]:
    """Return the answer of TestMetricFilter and the message of a rejection. Other errors are raised."""
    try:
        answer = logs.test_metric_filter(filterPattern=question.pattern, logEventMessages=list(question.messages))
    except logs.exceptions.InvalidParameterException as error:
        return REJECTED, _message(error)
    return frozenset(match["eventNumber"] for match in answer["matches"]), None


def ask_engine(question: Question) -> tuple[Answer, str | None]:
    """Return the answer of the pattern engine and the message of a rejection."""
    try:
        pattern = compile_pattern(question.pattern)
    except PatternError as error:
        return REJECTED, str(error)
    return frozenset(number for number, text in enumerate(question.messages, 1) if pattern.matches(text)), None


def record(
    target: str, question: Question, answer: tuple[Answer, str | None], engine: tuple[Answer, str | None]
) -> None:
    """Append a line of JSON to the transcript of the target."""
    line = {
        "about": question.about,
        "filterPattern": question.pattern,
        "logEventMessages": question.messages,
        "answer": _as_json(answer[0]),
        "rejection": answer[1],
        "engine": _as_json(engine[0]),
        "engine_rejection": engine[1],
        "agree": answer[0] == engine[0],
    }
    _append(f"filter-patterns-{target}.jsonl", line)


def record_answer(target: str, question: str, answer: Any) -> None:
    """Append the answer to an open question to the transcript of the target."""
    _append(f"questions-{target}.jsonl", {"question": question, "answer": answer})


def _append(name: str, line: dict[str, Any]) -> None:
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    with (DIRECTORY / name).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


def start(target: str) -> None:
    """Delete the transcript of the target."""
    (DIRECTORY / f"filter-patterns-{target}.jsonl").unlink(missing_ok=True)


def _as_json(answer: Answer) -> list[int] | str:
    return answer if isinstance(answer, str) else sorted(answer)


def _message(error: ClientError) -> str:
    return str(error.response["Error"]["Message"])
