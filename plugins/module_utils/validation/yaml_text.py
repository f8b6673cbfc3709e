# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Write values as YAML that all its versions and readers read alike: without anchors, and with quoted digits."""

from __future__ import annotations

import json
import re
from typing import Any

try:
    import yaml
except ImportError:  # the controller has it
    yaml = None  # type: ignore[assignment]

WIDTH = 140
# YAML 1.1 reads the account id 012345678901 as a text, and YAML 1.2 as a number.
_DIGITS = re.compile(r"[-+.]?[0-9][0-9._:eExoXO+-]*")


def yaml_text(value: Any) -> str:
    """Return a value as YAML in lines; keys stay in their order."""
    # Through JSON: an object that occurs twice gets no anchor, and Ansible's types of strings become plain ones.
    plain = json.loads(json.dumps(value))

    class Dumper(yaml.SafeDumper):
        pass

    Dumper.add_representer(str, _text)
    written: str = yaml.dump(plain, Dumper=Dumper, sort_keys=False, width=WIDTH, allow_unicode=True)
    return written


def _text(dumper: Any, value: str) -> Any:
    style = "'" if _DIGITS.fullmatch(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)
