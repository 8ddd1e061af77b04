"""Which pairs of models does the benchmark ask about, and what is the truth of each?

    python bench/trace/pairs.py         writes pairs.tsv, the real pairs, from models.tsv and the rules below

Real pairs within one root were looked at tensor by tensor (README.md). Of models without a common root one
pair stands for each pair of roots, files of one format where there are such: counts are of distinct roots.
Pairs of edited copies and of the zoo come from the `truth.json` files.
"""

from __future__ import annotations

import csv
import fnmatch
import hashlib
import itertools
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from fetch import Real, real_models
from zoo.truth import Truth, read

HERE = Path(__file__).parent
TABLE = HERE / "pairs.tsv"
COLUMNS = ("a", "b", "label", "relation", "verdicts", "alterations", "roots", "family", "note")
NOTHING = ("independent", "undecided")

# Two patterns (either way round), relation, accepted verdicts, note; the first rule that fits
RULES: tuple[tuple[str, str, str, tuple[str, ...], str], ...] = (
    ("minilm*", "paraphrase-l3", "", ("partly-inherited",), "embeddings of one ancestor, other layers"),
    ("minilm-int8", "minilm*", "quantised-from", ("quantised",), ""),
    ("e5-small-enpt", "e5-small", "pruned-from", ("vocabulary-changed",), ""),
    # The 16 kHz files hold half of what the full ones do; the safetensors is another checkpoint of that half,
    # and the 8 kHz half of op18 another checkpoint of that one (cosines .991 to .9999).
    (
        "silero-v6-16k-safetensors",
        "silero-v6-[1og][6pg][kgem]*",
        "fine-tuned-from",
        ("fine-tuned",),
        "another checkpoint",
    ),
    (
        "silero-v6-16k-safetensors",
        "*",
        "fine-tuned-from",
        ("fine-tuned", "contained"),
        "another checkpoint of half",
    ),
    ("silero-v6-op18", "silero-v6-16k-sequence", "", ("contained", "gate-order-changed"), "half of it"),
    ("silero-v6-op18", "silero-v6-16k*", "", ("contained",), "half of it"),
    ("silero-v6-op18", "silero-v6-[og]*", "", ("contained",), "half of it"),
    ("silero-v6-op18", "*", "fine-tuned-from", ("fine-tuned",), "one half equal, one another checkpoint"),
    (
        "silero-half",
        "silero-v5*",
        "",
        ("contained", "converted"),
        "16 kHz half of v5, though shipped with v6",
    ),
    ("silero-v6-16k-sequence", "*", "converted-from", ("gate-order-changed", "converted", "contained"), ""),
    ("silero-v6-jit", "*", "converted-from", ("converted", "contained", "gate-order-changed"), ""),
    ("silero-v6-ggml", "*", "converted-from", ("converted", "contained", "gate-order-changed"), ""),
    ("silero-v6*", "silero-v6*", "converted-from", ("converted", "identical", "contained"), "16 of 8 and 16"),
    ("akiki-onnx", "akiki-*", "converted-from", ("gate-order-changed", "converted"), ""),
    ("tashkeel-rawi_ensemble", "*", "", ("contained",), "the other model is one of its members"),
    ("*", "*", "converted-from", ("converted", "identical"), ""),
)
UNCLEAR = {"mel-filters": "nothing in it was learned", "wake-hey_rhasspy": "the two formats differ in size"}
SHARED = {
    frozenset({"ppocr4-det", "ppocr5-det"}): "one pretrained backbone (inferred): "
    "cosines from .72 in its first layers down to .13, heads unrelated"
}
"""Roots that were trained apart from what may be one beginning: neither a positive nor a negative."""
EMPTY = hashlib.sha256(b"").hexdigest()
FIXED = ({"silero", "akiki"}, "an equal Fourier basis, which is not learned")


@dataclass(frozen=True)
class Pair:
    """Two models and the truth.

    Attributes:
        a: The subject's folder.
        b: The reference's.
        label: `positive` (dependence must be found), `negative` (must not); not counted: `unclear`, `taught`.
        relation: Of a to b, or of b to a.
        verdicts: Accepted; empty where any that claims dependence will do.
        alterations: All that were done.
        roots: Distinct roots of both, for counting.
        family: Of architectures.
        note: What to know.
    """

    a: str
    b: str
    label: str
    relation: str = ""
    verdicts: tuple[str, ...] = ()
    alterations: tuple[str, ...] = ()
    roots: str = ""
    family: str = ""
    note: str = ""


def named_roots(one: Iterable[str], two: Iterable[str]) -> str:
    """The two sides' roots in one order."""
    return " ~ ".join(sorted(("+".join(sorted(one)), "+".join(sorted(two)))))


def related(a: Real, b: Real) -> Pair:
    """The truth of two real models with a common root."""
    roots = named_roots(a.roots, b.roots)
    pair = Pair(a.id, b.id, "positive", roots=roots, family=a.family)
    if a.sha256 == b.sha256:
        return replace(pair, relation="same-as", verdicts=("identical",), alterations=("identical",))
    if EMPTY in (a.sha256, b.sha256):
        return replace(pair, label="unclear", note="the package's file is empty")
    for root, why in UNCLEAR.items():
        if root in a.roots:
            return replace(pair, label="unclear", note=why)
    for one, two, relation, verdicts, note in RULES:
        for x, y in ((a, b), (b, a)):
            if fnmatch.fnmatch(x.id, one) and fnmatch.fnmatch(y.id, two):
                return Pair(x.id, y.id, "positive", relation, verdicts, verdicts[:1], roots, a.family, note)
    raise AssertionError("the last rule fits everything")


def unrelated(models: Sequence[Real]) -> Iterator[Pair]:
    """One pair for each pair of roots; of several files the first two in one format."""
    by_root: dict[frozenset[str], list[Real]] = {}
    for model in models:
        by_root.setdefault(model.roots, []).append(model)
    for (one, mine), (two, theirs) in itertools.combinations(by_root.items(), 2):
        if one & two:
            continue
        choices = list(itertools.product(mine, theirs))
        a, b = next((c for c in choices if suffix(c[0]) == suffix(c[1])), choices[0])
        family = a.family if a.family == b.family else "across"
        kinds = {model.id.split("-")[0] for model in (a, b)}
        note = FIXED[1] if kinds <= FIXED[0] else ""
        pair = Pair(a.id, b.id, "negative", "", NOTHING, (), named_roots(one, two), family, note)
        why = SHARED.get(one | two)
        yield replace(pair, label="unclear", verdicts=(), note=why) if why else pair


def suffix(model: Real) -> str:
    """The ending of the packaged file, which tells the format."""
    return Path(model.assembly.partition(":")[2] or model.member).suffix


def real_pairs() -> list[Pair]:
    """All real pairs, positives first."""
    models = list(real_models().values())
    positives = [related(a, b) for a, b in itertools.combinations(models, 2) if a.roots & b.roots]
    return [*positives, *unrelated(models)]


def write(pairs: Sequence[Pair], path: Path = TABLE) -> None:
    """As a table."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(COLUMNS) + "\n")
        for pair in pairs:
            cells = [getattr(pair, column) for column in COLUMNS]
            file.write("\t".join(",".join(c) if isinstance(c, tuple) else c for c in cells) + "\n")


def read_table(path: Path = TABLE) -> list[Pair]:
    """The inverse of `write`."""

    def several(cell: str) -> tuple[str, ...]:
        return tuple(part for part in cell.split(",") if part)

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    lists = ("verdicts", "alterations")
    return [Pair(**{k: several(v) if k in lists else v for k, v in row.items()}) for row in rows]


def truths(folder: Path) -> dict[str, Truth]:
    """Every model of a made set that is ready."""
    return {path.parent.name: read(path.parent) for path in sorted(folder.glob("*/truth.json"))}


def made_positives(known: dict[str, Truth]) -> Iterator[Pair]:
    """Every model with each of its parents, as its truth says."""
    for truth in known.values():
        for parent in truth.parents:
            if parent.parent not in known:
                continue
            other = known[parent.parent]
            open_question = "taught" if truth.facts.get("taught_by") else "unclear"
            label = {True: "positive", False: "negative", None: open_question}[parent.linked]
            yield Pair(
                truth.name,
                parent.parent,
                label,
                parent.relation,
                parent.verdicts,
                parent.alterations,
                named_roots(truth.roots, other.roots),
                truth.family,
                str(truth.facts.get("save", "")),
            )


def made_negatives(known: dict[str, Truth]) -> Iterator[Pair]:
    """All pairs of one family that have no root in common, students and what taught them left out."""
    for a, b in itertools.combinations(known.values(), 2):
        if a.family != b.family or set(a.roots) & set(b.roots):
            continue
        if a.facts.get("taught_by") in b.roots or b.facts.get("taught_by") in a.roots:
            continue
        if "adapter" in (a.facts.get("save"), b.facts.get("save")):
            continue
        yield Pair(a.name, b.name, "negative", "", NOTHING, (), named_roots(a.roots, b.roots), a.family)


def siblings(known: dict[str, Truth]) -> Iterator[Pair]:
    """Pairs of one root, neither the other's parent: dependence must be found, whatever it is called."""
    direct = {frozenset((t.name, p.parent)) for t in known.values() for p in t.parents}
    for a, b in itertools.combinations(known.values(), 2):
        loose = {a.facts.get("save"), b.facts.get("save")} & {"adapter"}
        apart = any(t.name.endswith(("shuffled", "gaussian")) for t in (a, b))
        if not set(a.roots) & set(b.roots) or frozenset((a.name, b.name)) in direct or loose or apart:
            continue
        yield Pair(a.name, b.name, "positive", roots=named_roots(a.roots, b.roots), family=a.family)


def spread(pairs: Sequence[Pair], most: int) -> list[Pair]:
    """At most so many, at even steps."""
    if most <= 0 or len(pairs) <= most:
        return list(pairs)
    return [pairs[index * len(pairs) // most] for index in range(most)]


def main() -> int:
    """Write the table of real pairs."""
    found = real_pairs()
    write(found)
    for label in ("positive", "negative", "unclear"):
        mine = [pair for pair in found if pair.label == label]
        print(f"{label}: {len(mine)} pairs of files, {len({pair.roots for pair in mine})} of roots")
    return 0


if __name__ == "__main__":
    sys.exit(main())
