# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Run the queries that translate.py writes, without AWS: `filter`, `stats count(*) by`, `sort` and `limit`.

Sources: CloudWatch Logs user guide, "CloudWatch Logs Insights language query syntax". A missing field passes no
comparison, and texts are compared exactly; both are our reading, not seen on AWS. The queries do not rely on the first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .expressions import Test, read_expression
from .record import fields_of
from .tokens import QueryError, Tokens

__all__ = ["Query", "QueryError", "compile_query"]

Row = dict[str, str]
Step = Callable[[list[Row]], list[Row]]


@dataclass(frozen=True)
class Query:
    """A compiled query.

    Attributes:
        test: Whether the fields of a message pass all filters.
        steps: What is done with the rows of the messages that pass, in order.
    """

    test: Test
    steps: tuple[Step, ...]

    def matches(self, fields: Mapping[str, str]) -> bool:
        """Return whether the fields of a message, see `fields_of`, pass the filters."""
        return self.test(fields)

    def run(self, messages: Iterable[str]) -> list[Row]:
        """Return the rows of the result."""
        rows = [dict(fields) for fields in map(fields_of, messages) if self.test(fields)]
        for step in self.steps:
            rows = step(rows)
        return rows


def compile_query(text: str) -> Query:
    """Compile a query. Raises QueryError if it has a part that this subset does not know."""
    tokens = Tokens(text)
    tests: list[Test] = []
    steps: list[Step] = []
    while True:
        command = tokens.word()
        if command == "filter" and not steps:
            tests.append(read_expression(tokens))
        elif command in _STEPS:
            steps.append(_STEPS[command](tokens))
        else:
            raise QueryError(f"the command {command!r} is not known here")
        if not tokens.take("|"):
            break
    tokens.end()
    return Query(lambda fields: all(test(fields) for test in tests), tuple(steps))


def _stats(tokens: Tokens) -> Step:
    tokens.expect("count", "(", "*", ")", "as")
    name = tokens.word()
    tokens.expect("by")
    by = [tokens.word()]
    while tokens.take(","):
        by.append(tokens.word())

    def count(rows: list[Row]) -> list[Row]:
        groups = Counter(tuple((field, row[field]) for field in by if field in row) for row in rows)
        return [dict(group) | {name: str(number)} for group, number in groups.items()]

    return count


def _sort(tokens: Tokens) -> Step:
    name = tokens.word()
    descending = tokens.take("desc") or not tokens.take("asc")

    def sort(rows: list[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: float(row.get(name, "0")), reverse=descending)

    return sort


def _limit(tokens: Tokens) -> Step:
    most = int(tokens.word())
    return lambda rows: rows[:most]


_STEPS = {"stats": _stats, "sort": _sort, "limit": _limit}
