# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The columns of Athena's table of CloudTrail log files, and how a selector reads them.

Source: Athena user guide, "Create a table for CloudTrail logs in Athena using manual partitioning". Names of columns
and of their fields have lower case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...filter_pattern.tree import AnyElement, AnyField, FieldName, Index, Name, Selector, Step
from ..translation import InexpressibleError

TABLE_GUIDE = 'Athena user guide, "Create a table for CloudTrail logs in Athena using manual partitioning"'
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TEXT: Mapping[str, Any] = {}
_ISSUER = ("type", "principalid", "arn", "accountid", "username")


def _struct(*texts: str, **fields: Any) -> dict[str, Any]:
    return dict.fromkeys(texts, _TEXT) | fields


JSON = "json"
ARRAY = "array"
COLUMNS = _struct(
    *("eventversion", "eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress", "useragent"),
    *("errorcode", "errormessage", "requestid", "eventid", "eventtype", "apiversion", "readonly"),
    *("recipientaccountid", "sharedeventid", "vpcendpointid", "vpcendpointaccountid", "eventcategory"),
    *("sessioncredentialfromconsole", "edgedevicedetails"),
    **dict.fromkeys(("requestparameters", "responseelements", "additionaleventdata", "serviceeventdetails"), JSON),
    useridentity=_struct(
        *("type", "principalid", "arn", "accountid", "invokedby", "accesskeyid", "username"),
        onbehalfof=_struct("userid", "identitystorearn"),
        sessioncontext=_struct(
            "ec2roledelivery",
            attributes=_struct("mfaauthenticated", "creationdate"),
            sessionissuer=_struct(*_ISSUER),
            webidfederationdata=_struct("federatedprovider"),
        ),
    ),
    resources={ARRAY: _struct("arn", "accountid", "type")},
    addendum=_struct("reason", "updatedfields", "originalrequestid", "originaleventid"),
    tlsdetails=_struct("tlsversion", "ciphersuite", "clientprovidedhostheader"),
)
"""What each column holds: texts, ``JSON`` for a text of JSON, structs, and an array of structs."""


@dataclass(frozen=True)
class Value:
    """How to read the value of a selector.

    Attributes:
        text: The expression for a string, number or boolean as text.
        json: The expression for the value as JSON; empty for a column of texts.
        presence: The expression that is null if the value is missing.
        many: The expression for the values of which one must pass a test, if the selector has a wildcard. The other
            expressions are then about ``each``.
        plain: Whether the value is a text, and no struct or array.
    """

    text: str
    json: str = ""
    presence: str = ""
    many: str = ""
    plain: bool = True


def value_of(selector: Selector | FieldName) -> Value:
    """Return how to read what a selector selects. Raises InexpressibleError."""
    if not isinstance(selector, Selector):
        raise InexpressibleError("The table has no column for lines that are not JSON.", TABLE_GUIDE)
    kind: Any = COLUMNS
    path: list[str] = []
    for place, step in enumerate(selector.steps):
        if kind == JSON:
            return _in_json(".".join(path), selector.steps[place:])
        if isinstance(step, AnyElement) and ARRAY in kind:
            return _in_array(".".join(path), kind[ARRAY], selector.steps[place + 1 :])
        name = step.name.lower() if isinstance(step, Name) else ""
        if name not in kind or name == ARRAY:
            written = ".".join([*path, step.name if isinstance(step, Name) else "[*]"])
            raise InexpressibleError(f"The table has no column or field {written}.", TABLE_GUIDE)
        path.append(name)
        kind = kind[name]
    column = ".".join(path)
    return Value(column, presence=column, plain=kind == _TEXT)


def _in_array(column: str, fields: Mapping[str, Any], steps: Sequence[Step]) -> Value:
    (name, *more) = steps or (None,)
    if more or not isinstance(name, Name) or name.name.lower() not in fields:
        raise InexpressibleError(f"The structs of the column {column} have other fields.", TABLE_GUIDE)
    field = f"each.{name.name.lower()}"
    return Value(field, presence=field, many=column)


def _in_json(column: str, steps: Sequence[Step]) -> Value:
    wild = [place for place, step in enumerate(steps) if isinstance(step, AnyElement | AnyField)]
    if len(wild) > 1:
        raise InexpressibleError("Two wildcards of one selector are not translated.", TABLE_GUIDE)
    if not wild:
        return _json_value(column, steps)
    place = wild[0]
    inside = f"json_extract({column}, {_path(steps[:place])})" if place else f"json_parse({column})"
    # A value of another shape is no error of the query, but matches nothing.
    many = f"try_cast({inside} as array(json))"
    if isinstance(steps[place], AnyField):
        many = f"map_values(try_cast({inside} as map(varchar, json)))"
    value = _json_value("each", steps[place + 1 :])
    return Value(value.text, value.json, value.presence, many)


def _json_value(source: str, steps: Sequence[Step]) -> Value:
    path = _path(steps)
    json = f"json_extract({source}, {path})"
    return Value(f"json_extract_scalar({source}, {path})", json, json)


def _path(steps: Sequence[Step]) -> str:
    """Return a path of JSON as a literal of SQL."""
    written = "$"
    for step in steps:
        if isinstance(step, Index):
            written += f"[{step.index}]"
        elif isinstance(step, Name) and _PLAIN.fullmatch(step.name):
            written += f".{step.name}"
        elif isinstance(step, Name) and not re.search(r'["\\]', step.name):
            written += f'["{step.name}"]'
        else:
            raise InexpressibleError("A name with a quotation mark cannot be written in a path of JSON.", TABLE_GUIDE)
    return quoted(written)


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
