# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Turn Sigma rules into rule files of this collection, or say why not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..filter_pattern.pattern import CompiledPattern
from .conditions import AllOf, AnyOf, Condition, Not, RefusalError
from .examples import make_tests
from .fields import free_form, may_be_list, unknown_field
from .objects import SEARCHES, Objects
from .reading import SigmaDocument, read_documents
from .rule_file import rule_text
from .translate import Options, to_pattern

AS_WRITTEN = "values are compared in the case of the Sigma rule, because a log group takes few regular expressions"
_LONGEST_ID = 64


@dataclass(frozen=True)
class Imported:
    """What became of one Sigma rule: the text of a rule file, or the reason why there is none."""

    source: str
    title: str
    sigma_id: str
    rule_id: str
    text: str = ""
    regexes: int = 0
    notes: tuple[str, ...] = ()
    reason: str = ""


def import_file(text: str, source: str, options: Options, licence: str = "") -> list[Imported]:
    """Return the result for each rule of a file; ``licence`` is that of rules that name none."""
    stem = re.sub(r"\.[^.]*$", "", source.rsplit("/", 1)[-1])
    try:
        documents = read_documents(text)
    except RefusalError as error:
        return [Imported(source, "", "", rule_id(stem), reason=str(error))]
    several = len(documents) > 1
    return [
        _import(each, source, rule_id(each.text("title") if several else stem), options, licence) for each in documents
    ]


def rule_id(name: str) -> str:
    """Return an id for a rule: lower-case letters, digits and underscores."""
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return (words if words[:1].isalpha() else f"sigma_{words}")[:_LONGEST_ID].rstrip("_")


def _import(document: SigmaDocument, source: str, name: str, options: Options, licence: str) -> Imported:
    title, sigma_id = document.text("title"), document.text("id")
    if document.condition is None:
        return Imported(source, title, sigma_id, name, reason=document.refusal)
    try:
        objects, condition, pattern = _pattern(document.condition, options)
        fields = [field for field in dict.fromkeys(_fields(condition)) if field not in objects.keys]
        case = (AS_WRITTEN,) if options.few_regexes else ()
        notes = (*case, *dict.fromkeys(objects.notes), *_notes(fields, str(pattern), pattern.regex_count))
        text = rule_text(document, pattern, make_tests(pattern), source=source, licence=licence, notes=notes)
    except RefusalError as error:
        return Imported(source, title, sigma_id, name, reason=str(error))
    return Imported(source, title, sigma_id, name, text, pattern.regex_count, notes)


def _pattern(condition: Condition, options: Options) -> tuple[Objects, Condition, CompiledPattern]:
    """Return how searches in objects were replaced, the condition without them, and its pattern."""
    refusals = []
    for search in SEARCHES:
        objects = Objects(search, options.fields)
        replaced = objects.replaced(condition)
        try:
            return objects, replaced, to_pattern(replaced, options)
        except RefusalError as error:
            if replaced == condition:
                raise
            refusals.append(error)
    few = ", ".join(objects.keys[:3])
    raise RefusalError(
        f"{refusals[-1]}; what it searches in an object can be in {len(objects.keys)} keys ({few}, ...), "
        "map the object to the one that the rule means (fields)"
    )


def _notes(fields: Iterable[str], printed: str, regexes: int) -> Iterator[str]:
    """Yield what the user must know about a rule."""
    for field in fields:
        if unknown := unknown_field(field):
            yield f"CloudTrail records have no field {unknown}, so a comparison with it never holds"
        if free_form(field) and f"$.{field} = *" in printed and f"$.{field} IS TRUE" not in printed:
            yield f"{field} must be a text or a number; the pattern is too long to ask for true and false as well"
        if not may_be_list(field) or f"$.{field} " not in printed:
            continue
        if f"$.{field}[*]" in printed:
            yield f"{field} is compared as a value and as a list; remove what CloudTrail does not write"
        else:
            yield f"if CloudTrail writes {field} as a list, name it in arrays"
    if re.search(r' "\*(?:\\.|[^"*\\])+"', printed):
        yield "a value in which the ending occurs twice is not found; more regular expressions do not fit"
    if regexes:
        yield "it uses a regular expression; a log group takes five filters with regular expressions"


def _fields(condition: Condition) -> Iterator[str]:
    if isinstance(condition, Not):
        yield from _fields(condition.operand)
    elif isinstance(condition, AllOf | AnyOf):
        for operand in condition.operands:
            yield from _fields(operand)
    else:
        yield condition.field
