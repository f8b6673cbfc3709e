"""Write docs/variables.md from the variables of roles/common: python tools/variables_page.py"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import yaml
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import PROFILES, TABLE, Variable

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/variables.md"
HEAD = """\
# Variables

<!-- Written by tools/variables_page.py from roles/common and plugins/module_utils/preflight/variables.py. -->

One host is one AWS account, and these are its variables: in `group_vars`, `host_vars`, the inventory, a play, or by
`-e`. `secmon.aws.preflight`, the first task of `site`, `verify` and `teardown`, checks all of them on all hosts before
AWS is asked anything, and reports all that is wrong at once.

- A name that is not in this table is an error, since a misspelt variable would silently do nothing.
- Types are strict: `"365"` is no number, `365` is no text, `"yes"` is no truth value. What `-e name=value` or a
  template makes may be text; it is taken for a number, `true` or `false` if it can only mean that.
- Where the default is nothing or empty, an empty text counts as not set, so a host can undo what its group says.
- Keep what is marked as secret in a vault or behind a lookup. The preflight never shows it.
- `secmon_existing_*` name resources of yours. They are used and checked, never tagged, never torn down. What describes
  the resource that would be made otherwise is then an error.
"""
RULES = """
## Parameters of rules

`secmon_rules` gives values to the parameters of rules, such as
`secmon_rules: {secret_access: {parameters: {secret: MySampleSecret}}}`. Only the log bucket that `log_bucket_tampered`
watches is filled in where you name none: it is the trail's. `deployer_role` stays unset unless you say who deploys,
since that role's calls then go unnoticed. [rules/README.md](../rules/README.md) lists rules and parameters.
"""


def page() -> str:
    """Return the page in Markdown."""
    specification = yaml.safe_load((ROOT / "roles/common/meta/argument_specs.yml").read_text())
    described = specification["argument_specs"]["variables"]["options"]
    sections = "".join(line for title, variables in TABLE.items() for line in _section(title, variables, described))
    return f"{HEAD}{sections}{_profiles()}{RULES}"


def _section(title: str, variables: tuple[Variable, ...], described: dict[str, dict[str, str]]) -> Iterator[str]:
    yield f"\n## {title}\n\n| variable | value | default | meaning |\n|---|---|---|---|\n"
    for variable in variables:
        meaning = described[variable.name]["description"] + (" Secret." if variable.secret else "")
        yield f"| `{variable.name}` | {variable.kind.words} | {_default(variable)} | {meaning} |\n"


def _default(variable: Variable) -> str:
    if variable.required:
        return "**required**"
    if variable.default_words or variable.default is None:
        return variable.default_words or "-"
    return f"`{variable.default if isinstance(variable.default, str) else json.dumps(variable.default)}`".replace(
        "``", "empty"
    )


def _profiles() -> str:
    shown = {profile: map(json.dumps, sets.values()) for profile, sets in PROFILES.items()}
    rows = (f"| `{profile}` | {' | '.join(f'`{value}`' for value in values)} |\n" for profile, values in shown.items())
    names = ("secmon_profile", *next(iter(PROFILES.values())))
    head = f"| {' | '.join(f'`{name}`' for name in names)} |\n{'|---' * len(names)}|\n"
    return f"\n## Profiles\n\n{head}{''.join(rows)}"


if __name__ == "__main__":
    PAGE.write_text(page())
