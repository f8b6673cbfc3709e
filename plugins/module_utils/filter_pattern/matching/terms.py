# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Compile patterns of terms to closures over the raw text of a message."""

from __future__ import annotations

from collections.abc import Callable

from ..regex.matcher import SafeRegex
from ..tree import Term, Terms

TextTest = Callable[[str], bool]


def compile_terms(tree: Terms) -> TextTest:
    """Compile the terms to a function of the raw text.

    All plain terms must occur and no excluded one may; ``?`` terms alone mean that one of them must, and are ignored
    beside any other term (CloudWatch Logs user guide; observed with TestMetricFilter, us-east-1, 2026-09).
    """
    effective = effective_terms(tree)
    tests = [compile_term(term) for term in effective]
    if effective[0].sign == "?":
        return lambda text: any(test(text) for test in tests)
    return lambda text: all(test(text) for test in tests)


def effective_terms(tree: Terms) -> tuple[Term, ...]:
    """List the terms that count: all, or those without ``?`` where there are any."""
    binding = tuple(term for term in tree.terms if term.sign != "?")
    return binding or tree.terms


def compile_term(term: Term) -> TextTest:
    """Compile one term: a case-sensitive substring, not a word (API reference, TestMetricFilter examples)."""
    literal = term.literal
    occurs = SafeRegex(literal.text).search if literal.is_regex else _contains(literal.text)
    return (lambda text: not occurs(text)) if term.sign == "-" else occurs


def _contains(part: str) -> TextTest:
    return lambda text: part in text
