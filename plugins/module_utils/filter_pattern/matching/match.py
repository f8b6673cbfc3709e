# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Compile any syntax tree to one function of a message."""

from __future__ import annotations

from collections.abc import Callable

from ..tree import Delimited, Everything, Terms, Tree
from .fields import FieldLayout, compile_delimited
from .json_message import compile_condition
from .message import LogMessage
from .terms import compile_terms


def compile_match(tree: Tree) -> Callable[[LogMessage], bool]:
    """Compile a tree; the function raises nothing, whatever the message."""
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
