"""Feed-forward blocks: which tensors are gate, up and down, how they lie, and fused ones taken apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from gauger.formats.weights import Tensor, Weights
from gauger.trace.weights.matrix import Matrix, View
from gauger.trace.weights.members import Member, component_of
from gauger.trace.weights.place import Place

_NUMBERS: tuple[str, ...] = ("w1", "w2", "w3", "v1")
_MOST_EXPERTS = 4096
_HALVES = {"gate-up": ("gate", "up"), "up-gate": ("up", "gate")}


class Triple(msgspec.Struct, frozen=True, kw_only=True):
    """The matrices of one block, (outputs, inputs) each: gate and up (units, width), down (width, units)."""

    expert: str
    gate: Matrix | None
    up: Matrix
    down: Matrix


def roles_of_group(members: Sequence[Member]) -> dict[str, Tensor]:
    """Which tensor of the group has which role: `gate`, `up`, `down`, `gate-up`, `up-gate`?

    The numbered names are told apart by their company: `w1, w2, w3` is gate, down, up (Llama, Mixtral) unless
    `w1` and `w2` have one shape, then gate, up, down (EVA); with `c_proj` beside them `w1` is up and `w2`
    gate (the first Qwen); `w1, v1, w2` is gate, up, down (DBRX); `w1, w2` alone are up and down.
    """
    found = {m.role: m.tensor for m in members}
    if "fc0" in found and "up" in found:
        found["up"], found["down"] = found.pop("fc0"), found["up"]
    if "noact" in found:
        found["gate"], found["up"] = found["up"], found.pop("noact")
    numbered: dict[str, Tensor] = {key: found.pop(key) for key in _NUMBERS if key in found}
    if not numbered:
        return found
    return found | {role: numbered[key] for key, role in _numbered(numbered, "down" in found).items()}


def _numbered(tensors: Mapping[str, Tensor], has_down: bool) -> dict[str, str]:  # noqa: FBT001 - a fact
    keys = set(tensors)
    if keys == {"w1", "w2"} and has_down:
        return {"w1": "up", "w2": "gate"}
    if keys == {"w1", "v1", "w2"}:
        return {"w1": "gate", "v1": "up", "w2": "down"}
    if keys == {"w1", "w2", "w3"}:
        w1, w2, w3 = (tensors[key].shape for key in ("w1", "w2", "w3"))
        if w1 == w2 != w3:
            return {"w1": "gate", "w2": "up", "w3": "down"}
        return {"w1": "gate", "w2": "down", "w3": "up"}
    if keys == {"w1", "w2"}:
        return {"w1": "up", "w2": "down"}
    if keys == {"w3"} and has_down is False:
        return {"w3": "down"}
    return {}


def lies_transposed(tensors: Mapping[str, Tensor], biases: Mapping[str, int], width: int) -> bool | None:
    """Are these tensors stored as (inputs, outputs)? None where the shapes leave it open.

    Args:
        tensors: By role.
        biases: Length of the bias, by role.
        width: Of the residual stream, 0 where unknown.
    """
    for role in ("up", "gate", "gate-up", "up-gate", "down"):
        tensor = tensors.get(role)
        if tensor is None or len(tensor.shape) < 2 or tensor.shape[-1] == tensor.shape[-2]:
            continue
        outputs, inputs = tensor.shape[-2:]
        length = biases.get(role, 0)
        wide = width or (biases.get("down", 0))
        if length in (outputs, inputs):
            return length == inputs
        if wide in (outputs, inputs):
            return (wide == outputs) != (role == "down")
    return None


def triples(
    weights: Weights,
    part: str,
    expert: str,
    tensors: Mapping[str, Tensor],
    *,
    transposed: bool,
    interleaved: bool,
) -> tuple[Triple, ...]:
    """Which blocks do these tensors make up? One for each stacked expert; none where they do not fit."""
    down = tensors.get("down")
    joint = next((role for role in _HALVES if role in tensors), "")
    first = tensors.get(joint or "up")
    if down is None or first is None or len(down.shape) != len(first.shape) or len(down.shape) not in (2, 3):
        return ()
    experts = down.shape[0] if len(down.shape) == 3 else 1
    if experts > _MOST_EXPERTS or first.shape[:-2] != down.shape[:-2]:
        return ()
    units = down.shape[-2] if transposed else down.shape[-1]
    outputs = first.shape[-1] if transposed else first.shape[-2]
    if not joint and "gate" not in tensors and outputs == 2 * units:
        joint = "gate-up"
    found = []
    for number in range(experts):
        called = expert if expert != "*" and experts == 1 else str(number)
        slab = number if len(down.shape) == 3 else 0

        def cut(
            tensor: Tensor, role: str, picks: range | None = None, slab: int = slab, called: str = called
        ) -> Matrix:
            place = Place(component=component_of(part, called), role=role)
            return Matrix(weights, tensor, place, cut_of(tensor, slab, picks, transposed=transposed))

        if joint:
            picks = halves(units, interleaved=interleaved)
            named = {role: cut(first, role, pick) for role, pick in zip(_HALVES[joint], picks, strict=True)}
            if outputs != 2 * units:
                return ()
        else:
            named = {role: cut(tensors[role], role) for role in ("gate", "up") if role in tensors}
        triple = Triple(expert=called, gate=named.get("gate"), up=named["up"], down=cut(down, "down"))
        if not _fits(triple):
            return ()
        found.append(triple)
    return tuple(found)


def halves(units: int, *, interleaved: bool) -> tuple[range, range]:
    """Which outputs of a fused matrix are the first part, and which the second?"""
    if interleaved:
        return range(0, 2 * units, 2), range(1, 2 * units, 2)
    return range(units), range(units, 2 * units)


def cut_of(tensor: Tensor, slab: int, picks: range | None, *, transposed: bool) -> View:
    """The view of one expert's matrix (`slab`; 0 for plain matrices), or of some of its outputs."""
    height = tensor.shape[-2]
    rows = range(slab * height, (slab + 1) * height)
    if picks is None:
        return View(rows=rows, transposed=transposed)
    if transposed:
        return View(rows=rows, columns=picks, transposed=True)
    return View(rows=rows[picks.start : picks.stop : picks.step])


def _fits(triple: Triple) -> bool:
    units, width = triple.up.shape
    return triple.down.shape == (width, units) and (
        triple.gate is None or triple.gate.shape == (units, width)
    )
