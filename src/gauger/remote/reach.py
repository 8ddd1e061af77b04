"""Which hosts may be spoken to: an address on the internet must not lead into the network around us."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Literal

from gauger.core.errors import Unreadable

Kind = Literal["public", "private", "link-local", "never"]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses written as IPv6. Source: RFC 6052, section 2.1."""


def kind_of(text: str) -> Kind:
    """Where does this IP address lead?

    Addresses inside addresses (IPv4-mapped, 6to4, Teredo, NAT64) are judged by the inner one. Link-local ones
    are kept apart from private ones, since clouds serve their machines' credentials there.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return kind_of(str(inner))
    if address.is_multicast or address.is_unspecified:
        return "never"
    if address.is_link_local:
        return "link-local"
    return "public" if address.is_global else "private"


class Reach:
    """What the first host that was named allows for all that follow.

    A public first address allows public ones only. A private one (or this machine itself) allows private ones
    as well: its owner named it. Link-local addresses are reached only when the first was one.
    """

    def __init__(self) -> None:
        self._first: Kind | None = None

    def allowed(self, host: str, addresses: Sequence[str]) -> list[str]:
        """Which of the IP addresses of this host may be connected to, in order?

        Raises:
            Unreadable: none of them.
        """
        kinds = [kind_of(address) for address in addresses]
        if self._first is None:
            named = [kind for kind in kinds if kind != "never"]
            self._first = "public" if "public" in named else named[0] if named else None
        fitting = [a for a, kind in zip(addresses, kinds, strict=True) if self._allows(kind)]
        if not fitting:
            raise Unreadable(
                "leads to an address inside a private network; it was not followed",
                subject=host,
                hint="name that address itself if it is yours",
            )
        return fitting

    def _allows(self, kind: Kind) -> bool:
        if kind == "public":
            return True
        return kind == self._first or (kind == "private" and self._first == "link-local")
