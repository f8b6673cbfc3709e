# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read one YAML file into plain values with their line numbers.

Only the part of YAML that all its versions and readers agree on is accepted: no aliases or anchors (a few lines of
them can expand to gigabytes), no tags, no merge keys, one document, unique string keys, and no unquoted scalar that one
version reads as a string and another as a number or a boolean (``no``, ``0123``, ``1:30``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .document import MAX_DEPTH, Document
from .problems import Place, Problem, ValidationError

try:
    import yaml
except ImportError:  # the controller has it; a managed host that only imports this file may not
    HAS_YAML = False
else:
    HAS_YAML = True
    # The C parser is some ten times faster, and both read the same language.
    _LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_FILE_BYTES = 1024 * 1024  # a rule with a dozen complete records has some 50 KB
_STR, _NULL, _BOOL, _INT, _FLOAT, _TIMESTAMP = (
    f"tag:yaml.org,2002:{name}" for name in ("str", "null", "bool", "int", "float", "timestamp")
)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)?\.?[0-9]+([eE][-+]?[0-9]+)?")
# What YAML 1.2 takes for a number; PyYAML, which reads YAML 1.1, takes some of it for a string, such as 1e3 or 0189.
_MODERN_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+")
_LONGEST_NUMBER = 40


class _UnreadableError(Exception):
    """A file that cannot be read at all."""

    def __init__(self, line: int | None, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


def read_document(path: Path) -> Document:
    """Read a YAML file; report what is wrong with it to the document.

    Raise ValidationError only if PyYAML is missing.
    """
    if not HAS_YAML:
        hint = "install it for the Python that runs Ansible: pip install PyYAML"
        raise ValidationError([Problem(str(path), "", "the file cannot be read: PyYAML is not installed", hint)])
    document = Document(str(path))
    try:
        _read_value(_read_text(path), document)
    except _UnreadableError as error:
        document.add((), error.message, error.hint, error.line)
    return document


def _read_value(text: str, document: Document) -> None:
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        number = _line_of(error)
        line = text.split("\n")[number - 1] if number and number <= text.count("\n") + 1 else ""
        document.add((), f"is not valid YAML: {_reason(error)}", _hint(line, error), number)
    else:
        document.value = _value(node, (), document)


def _read_text(path: Path) -> str:
    try:
        # A pipe or a device would block forever.
        if not path.is_file():
            raise _UnreadableError(None, "is not a regular file", "rename or remove it")
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise _UnreadableError(None, f"cannot be read: {error.strerror}") from error
    if len(data) > MAX_FILE_BYTES:
        raise _UnreadableError(None, f"is larger than {MAX_FILE_BYTES:,} bytes", "split it, or shorten it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(line, f"byte {error.start + 1} is not UTF-8", "save the file as UTF-8 text") from error


def _check_events(text: str) -> None:
    """Reject what must not be composed, in a pass that needs no memory for it."""
    depth = documents = 0
    event: Any
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _UnreadableError(line, "a second YAML document begins here", "remove the '---'")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _UnreadableError(
                line, "anchors (&) and aliases (*) are not allowed", "write the value out, or quote it"
            )
        if getattr(event, "tag", None):
            raise _UnreadableError(
                line, f"the YAML tag {event.tag!r} is not allowed", "write plain values, or quote the string"
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _UnreadableError(line, f"values are nested more than {MAX_DEPTH} deep")
    if not documents:
        raise _UnreadableError(None, "is empty")


def _line_of(error: Exception) -> int | None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark else None


def _reason(error: Exception) -> str:
    parts = (getattr(error, "context", None), getattr(error, "problem", None))
    text = ", ".join(part for part in parts if part) or str(error.args[0] if error.args else error)
    return text if text.isprintable() else repr(text)


def _hint(line: str, error: Exception) -> str:
    """Return what to do about common mistakes; `line` is the one where the parser stopped."""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces, not with tabs"
    if "mapping values are not allowed" in _reason(error):
        return "quote a string that contains ': '"
    return (
        "quote a string that begins with one of { [ * & ! % @ `" if "cannot start any token" in _reason(error) else ""
    )


def _value(node: Any, place: Place, document: Document) -> Any:
    """Return a node's plain value and note its line."""
    document.lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return {key: _value(child, (*place, key), document) for key, child in _entries(node, place, document)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*place, index), document) for index, child in enumerate(node.value)]
    return _scalar(node, place, document)


def _entries(node: Any, place: Place, document: Document) -> Iterator[tuple[str, Any]]:
    first_lines: dict[str, int] = {}
    for key_node, child in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != _STR:
            name = f"{key_node.value!r} " if isinstance(key_node, yaml.ScalarNode) else ""
            document.add(place, f"the key {name}is not a string", "quote the key", line)
        elif key_node.value in first_lines:
            message = f"is a duplicate key, first in line {first_lines[key_node.value]}"
            document.add((*place, key_node.value), message, "keep one", line)
        else:
            first_lines[key_node.value] = line
            yield key_node.value, child


def _scalar(node: Any, place: Place, document: Document) -> Any:
    """Return a string, number, boolean or None, if all versions of YAML agree on it."""
    text: str = node.value
    # A plain scalar has the style None in PyYAML's own parser and "" in the C one.
    if node.style or node.tag == _TIMESTAMP:
        return text
    if node.tag == _NULL:
        return None
    if node.tag == _STR and not _MODERN_NUMBER.fullmatch(text[:_LONGEST_NUMBER]):
        return text
    if node.tag == _BOOL and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if len(text) <= _LONGEST_NUMBER:
        if node.tag == _INT and _INTEGER.fullmatch(text):
            return int(text)
        if node.tag == _FLOAT and _DECIMAL.fullmatch(text):
            return float(text)
    _report_ambiguous(node, place, document)
    return text


def _report_ambiguous(node: Any, place: Place, document: Document) -> None:
    text = node.value[:_LONGEST_NUMBER]
    boolean = "; for a boolean write true or false" if node.tag == _BOOL else ""
    message = f"{text!r} without quotes means different things to different readers of YAML"
    document.add(place, message, f'quote it: "{text}"{boolean}')
    document.unreadable.add(place)
