"""Through which services are models reached, and what depends on what?"""

from __future__ import annotations

from collections import defaultdict

from gauger.core.inventory import Endpoint, Use
from gauger.core.readings import known
from gauger.report.cyclonedx.fields import STACK, Node, filled, organisation, properties, reasons, web_address
from gauger.report.cyclonedx.uses import service_ref
from gauger.report.view import View


def services(view: View) -> list[Node]:
    """One service for each provider and address that some use goes to, by `bom-ref`."""
    ends: dict[str, Endpoint] = {}
    users: defaultdict[str, list[Use]] = defaultdict(list)
    for use in view.real_uses():
        if use.endpoint is not None:
            ends.setdefault(service_ref(use.endpoint), use.endpoint)
            users[service_ref(use.endpoint)].append(use)
    keyed = _with_keys(view)
    return [_service(ref, ends[ref], users[ref], keyed) for ref in sorted(ends)]


def _service(ref: str, end: Endpoint, users: list[Use], keyed: set[str]) -> Node:
    """An address and whose it is. What flows there is not known to a scan, so no data flow is stated."""
    provider = known(end.provider)
    address = web_address(end.url)
    bases = sorted({use.endpoint.basis for use in users if use.endpoint is not None})
    return (
        filled(
            bom_ref=ref,
            provider=organisation(provider) if provider and provider != "self" else None,
        )
        | {"name": _name(provider, end.url)}
        | filled(
            endpoints=[address] if address else None,
            authenticated=True if provider in keyed else None,
            x_trust_boundary=None if provider is None else provider != "self",
            properties=properties(
                {
                    "provider": provider or "",
                    "url": end.url,
                    "endpoint-basis": bases,
                    **reasons({"provider": end.provider}),
                }
            ),
        )
    )


def _name(provider: str | None, url: str) -> str:
    """The provider's id; the address of a server of one's own, or of nobody known."""
    if provider and provider != "self":
        return provider
    return url or ("own server, address not stated" if provider else "endpoint that is not known")


def _with_keys(view: View) -> set[str]:
    """Providers for which the stack holds a credential's name: whoever calls them has to show it."""
    named = {a.title for a in view.dossier.artifacts if a.kind == "credential"}
    return {
        provider
        for use in view.real_uses()
        if use.role == "access" and use.endpoint is not None and use.written in named
        if (provider := known(use.endpoint.provider))
    } - {"self"}


def dependencies(view: View, components: list[Node], served: list[Node]) -> list[Node]:
    """The stack depends on all of it, a model on the services it is used through, an adapter on its base.

    Every component and service has its entry, so that no dependency means that there is none on record.
    """
    refs = {str(node["bom-ref"]) for node in (*components, *served)}
    needs: defaultdict[str, set[str]] = defaultdict(set)
    for use in view.real_uses():
        if use.endpoint is not None:
            needs[use.model].add(service_ref(use.endpoint))
    for claim in view.dossier.claims:
        if claim.relation == "adapter-of" and claim.basis in ("declared", "observed"):
            needs[claim.subject].add(claim.object)
    entries: list[Node] = [{"ref": STACK, "dependsOn": sorted(refs)}] if refs else [{"ref": STACK}]
    for ref in sorted(refs):
        found = sorted((needs[ref] & refs) - {ref})
        entries.append({"ref": ref, "dependsOn": found} if found else {"ref": ref})
    return entries
