"""The schema of custom notifications of Amazon Q Developer in chat applications.

Source: its administrator guide, "Custom notifications". Only version and source are required; other members are ignored
or refused there, so a card here has none.
"""

from __future__ import annotations

from typing import Any

_TEXTS = {
    "": {"version", "source", "id"},
    "content": {"textType", "title", "description"},
    "metadata": {"threadId", "summary", "eventType"},
}
_LISTS = {"content": {"nextSteps", "keywords"}, "metadata": {"relatedResources"}}


def problems(card: dict[str, Any]) -> list[str]:
    """Return where a card differs from the schema."""
    found = [] if (card.get("version"), card.get("source")) == ("1.0", "custom") else ["version or source"]
    parts = {"": {name: value for name, value in card.items() if name not in _LISTS}}
    parts |= {name: card.get(name, {}) for name in _LISTS}
    for part, members in parts.items():
        for name, value in members.items():
            texts = value if name in _LISTS.get(part, ()) else [value] if name in _TEXTS[part] else [None]
            found += [f"{part}.{name}"] * (not all(isinstance(text, str) and text for text in texts))
    text_type = card.get("content", {}).get("textType", "client-markdown")
    return found + ["content.textType"] * (text_type != "client-markdown")
