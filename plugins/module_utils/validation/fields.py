# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read a mapping key by key into typed values, noting every problem instead of raising the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .document import Document, Place
from .errors import suggestion
from .limits import MAX_NUMBER
from .strings import ANY_TEXT, TextKind, complaint_about, describe, quote_hint


@dataclass
class Fields:
    """The keys of one mapping of a document.

    Each method reads one key; a bad value is noted in the document and replaced by a harmless one.
    """

    values: Mapping[str, Any]
    place: Place
    document: Document
    absent: bool = False  # the mapping itself is missing, which is noted already
    _known: set[str] = field(default_factory=set)

    def problem(self, key: str, message: str, hint: str = "") -> None:
        """Note a problem with one key."""
        self.document.add((*self.place, key), message, hint)

    def text(self, key: str, kind: TextKind = ANY_TEXT, *, default: str | None = None) -> str:
        """Return a text of that kind."""
        value = self._present(key, default is None)
        return default or "" if value is None else self._checked((*self.place, key), value, kind)

    def optional_text(self, key: str, kind: TextKind = ANY_TEXT) -> str | None:
        """Return a text, or None if the key is absent."""
        return self.text(key, kind, default="") if self._read(key) is not None else None

    def choice(self, key: str, options: Iterable[str], *, default: str | None = None) -> str:
        """Return one of the options."""
        value = self._present(key, default is None)
        if value is None:
            return default or ""
        if value not in tuple(options):
            self.problem(key, f"{describe(value)} is not one of the known values", suggestion(str(value), options))
        return str(value)

    def integer(self, key: str, *, default: int | None = None, smallest: int = 1) -> int:
        """Return a whole number."""
        value = self._present(key, default is None)
        if value is None:
            return smallest if default is None else default
        if isinstance(value, bool) or not isinstance(value, int):
            self.problem(key, f"this must be a whole number, not {describe(value)}", "remove the quotes, if any")
            return smallest
        if value < smallest:
            self.problem(key, f"{value} is too small", f"give {smallest} or more")
        return int(value)

    def optional_integer(self, key: str) -> int | None:
        """Return a whole number above zero, or None if the key is absent."""
        return self.integer(key, default=1) if self._read(key) is not None else None

    def number(self, key: str, *, required: bool = True) -> float | None:
        """Return a number that a metric can have, or None if the key is absent."""
        value = self._present(key, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not -MAX_NUMBER <= value <= MAX_NUMBER:
            self.problem(key, f"this must be a number, not {describe(value)}", "remove the quotes, if any")
            return None
        return float(value)

    def truth(self, key: str, *, default: bool | None = None) -> bool:
        """Return a truth value."""
        value = self._present(key, default is None)
        if value is not None and not isinstance(value, bool):
            self.problem(
                key, f"this must be true or false, not {describe(value)}", "write true or false, without quotes"
            )
            value = None
        return bool(default) if value is None else value

    def texts(self, key: str, kind: TextKind = ANY_TEXT, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of texts, empty if the key is absent."""
        values = self._present(key, required)
        if values is None:
            return ()
        if not isinstance(values, list | tuple):
            self.problem(key, f"this must be a list of texts, not {describe(values)}", "write it as [a, b]")
            return ()
        return tuple(self._checked((*self.place, key, index), value, kind) for index, value in enumerate(values))

    def text_or_texts(self, key: str, kind: TextKind = ANY_TEXT) -> tuple[str, ...]:
        """Return one text or a list of them as a tuple, empty if the key is absent or null."""
        value = self._read(key)
        if isinstance(value, list | tuple):
            return self.texts(key, kind)
        return () if value is None else (self.text(key, kind),)

    def text_mapping(self, key: str, names: TextKind, values: TextKind) -> dict[str, str]:
        """Return a mapping of texts to texts, empty if the key is absent."""
        entries = self.mapping(key)
        for name in entries.values:
            entries.check_name(name, names)
        return {name: entries.text(name, values) for name in entries.values}

    def mapping(self, key: str, *, required: bool = False) -> Fields:
        """Return the keys of a mapping, none if the key is absent."""
        value = self._present(key, required)
        if value is not None and not isinstance(value, Mapping):
            self.problem(key, f"this must be a mapping of keys to values, not {describe(value)}")
            value = None
        return Fields(value or {}, (*self.place, key), self.document, absent=value is None)

    def items(self, key: str) -> Iterator[Fields]:
        """Yield the mappings of a list."""
        value = self._present(key, True)
        if value is not None and (not isinstance(value, list | tuple) or not value):
            self.problem(key, f"this must be a list with at least one entry, not {describe(value)}")
            return
        for index, item in enumerate(value or ()):
            place = (*self.place, key, index)
            if isinstance(item, Mapping):
                yield Fields(item, place, self.document)
            else:
                self.document.add(place, f"this must be a mapping of keys to values, not {describe(item)}")

    def check_name(self, key: str, kind: TextKind) -> None:
        """Note a problem if a key that the author chose is no text of that kind."""
        self._checked((*self.place, key), key, kind)

    def raw(self, key: str, *, required: bool = True) -> Any:
        """Return whatever the key holds."""
        return self._present(key, required)

    def finish(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.values:
            if key not in self._known:
                self.problem(key, f"unknown key {key!r}", suggestion(key, self._known))

    def _checked(self, place: Place, value: Any, kind: TextKind) -> str:
        if not isinstance(value, str):
            self.document.add(place, f"this must be a text, not {describe(value)}", quote_hint(value))
            return ""
        complaint = complaint_about(value, kind)
        if complaint:
            self.document.add(place, *complaint)
        return value

    def _present(self, key: str, required: bool) -> Any:
        """Return a key's value; None, which counts as absent, is a problem if the key is required."""
        value = self._read(key)
        if value is None and required and not self.absent:
            self.problem(key, "this has no value" if key in self.values else f"the key {key!r} is missing")
        return value

    def _read(self, key: str) -> Any:
        self._known.add(key)
        return self.values.get(key)
