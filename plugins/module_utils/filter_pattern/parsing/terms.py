# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parse patterns of terms on the raw text of a message: words, quoted phrases, ``-`` and ``?`` terms, a regex."""

from __future__ import annotations

import re
from typing import NoReturn

from ..tree import Literal, LiteralKind, Term, Terms
from .scanner import Scanner

WORD = re.compile(r"[A-Za-z0-9_]+")
"""A term without quotes (CloudWatch Logs user guide: alphanumeric or underscore)."""


def parse_terms(scanner: Scanner) -> Terms:
    """Parse a pattern that does not begin with a brace or bracket and is not empty."""
    terms: list[Term] = []
    starts: list[int] = []
    scanner.skip_whitespace()
    while scanner.char:
        starts.append(scanner.position)
        terms.append(_read_term(scanner))
        if not scanner.skip_whitespace() and scanner.char:
            _fail_character(scanner)
    _reject_regex_with_excluded(scanner, terms, starts)
    _warn_of_mixtures(scanner, terms, starts)
    return Terms(tuple(terms))


def _read_term(scanner: Scanner) -> Term:
    sign = ""
    if scanner.char in ("-", "?"):
        sign = scanner.char
        scanner.position += 1
    return Term(_read_literal(scanner), sign)


def _read_literal(scanner: Scanner) -> Literal:
    start = scanner.position
    if scanner.char == '"':
        literal = scanner.read_quoted()
        _warn_of_quoted(scanner, literal, start)
        return literal
    if scanner.char == "%":
        return scanner.read_regex()
    word = scanner.take_match(WORD)
    if not word:
        _fail_character(scanner)
    return Literal(word, LiteralKind.WORD)


def _fail_character(scanner: Scanner) -> NoReturn:
    """Reject a character that needs quotes, with the message of AWS."""
    if not scanner.char:
        scanner.fail("expected a term, found the end of the pattern", "Write the sign directly before its term.")
    hint = 'Put a term with characters other than letters, digits and "_" in double quotes.'
    if scanner.char in "{[":
        hint = f'Such a pattern must begin with "{scanner.char}"; to search for the character, quote it.'
    if scanner.char == "'":
        hint = 'Use double quotes: "...".'
    if scanner.char.isspace():
        hint = "Write the sign directly before its term."
    message = f"Invalid character(s) in term '{scanner.char}'"
    scanner.fail(f"{scanner.found()} is not allowed in an unquoted term", hint, aws_message=message)


def _reject_regex_with_excluded(scanner: Scanner, terms: list[Term], starts: list[int]) -> None:
    if not any(term.literal.is_regex and not term.sign for term in terms):
        return
    for term, start in zip(terms, starts, strict=True):
        if term.sign == "-":
            hint = "Use the regular expression alone, or a JSON or space-delimited pattern."
            scanner.fail("a regular expression cannot be combined with an excluded term", hint, start)


def _warn_of_quoted(scanner: Scanner, literal: Literal, start: int) -> None:
    if not literal.text:
        scanner.warn("empty-term", start)
    if literal.has_wildcard:
        scanner.warn("literal-asterisk-term", start)


def _warn_of_mixtures(scanner: Scanner, terms: list[Term], starts: list[int]) -> None:
    signs = {term.sign for term in terms}
    for term, start in zip(terms, starts, strict=True):
        if term.sign == "?" and len(signs) > 1:
            scanner.warn("optional-terms-ignored", start)
        if term.literal.is_regex and (len(terms) > 1 or term.sign):
            scanner.warn("regex-with-terms", start)
