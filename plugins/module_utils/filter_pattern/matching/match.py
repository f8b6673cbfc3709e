# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Compile a syntax tree to a function of a message, and terms to functions of its text."""

from __future__ import annotations

from collections.abc import Callable

from ..regex.matcher import SafeRegex
from ..tree import Delimited, Everything, Term, Terms, Tree
from .fields import FieldLayout, compile_delimited
from .json_message import compile_condition
from .message import LogMessage


def compile_match(tree: Tree) -> Callable[[LogMessage], bool]:
    """Compile a tree; the function raises no error for any message."""
    if isinstance(tree, Everything):
        return lambda message: True
    if isinstance(tree, Terms):
        on_text = compile_terms(tree)
        return lambda message: on_text(message.text)
    if isinstance(tree, Delimited):
        return compile_delimited(tree, FieldLayout(tree))
    on_document = compile_condition(tree)

    def match_json(message: LogMessage) -> bool:
        document = message.document
        return document is not None and on_document(document)

    return match_json


TextTest = Callable[[str], bool]


def compile_terms(tree: Terms) -> TextTest:
    """Compile terms to a function of the raw text.

    All plain terms must occur and no excluded one; of ``?`` terms alone, one must occur; with other terms they are
    ignored (CloudWatch Logs user guide; observed with TestMetricFilter, us-east-1, 2026-09).
    """
    effective = effective_terms(tree)
    tests = [compile_term(term) for term in effective]
    if effective[0].sign == "?":
        return lambda text: any(test(text) for test in tests)
    return lambda text: all(test(text) for test in tests)


def effective_terms(tree: Terms) -> tuple[Term, ...]:
    """Return the terms that count: those without ``?`` if there are any, otherwise all."""
    binding = tuple(term for term in tree.terms if term.sign != "?")
    return binding or tree.terms


def compile_term(term: Term) -> TextTest:
    """Compile one term, a case-sensitive substring, not a word (API reference, TestMetricFilter examples)."""
    literal = term.literal
    occurs = SafeRegex(literal.text).search if literal.is_regex else _contains(literal.text)
    return (lambda text: not occurs(text)) if term.sign == "-" else occurs


def _contains(part: str) -> TextTest:
    return lambda text: part in text
