# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Share the compiled templates of this collection among the processes of one run of Ansible.

Ansible compiles each template again in the fork of each task, which takes longer than rendering it. Here the first fork
that compiles a template leaves the code in the temporary directory of the run, as the bytecode caches of Jinja do. Only
templates in the files of this collection are kept, so that none of a user's values gets there. What is private in
ansible-core is used only if it is there; otherwise templates are compiled as always.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import marshal
import os
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

COLLECTION = str(Path(__file__).resolve().parents[2]) + os.sep
# What `register` without an expression evaluates.
_RESULT = "_task.polymorphic_result"


class _SharedCode:
    """Compiled code by the text of its template; in memory, which forks inherit, and in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, types.CodeType] = {}
        self.read: set[str] = set()
        self.wanted = ""  # the expression whose syntax tree Jinja compiles next

    def find(self, key: str) -> types.CodeType | None:
        if key not in self.known:
            with contextlib.suppress(OSError, EOFError, ValueError, TypeError):
                self.known[key] = marshal.loads((self.folder / key).read_bytes())  # noqa: S302
        return self.known.get(key)

    def read_new(self) -> None:
        """Read what other processes have left, so that the next fork has it in memory."""
        with contextlib.suppress(OSError):
            new = {name for name in os.listdir(self.folder) if "." not in name} - self.read  # noqa: PTH208
            self.read |= new
            for name in new:
                self.find(name)

    def keep(self, key: str, code: types.CodeType) -> None:
        self.known[key] = code
        temporary = self.folder / f"{key}.{os.getpid()}"
        with contextlib.suppress(OSError, ValueError):
            temporary.write_bytes(marshal.dumps(code))
            temporary.rename(self.folder / key)


def share_templates(folder: Path) -> None:
    """Share the templates that this process and its forks compile from now on.

    Args:
        folder: A folder that only this run of Ansible uses.
    """
    with contextlib.suppress(ImportError, AttributeError, OSError):
        from ansible._internal._datatag._tags import Origin
        from ansible._internal._templating import _jinja_bits as bits

        environment, names = bits.AnsibleEnvironment, bits._TEMPLATE_OVERRIDE_FIELD_NAMES
        context, origin = bits._TemplateCompileContext, Origin.get_tag
        if environment._debuggable_template_source or hasattr(environment.compile, "secmon"):
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        shared, real_path = _SharedCode(folder), functools.cache(os.path.realpath)
        os.register_at_fork(before=shared.read_new)

        def key_of(own: Any, kind: str, source: Any) -> str:
            """Return the key of a template of this collection, an empty string for any other."""
            path = getattr(origin(source), "path", None) if isinstance(source, str) else None
            if source != _RESULT and (not path or not real_path(path).startswith(COLLECTION)):
                return ""
            settings = [getattr(own, name) for name in names]
            compiled = getattr(context.current(optional=True), "escape_backslashes", None)
            return hashlib.sha256(repr((kind, str(source), settings, compiled)).encode()).hexdigest()

        _replace(environment, shared, key_of)


def _replace(environment: Any, shared: _SharedCode, key_of: Callable[[Any, str, Any], str]) -> None:
    compile_, compile_expression = environment.compile, environment.compile_expression

    def compile_once(own: Any, source: Any, name: Any = None, filename: Any = None, **options: Any) -> Any:
        key, shared.wanted = shared.wanted, ""
        if isinstance(source, str):
            key = key_of(own, "template", source) if name is filename is None and not any(options.values()) else ""
        code = shared.find(key) if key else None
        if code is None:
            code = compile_(own, source, name, filename, **options)
            if key:
                shared.keep(key, code)
        return code

    def compile_expression_once(own: Any, source: Any, undefined_to_none: bool = True) -> Any:
        key = key_of(own, "expression", source)
        code = shared.find(key) if key else None
        if code is None:
            shared.wanted = key
            try:
                return compile_expression(own, source, undefined_to_none)
            finally:
                shared.wanted = ""
        template = own.template_class.from_code(own, code, own.make_globals(None), None)
        return TemplateExpression(template, undefined_to_none)

    from jinja2.environment import TemplateExpression

    compile_once.secmon = True  # type: ignore[attr-defined]
    environment.compile, environment.compile_expression = compile_once, compile_expression_once
