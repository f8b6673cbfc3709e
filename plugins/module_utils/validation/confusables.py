# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find characters that are invisible or that look like ASCII but are not.

A Cyrillic "a" in an event name makes a filter that matches nothing, and no reviewer can see the difference.
"""

from __future__ import annotations

import unicodedata

NOT_ASCII = "contains a character that is not ASCII"

# Letters of other scripts that most fonts draw like an ASCII one (Unicode Technical Standard 39, confusables).
# Written as escapes to keep this table readable.
_CYRILLIC = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d\u04bb"
        "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405\u0423",
        "aeopcyxijsdqwhABEKMHOPCTXIJSY",
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "\u03bf\u03b1\u03bd\u03b9\u03c1\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "oavipABEZHIKMNOPTYX",
        strict=True,
    )
)
_MARKS = {
    "\u00a0": " ",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2026": "...",
    "\u2217": "*",
    "\u2260": "!=",
    "\u0131": "i",
    "\u0261": "g",
}
_CONTROLS = {"\n": "LINE FEED", "\r": "CARRIAGE RETURN", "\t": "TAB"}
_ASCII_FOR = {**_CYRILLIC, **_GREEK, **_MARKS}


def ascii_for(character: str) -> str:
    """Return the ASCII string that a character looks like, or an empty string."""
    if character in _ASCII_FOR:
        return _ASCII_FOR[character]
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if part.isascii())
    return plain if plain.isprintable() else ""


def describe_character(character: str) -> str:
    """Return the name of a character, such as ``U+0430 CYRILLIC SMALL LETTER A, which looks like 'a'``."""
    name = _CONTROLS.get(character) or unicodedata.name(character, "an unnamed character")
    plain = ascii_for(character)
    alike = f", which looks like {plain!r}" if plain and plain != character else ""
    return f"U+{ord(character):04X} {name}{alike}"


def non_ascii(text: str) -> str | None:
    """Describe the first character that is not printable ASCII, with its position; return None if all are."""
    for position, character in enumerate(text, start=1):
        if not (character.isascii() and character.isprintable()):
            return f"character {position} is {describe_character(character)}"
    return None


def invisible(text: str) -> str | None:
    """Describe the first character that hides or reorders text or controls a terminal; return None without one."""
    for position, character in enumerate(text, start=1):
        if character not in "\n\t" and unicodedata.category(character) in {"Cf", "Cc", "Cs", "Co", "Cn"}:
            return f"character {position} is {describe_character(character)}"
    return None
