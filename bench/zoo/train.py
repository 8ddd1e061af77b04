"""How is a zoo model trained? Some hundred steps of AdamW on one thread, the same bytes every time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from zoo import text
from zoo.nets import FORWARD, Parameters

LENGTH, MASK = 64, 1
Loss = Callable[[Parameters, Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Plan:
    """One training run.

    Attributes:
        steps: Updates.
        rate: Highest learning rate; a short warm-up before, a cosine to a tenth after.
        part: Of the text.
        seed: Of the order of the data.
        batch: Sequences a step.
    """

    steps: int
    rate: float = 3e-3
    part: str = "main"
    seed: int = 0
    batch: int = 8


def windows(plan: Plan) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of inputs and next tokens; the last tenth of the text is left for measuring."""
    ids = text.tokens(plan.part)
    rng = np.random.default_rng([plan.seed, 1])
    for _ in range(plan.steps):
        starts = rng.integers(0, len(ids) * 9 // 10 - LENGTH - 1, plan.batch)
        rows = torch.from_numpy(np.stack([ids[start : start + LENGTH + 1] for start in starts]))
        yield rows[:, :-1], rows[:, 1:]


def masked(plan: Plan) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches with 15 % of the tokens masked; the others' targets are ignored."""
    rng = np.random.default_rng([plan.seed, 2])
    for ids, _ in windows(plan):
        chosen = torch.from_numpy(rng.random(tuple(ids.shape)) < 0.15)
        yield ids.masked_fill(chosen, MASK), ids.masked_fill(~chosen, -100)


def classes(plan: Plan) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of windows and the module that each is from; `other` parts see another half of the windows."""
    rows, labels = text.labelled()
    half = 0 if plan.part == "main" else 1
    rng = np.random.default_rng([plan.seed, 3])
    for _ in range(plan.steps):
        chosen = rng.integers(0, len(rows) // 2, plan.batch * 4) * 2 + half
        yield torch.from_numpy(rows[chosen]), torch.from_numpy(labels[chosen])


BATCHES = {"llama": windows, "gpt2": windows, "bert": masked, "conv": classes, "gru": classes}


def of_labels(config: dict[str, Any]) -> Loss:
    """Cross entropy against what the text says."""
    forward = FORWARD[config["model_type"]]

    def loss(p: Parameters, ids: Tensor, targets: Tensor) -> Tensor:
        return functional.cross_entropy(forward(p, config, ids).flatten(0, -2), targets.flatten())

    return loss


def of_teacher(config: dict[str, Any], teacher: Parameters) -> Loss:
    """Divergence from a teacher's distribution over all pieces: distillation from outputs alone."""
    forward = FORWARD[config["model_type"]]

    def loss(p: Parameters, ids: Tensor, _: Tensor) -> Tensor:
        with torch.no_grad():
            wanted = forward(teacher, config, ids).log_softmax(-1).flatten(0, -2)
        given = forward(p, config, ids).log_softmax(-1).flatten(0, -2)
        return functional.kl_div(given, wanted, log_target=True, reduction="batchmean")

    return loss


def of_adapter(config: dict[str, Any], base: Parameters) -> Loss:
    """Cross entropy of the base with a low-rank adapter added; only the adapter is trained."""
    inner = of_labels(config)

    def loss(p: Parameters, ids: Tensor, targets: Tensor) -> Tensor:
        whole = dict(base)
        for name, a in p.items():
            if name.endswith("lora_A.weight"):
                target = name.removeprefix("base_model.model.").replace(".lora_A", "")
                whole[target] = base[target] + p[name.replace("lora_A", "lora_B")] @ a
        return inner(whole, ids, targets)

    return loss


def rate_at(step: int, plan: Plan) -> float:
    """The learning rate of a step."""
    warm = max(1, plan.steps // 20)
    if step < warm:
        return plan.rate * (step + 1) / warm
    return plan.rate * (0.55 + 0.45 * math.cos(math.pi * (step - warm) / max(1, plan.steps - warm)))


def train(p: Parameters, config: dict[str, Any], plan: Plan, loss: Loss | None = None) -> Parameters:
    """Train a copy of the parameters, and give it."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)  # noqa: FBT003 (torch's own signature)
    p = {name: tensor.clone().requires_grad_() for name, tensor in p.items()}
    decayed = [tensor for tensor in p.values() if tensor.ndim > 1]
    plain = [tensor for tensor in p.values() if tensor.ndim == 1]
    groups = [{"params": decayed, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW([g for g in groups if g["params"]], lr=plan.rate, betas=(0.9, 0.98))
    loss = loss or of_labels(config)
    for step, (ids, targets) in enumerate(BATCHES[config["model_type"]](plan)):
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, plan)
        optimiser.zero_grad()
        loss(p, ids, targets).backward()
        torch.nn.utils.clip_grad_norm_(list(p.values()), 1.0)
        optimiser.step()
    return {name: tensor.detach() for name, tensor in p.items()}


def held_out_loss(p: Parameters, config: dict[str, Any], part: str = "main") -> float:
    """Cross entropy on text that was never trained on, in nats a token (a classifier: on its windows)."""
    torch.set_num_threads(1)
    kind = config["model_type"]
    if kind in ("conv", "gru"):
        ids, targets = next(classes(Plan(1, part=part, seed=99, batch=64)))
    else:
        tail = text.tokens(part)[-64 * LENGTH - 1 :]
        ids = torch.from_numpy(tail[:-1].reshape(-1, LENGTH))
        targets = torch.from_numpy(tail[1:].reshape(-1, LENGTH))
        if kind == "bert":
            chosen = torch.from_numpy(np.random.default_rng(5).random(tuple(ids.shape)) < 0.15)
            ids, targets = ids.masked_fill(chosen, MASK), ids.masked_fill(~chosen, -100)
    with torch.no_grad():
        return float(of_labels(config)(p, ids, targets))
