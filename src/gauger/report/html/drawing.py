"""The lineage graph as shapes for inline SVG: what the template writes down, nothing more to compute."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

from gauger.core.lineage import Basis, Claim
from gauger.core.readings import known
from gauger.report.html.layout import LABEL_WIDTH, Drawing, Edge, components, draw
from gauger.report.text.layout import cells, cut
from gauger.report.view import View

_NAME_CELLS, _SUB_CELLS = 28, 31
"""So many cells of the widest common font (DejaVu Sans) fit into a box at the style's sizes."""
_LABEL_CELL = 7.2
"""CSS pixels: about the widest that a character of a label is drawn, at 11.5 pixels and bold."""
_WAVE_LENGTH, _WAVE_HEIGHT = 9.0, 2.6
_SYMMETRIC = ("same-as", "shares-tokenizer-with", "architecture-from")


class Node(NamedTuple):
    """A box: where, what it says, and whether its key has a place on the page to which a click can lead."""

    key: str
    x: str
    y: str
    height: str
    names: tuple[str, ...]
    full_name: str
    sub: str
    in_stack: bool
    known: bool


class Line(NamedTuple):
    """A claim as a line with a label of two rows; `arrow` only where it is known which came first."""

    key: str
    basis: Basis
    strength: str
    path: str
    arrow: bool
    label_x: str
    label_y: str
    label_width: str
    first: str
    second: str
    title: str


class Sheet(NamedTuple):
    """One drawing: its size in CSS pixels and what is on it."""

    width: str
    height: str
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    title: str


def sheets(view: View) -> list[Sheet]:
    """Which drawings show all claims between two different things? Largest first."""
    claims = {c.id: c for c in view.dossier.claims if c.subject != c.object}
    edges = [Edge(c.id, c.object, c.subject) for c in claims.values()]
    return [_sheet(view, draw(part), claims) for part in components(edges)]


def _sheet(view: View, drawing: Drawing, claims: dict[str, Claim]) -> Sheet:
    nodes = tuple(_node(view, *box) for box in drawing.boxes)
    lines = tuple(
        _line(
            view, claims[r.key], _curve(r.points, wavy=claims[r.key].basis == "alleged"), r.label_x, r.label_y
        )
        for r in drawing.routes
    )
    ours = [n.full_name for n in nodes if n.in_stack]
    about = f"Lineage of {', '.join(ours[:3])}" + (f" and {len(ours) - 3} more" if len(ours) > 3 else "")
    return Sheet(
        _px(drawing.width), _px(drawing.height), nodes, lines, about if ours else "Lineage of origins"
    )


def _node(view: View, key: str, x: float, y: float, height: float) -> Node:
    name = view.name(key)
    model, reference = view.model(key), view.reference(key)
    if model:
        sub = f"{'in this stack' if key in view.carded else 'only mentioned'}: {model.form}"
    elif reference:
        country = known(reference.country)
        maker = f", {reference.developer_title}" if reference.developer_title else ""
        sub = f"{reference.kind}{maker}" + (f" ({country})" if country else "")
    else:
        sub = "not in this document"
    return Node(
        key=key,
        x=_px(x),
        y=_px(y),
        height=_px(height),
        names=_rows(name),
        full_name=name,
        sub=cut(sub, _SUB_CELLS),
        in_stack=key in view.carded,
        known=key in view.carded or reference is not None,
    )


def _rows(name: str) -> tuple[str, ...]:
    """The name in one row or two: owner and model apart, else broken, its middle left out at last."""
    if cells(name) <= _NAME_CELLS:
        return (name,)
    owner, slash, bare = name.rpartition("/")
    if slash and cells(owner) < _NAME_CELLS:
        return owner + slash, cut(bare, _NAME_CELLS)
    short = cut(name, 2 * _NAME_CELLS - 2)
    half = next(n for n in range(len(short), 0, -1) if cells(short[:n]) <= _NAME_CELLS)
    return short[:half], cut(short[half:], _NAME_CELLS)


def _line(view: View, claim: Claim, path: str, x: float, y: float) -> Line:
    second = {
        "observed": f"observed, {claim.strength}",
        "declared": "declared",
        "catalogue": "catalogue",
        "alleged": "alleged, not evidence",
    }[claim.basis]
    title = f"{view.name(claim.subject)} {claim.relation} {view.name(claim.object)}: {second}"
    known_order = claim.direction != "unknown" and claim.relation not in _SYMMETRIC
    return Line(
        key=claim.id,
        basis=claim.basis,
        strength=claim.strength,
        path=path,
        arrow=known_order,
        label_x=_px(x),
        label_y=_px(y),
        label_width=_px(min(LABEL_WIDTH, 8 + _LABEL_CELL * max(len(claim.relation), len(second)))),
        first=claim.relation,
        second=second,
        title=title,
    )


def _px(value: float) -> str:
    """A coordinate with one decimal, without a needless zero: the same digits on every machine."""
    return f"{value:.1f}".removesuffix(".0")


def _curve(points: tuple[tuple[float, float], ...], *, wavy: bool) -> str:
    """The SVG path through these points: level at each, straight where two share a height."""
    if wavy:
        return _wave(points)
    (x, y), *rest = points
    parts = [f"M{_px(x)} {_px(y)}"]
    for nx, ny in rest:
        mid = _px((x + nx) / 2)
        parts.append(
            f"H{_px(nx)}" if abs(ny - y) < 0.05 else f"C{mid} {_px(y)} {mid} {_px(ny)} {_px(nx)} {_px(ny)}"
        )
        x, y = nx, ny
    return "".join(parts)


def _wave(points: tuple[tuple[float, float], ...]) -> str:
    """The same line with a ripple, so that an allegation looks like none of the others even in black."""
    parts, travelled = [f"M{_px(points[0][0])} {_px(points[0][1])}"], 0.0
    for (x, y), (nx, ny) in itertools.pairwise(points):
        steps = max(2, int(math.hypot(nx - x, ny - y) / 1.8))
        for n in range(1, steps + 1):
            t = n / steps
            ease = t * t * (3 - 2 * t)
            travelled += math.hypot(nx - x, ny - y) / steps
            ripple = _WAVE_HEIGHT * math.sin(2 * math.pi * travelled / _WAVE_LENGTH)
            parts.append(f"L{_px(x + (nx - x) * t)} {_px(y + (ny - y) * ease + ripple)}")
    return "".join(parts)
