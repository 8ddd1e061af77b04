"""The layered layout of the lineage graph."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from gauger.report.html.layout import BOX_WIDTH, LABEL_HEIGHT, Edge, components, draw

NODES = st.sampled_from("abcdefgh")
EDGES = st.lists(st.tuples(NODES, NODES).filter(lambda p: p[0] != p[1]), min_size=1, max_size=14).map(
    lambda pairs: [Edge(f"e{n:02d}", *pair) for n, pair in enumerate(pairs)]
)


@given(EDGES)
def test_every_node_and_edge_is_placed_once(edges):
    """No claim is lost, cycles and parallel edges included."""
    drawings = [draw(part) for part in components(edges)]
    boxes = [b.key for d in drawings for b in d.boxes]
    assert sorted(boxes) == sorted({n for e in edges for n in (e.origin, e.made)})
    assert sorted(r.key for d in drawings for r in d.routes) == sorted(e.key for e in edges)


@given(EDGES)
def test_nothing_covers_anything_else(edges):
    """Boxes do not overlap, labels do not overlap, and all of it lies on the sheet."""
    for part in components(edges):
        drawing = draw(part)
        for column in {b.x for b in drawing.boxes}:
            stack = sorted((b.y, b.y + b.height) for b in drawing.boxes if b.x == column)
            assert all(a[1] <= b[0] for a, b in itertools.pairwise(stack))
        for column in {r.label_x for r in drawing.routes}:
            places = sorted(r.label_y for r in drawing.routes if r.label_x == column)
            assert all(b - a >= LABEL_HEIGHT for a, b in itertools.pairwise(places))
        assert all(0 <= b.x <= drawing.width - BOX_WIDTH and b.y >= 0 for b in drawing.boxes)
        assert all(b.y + b.height <= drawing.height for b in drawing.boxes)


@given(EDGES, st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_move_the_drawing(edges, random):
    """The same claims in another order give the same drawing."""
    other = list(edges)
    random.shuffle(other)
    assert [draw(part) for part in components(edges)] == [draw(part) for part in components(other)]


def test_origins_stand_left_of_what_is_made_from_them():
    """A chain reads from left to right; an origin that is used late stands next to its use."""
    drawing = draw([Edge("1", "a", "b"), Edge("2", "b", "c"), Edge("3", "z", "c")])
    x = {b.key: b.x for b in drawing.boxes}
    assert x["a"] < x["b"] < x["c"]
    assert x["z"] == x["b"]


def test_a_cycle_is_drawn_all_the_same():
    """Two models that each claim to come from the other are both drawn, with both claims."""
    drawing = draw([Edge("1", "a", "b"), Edge("2", "b", "a")])
    assert {b.key for b in drawing.boxes} == {"a", "b"}
    assert len(drawing.routes) == 2
