# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a variable can be: kinds of values, and what is wrong with a value of another kind.

Complaints are parts of a sentence's beginning, such as ``365 is a number here. Quote it: "365"``; they quote the value,
so whoever holds a secret must not show them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Union

from ..core.problems import did_you_mean
from .confusables import invisible
from .limits import MAX_DEPTH
from .strings import describe

Complaints = Iterator[str]

_LONGEST_SHOWN = 60
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Kind:
    """One kind of values.

    Attributes:
        words: What such a value is, for the documentation: ``whole number``.
        complaints: Yields what is wrong with a value.
        from_text: Makes a value of what the command line or a template gave as text; leaves alone what is no such text.
        textual: Whether the empty text means that there is no value.
    """

    words: str
    complaints: Callable[[Any], Complaints]
    from_text: Callable[[Any], Any] = lambda value: value
    textual: bool = False


def text(words: str, shape: str, hint: str, *, longest: Union[int, None] = None) -> Kind:
    """Return the kind of texts of a shape, a regular expression; `hint` says in words what it asks for."""
    pattern = re.compile(shape)

    def complaints(value: Any) -> Complaints:
        if not isinstance(value, str):
            yield _no_text(value)
        elif invisible(value):
            yield f"{shown(value)} holds what nobody sees: {invisible(value)}. Type it anew."
        elif longest is not None and len(value) > longest:
            yield f"{shown(value)} has {len(value)} characters, more than {longest}. Shorten it."
        elif not pattern.fullmatch(value):
            yield f"{shown(value)} is no {words}. {hint}"

    return Kind(words, complaints, _digits_to_text, textual=True)


def choice(options: Iterable[str], hint: Callable[[str], str] = lambda value: "") -> Kind:
    """Return the kind of one of some words; `hint` may say more of a value that is none of them."""
    known = tuple(options)

    def complaints(value: Any) -> Complaints:
        if not isinstance(value, str):
            yield _no_text(value)
        elif value not in known:
            advice = did_you_mean(value.lower(), known) + hint(value)
            yield f"{shown(value)} is none of {', '.join(known)}.{advice}"

    return Kind(" or ".join(f"`{option}`" for option in known), complaints, textual=True)


def whole_number(words: str, allowed: Callable[[int], bool], hint: str) -> Kind:
    """Return the kind of some whole numbers."""

    def complaints(value: Any) -> Complaints:
        if isinstance(value, str) and isinstance(_text_to_number(value), int):
            yield f"{shown(value)} is text here. Write the number without quotes: {value}"
        elif isinstance(value, bool) or not isinstance(value, int):
            yield f"{shown(value)} is no whole number. {hint}"
        elif not allowed(value):
            yield f"{shown(value)} is not possible. {hint}"

    return Kind(words, complaints, _text_to_number)


def truth() -> Kind:
    """Return the kind of true and false."""

    def complaints(value: Any) -> Complaints:
        meant = _TRUTHS.get(value.lower()) if isinstance(value, str) else None
        if meant is not None:
            yield f"{shown(value)} is text here. Write {str(meant).lower()}, without quotes."
        elif not isinstance(value, bool):
            yield f"{shown(value)} is neither true nor false. Write true or false, without quotes."

    def from_text(value: Any) -> Any:
        return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value

    return Kind("`true` or `false`", complaints, from_text)


def list_of(item: Kind, words: str) -> Kind:
    """Return the kind of lists without repetitions."""

    def complaints(value: Any) -> Complaints:
        if not isinstance(value, list):
            yield f"{shown(value)} is no list. Write it as a list: [a, b]"
            return
        yield from (complaint for entry in value for complaint in _entry_complaints(item, entry))
        for index, entry in enumerate(value):
            if isinstance(entry, str) and entry in value[:index]:
                yield f"{shown(entry)} stands there twice. Remove one of them."

    return Kind(words, complaints)


def mapping_of(key: Kind, item: Kind, words: str) -> Kind:
    """Return the kind of mappings."""

    def complaints(value: Any) -> Complaints:
        if not isinstance(value, Mapping):
            yield _no_mapping(value)
            return
        for name, entry in value.items():
            yield from (f"key {complaint}" for complaint in _entry_complaints(key, name))
            yield from (f"{shown(name)}: {complaint}" for complaint in _entry_complaints(item, entry))

    return Kind(words, complaints)


def fields(words: str, required: Mapping[str, Kind], optional: Mapping[str, Kind]) -> Kind:
    """Return the kind of mappings with fixed keys; the empty mapping stands for none."""
    known = {**required, **optional}

    def complaints(value: Any) -> Complaints:
        if not isinstance(value, Mapping):
            yield _no_mapping(value)
            return
        for name, entry in value.items():
            if name not in known:
                nearest = did_you_mean(name, known) if isinstance(name, str) else ""
                yield f"{shown(name)} is none of the keys {', '.join(known)}.{nearest}"
            else:
                yield from (f"{name}: {complaint}" for complaint in _entry_complaints(known[name], entry))
        if value:
            yield from (f"the key {name} is missing." for name in required if name not in value)

    return Kind(words, complaints)


def any_mapping(words: str) -> Kind:
    """Return the kind of mappings that somebody else looks into."""

    def complaints(value: Any) -> Complaints:
        if not isinstance(value, Mapping):
            yield _no_mapping(value)
        elif _is_too_deep(value):
            yield f"this is nested more than {MAX_DEPTH} deep. Is it what you meant?"

    return Kind(words, complaints)


def either(first: Kind, second: Kind, words: str) -> Kind:
    """Return the kind of values that are of one of two kinds; the first one's complaints are told."""

    def complaints(value: Any) -> Complaints:
        if any(True for _complaint in second.complaints(value)):
            yield from first.complaints(value)

    return Kind(words, complaints)


def checked_by(kind: Kind, problem: Callable[[str], Union[str, None]]) -> Kind:
    """Return a kind of texts that has one more rule, which returns what is wrong, or None."""

    def complaints(value: Any) -> Complaints:
        found = list(kind.complaints(value))
        more = None if found else problem(value)
        yield from found
        if more:
            yield f"{shown(value)} {more}"

    return Kind(kind.words, complaints, kind.from_text, kind.textual)


def shown(value: Any) -> str:
    """Return a value for a message, in one short line."""
    if isinstance(value, str):
        text = value if len(value) <= _LONGEST_SHOWN else f"{value[: _LONGEST_SHOWN - 3]}..."
        return (
            '"' + "".join(character if character.isprintable() else repr(character)[1:-1] for character in text) + '"'
        )
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**_LONGEST_SHOWN:
        return "a number of many digits"  # Python refuses to write out more than some thousands of them
    return str(value).lower() if isinstance(value, bool) else describe(value).removeprefix("the number ")


def _entry_complaints(kind: Kind, value: Any) -> Complaints:
    if value == "" and kind.textual:
        yield "an entry is empty. Remove it, or fill it in."
    else:
        yield from kind.complaints(value)


def _no_text(value: Any) -> str:
    if isinstance(value, (bool, int, float)):
        what = "a truth value" if isinstance(value, bool) else "a number"
        return f"{shown(value)} is {what} here, not text. Quote it: {shown(shown(value))}"
    return f"{shown(value)} is no text."


def _no_mapping(value: Any) -> str:
    return f"{shown(value)} is no mapping. Write it as a mapping: {{key: value}}"


def _is_too_deep(value: Any) -> bool:
    """Look level by level, since Python would give up on a deep recursion."""
    level = [value]
    for _depth in range(MAX_DEPTH + 1):
        mappings = (entry.values() for entry in level if isinstance(entry, Mapping))
        lists = (entry for entry in level if isinstance(entry, (list, tuple)))
        level = [item for items in (*mappings, *lists) for item in items]
    return bool(level)


def _text_to_number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value) else value


def _digits_to_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18 else value
