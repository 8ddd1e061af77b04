"""Tiny OpenVINO models: the document, and the file with its numbers."""

from __future__ import annotations

import numpy as np

TYPES = {"f4": "f32", "f2": "f16", "u1": "u8", "i1": "i8", "i8": "i64"}


class Graph:
    """Layers and edges, put together one after the other."""

    def __init__(self) -> None:
        self.layers: list[str] = []
        self.edges: list[str] = []
        self.numbers = bytearray()

    def constant(self, name: str, array: np.ndarray, *, nibbles: bool = False) -> int:
        """A constant; with `nibbles`, of unsigned four-bit numbers."""
        data = array.tobytes()
        if nibbles:
            flat = array.reshape(-1).astype("u1")
            data = (flat[::2] | flat[1::2] << 4).tobytes()
        kind = "u4" if nibbles else TYPES[array.dtype.str[1:]]
        shape = ", ".join(str(n) for n in array.shape)
        given = f'element_type="{kind}" shape="{shape}" offset="{len(self.numbers)}" size="{len(data)}"'
        self.numbers += data
        return self._layer(name, "Const", f"<data {given} />")

    def node(self, kind: str, *inputs: int) -> int:
        """An operation on these layers."""
        number = self._layer(f"{kind}_{len(self.layers)}", kind, "")
        for port, source in enumerate(inputs):
            self.edges.append(
                f'<edge from-layer="{source}" from-port="0" to-layer="{number}" to-port="{port}" />'
            )
        return number

    def document(self) -> bytes:
        """The `.xml`."""
        body = f"<layers>{''.join(self.layers)}</layers><edges>{''.join(self.edges)}</edges>"
        return f'<?xml version="1.0"?>\n<net name="made" version="11">\n{body}</net>'.encode()

    def _layer(self, name: str, kind: str, inside: str) -> int:
        number = len(self.layers)
        self.layers.append(f'<layer id="{number}" name="{name}" type="{kind}">{inside}</layer>')
        return number


PLAIN = np.arange(6, dtype="<f4").reshape(2, 3)
CODES = np.array([[10, 12, 14], [1, 2, 3]], "u1")
GROUPS = np.arange(8, dtype="u1").reshape(2, 2, 2)


def tiny_openvino() -> tuple[bytes, bytes]:
    """A plain matrix, one in eight bits by row, and one in four bits by groups of two: `.xml` and `.bin`."""
    graph = Graph()
    graph.constant("plain", PLAIN)
    weight, zero = graph.constant("w", CODES), graph.constant("w/zero", np.array([[10], [1]], "u1"))
    scale = graph.constant("w/scale", np.array([[0.5], [2]], "<f4"))
    shifted = graph.node("Subtract", graph.node("Convert", weight), graph.node("Convert", zero))
    graph.node("Multiply", shifted, scale)
    groups = graph.constant("g", GROUPS, nibbles=True)
    scales = graph.constant("g/scale", np.array([[[1], [2]], [[3], [4]]], "<f2"))
    graph.node("Reshape", graph.node("Multiply", graph.node("Convert", groups), scales))
    return graph.document(), bytes(graph.numbers)
