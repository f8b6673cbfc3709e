# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Networks of Sigma (``cidr``) as beginnings of addresses, or as a regular expression.

IPv6 addresses are compared as RFC 5952 writes them; that CloudTrail does so is our reading, not seen on AWS.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from typing import Union

from .conditions import RefusalError, Text, Values, Wild

_MOST_BEGINNINGS = 16
_HEX = "0123456789abcdef"


def in_network(field: str, network: Union[IPv4Network, IPv6Network]) -> Values:
    """Return the test that a field is an address of a network. Raises RefusalError."""
    if network.prefixlen == 0:
        raise RefusalError(f"the network {network} holds every address; ask whether {field} exists")
    if network.prefixlen == network.max_prefixlen:
        return Values(field, (Text((str(network.network_address),), cased=True),))
    return _version4(field, network) if isinstance(network, IPv4Network) else _version6(field, network)


def _version4(field: str, network: IPv4Network) -> Values:
    bits = -network.prefixlen % 8
    parts = network.network_address.packed[: (network.prefixlen + bits) // 8]
    head = ".".join(map(str, parts[:-1])) + ("." if len(parts) > 1 else "")
    numbers = range(parts[-1], parts[-1] + 2**bits)
    dot = "" if len(parts) == 4 else "."
    if len(numbers) <= _MOST_BEGINNINGS:
        tail = (Wild.MANY,) if dot else ()
        return Values(field, tuple(Text((f"{head}{number}{dot}", *tail), cased=True) for number in numbers))
    before, after = "^" + head.replace(".", "\\."), "\\." if dot else "$"
    return Values(field, patterns=("|".join(f"{before}{number}{after}" for number in _decimals(numbers)),))


def _decimals(numbers: range) -> Iterator[str]:
    """Yield regular expressions for consecutive numbers, one for each ten."""
    tens: dict[str, list[str]] = {}
    for number in map(str, numbers):
        tens.setdefault(number[:-1], []).append(number[-1])
    yield from (f"{ten}[{digits[0]}-{digits[-1]}]" for ten, digits in tens.items())


def _version6(field: str, network: IPv6Network) -> Values:
    whole, bits = divmod(network.prefixlen, 16)
    groups = [int(group, 16) for group in network.network_address.exploded.split(":")][: whole + bool(bits)]
    written = [f"{group:x}" for group in groups]
    # RFC 5952 leaves out zeros at the beginning of a group, and writes a run of zero groups as "::".
    if 0 in groups[:whole] or (bits and groups[-1] < 0x1000):
        raise RefusalError(
            f"the network {network} has zeros, which addresses leave out, so that they begin differently"
        )
    if not bits:
        return Values(field, (Text((f"{':'.join(written)}:", Wild.MANY), cased=True),))
    fixed, free = divmod(bits, 4)
    pattern = written[-1][:fixed]
    if free:
        first = int(written[-1][fixed], 16)
        pattern += f"[{_HEX[first : first + 2 ** (4 - free)]}]"
    pattern += "[0-9a-f]" * (4 - fixed - bool(free))
    return Values(field, patterns=(f"^{':'.join([*written[:-1], pattern])}",))
