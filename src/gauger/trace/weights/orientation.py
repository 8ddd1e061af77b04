"""Which way round a file stores its plain matrices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from gauger.trace.weights.members import Member

_ROWS_ARE_ITEMS = ("token-embedding", "position-embedding", "segment-embedding", "layer-embedding")


class Orientation:
    """Does a matrix lie as (inputs, outputs), by what its file shows elsewhere?

    Args:
        format_name: As `ModelFile.format`.
        members: All tensors.
        told: Feed-forward matrices of two dimensions whose shapes tell, with the answer.
    """

    def __init__(
        self, format_name: str, members: Sequence[Member], told: Iterable[tuple[Member, bool]]
    ) -> None:
        known = list(told)
        kernels = sum(m.name.kind == "kernel" for m in members)
        onnx = format_name == "onnx"
        self.usual = _majority([answer for _, answer in known], otherwise=onnx or 2 * kernels > len(members))
        self.named = _majority(
            [answer for member, answer in known if member.name.kind == "weight"],
            otherwise=self.usual and not onnx,
        )
        self._biases = {
            _module(m): m.tensor.shape[0]
            for m in members
            if m.name.kind == "bias" and len(m.tensor.shape) == 1
        }

    def lies_turned(self, member: Member, role: str, width: int) -> bool:
        """Is this matrix stored as (inputs, outputs)?

        The bias beside it tells where the sides differ; an output matrix is told by the stream's width. Else
        a matrix lies as the file's others do: PyTorch's exporters to ONNX leave those that keep their names
        as they were, and turn those that lose them.
        """
        tall, long = member.tensor.shape
        if role in _ROWS_ARE_ITEMS:
            return False
        if role == "unembedding":
            return tall == width != long
        bias = self._biases.get(_module(member), 0)
        if tall != long and bias in (tall, long):
            return bias == long
        if (
            member.name.kind == "weight"
            and not member.tensor.quantiser
            and "MatMul" not in member.tensor.name
        ):
            return self.named
        return self.usual


def _majority(answers: Sequence[bool], *, otherwise: bool) -> bool:
    votes = Counter(answers)
    return votes[True] > votes[False] if votes else otherwise


def _module(member: Member) -> tuple[str, str, str, tuple[str, ...]]:
    return member.part, member.name.stack, member.name.expert, member.name.path
