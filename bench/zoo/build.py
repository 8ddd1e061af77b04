"""How does a recipe become a model? One function a kind, from the input models in memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from zoo import edits, launder, launder_plain, text
from zoo.model import Model, family
from zoo.nets import CONFIGS, fresh, to_numpy, to_torch
from zoo.recipes import Recipe
from zoo.train import Plan, held_out_loss, of_adapter, of_teacher, train

RATE = 4e-3
PEFT = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "target_modules": ["q_proj", "v_proj", "up_proj"]}


def root(_: list[Model], family: str, seed: int, steps: int, part: str, order: int = 0) -> Model:  # noqa: A002,RUF100
    """A model from a seed; `order` is the seed of the data's order."""
    config = dict(CONFIGS[family])
    plan = Plan(steps, RATE, part, seed=seed + 10_000 * order)
    return Model(to_numpy(train(fresh(config, seed), config, plan)), config, text.tokenizer())


def tune(inputs: list[Model], **plan: Any) -> Model:
    """Trained on, all parameters."""
    (base,) = inputs
    return base.with_weights(to_numpy(train(to_torch(base.weights), base.config, Plan(**plan))))


def train_adapter(inputs: list[Model], rank: int, **plan: Any) -> Model:
    """A low-rank adapter of queries, values and up projections, alone; B starts at zero."""
    (base,) = inputs
    drawn = edits.adapter(base, np.random.default_rng(plan["seed"]), rank, 0.0, tuple(PEFT["target_modules"]))
    loss = of_adapter(base.config, to_torch(base.weights))
    low_rank = to_numpy(train(to_torch(drawn), base.config, Plan(**plan), loss))
    return Model(
        low_rank, base.config, extra={"adapter_config.json": {**PEFT, "r": rank, "lora_alpha": rank}}
    )


def merge_adapter(inputs: list[Model]) -> Model:
    """The base with the adapter added."""
    base, adapter = inputs
    return edits.with_adapter(base, adapter.weights)


def inherit(inputs: list[Model], kept: list[int], seed: int, **plan: Any) -> Model:
    """Embeddings and the kept layers from the input, other layers fresh, then trained as a whole."""
    (base,) = inputs
    new, w = to_numpy(fresh(base.config, 7000 + seed)), dict(base.weights)
    for name in w:
        found = edits.LAYER.match(name)
        if found and int(found[2]) not in kept:
            w[name] = new[name]
    return tune([base.with_weights(w)], seed=seed, **plan)


def student(inputs: list[Model], seed: int, steps: int, part: str) -> Model:
    """A model of a fresh seed taught by the teacher's distributions alone."""
    (teacher,) = inputs
    loss = of_teacher(teacher.config, to_torch(teacher.weights))
    plan = Plan(steps, RATE, part, seed)
    return teacher.with_weights(to_numpy(train(fresh(teacher.config, seed), teacher.config, plan, loss)))


def edit(inputs: list[Model], edit: str, values: list[float]) -> Model:
    """An edit without chance."""
    made: Model = getattr(edits, edit)(*inputs, *values)
    return made


def drawn(inputs: list[Model], edit: str, values: list[float], seed: int) -> Model:
    """An edit that draws."""
    made: Model = getattr(edits, edit)(*inputs, np.random.default_rng(seed), *values)
    return made


def restack(inputs: list[Model], layers: list[list[int]]) -> Model:
    """Layers given as [which input, which layer]."""
    return edits.layers_of(inputs[0], [(layer, inputs[which]) for which, layer in layers])


def rewrite(inputs: list[Model], ways: list[str], seed: int) -> Model:
    """Rewritten, the function kept."""
    (base,) = inputs
    module = launder if family(base.config) == "llama" else launder_plain
    rng = np.random.default_rng([seed, zlib.crc32("+".join(ways).encode())])
    return module.launder(base, tuple(ways), rng)


def swap_gates(inputs: list[Model]) -> Model:
    """The GRU's gates in ONNX's order (update, reset, new)."""
    (base,) = inputs
    w = dict(base.weights)
    for name, array in base.weights.items():
        if name.startswith("gru."):
            reset, update, new = np.split(array, 3)
            w[name] = np.concatenate([update, reset, new])
    return base.with_weights(w, gate_order="update, reset, new")


def same(inputs: list[Model]) -> Model:
    """As it is; only saved otherwise."""
    return inputs[0]


MAKERS: dict[str, Callable[..., Model]] = {
    "root": root,
    "tune": tune,
    "train_adapter": train_adapter,
    "merge_adapter": merge_adapter,
    "inherit": inherit,
    "student": student,
    "edit": edit,
    "drawn": drawn,
    "restack": restack,
    "launder": rewrite,
    "swap_gates": swap_gates,
    "same": same,
}
"""Every kind that a recipe may name."""

TRAINED = ("root", "tune", "inherit", "student", "merge_adapter")


def built(recipe: Recipe, inputs: list[Model]) -> Model:
    """The model of a recipe."""
    torch.set_num_threads(1)
    return MAKERS[recipe.make](inputs, **recipe.options)


def measured(recipe: Recipe, model: Model, inputs: list[Model]) -> dict[str, Any]:
    """What is worth knowing of a trained model: its skill, and its matrices' cosine to its first input's."""
    if recipe.make not in TRAINED:
        return {}
    facts: dict[str, Any] = {
        f"loss_{part}": round(held_out_loss(to_torch(model.weights), model.config, part), 3)
        for part in ("main", "other", "third")
    }
    if inputs and recipe.make != "student":
        old = inputs[0].weights
        cosines = [
            float((old[n] * a).sum() / (np.linalg.norm(old[n]) * np.linalg.norm(a)))
            for n, a in model.weights.items()
            if a.ndim > 1
        ]
        facts["median_cosine_to_parent"] = round(float(np.median(cosines)), 3)
    return facts
