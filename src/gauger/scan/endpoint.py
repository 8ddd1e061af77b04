"""Who answers at this address? Bound to the client object of one call, never to a file."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from gauger.catalogue.query import Lookup
from gauger.core.inventory import Endpoint, Hop
from gauger.core.readings import Known, Unmeasured
from gauger.core.text import printable
from gauger.scan.resolve import Broken, Found, Outcome

_OWN_SUFFIXES = (
    ".svc", ".local", ".localhost", ".internal", ".lan", ".corp", ".home", ".intranet", ".private",
    ".home.arpa",
)  # fmt: skip
"""Names that cannot be a public provider's: reserved or in private use.

Source: RFC 6761 and RFC 6762 (`.localhost`, `.local`), RFC 8375 (`.home.arpa`), RFC 6762 appendix G (`.lan`,
    `.corp`, `.home`, `.internal`, `.intranet`, `.private`), Kubernetes DNS for services (`.svc`).
"""
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")


def clean_address(text: str) -> tuple[str, str]:
    """What are the address without credentials, query and fragment, and its host? Empty where none."""
    written = text.strip()
    try:
        parts = urlsplit(written if _SCHEME.match(written) else f"http://{written}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "", ""
    if not host or any(c in host for c in " ${}<>"):
        return "", ""
    shown = f"[{host}]" if ":" in host else host
    netloc = f"{shown}:{port}" if port else shown
    scheme = f"{parts.scheme}://" if _SCHEME.match(written) else ""
    return printable(f"{scheme}{netloc}{parts.path.rstrip('/')}"), host


def is_own(host: str) -> bool:
    """Is this host inside the user's own network: a private address, no dot, a reserved end?"""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.rstrip(".")
        return "." not in name or name.endswith((*_OWN_SUFFIXES, "host.docker.internal")) or ".svc." in name
    return not address.is_global


def provider_at(host: str, lookup: Lookup) -> Known:
    """Which provider answers at this host? `self` inside the user's own network."""
    provider = lookup.provider_of_host(host)
    if provider is not None:
        return provider.id
    if is_own(host):
        return "self"
    detail = f"the catalogue does not know the host {printable(host)}"
    return Unmeasured(reason="not-in-catalogue", detail=detail)


def endpoint_at(outcome: Outcome, lookup: Lookup) -> Endpoint:
    """Which endpoint does a followed address give?"""
    if isinstance(outcome, Broken):
        detail = f"the address is not known: {outcome.why} ({outcome.location})"
        return Endpoint(
            provider=Unmeasured(reason="not-resolved", detail=detail), basis="unresolved", chain=outcome.chain
        )
    url, host = clean_address(outcome.text)
    if not host:
        detail = f"not an address: {printable(outcome.text, 80)}"
        return Endpoint(
            provider=Unmeasured(reason="malformed", detail=detail), basis="unresolved", chain=outcome.chain
        )
    basis = "resolved" if outcome.chain else "declared"
    return Endpoint(provider=provider_at(host, lookup), url=url, basis=basis, chain=_chain(outcome, url))  # type: ignore[arg-type]


def _chain(outcome: Found, url: str) -> tuple[Hop, ...]:
    """The chain; for an address written at the client object, the one place where it stands."""
    return outcome.chain or (Hop(how="client", name=url, location=outcome.location),)
