"""What does the dossier say of one model, or of one data set, element by element?"""

from __future__ import annotations

from gauger.core.inventory import Artifact, Digest, Model
from gauger.core.lineage import BUILT, SAME_MODEL, TAUGHT, Claim, Reference
from gauger.core.readings import Known, Unmeasured, known
from gauger.report.coverage.answer import Answer, Ground, not_applicable, present, unknown
from gauger.report.view import View, model_name
from gauger.report.words import REASON

_REMOTE = ("api", "app")
_CONTENT = ("weights", "adapter")
_TRAINING = (BUILT - SAME_MODEL) | TAUGHT


def of_model(model: Model, view: View) -> dict[str, Answer]:
    """The answers about one model."""
    digest = _hash(model, view)
    return {
        "model-name": _name(model, view),
        "model-identifier": present(model.purl, "declared")
        if model.purl
        else unknown("not-supported", f"no package URL exists for names of the kind {model.namespace}"),
        "model-version": _version(model, view),
        "model-timestamp": unknown("not-supported", "dates of models are not recorded"),
        "model-producer": _producer(model, view),
        "model-description": unknown("not-supported", "what a model can and cannot do is not examined"),
        "model-hash": digest,
        "model-hash-algorithm": present("SHA-256", digest.ground) if digest.state == "present" else digest,
        "model-properties": _properties(model, view),
        "model-input-output": unknown("not-supported", "inputs and outputs of models are not examined"),
        "model-training": _training(model, view),
        "model-licence": _licence(model, view),
        "model-references": _references(model.id, view),
    }


def of_data_set(subject: Model | Reference, view: View) -> dict[str, Answer]:
    """The answers about one data set: one that the stack uses, or one that lineage points to."""
    name = model_name(subject) if isinstance(subject, Model) else subject.title or subject.key
    ties = [c for c in (*view.claims.get(subject.id, []), *view.claimed_of.get(subject.id, [])) if _counts(c)]
    return {
        "dataset-name": present(name, "declared" if isinstance(subject, Model) else "catalogue"),
        "dataset-description": unknown("not-supported", "descriptions of data sets are not read"),
        "dataset-content": unknown("not-supported", "data sets are not opened"),
        "dataset-identifier": unknown("not-supported", "no package URL exists for data sets"),
        "dataset-hash": unknown("not-supported", "data sets are not opened"),
        "dataset-provenance": _known(subject.developer, "catalogue", "whose model wrote it"),
        "dataset-statistics": unknown("not-supported", "data sets are not opened"),
        "dataset-sensitivity": unknown("not-supported", "data sets are not opened"),
        "dataset-dependencies": present(_told(ties[0], view), _ground(ties[0]))
        if ties
        else unknown("not-declared", "nothing says which model was trained on it"),
        "dataset-licence": _known(subject.licence, "catalogue"),
    }


def no_data_set() -> Answer:
    """The answer where no data set is named: every model had one, so it is unknown, not inapplicable."""
    return unknown("not-declared", "no data set is named in what was examined")


def _name(model: Model, view: View) -> Answer:
    statuses = {use.status for use in view.uses.get(model.id, [])}
    if model.name == "*":
        return unknown("not-resolved", "only the provider is known")
    if model.namespace == "unknown" and statuses == {"unresolved"}:
        return unknown("not-resolved", "the name could not be followed to its value")
    if statuses == {"inferred"}:
        return present(model.name, "declared", "one of several values, or a default that may be overridden")
    return present(model.name, "observed" if statuses <= {"measured"} else "declared")


def _version(model: Model, view: View) -> Answer:
    revisions = sorted({use.revision for use in view.uses.get(model.id, []) if use.revision})
    if revisions:
        several = "uses differ" if len(revisions) > 1 else ""
        return present(", ".join(revisions[:4]), "declared", several)
    return unknown("not-declared", "no revision is pinned")


def _producer(model: Model, view: View) -> Answer:
    if any(f.subject == model.id for f in view.contradictions()):
        return unknown("ambiguous", "what is declared of the origin is contradicted by what was observed")
    maker = view.developer(model)
    return present(maker, "catalogue", "by the name") if maker else _known(model.developer, "catalogue")


def _hash(model: Model, view: View) -> Answer:
    held = [a for a in view.artifacts.get(model.id, []) if a.kind in _CONTENT and a.parts]
    if not held:
        if model.form in _REMOTE:
            return not_applicable("the weights stay with the provider")
        return unknown("not-present", "the weights are not in what was examined")
    digests = {d.path: d for d in view.dossier.inputs}
    whole = [d for path in _paths(held) if (d := digests.get(path)) and _is_whole(d)]
    if len(whole) == len(_paths(held)):
        return present(", ".join(d.sha256 for d in whole[:4]), "observed", f"of {len(whole)} files")
    return unknown("not-requested", "weights are read in part, so no hash of the whole file is stated")


def _paths(artifacts: list[Artifact]) -> list[str]:
    return sorted({path for artifact in artifacts for path in artifact.parts})


def _is_whole(digest: Digest) -> bool:
    return digest.read_bytes == digest.size_bytes


def _properties(model: Model, view: View) -> Answer:
    for artifact in view.artifacts.get(model.id, []):
        for key in ("architectures", "general.architecture", "model_type"):
            value = artifact.facts.get(key)
            if value:
                told = ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
                return present(told, "declared", f"architecture, by {artifact.location.path}")
    if model.form in _REMOTE:
        return unknown("not-declared", "the provider says nothing that was examined")
    return unknown("not-present", "no configuration of the model was examined")


def _training(model: Model, view: View) -> Answer:
    claims = [c for c in view.claims.get(model.id, []) if c.relation in _TRAINING and _counts(c)]
    if not claims:
        return unknown("not-declared", "nothing says how or on what it was trained")
    first = min(claims, key=lambda c: (c.basis != "observed", c.basis != "declared", c.id))
    more = f"and {len(claims) - 1} more" if len(claims) > 1 else ""
    return present(_told(first, view), _ground(first), more)


def _licence(model: Model, view: View) -> Answer:
    named = sorted(
        {str(a.facts["license"]) for a in view.artifacts.get(model.id, []) if a.facts.get("license")}
    )
    if named == ["none"]:
        return Answer(state="declared-absent", value="none", ground="declared", detail="the card says so")
    if len(named) > 1:
        return unknown("ambiguous", f"its files name {len(named)} licences")
    if named:
        return present(named[0], "declared", "by its own files")
    return _known(model.licence, "catalogue", "by the name")


def _references(subject: str, view: View) -> Answer:
    pages = sorted({c.source for c in view.claims.get(subject, []) if c.source.startswith("https://")})
    if pages:
        return present(", ".join(pages[:3]), "catalogue")
    return unknown("not-sourced", "no page about the model is recorded")


def _known(value: Known, ground: Ground, detail: str = "") -> Answer:
    if isinstance(value, Unmeasured):
        return unknown(value.reason, value.detail or REASON[value.reason])
    return present(known(value) or "", ground, detail)


def _counts(claim: Claim) -> bool:
    """Is it more than an allegation, or an observation that others share?"""
    return claim.basis in ("declared", "catalogue") or claim.strength in ("strong", "exact")


def _ground(claim: Claim) -> Ground:
    return "" if claim.basis == "alleged" or claim.basis == "supposed" else claim.basis


def _told(claim: Claim, view: View) -> str:
    return f"{view.name(claim.subject)} {claim.relation} {view.name(claim.object)}"
