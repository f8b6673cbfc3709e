# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""How the references of a rule are read and checked."""

from __future__ import annotations

from ..validation.structures import list_of, mapping_of, record
from ..validation.types import string
from .limits import MAX_TITLE_LENGTH
from .rule import References

_TITLE = string(longest=MAX_TITLE_LENGTH, one_line=True, strip=True)
_LINK = string("link", r"https://[!-~]+", "use an address that begins with https://")
REFERENCES = record(
    References,
    {
        "mitre_attack": list_of(
            string("ATT&CK technique", r"TA?\d{4}(\.\d{3})?", "use an ATT&CK id such as T1555.006"), "list of strings"
        ),
        "cis": mapping_of(
            string("version of the CIS benchmark", r"v\d+\.\d+", "use a version such as v5.0"),
            string("control number", r"\d+\.\d+", 'use a control number in quotes, such as "4.3"'),
        ).described('Benchmark version to control number in quotes: "4.10" is not 4.1.'),
        "security_hub": string("control id", r"[A-Za-z0-9]+\.\d+", "use a control id such as CloudWatch.1"),
        "prowler": string("name of a check", r"[a-z0-9_]+", "use the check's name in lower case with underscores"),
        "incidents": mapping_of(_TITLE, _LINK).described("Title to address of public reports of incidents."),
        "links": list_of(_LINK),
    },
)
