"""The probe `structure`: whose published sizes are these, and does the configuration fit the tensors?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from gauger.catalogue.query import Lookup
from gauger.catalogue.records import StructureReference
from gauger.core.inventory import Location
from gauger.core.judgement import Finding
from gauger.core.limits import Limits
from gauger.core.lineage import Claim, Evidence, Strength
from gauger.core.readings import Measured
from gauger.trace.probe import ProbeResult, TracedModel
from gauger.trace.references import ancestors_of
from gauger.trace.sizes import CORE, NUMBERS, TELLING, Sizes, sizes_of_config, sizes_of_gguf, sizes_of_tensors

CONTRADICTED = "config-contradicts-tensors"
_CALIBRATION = (
    "structure: unrelated models share shapes, so a match never proves lineage; the number of recorded "
    "models with this shape is given, and models without a record are not counted"
)
_MOST_NAMED = 12
_ENOUGH = 3


class Structure:
    """Compares sizes with those of published models."""

    ident = "structure"
    cost = 1

    def examine(self, subject: TracedModel, lookup: Lookup, limits: Limits) -> ProbeResult:  # noqa: ARG002
        """Which published sizes are these, and do configuration and tensors agree?"""
        declared, source = declared_sizes(subject)
        measured = _measured_sizes(subject)
        against = contradictions(declared, measured, packed=_is_packed(subject))
        findings = (_finding(subject, source, against),) if against else ()
        sizes = declared or measured
        if not sizes:
            return ProbeResult(findings=findings)
        model_type = subject.config.get("model_type")
        records = tuple(lookup.catalogue.structures.values())
        matches = matching(sizes, records, model_type if isinstance(model_type, str) else "")
        if not matches.best:
            return ProbeResult(findings=findings)
        evidence = _evidence(subject, matches, source, contradicted=bool(against), lookup=lookup)
        references = [lookup.reference(f"structure/{record.id}") for record in matches.best]
        claims = tuple(
            Claim(
                subject=subject.model.id,
                relation="architecture-from",
                object=reference.id,
                basis="observed",
                strength=evidence.strength,
                evidence=(evidence.id,),
            )
            for reference in references
        )
        return ProbeResult(
            evidence=(evidence,), claims=claims, references=tuple(references), findings=findings
        )


class Matches(msgspec.Struct, frozen=True, kw_only=True):
    """Which records fit.

    Attributes:
        best: Those that agree on the shape and on most of what tells models of one shape apart.
        shape: All that share the shape of the blocks.
        agreed: Names of the sizes on which the best agree, sorted.
        differ: Names of the telling sizes on which even the best do not.
    """

    best: tuple[StructureReference, ...]
    shape: tuple[StructureReference, ...]
    agreed: tuple[str, ...]
    differ: tuple[str, ...]


def matching(sizes: Sizes, records: Sequence[StructureReference], model_type: str = "") -> Matches:
    """Which of these records have these sizes?

    A record fits the shape when no size of the block that both give differs and at least three are equal,
    width and layers among them. Of those, the best have the declared model type (where any has), the fewest
    telling sizes that differ, then the most that agree; records whose vocabulary differs are never among the
    best. Control token numbers are reported and do not decide: instructed versions change them.
    """
    shape = tuple(r for r in records if _fits(sizes, r.sizes, CORE))
    fit = [r for r in shape if _same(sizes, r.sizes, "vocab_size") is not False]
    typed = [r for r in fit if r.model_type == model_type] or fit
    scored = [(_scores(sizes, r), r) for r in typed]
    if not scored:
        return Matches(best=(), shape=shape, agreed=(), differ=())
    top = min(score for score, _ in scored)
    best = tuple(r for score, r in scored if score == top)
    agreed = [n for n in (*CORE, *TELLING, *NUMBERS) if all(_same(sizes, r.sizes, n) for r in best)]
    differ = [n for n in TELLING if all(_same(sizes, r.sizes, n) is False for r in best)]
    return Matches(best=best, shape=shape, agreed=tuple(sorted(agreed)), differ=tuple(sorted(differ)))


def _fits(sizes: Sizes, other: Sizes, names: Sequence[str]) -> bool:
    verdicts = [_same(sizes, other, name) for name in names]
    return all(verdicts[:2]) and False not in verdicts and verdicts.count(True) >= _ENOUGH


def _same(sizes: Sizes, other: Sizes, name: str) -> bool | None:
    return sizes[name] == other[name] if name in sizes and name in other else None


def _scores(sizes: Sizes, record: StructureReference) -> tuple[int, int]:
    verdicts = [_same(sizes, record.sizes, name) for name in TELLING]
    return verdicts.count(False), -verdicts.count(True)


def declared_sizes(subject: TracedModel) -> tuple[Sizes, str]:
    """Sizes that the configuration or the GGUF header declares, and the path of what declares them."""
    sizes = sizes_of_config(subject.config)
    if sizes:
        return sizes, subject.config_path
    for opened in subject.weights:
        if opened.file.format == "gguf":
            return sizes_of_gguf(opened.file.metadata), opened.path
    return {}, ""


def _measured_sizes(subject: TracedModel) -> Sizes:
    """Sizes from the tensors of the first file that has a token embedding."""
    for opened in subject.weights:
        if opened.path.rpartition("/")[2].startswith("adapter_"):
            continue
        found = sizes_of_tensors(opened.file.tensors)
        if "vocab_size" in found:
            return found
    return {}


def _is_packed(subject: TracedModel) -> bool:
    """Are weights packed so that shapes are not those of the matrices (MLX, bitsandbytes, GPTQ)?"""
    packed = any(
        t.name.endswith((".scales", ".qweight", ".absmax", ".quant_map"))
        for w in subject.weights
        for t in w.file.tensors
    )
    return packed or any(key.startswith("quantization") for key in subject.config)


def contradictions(
    declared: Sizes, measured: Sizes, *, packed: bool = False
) -> dict[str, tuple[float, float]]:
    """On which sizes do declaration and tensors not agree: name → (declared, measured)?

    More layers than declared are no contradiction (prediction heads, vision towers), and packed weights are
    compared by the vocabulary only.
    """
    names = (
        ("vocab_size",) if packed else ("vocab_size", "hidden_size", "num_hidden_layers", "intermediate_size")
    )
    found = {n: (declared[n], measured[n]) for n in names if n in declared and n in measured}
    return {
        n: pair
        for n, pair in found.items()
        if pair[0] != pair[1] and not (n == "num_hidden_layers" and pair[1] > pair[0])
    }


def _finding(subject: TracedModel, source: str, against: dict[str, tuple[float, float]]) -> Finding:
    told = "; ".join(
        f"{name} {declared:g}, the tensors have {measured:g}"
        for name, (declared, measured) in sorted(against.items())
    )
    return Finding(
        rule=CONTRADICTED,
        severity="medium",
        confidence="high",
        audience=("platform", "security"),
        subject=subject.model.id,
        locations=(Location(path=source), *(Location(path=w.path) for w in subject.weights[:1])),
        message=f"{source} declares {told}: configuration and weights do not belong together",
        remedy="ask whoever supplied the files for matching ones, and load nothing until they agree; a "
        "renamed or swapped file is the usual cause",
    )


def _evidence(
    subject: TracedModel, matches: Matches, source: str, *, contradicted: bool, lookup: Lookup
) -> Evidence:
    titles = _titles(matches.best)
    also = _titles([r for r in matches.shape if r not in matches.best])
    where = f"{source} declares" if source else "the tensors have"
    words = ", ".join(name.replace("_", " ") for name in matches.agreed)
    statement = f"{where} the sizes of {_listed(titles)} (equal: {words})"
    if matches.differ:
        statement += "; different: " + ", ".join(name.replace("_", " ") for name in matches.differ)
    if also:
        statement += f"; {len(also)} more recorded models share the shape of the blocks: {_listed(also)}"
    if contradicted:
        statement += "; the tensors themselves have other sizes"
    return Evidence(
        probe=Structure.ident,
        subject=subject.model.id,
        reference=lookup.reference(f"structure/{matches.best[0].id}").id if len(matches.best) == 1 else "",
        statement=statement,
        reading=Measured.exact(
            float(len(titles) + len(also)), "recorded models with this shape", len(matches.agreed)
        ),
        strength=_strength(matches, contradicted=contradicted, lookup=lookup),
        calibration=_CALIBRATION,
        inputs=subject.inputs_of(source),
        facts={
            "records": tuple(r.id for r in matches.best),
            "developers": tuple(sorted({r.developer for r in matches.best})),
            "agreed": matches.agreed,
        },
    )


def _strength(matches: Matches, *, contradicted: bool, lookup: Lookup) -> Strength:
    """Moderate where all that fit go back to one developer and the vocabulary's size is equal too."""
    if (
        contradicted
        or "vocab_size" not in matches.agreed
        or matches.differ
        or len(matches.agreed) < 2 * _ENOUGH
    ):
        return "weak"
    return "moderate" if root_of(matches.best, lookup) is not None else "weak"


def root_of(records: Sequence[StructureReference], lookup: Lookup) -> StructureReference | None:
    """Which of these records do all the others go back to, as far as the catalogue knows, if any?"""
    for candidate in records:
        others = [r for r in records if r.developer != candidate.developer]
        if all(set(candidate.families) & set(_ancestors(r, lookup)) for r in others):
            return candidate
    return None


def _ancestors(record: StructureReference, lookup: Lookup) -> Iterator[str]:
    for name in record.models:
        yield from ancestors_of(name, lookup)


def _titles(records: Sequence[StructureReference]) -> list[str]:
    return sorted({name.rpartition("/")[2] for record in records for name in record.models})


def _listed(titles: Sequence[str]) -> str:
    shown = ", ".join(titles[:_MOST_NAMED])
    return shown + (f" and {len(titles) - _MOST_NAMED} more" if len(titles) > _MOST_NAMED else "")
