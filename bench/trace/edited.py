"""What do copies of a real model look like after somebody worked on them? Makes them, with the truth.

    python bench/trace/edited.py [--model smollm2|minilm …] [--only NAME …] [--models FOLDER] [--out FOLDER]

Real models come from `scripts/fetch_real_models.py`; copies go to `.cache/edited/<model>-<edit>`, each a
folder in Hugging Face's layout (or one GGUF file) with `truth.json`. The same seed gives the same bytes.
Rewritings that keep the function are checked by a forward pass before they are quantised or cast: the largest
difference of a logit is printed and kept in the truth. numpy only; about 540 MB a copy of SmolLM2-135M.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import shutil
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from zoo import edits, files, launder, launder_plain
from zoo.forward import logits
from zoo.model import Array, Model
from zoo.truth import Parent, Truth

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache"
MAKERS = ("edits", "files", "forward", "launder", "launder_plain", "model")
SEED = 20261123
TEXT = [504, 3575, 282, 4649, 314, 7042, 30, 198, 788, 1990, 5345, 253, 2236, 1194, 79, 4242]
LARGEST = 1e-3  # of the logits' spread: float32 rounding through 30 layers stays far below
ORIGIN = {
    "smollm2": "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    "minilm": "minilm",
}
Rng = np.random.Generator


@dataclass(frozen=True)
class Edit:
    """One copy to make.

    Attributes:
        verdicts: Accepted main findings against the untouched model, best first.
        relation: To it.
        make: The edit.
        alterations: All that was done; the best verdict where nothing is given.
        keeps: The function is kept, so logits are compared.
        save: `float32`, `float16`, `bfloat16`, `int8`, `Q8_0`, `Q4_0`, `shards` or `adapter`.
        others: Further parents by edit name, with the verdicts accepted for them.
        linked: Whether dependence must be found; None where weights need not show it.
    """

    verdicts: tuple[str, ...]
    relation: str
    make: Callable[[Model, Rng], Model]
    alterations: tuple[str, ...] = ()
    keeps: bool = False
    save: str = "float32"
    others: dict[str, tuple[str, ...]] = field(default_factory=dict)
    linked: bool | None = True


def same(model: Model, _: Rng) -> Model:
    """Nothing."""
    return model


def child(model: Model, seed: int) -> Model:
    """A descendant that others can be merged from: 4 % noise, from a seed of its own."""
    return edits.noise(model, np.random.default_rng(seed), 0.04)


def renamed(model: Model, _: Rng) -> Model:
    """Tensors under names that no library uses."""

    def new(name: str) -> str:
        return f"t{zlib.crc32(name.encode()):08x}"

    return model.with_weights({new(name): array for name, array in model.weights.items()})


def low_rank(model: Model, rng: Rng) -> Model:
    """The adapter alone, with PEFT's config beside it."""
    return Model(edits.adapter(model, rng, 8, 0.05), model.config, extra={"adapter_config.json": PEFT})


def merged_low_rank(model: Model, rng: Rng) -> Model:
    """The same adapter added to the matrices."""
    return edits.with_adapter(model, edits.adapter(model, rng, 8, 0.05))


def laundered(*names: str) -> Callable[[Model, Rng], Model]:
    """These rewritings, one after another."""
    return lambda model, rng: launder.launder(model, names, rng)


def kept_layers(*numbers: int) -> Callable[[Model, Rng], Model]:
    """The layers of these numbers, in this order."""
    return lambda model, _: edits.layers_of(model, [(number, model) for number in numbers])


def half_inherited(model: Model, rng: Rng) -> Model:
    """Embeddings and the first fifteen layers; the other layers are drawn anew."""
    fresh = edits.gaussian(model, rng)
    return edits.layers_of(model, [(number, model if number < 15 else fresh) for number in range(30)])


PEFT = {
    "base_model_name_or_path": "",
    "peft_type": "LORA",
    "task_type": "CAUSAL_LM",
    "r": 8,
    "lora_alpha": 8,
    "target_modules": ["q_proj", "v_proj"],
}
TWENTY = tuple(round(i * 29 / 19) for i in range(20))
STACK = (*range(20), *range(10, 30))
REWRITTEN = ("re-parameterised",)
LINKED = ("fine-tuned", "shared-initialisation")


def noisy(share: float, *verdicts: str) -> Edit:
    """Noise on every matrix."""
    return Edit(verdicts, "fine-tuned-from", lambda m, r: edits.noise(m, r, share), ("fine-tuned",))


def rewritten(*names: str, save: str = "float32") -> Edit:
    """A copy that answers alike; quantised or cast on top where `save` says so."""
    done = REWRITTEN + {"float32": (), "float16": ("converted",), "bfloat16": ("converted",)}.get(
        save, ("quantised",)
    )
    return Edit(REWRITTEN, "converted-from", laundered(*names), done, keeps=True, save=save)


def unlinked(make: Callable[[Model, Rng], Model]) -> Edit:
    """A copy of the shape alone."""
    return Edit(("independent", "undecided"), "", make, ("independent",), linked=False)


SMOLLM2: dict[str, Edit] = {
    "noise-5": noisy(0.05, "fine-tuned"),
    "noise-50": noisy(0.5, "fine-tuned"),
    "noise-200": noisy(2.0, "fine-tuned", "shared-initialisation"),
    "half-zeroed": Edit(("pruned",), "pruned-from", lambda m, _: edits.zeroed(m, 0.5)),
    "two-of-four": Edit(("pruned",), "pruned-from", lambda m, _: edits.two_of_four(m)),
    "rotated": rewritten("rotated"),
    "units-permuted": rewritten("units-permuted"),
    "units-rescaled": rewritten("units-rescaled"),
    "signs-flipped": rewritten("signs-flipped"),
    "heads-permuted": rewritten("heads-permuted"),
    "rope-turned": rewritten("rope-turned"),
    "values-mixed": rewritten("values-mixed"),
    "vocabulary-permuted": replace(
        rewritten("vocabulary-permuted"), verdicts=("re-parameterised", "vocabulary-changed")
    ),
    "laundered": rewritten(*launder.FULL),
    "rotated-permuted-Q8_0": rewritten("rotated", "units-permuted", save="Q8_0"),
    "rotated-permuted-Q4_0": rewritten("rotated", "units-permuted", save="Q4_0"),
    "permuted-rescaled-Q8_0": rewritten("units-permuted", "units-rescaled", save="Q8_0"),
    "heads-values-Q4_0": rewritten("heads-permuted", "values-mixed", save="Q4_0"),
    "laundered-Q8_0": rewritten(*launder.FULL, save="Q8_0"),
    "laundered-Q4_0": rewritten(*launder.FULL, save="Q4_0"),
    "laundered-float16": rewritten(*launder.FULL, save="float16"),
    "laundered-all-bfloat16": rewritten(*launder.FULL, "vocabulary-permuted", save="bfloat16"),
    "depth-20": Edit(("depth-changed",), "pruned-from", kept_layers(*TWENTY)),
    "depth-first-20": Edit(("depth-changed",), "pruned-from", kept_layers(*range(20))),
    "width-1024": Edit(("width-changed",), "pruned-from", lambda m, _: edits.narrowed(m, 1024)),
    "shuffled": unlinked(edits.shuffled),
    "gaussian": unlinked(edits.gaussian),
    "float16": Edit(("converted",), "converted-from", same, save="float16"),
    "bfloat16": Edit(("converted",), "converted-from", same, save="bfloat16"),
    "renamed-shards": Edit(("identical", "converted"), "same-as", renamed, save="shards"),
    "Q8_0": Edit(("quantised",), "quantised-from", same, save="Q8_0"),
    "Q4_0": Edit(("quantised",), "quantised-from", same, save="Q4_0"),
    "int8": Edit(("quantised",), "quantised-from", same, save="int8"),
    "adapter": Edit(
        ("adapter", "undecided"), "adapter-of", low_rank, ("adapter",), save="adapter", linked=None
    ),
    "adapter-merged": Edit(("adapter",), "adapter-of", merged_low_rank),
    "adapter-merged-bfloat16": Edit(("adapter",), "adapter-of", merged_low_rank, save="bfloat16"),
    "child-a": Edit(("fine-tuned",), "fine-tuned-from", lambda m, _: child(m, 1)),
    "child-b": Edit(("fine-tuned",), "fine-tuned-from", lambda m, _: child(m, 2)),
    "merge-50": Edit(
        ("fine-tuned", "merged"),
        "merged-from",
        lambda m, _: edits.linear(child(m, 1), child(m, 2), 0.5),
        ("merged",),
        others={"child-a": ("merged", "fine-tuned"), "child-b": ("merged", "fine-tuned")},
    ),
    "merge-30": Edit(
        ("fine-tuned", "merged"),
        "merged-from",
        lambda m, _: edits.linear(child(m, 1), child(m, 2), 0.3),
        ("merged",),
        others={"child-a": ("merged", "fine-tuned"), "child-b": ("merged", "fine-tuned")},
    ),
    "vocabulary-extended": Edit(
        ("vocabulary-changed",), "fine-tuned-from", lambda m, r: edits.vocabulary_extended(m, r, 512)
    ),
    "vocabulary-pruned": Edit(
        ("vocabulary-changed",), "pruned-from", lambda m, _: edits.vocabulary_pruned(m, 32000)
    ),
    "stacked-40": Edit(("depth-changed",), "merged-from", kept_layers(*STACK)),
    "embeddings-only": Edit(("partly-inherited",), "", edits.embeddings_only),
    "half-inherited": Edit(
        ("partly-inherited",),
        "",
        half_inherited,
    ),
    "mixture": Edit(
        ("depth-changed", "width-changed", "fine-tuned"),
        "fine-tuned-from",
        lambda m, r: edits.upcycled(edits.layers_of(m, [(i, m) for i in range(6)]), r, 4, 0.05),
        ("depth-changed",),
    ),
}

MINILM: dict[str, Edit] = {
    "noise-5": noisy(0.05, "fine-tuned"),
    "noise-50": noisy(0.5, "fine-tuned"),
    "noise-200": noisy(2.0, "fine-tuned", "shared-initialisation"),
    "half-zeroed": Edit(("pruned",), "pruned-from", lambda m, _: edits.zeroed(m, 0.5)),
    "shuffled": unlinked(edits.shuffled),
    "gaussian": unlinked(edits.gaussian),
    "float16": Edit(("converted",), "converted-from", same, save="float16"),
    "int8": Edit(("quantised",), "quantised-from", same, save="int8"),
    "renamed-shards": Edit(("identical", "converted"), "same-as", renamed, save="shards"),
    "depth-4": Edit(("depth-changed",), "pruned-from", kept_layers(0, 1, 3, 5)),
    "width-1024": Edit(("width-changed",), "pruned-from", lambda m, _: edits.narrowed_plain(m, 1024)),
    "embeddings-only": Edit(("partly-inherited",), "", edits.embeddings_only),
}
for _names, _save in (
    (("units-permuted",), "float32"),
    (("heads-permuted",), "float32"),
    (("heads-mixed",), "float32"),
    (("residual-permuted",), "float32"),
    (tuple(launder_plain.LAUNDERINGS), "float32"),
    (tuple(launder_plain.LAUNDERINGS), "float16"),
    (("units-permuted", "heads-permuted"), "int8"),
):
    _name = _names[0] if len(_names) == 1 else "laundered" if len(_names) == 4 else "permuted"
    MINILM[_name if _save == "float32" else f"{_name}-{_save}"] = replace(
        rewritten(*_names, save=_save), make=lambda m, r, names=_names: launder_plain.launder(m, names, r)
    )

EDITS = {"smollm2": SMOLLM2, "minilm": MINILM}


def seed_of(name: str) -> Rng:
    """A generator of its own for every copy, so that one can be made without the others."""
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])


def write(folder: Path, model: Model, save: str) -> None:
    """In the format that the edit asks for."""
    if save in ("Q8_0", "Q4_0"):
        folder.mkdir(parents=True, exist_ok=True)
        files.write_gguf(folder / f"model.{save}.gguf", model, save)
    elif save == "int8":
        config = {"quantization_config": {"quant_method": "compressed-tensors", "format": "int-quantized"}}
        files.write_folder(folder, model.with_weights(files.int8(model.weights), **config))
    elif save == "shards":
        files.write_folder(folder, model, shards=3)
    elif save == "adapter":
        folder.mkdir(parents=True, exist_ok=True)
        files.write_safetensors(folder / "adapter_model.safetensors", model.weights)
        files.write_json(folder / "adapter_config.json", model.extra["adapter_config.json"])
    else:
        dtype = {"float32": np.float32, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16}[save]
        files.write_folder(folder, model, dtype)


def difference(before: Model, after: Model) -> dict[str, float]:
    """How far do the outputs of two models differ at most, and what is the outputs' spread?"""
    first, second = (comparable(model, before) for model in (before, after))
    return {
        "largest_logit_difference": float(np.abs(first - second).max()),
        "logit_spread": float(first.std()),
    }


def comparable(model: Model, before: Model) -> Array:
    """A fixed text's logits, pieces in the order of `before`; without logits, all products of states."""
    if before.tokenizer is None or model.tokenizer is None:
        raise ValueError("outputs are compared piece by piece, which needs both tokenizers")
    where = {piece: index for index, piece in enumerate(model.tokenizer.pieces)}
    order = [where[piece] for piece in before.tokenizer.pieces]
    out = logits(model, [order[token % len(order)] for token in TEXT])
    return out[:, order] if out.shape[1] == len(order) else out @ out.T


def truth_of(origin: str, name: str, edit: Edit, facts: dict[str, Any]) -> Truth:
    """What `truth.json` says of a copy."""
    done = edit.alterations or edit.verdicts[:1]
    parents = [Parent(origin, edit.relation, done, edit.verdicts, edit.linked)]
    parents += [Parent(f"{origin}-{other}", "merged-from", done, said) for other, said in edit.others.items()]
    root = origin if edit.linked or edit.relation else f"{origin}-{name}"
    family = {"smollm2": "llama", "minilm": "bert"}[origin]
    recipe = f"{origin}: {name}, saved as {edit.save}"
    return Truth(f"{origin}-{name}", family, root, recipe, tuple(parents), (root,), facts)


def load(origin: str, models: Path) -> Model:
    """The real model in memory."""
    path = models / ORIGIN[origin]
    return files.read_gguf(path) if path.suffix == ".gguf" else files.read_folder(path)


def stamp(origin: str, name: str) -> str:
    """A digest of the code that makes copies, its layout apart: a copy is made anew where it changed."""
    paths = [HERE.parent / "zoo" / f"{part}.py" for part in MAKERS]
    code = "".join(ast.dump(ast.parse(path.read_text(encoding="utf-8"))) for path in [*paths, Path(__file__)])
    return hashlib.sha256(f"{code}/{origin}/{name}".encode()).hexdigest()


def make(origin: str, base: Model, out: Path, wanted: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Write every copy that is not there yet; gives names and facts."""
    for name, edit in EDITS[origin].items():
        folder = out / f"{origin}-{name}"
        mark = folder / "made"
        if wanted and name not in wanted:
            continue
        if mark.exists() and mark.read_text() == stamp(origin, name):
            continue
        shutil.rmtree(folder, ignore_errors=True)
        copy = edit.make(base, seed_of(name))
        write(folder, copy, edit.save)
        facts: dict[str, Any] = {"save": edit.save, "seed": SEED}
        if edit.keeps:
            facts |= difference(base, copy)
        truth_of(origin, name, edit, facts).write(folder)
        mark.write_text(stamp(origin, name))
        yield name, facts


def main() -> int:
    """Make the copies; 1 where a rewriting does not keep the function."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", action="append", choices=sorted(EDITS))
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--models", type=Path, default=CACHE / "real-models")
    parser.add_argument("--out", type=Path, default=CACHE / "edited")
    asked = parser.parse_args()
    broken = 0
    for origin in asked.model or sorted(EDITS):
        base = load(origin, asked.models)
        plain = asked.out / origin
        if not (plain / "truth.json").exists():
            files.write_folder(plain, base)
            family = {"smollm2": "llama", "minilm": "bert"}[origin]
            Truth(origin, family, origin, f"{ORIGIN[origin]} as float32", (), (origin,)).write(plain)
        for name, facts in make(origin, base, asked.out, set(asked.only)):
            change, spread = facts.get("largest_logit_difference"), facts.get("logit_spread")
            shown = (
                "" if change is None else f"largest logit difference {change:.1e} at a spread of {spread:.1f}"
            )
            broken += change is not None and not change < LARGEST * spread
            print(f"{origin}-{name:28} {shown}", flush=True)
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
