"""TestMetricFilter answers questions about the filter pattern language: free, read-only, without resources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.questions import SETTLED, UNSETTLED, Question
from tests.contract.transcript import ask_engine, ask_target, record, start

Client = Callable[[str], Any]

pytestmark = pytest.mark.xdist_group("contract")


def parameters(questions: list[Question]) -> list[Any]:
    return [pytest.param(question, id=f"{question.about}: {question.pattern[:40]}") for question in questions]


@pytest.fixture(scope="module")
def ask(client: Client, target: str) -> Callable[[Question], tuple[Any, Any]]:
    """Return a function that asks the target and the engine, and records both answers."""
    logs = client("logs")
    start(target)

    def answers(question: Question) -> tuple[Any, Any]:
        answer, engine = ask_target(logs, question), ask_engine(question)
        record(target, question, answer, engine)
        return answer[0], engine[0]

    return answers


@pytest.mark.parametrize("question", parameters(SETTLED))
def test_aws_and_the_engine_give_the_known_answer(
    ask: Callable[[Question], tuple[Any, Any]], question: Question
) -> None:
    answer, engine = ask(question)

    assert answer == question.expected
    assert engine == question.expected


@pytest.mark.parametrize("question", parameters(UNSETTLED))
def test_an_open_question_is_recorded(
    ask: Callable[[Question], tuple[Any, Any]], target: str, question: Question
) -> None:
    """AWS's answer is unknown, so it is only recorded in the transcript."""
    answer, engine = ask(question)

    if target == "embedded":
        assert answer == engine


@pytest.mark.parametrize(
    ("pattern", "message", "extracted"),
    [
        ("[ip, bytes]", "1.1.1.1 1534 extra", {"$ip": "1.1.1.1", "$bytes": "1534 extra"}),
        ("[]", "a b", {"$1": "a", "$2": "b"}),
        ("{ $.a = 1 }", '{"a": 1}', {}),
    ],
)
def test_extracted_values(client: Client, pattern: str, message: str, extracted: dict[str, str]) -> None:
    answer = client("logs").test_metric_filter(filterPattern=pattern, logEventMessages=[message])

    assert [(match["eventNumber"], match["extractedValues"]) for match in answer["matches"]] == [(1, extracted)]


def test_more_than_50_messages_are_rejected(client: Client) -> None:
    logs = client("logs")
    with pytest.raises(logs.exceptions.InvalidParameterException):
        logs.test_metric_filter(filterPattern="a", logEventMessages=["a"] * 51)
