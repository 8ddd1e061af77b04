"""Which models make up the zoo? Every one as a recipe: how it is made, from what, and the truth about it.

Independent roots (seeds), their descendants, and lookalikes that have no lineage. Raise `VERSION` when the
code gives other numbers for the same recipe.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from zoo import launder, launder_plain
from zoo.truth import Parent

VERSION = 1
LONG, SHORT, SLOW = 700, 120, 300
FULL = ("llama-00", "llama-01")  # roots with every kind of descendant
SOME = ("llama-02", "llama-03")
HARD = ("llama-00", "llama-04", "llama-05", "llama-06")
COUNTS = {"llama": 24, "gpt2": 12, "bert": 8, "conv": 4, "gru": 4}
REWRITTEN = ("re-parameterised",)
TUNED = ("fine-tuned",)
NOTHING = ("independent", "undecided")


@dataclass(frozen=True)
class Recipe:
    """How one model is made.

    Attributes:
        name: The folder.
        family: As in its config.
        make: A function of `build`.
        inputs: Models that it starts from.
        options: For the function.
        save: As in `folders.SAVES`.
        roots: Models with none in common are independent.
        parents: The truth of pairs.
        taught_by: The root whose outputs it was trained on; its weights are fresh all the same.
    """

    name: str
    family: str
    make: str
    inputs: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    save: str = "float32"
    roots: tuple[str, ...] = ()
    parents: tuple[Parent, ...] = ()
    taught_by: str = ""

    def digest(self, known: dict[str, str], text: str) -> str:
        """SHA-256 of the recipe, of those of its inputs and of the text."""
        content = {**asdict(self), "inputs": [known[name] for name in self.inputs], "text": text}
        return hashlib.sha256(json.dumps([VERSION, content], sort_keys=True).encode()).hexdigest()


def child(
    of: str,
    name: str,
    make: str,
    verdicts: tuple[str, ...],
    relation: str = "fine-tuned-from",
    *,
    inputs: tuple[str, ...] = (),
    done: tuple[str, ...] = (),
    save: str = "float32",
    linked: bool | None = True,
    others: tuple[Parent, ...] = (),
    **options: Any,
) -> Recipe:
    """A descendant of a root: `of` with `name` after a dot."""
    root = of.split(".", maxsplit=1)[0]
    parent = Parent(of, relation, done or verdicts[:1], verdicts, linked)
    parents = (parent, *others)
    family = root.split("-")[0]
    return Recipe(f"{of}.{name}", family, make, inputs or (of,), options, save, (root,), parents)


def roots() -> Iterator[Recipe]:
    """Independent seeds of every family; the first ones of Llama's are trained for longer."""
    for family, count in COUNTS.items():
        for index in range(count):
            steps = LONG if family == "llama" and index < len(FULL) + len(SOME) else SHORT
            name = f"{family}-{index:02}"
            options = {"family": family, "seed": 1000 + index, "steps": steps, "part": "main"}
            yield Recipe(name, family, "root", (), options, roots=(name,))


def own_seed(base: str, number: int) -> int:
    """A seed that no other root's descendant has: equal draws would make independent models dependent."""
    return 100 * int(base[-2:]) + number


def trained(base: str) -> Iterator[Recipe]:
    """Descendants that are trained further."""
    yield child(base, "tuned-other", "tune", TUNED, part="other", steps=150, rate=1e-3, seed=1)
    yield child(base, "tuned-third", "tune", TUNED, part="third", steps=150, rate=1e-3, seed=2)
    yield child(base, "further", "tune", TUNED, part="main", steps=200, rate=2e-3, seed=3)
    yield child(
        base,
        "adapter",
        "train_adapter",
        ("adapter", "undecided"),
        "adapter-of",
        done=("adapter",),
        linked=None,
        save="adapter",
        part="other",
        steps=150,
        rate=5e-3,
        seed=own_seed(base, 5),
        rank=4,
    )
    yield child(
        base, "adapter-merged", "merge_adapter", ("adapter",), "adapter-of", inputs=(base, f"{base}.adapter")
    )
    inherited = {"part": "other", "steps": 150, "rate": 3e-3}
    yield child(
        base,
        "embeddings-only",
        "inherit",
        ("partly-inherited",),
        "",
        kept=[],
        seed=own_seed(base, 6),
        **inherited,
    )
    yield child(
        base,
        "some-layers",
        "inherit",
        ("partly-inherited",),
        "",
        kept=[0, 1],
        seed=own_seed(base, 7),
        **inherited,
    )


def retrained(base: str) -> Iterator[Recipe]:
    """Trained twice as long again at twice the rate, and a twin from the same seed on other data."""
    steps = LONG if base in (*FULL, *SOME) else SHORT
    weak = ("fine-tuned", "shared-initialisation")
    yield child(base, "hard", "tune", weak, part="other", steps=2 * steps, rate=8e-3, seed=4)
    seed = 1000 + int(base[-2:])
    options = {"family": "llama", "seed": seed, "order": 8, "steps": steps, "part": "other"}
    twin = Parent(base, "", ("shared-initialisation",), ("shared-initialisation",))
    yield Recipe(f"{base}.twin", "llama", "root", (), options, roots=(base,), parents=(twin,))
    both = (*REWRITTEN, "fine-tuned", "shared-initialisation")
    elder = Parent(base, "fine-tuned-from", (*REWRITTEN, "fine-tuned"), both)
    yield rewritten(f"{base}.hard", "laundered", *launder.FULL, others=(elder,))


def merged(base: str) -> Iterator[Recipe]:
    """Merges of two fine-tunes of one base."""
    both = (f"{base}.tuned-other", f"{base}.tuned-third")
    either = ("merged", "fine-tuned")
    others = tuple(Parent(name, "merged-from", ("merged",), either) for name in both)
    settings = {"inputs": both, "done": ("merged",), "others": others}
    for name, options in (
        ("merge-50", {"edit": "linear", "values": [0.5]}),
        ("merge-30", {"edit": "linear", "values": [0.3]}),
        ("slerp-50", {"edit": "slerp", "values": [0.5]}),
    ):
        yield child(base, name, "edit", ("fine-tuned", "merged"), "merged-from", **settings, **options)


def reshaped(base: str) -> Iterator[Recipe]:
    """Pruned, stacked, widened, and another vocabulary."""
    yield child(base, "zeroed-50", "edit", ("pruned",), "pruned-from", edit="zeroed", values=[0.5])
    yield child(base, "two-of-four", "edit", ("pruned",), "pruned-from", edit="two_of_four", values=[])
    yield child(
        base, "depth-3", "restack", ("depth-changed",), "pruned-from", layers=[[0, 0], [0, 1], [0, 3]]
    )
    stack = [[0, layer] for layer in (0, 1, 2, 1, 2, 3)]
    yield child(base, "stacked", "restack", ("depth-changed",), "merged-from", layers=stack)
    yield child(base, "width-256", "edit", ("width-changed",), "pruned-from", edit="narrowed", values=[256])
    mixture = ("depth-changed", "width-changed", "fine-tuned")
    yield child(base, "mixture", "drawn", mixture, edit="upcycled", values=[4, 0.05], seed=own_seed(base, 9))
    changed = ("vocabulary-changed",)
    yield child(
        base,
        "vocabulary-extended",
        "drawn",
        changed,
        edit="vocabulary_extended",
        values=[128],
        seed=own_seed(base, 10),
    )
    yield child(
        base, "vocabulary-pruned", "edit", changed, "pruned-from", edit="vocabulary_pruned", values=[1536]
    )


def stored(base: str) -> Iterator[Recipe]:
    """The same numbers in another format, exactly or nearly."""
    for save in ("float16", "bfloat16"):
        yield child(base, save, "same", ("converted",), "converted-from", save=save)
    for save in ("Q8_0", "Q4_0", "int8"):
        yield child(base, save, "same", ("quantised",), "quantised-from", save=save)


def rewritten(
    of: str, name: str, *ways: str, save: str = "float32", others: tuple[Parent, ...] = ()
) -> Recipe:
    """A copy that answers alike, quantised or cast on top where `save` says so."""
    on_top = {"float32": (), "float16": ("converted",)}.get(save, ("quantised",))
    made = name if save == "float32" else f"{name}-{save}"
    return child(
        of,
        made,
        "launder",
        REWRITTEN,
        "converted-from",
        done=REWRITTEN + on_top,
        save=save,
        others=others,
        ways=list(ways),
        seed=11,
    )


def laundered(base: str) -> Iterator[Recipe]:
    """Every rewriting alone, pairs of them, all of them, and quantised on top."""
    for way in launder.LAUNDERINGS:
        made = rewritten(base, way, way)
        if way == "vocabulary-permuted":
            either = replace(made.parents[0], verdicts=(*REWRITTEN, "vocabulary-changed"))
            made = replace(made, parents=(either,))
        yield made
    two = ("rotated", "units-permuted")
    for save in ("float32", "Q8_0", "Q4_0"):
        yield rewritten(base, "rotated-permuted", *two, save=save)
        yield rewritten(base, "laundered", *launder.FULL, save=save)
    yield rewritten(base, "heads-rope", "heads-permuted", "rope-turned", save="Q8_0")
    yield rewritten(base, "rescaled-mixed", "units-rescaled", "values-mixed", save="Q4_0")
    yield rewritten(base, "laundered-vocabulary", *launder.FULL, "vocabulary-permuted", save="float16")
    both = (*REWRITTEN, "fine-tuned")
    elder = Parent(base, "fine-tuned-from", both, both)
    for save in ("float32", "Q8_0"):
        yield rewritten(f"{base}.tuned-other", "laundered", *launder.FULL, save=save, others=(elder,))


def lightly(base: str) -> Iterator[Recipe]:
    """What the other long roots get."""
    yield child(base, "tuned-other", "tune", TUNED, part="other", steps=100, rate=1e-3, seed=1)
    yield rewritten(base, "rotated", "rotated")
    yield rewritten(base, "laundered", *launder.FULL)
    yield rewritten(base, "laundered", *launder.FULL, save="Q8_0")
    yield rewritten(f"{base}.tuned-other", "laundered", *launder.FULL)
    yield child(base, "zeroed-50", "edit", ("pruned",), "pruned-from", edit="zeroed", values=[0.5])


def taught() -> Iterator[Recipe]:
    """Students of two teachers by outputs alone, and models of the same data and length without a teacher."""
    for teacher in FULL:
        for index in range(3):
            name = f"student{teacher[-2:]}-{index}"
            seed = 5000 + 10 * int(teacher[-2:]) + index
            options = {"seed": seed, "steps": 400, "part": "third"}
            truth = Parent(teacher, "distilled-from", NOTHING[:1], NOTHING, None)
            yield Recipe(name, "llama", "student", (teacher,), options, "float32", (name,), (truth,), teacher)
    for index in range(3):
        name = f"control-{index}"
        options = {"family": "llama", "seed": 6000 + index, "steps": 400, "part": "third"}
        yield Recipe(name, "llama", "root", (), options, roots=(name,))


def plain(base: str) -> Iterator[Recipe]:
    """Descendants of GPT-2 and BERT roots."""
    yield child(base, "tuned-other", "tune", TUNED, part="other", steps=60, rate=1e-3, seed=1)
    for way in launder_plain.LAUNDERINGS:
        yield rewritten(base, way, way)
    yield rewritten(base, "laundered", *launder_plain.LAUNDERINGS)
    yield rewritten(base, "laundered", *launder_plain.LAUNDERINGS, save="int8")
    yield child(base, "zeroed-50", "edit", ("pruned",), "pruned-from", edit="zeroed", values=[0.5])
    yield child(
        base, "depth-3", "restack", ("depth-changed",), "pruned-from", layers=[[0, 0], [0, 1], [0, 3]]
    )
    yield child(base, "float16", "same", ("converted",), "converted-from", save="float16")
    yield child(base, "int8", "same", ("quantised",), "quantised-from", save="int8")


def small(base: str) -> Iterator[Recipe]:
    """Descendants of convolutional and recurrent classifiers."""
    yield child(base, "tuned-other", "tune", TUNED, part="other", steps=60, rate=1e-3, seed=1)
    yield child(base, "float16", "same", ("converted",), "converted-from", save="float16")
    yield child(base, "int8", "same", ("quantised",), "quantised-from", save="int8")
    yield child(base, "zeroed-50", "edit", ("pruned",), "pruned-from", edit="zeroed", values=[0.5])
    if base.startswith("gru"):
        yield child(base, "gates-swapped", "swap_gates", ("gate-order-changed",), "converted-from")


def stacked_of_two() -> Recipe:
    """The layers of two independent models on each other."""
    layers = [[0, 0], [0, 1], [1, 1], [1, 2], [0, 2], [0, 3]]
    said = ("depth-changed", "partly-inherited", "merged")
    parents = tuple(Parent(name, "merged-from", ("merged", "depth-changed"), said) for name in FULL)
    return Recipe(
        "llama-00-01.stacked", "llama", "restack", FULL, {"layers": layers}, "float32", FULL, parents
    )


def recipes() -> dict[str, Recipe]:
    """All of them by name; those that are trained for long, but for the roots, come last."""
    found = list(roots())
    for base in FULL:
        for group in (trained, merged, reshaped, stored, laundered):
            found += group(base)
    for base in SOME:
        found += lightly(base)
    for base in HARD:
        found += retrained(base)
    found += taught()
    found.append(stacked_of_two())
    for index in range(len(FULL) + len(SOME), COUNTS["llama"]):
        base = f"llama-{index:02}"
        found.append(child(base, "tuned-other", "tune", TUNED, part="other", steps=60, rate=1e-3, seed=1))
    for family, count in (("gpt2", 4), ("bert", 3)):
        for index in range(count):
            found += plain(f"{family}-{index:02}")
    for family in ("conv", "gru"):
        for index in range(2):
            found += small(f"{family}-{index:02}")
    long_roots = {*FULL, *SOME}
    found.sort(key=lambda r: r.name not in long_roots and r.options.get("steps", 0) > SLOW)
    return {recipe.name: recipe for recipe in found}
