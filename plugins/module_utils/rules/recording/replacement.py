# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Replace the identifiers of a record by made-up ones: the same identifier by the same one, wherever it occurs.

Most replacements are counted, not computed from the identifiers, so that they cannot be computed back.
"""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

_Made = tuple[str, Callable[[int], str]]
_Make = Callable[[re.Match[str]], _Made]

OWN_ACCOUNT = "111122223333"
_OTHER_ACCOUNTS = ("444455556666", "777788889999", "999988887777")
# Names that AWS gives; a rule may ask for them.
_OF_AWS = re.compile(
    r"AWSReservedSSO_|AWSServiceRoleFor|root$|.*\.(amazonaws|amazon)\.com$|HIDDEN_DUE_TO_SECURITY_REASONS$"
    r"|token\.actions\.githubusercontent\.com$"
)
_NAMES = frozenset(
    (
        *("userName", "roleName", "instanceProfileName", "roleSessionName", "sourceIdentity", "subject"),
        *("invitedUserName", "principalName", "displayName"),
    )
)
_BUCKETS = frozenset({"bucketName", "s3BucketName", "s3Bucket"})
_WORD = r"[\w+=,.@-]+"
_IN_ARNS = (
    (
        "name",
        re.compile(
            rf":(?:user|role|federated-user|saml-provider|instance-profile)/(?:{_WORD}/)*({_WORD})(?![\w+=,.@/*-])"
        ),
    ),
    ("name", re.compile(rf":assumed-role/({_WORD})")),
    ("session", re.compile(rf":assumed-role/{_WORD}/({_WORD})")),
    ("bucket", re.compile(r":s3:::([a-z0-9.-]+)")),
    ("host", re.compile(r"(?::oidc-provider/|(?<!\(\+)https?://)([\w-]+(?:\.[\w-]+)+)")),
)
# Hosts whose name has their address.
_IN_HOST = re.compile(r"\b(?<=ip-|c2-)\d{1,3}(?:-\d{1,3}){3}\b")
# Names of AWS, whatever a role is called.
_KEPT = frozenset({"eventSource", "eventName", "eventType", "eventCategory", "awsRegion", "type"})
# Characters for private use stand for replacements.
_FIRST_MARK = 0xF0000
_MARK = re.compile("[\U000f0000-\U000ffffd]")
# Keys whose values are random or secret, and match nothing.
_RANDOM = {"x-amz-id-2": "", "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS"}
_ENCODED = re.compile(r"(Encoded authorization failure message: )\S+")


def replace_identifiers(record: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """Return a copy of a record without identifiers of its account.

    Args:
        record: The CloudTrail record.
        words: More texts to replace, such as the name of a company, each with what stands for it.
    """
    replaced: dict[str, Any] = _Replacer(record, words).value(record)
    return replaced


class _Replacer:
    """The replacements so far."""

    def __init__(self, record: Mapping[str, Any], words: Mapping[str, str]) -> None:
        self._known: dict[str, str] = {}
        self._marked: list[str] = []
        self._counts: dict[str, int] = {}
        owner = record.get("recipientAccountId") or (record.get("userIdentity") or {}).get("accountId")
        if isinstance(owner, str):
            self._known[owner] = OWN_ACCOUNT
        # Longer texts first, so that one that is part of another does not break it.
        names = {name: self._name(kind, name) for kind, name in dict.fromkeys(_names(record, ""))}
        self._words = sorted({**names, **words}.items(), key=lambda word: -len(word[0]))

    def value(self, value: Any, key: str = "") -> Any:
        """Return a value with its identifiers replaced."""
        if isinstance(value, Mapping):
            return {name: self.value(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner, key) for inner in value]
        if str(value) in self._known and isinstance(value, int):
            return int(self._known[str(value)])
        if not isinstance(value, str):
            return value
        if key in _KEPT:
            return value
        return _RANDOM[key] if key in _RANDOM and value else self._text(value)

    def _text(self, text: str) -> str:
        text = _ENCODED.sub(r"\1ENCODED", text)
        for word, replacement in self._words:
            text = re.sub(
                rf"(?<![A-Za-z0-9])(?<!arn:aws:){re.escape(word)}(?![A-Za-z0-9])", self._mark(replacement), text
            )
        text = _IN_HOST.sub(self._in_host, text)
        for pattern, make in _KINDS:
            text = pattern.sub(partial(self._once, make), text)
        return _MARK.sub(lambda match: self._marked[ord(match[0]) - _FIRST_MARK], text)

    def _mark(self, replacement: str) -> str:
        """Return a character that stands for a replacement, so that it is not taken for another identifier."""
        if replacement not in self._marked:
            self._marked.append(replacement)
        return chr(_FIRST_MARK + self._marked.index(replacement))

    def _once(self, make: _Make, match: re.Match[str]) -> str:
        """Return the mark of what stands for a match, the same one for the same text."""
        if match[0] not in self._known:
            kind, text_of = make(match)
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._known[match[0]] = text_of(self._counts[kind])
        return self._mark(self._known[match[0]])

    def _in_host(self, match: re.Match[str]) -> str:
        """Return the mark of the address that stands for one in the name of a host."""
        address = match[0].replace("-", ".")
        for found in re.finditer(".+", address):
            self._once(_address, found)
        return self._mark(self._known[address].replace(".", "-"))

    def _name(self, kind: str, name: str) -> str:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{kind}-{self._counts[kind]}" + (".example.com" if kind == "host" else "")


def _names(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """Yield the names of people, roles, sessions and buckets in a record, with the word that stands for each."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _names(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner, key)
    elif isinstance(value, str) and value:
        found = [("name", value)] if key in _NAMES else [("bucket", value)] if key in _BUCKETS else []
        found += [(kind, name) for kind, pattern in _IN_ARNS for name in pattern.findall(value)]
        yield from ((kind, name) for kind, name in found if not _OF_AWS.match(name))


def _account(_match: re.Match[str]) -> _Made:
    others = dict(enumerate(_OTHER_ACCOUNTS, start=1))
    return "account", lambda number: others.get(number, f"{number:012d}")


def _key(match: re.Match[str]) -> _Made:
    """Return an id of IAM of the same length; EXAMPLE marks it as made up, as in AWS's documentation."""
    room = len(match[0]) - len(match[1]) - len("EXAMPLE")
    return match[1], lambda number: f"{match[1]}{number:0{room}d}EXAMPLE"


def _address(match: re.Match[str]) -> _Made:
    """Return an address that RFC 5737 reserves for documentation, or a private one for a private one."""
    if match[0].strip("0.") == "":
        return "any", lambda _number: match[0]
    if re.match(r"10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|127\.|169\.254\.", match[0]):
        return "private", lambda number: f"10.0.0.{number % 256}"
    return "address", lambda number: f"198.51.100.{number % 256}"


def _address6(match: re.Match[str]) -> _Made:
    """Return an address that RFC 3849 reserves for documentation; times such as 12:19:33 stay."""
    try:
        any_address = not int(ipaddress.IPv6Address(match[0]))
    except ValueError:
        any_address = True
    return ("any", lambda _number: match[0]) if any_address else ("address6", lambda number: f"2001:db8::{number:x}")


def _uuid(match: re.Match[str]) -> _Made:
    """Return a UUID that differs between records; random ids cannot be guessed from it."""
    return "uuid", lambda _number: str(uuid.uuid5(uuid.NAMESPACE_OID, match[0]))


def _mail(_match: re.Match[str]) -> _Made:
    return "mail", lambda number: f"user-{number}@example.com"


def _resource(match: re.Match[str]) -> _Made:
    return match[1], lambda number: f"{match[1]}{number:0{len(match[2])}x}"


# Longer shapes first: an UUID must not be read as something else.
_KINDS: tuple[tuple[re.Pattern[str], _Make], ...] = (
    (re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![0-9A-Za-z])"), _uuid),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"), _mail),
    (re.compile(r"\b(A(?:KIA|SIA|IDA|ROA|GPA|IPA|NPA|NVA|PKA|SCA|BIA|CCA))[A-Z0-9]{12,128}\b"), _key),
    (re.compile(r"\b([a-z]+(?:-[a-z]+)*-)([0-9a-f]{8}|[0-9a-f]{16,17})\b"), _resource),
    (re.compile(r"\b(db-|cluster-)([A-Z0-9]{20,32})\b"), _resource),
    (re.compile(r"\b(o-|ou-|r-|d-)([a-z0-9]{10,32})\b"), _resource),
    (re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w.-])"), _address),
    (re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])"), _address6),
    (re.compile(r"(?<!\d)\d{12}(?!\d)"), _account),
)
