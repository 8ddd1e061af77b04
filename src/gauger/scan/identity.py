"""What does the catalogue say of this name, and is a doubtful candidate a model at all?"""

from __future__ import annotations

from gauger.catalogue.query import Identity, Lookup, organisation_and_bare_name
from gauger.core.credentials import is_credential
from gauger.core.inventory import Endpoint, Model
from gauger.core.readings import Known, Unmeasured, known
from gauger.core.text import printable
from gauger.scan.collector import Candidate
from gauger.scan.naming import Naming, form_of, package_url

_UNTOLD = Unmeasured(reason="not-declared", detail="a path or an address does not say who made the model")


def describe(candidate: Candidate, naming: Naming, provider: str, revision: str, lookup: Lookup) -> Model:
    """Which model is called that? Declared knowledge only: what the name says."""
    name = printable(naming.name)
    if candidate.role == "training-data" and (data := lookup.data_set(naming.name)):
        return Model(
            namespace="hub",
            name=name,
            form="data-set",
            publisher=organisation_and_bare_name(name)[0] or _UNTOLD,
            developer=_makers(data.generated_by, lookup),
            family=data.generated_by[0] if data.generated_by[0] in lookup.catalogue.families else _UNTOLD,
            licence=data.licence or Unmeasured(reason="not-declared"),
        )
    form = candidate.form or form_of(naming, provider, candidate.role)
    if naming.namespace == "hub" and candidate.form is None and provider not in ("", "self"):
        form = "api"
    served = provider if naming.namespace in ("api", "cloud") else ""
    nameless = naming.namespace == "unknown" and ("://" in naming.name or "/" in naming.name)
    if naming.name == "*" or naming.namespace in ("local", "object-store") or nameless:
        own = _developer_behind(provider, lookup) if naming.name == "*" else _UNTOLD
        return Model(
            namespace=naming.namespace,
            name=name,
            provider=served,
            form=form,
            publisher=_UNTOLD,
            developer=own,
            family=_UNTOLD,
            licence=_UNTOLD,
        )
    identity = lookup.identify(naming.name)
    published = naming.namespace == "hub" or not lookup.is_closed(naming.name)
    return Model(
        namespace=naming.namespace,
        name=name,
        provider=served,
        form=form if candidate.form is not None or form == "adapter" or published else "api",
        publisher=_safe(identity.publisher),
        developer=identity.developer,
        family=identity.family,
        licence=identity.licence,
        purl=package_url(naming, revision),
    )


def _developer_behind(provider: str, lookup: Lookup) -> Known:
    """Whose model is called where only the platform is known?"""
    record = lookup.catalogue.providers.get(provider)
    if record is None or not record.developer:
        return _UNTOLD
    if record.serves_others:
        return Unmeasured(
            reason="ambiguous", detail=f"{record.title} serves several developers' models; none is named"
        )
    return record.developer


def _safe(value: Known) -> Known:
    return printable(value) if isinstance(value, str) else value


def _makers(generated_by: tuple[str, ...], lookup: Lookup) -> Known:
    """The one developer whose models wrote a data set; not known where there are several."""
    makers = set()
    for ident in generated_by:
        entry = lookup.catalogue.models.get(ident) or lookup.catalogue.families.get(ident)
        makers.add(entry.developer if entry is not None else "")
    if len(makers) == 1 and (maker := makers.pop()):
        return maker
    return Unmeasured(reason="ambiguous", detail="the data set holds outputs of several developers' models")


def worth_keeping(
    candidate: Candidate, naming: Naming, provider: str, endpoint: Endpoint | None, lookup: Lookup
) -> bool:
    """Is this a model, as far as the place and the catalogue tell?

    A place that takes a model by its own nature decides by itself. A weak one needs the form `Org/Name`, a
    name that the catalogue knows, or a provider's address beside it.
    """
    if candidate.bill == "exact":
        return not is_credential(naming.name)
    if candidate.role == "access":
        return provider not in ("", "self")
    if candidate.role == "training-data":
        return lookup.data_set(naming.name) is not None
    if is_credential(naming.name):
        return False
    if not candidate.weak:
        return True
    identity = lookup.identify(naming.name)
    if candidate.mention:
        organisation = organisation_and_bare_name(naming.name)[0]
        return bool(organisation) and lookup.developer_of_organisation(organisation) is not None
    public = (
        endpoint is not None and endpoint.basis in ("declared", "resolved") and provider not in ("", "self")
    )
    return public or naming.namespace == "hub" or _is_known(identity)


def _is_known(identity: Identity) -> bool:
    """Does the catalogue know the very model, its family, or its organisation?"""
    if known(identity.model) is not None or known(identity.family) is not None:
        return True
    return known(identity.developer) is not None and known(identity.publisher) is not None
