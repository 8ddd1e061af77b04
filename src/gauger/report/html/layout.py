"""Where do the boxes and lines of a lineage graph go? A small layered layout, the same on every machine.

Origins stand on the left, what is made from them on the right. Every edge owns a slot for its label in each
column that it crosses, so that no label covers another. Method: the layered scheme of Sugiyama, Tagawa and
Toda (IEEE Trans. SMC 11(2), 1981): break cycles, rank by longest path, order by barycentres, then place with
least squares under a minimum distance (pool adjacent violators).
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import NamedTuple

BOX_WIDTH, BOX_HEIGHT, PORT = 216.0, 54.0, 13.0
LABEL_WIDTH, LABEL_HEIGHT = 148.0, 32.0
SWING, GAP, MARGIN = 22.0, 12.0, 6.0
_SWEEPS = 12


class Edge(NamedTuple):
    """A line from an origin to what is made from it; `key` names it."""

    key: str
    origin: str
    made: str


class Box(NamedTuple):
    """A placed node: its top left corner and height; all are `BOX_WIDTH` wide."""

    key: str
    x: float
    y: float
    height: float


class Route(NamedTuple):
    """A placed edge: the points through which it runs from left to right, and its label's centre."""

    key: str
    points: tuple[tuple[float, float], ...]
    label_x: float
    label_y: float


class Drawing(NamedTuple):
    """One connected part of the graph, placed on its own sheet."""

    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]
    width: float
    height: float


Slot = tuple[str, int]
"""A node's or an edge's place in a column: its key and the column's number."""


def components(edges: list[Edge]) -> list[list[Edge]]:
    """Which parts of the graph hang together? Largest first, then by the smallest key. O(edges log edges)."""
    leader: dict[str, str] = {}

    def find(node: str) -> str:
        while leader.setdefault(node, node) != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for edge in edges:
        one, other = sorted((find(edge.origin), find(edge.made)))
        leader[other] = one
    parts: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in sorted(edges):
        parts[find(edge.origin)].append(edge)
    return sorted(parts.values(), key=lambda part: (-len(part), part[0].key))


def draw(edges: list[Edge]) -> Drawing:
    """Where does everything of this connected part go? No edge may lead from a node to itself.

    Laws: the same edges in any order give the same drawing; boxes do not overlap; labels do not overlap.
    """
    edges = sorted(edges)
    ranks = _ranks(edges)
    paths = {edge.key: _slots(edge, ranks) for edge in edges}
    columns = _columns(ranks, paths)
    _reorder(columns, paths)
    heights = _heights(columns, edges)
    centres = _place(columns, paths, heights)
    return _sheet(edges, ranks, paths, heights, centres)


def _ranks(edges: list[Edge]) -> dict[str, int]:
    """How many steps is each node from its farthest origin, cycles broken at a fixed place?"""
    children: defaultdict[str, list[str]] = defaultdict(list)
    nodes = sorted({n for e in edges for n in (e.origin, e.made)})
    for edge in edges:
        children[edge.origin].append(edge.made)
    order = _finish_order(nodes, children)
    position = {node: place for place, node in enumerate(order)}
    rank = dict.fromkeys(nodes, 0)
    for node in order:
        for child in children[node]:
            if position[child] > position[node]:
                rank[child] = max(rank[child], rank[node] + 1)
    return _pulled(rank, edges)


def _finish_order(nodes: list[str], children: dict[str, list[str]]) -> list[str]:
    """A topological order when there is no cycle, else one that ignores the edges that close a cycle."""
    done: list[str] = []
    seen: set[str] = set()
    with_parent = {child for node in nodes for child in children[node]}
    for start in sorted(nodes, key=lambda n: (n in with_parent, n)):
        stack = [] if start in seen else [(start, iter(children[start]))]
        seen.add(start)
        while stack:
            rest = stack[-1][1]
            child = next((c for c in rest if c not in seen), None)
            if child is None:
                done.append(stack.pop()[0])
            else:
                seen.add(child)
                stack.append((child, iter(children[child])))
    return done[::-1]


def _pulled(rank: dict[str, int], edges: list[Edge]) -> dict[str, int]:
    """The ranks with origins moved next to the first thing made from them."""
    with_parent = {e.made for e in edges} | {e.origin for e in edges if rank[e.made] <= rank[e.origin]}
    nearest: dict[str, int] = {}
    for edge in edges:
        nearest[edge.origin] = min(nearest.get(edge.origin, len(rank)), rank[edge.made] - 1)
    return {n: r if n in with_parent else max(r, nearest.get(n, r)) for n, r in rank.items()}


def _ends(edge: Edge, ranks: dict[str, int]) -> tuple[str, str]:
    """Which end stands on the left? The made one only where a cycle was broken."""
    left, right = edge.origin, edge.made
    return (left, right) if ranks[left] <= ranks[right] else (right, left)


def _slots(edge: Edge, ranks: dict[str, int]) -> list[Slot]:
    left, right = _ends(edge, ranks)
    between = range(2 * ranks[left] + 1, max(2 * ranks[right], 2 * ranks[left] + 2))
    return [(left, 2 * ranks[left]), *((edge.key, c) for c in between), (right, 2 * ranks[right])]


def _columns(ranks: dict[str, int], paths: dict[str, list[Slot]]) -> list[list[Slot]]:
    last = max(c for path in paths.values() for _, c in path)
    table: list[list[Slot]] = [[] for _ in range(last + 1)]
    for node in sorted(ranks, key=lambda n: (ranks[n], n)):
        table[2 * ranks[node]].append((node, 2 * ranks[node]))
    for path in paths.values():
        for slot in path[1:-1]:
            table[slot[1]].append(slot)
    return table


def _neighbours(paths: dict[str, list[Slot]]) -> tuple[dict[Slot, list[Slot]], dict[Slot, list[Slot]]]:
    before: defaultdict[Slot, list[Slot]] = defaultdict(list)
    after: defaultdict[Slot, list[Slot]] = defaultdict(list)
    for path in paths.values():
        for one, other in itertools.pairwise(path):
            before[other].append(one)
            after[one].append(other)
    return before, after


def _reorder(columns: list[list[Slot]], paths: dict[str, list[Slot]]) -> None:
    """Put each column in the order of the mean place of its neighbours, to and fro, ties as they were."""
    before, after = _neighbours(paths)
    for sweep in range(_SWEEPS):
        near, order = (before, columns) if sweep % 2 == 0 else (after, columns[::-1])
        place = {slot: n / max(1, len(column)) for column in columns for n, slot in enumerate(column)}
        for column in order:
            column.sort(key=lambda slot: _mean([place[s] for s in near.get(slot, [slot])]))
            place.update({slot: n / len(column) for n, slot in enumerate(column)})


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _heights(columns: list[list[Slot]], edges: list[Edge]) -> dict[Slot, float]:
    ports: defaultdict[str, int] = defaultdict(int)
    for edge in edges:
        ports[edge.origin] += 1
        ports[edge.made] += 1
    keys = {edge.key for edge in edges}
    return {
        slot: LABEL_HEIGHT if slot[0] in keys else max(BOX_HEIGHT, PORT * min(ports[slot[0]], 12))
        for column in columns
        for slot in column
    }


def _place(
    columns: list[list[Slot]], paths: dict[str, list[Slot]], heights: dict[Slot, float]
) -> dict[Slot, float]:
    """Which height does each slot's centre have, near its neighbours and apart from its column?"""
    before, after = _neighbours(paths)
    centre: dict[Slot, float] = {}
    for column in columns:
        _spread(column, [float(n) for n in range(len(column))], heights, centre)
    for sweep in range(_SWEEPS):
        near, order = (before, columns) if sweep % 2 == 0 else (after, columns[::-1])
        for column in order:
            wanted = [_mean([centre[s] for s in near.get(slot, [slot])]) for slot in column]
            _spread(column, wanted, heights, centre)
    top = min(centre[s] - heights[s] / 2 for s in centre)
    return {slot: y - top + MARGIN for slot, y in centre.items()}


def _spread(
    column: list[Slot], wanted: list[float], heights: dict[Slot, float], centre: dict[Slot, float]
) -> None:
    """Set centres as near to the wanted ones as the minimum distances allow, in the column's order.

    Least squares with an order constraint: pool adjacent violators on the wanted places less the distances.
    """
    offsets, blocks, total = [], [], 0.0
    for n, slot in enumerate(column):
        if n:
            total += (heights[column[n - 1]] + heights[slot]) / 2 + GAP
        offsets.append(total)
        blocks.append((wanted[n] - total, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (low, few), (high, more) = blocks.pop(-2), blocks.pop()
            blocks.append(((low * few + high * more) / (few + more), few + more))
    flat = [value for value, count in blocks for _ in range(count)]
    for slot, value, offset in zip(column, flat, offsets, strict=True):
        centre[slot] = value + offset


def _left(column: int) -> float:
    step = BOX_WIDTH + LABEL_WIDTH + 2 * SWING
    return MARGIN + (column // 2) * step + (BOX_WIDTH + SWING if column % 2 else 0.0)


def _sheet(
    edges: list[Edge],
    ranks: dict[str, int],
    paths: dict[str, list[Slot]],
    heights: dict[Slot, float],
    centres: dict[Slot, float],
) -> Drawing:
    boxes = tuple(
        Box(
            node,
            _left(2 * rank),
            centres[node, 2 * rank] - heights[node, 2 * rank] / 2,
            heights[node, 2 * rank],
        )
        for node, rank in sorted(ranks.items())
    )
    ports = _ports(paths, heights, centres)
    routes = tuple(_route(edge, paths[edge.key], ports, centres) for edge in edges)
    right = max([b.x + BOX_WIDTH for b in boxes] + [r.label_x + LABEL_WIDTH / 2 for r in routes])
    bottom = max(centres[s] + heights[s] / 2 for s in centres)
    return Drawing(boxes, routes, right + MARGIN, bottom + MARGIN)


def _ports(
    paths: dict[str, list[Slot]], heights: dict[Slot, float], centres: dict[Slot, float]
) -> dict[tuple[str, str], float]:
    """At which height does each edge leave its left box and reach its right one? In its neighbours' order."""
    sides: defaultdict[tuple[Slot, str], list[tuple[float, str]]] = defaultdict(list)
    for key, path in paths.items():
        sides[path[0], "out"].append((centres[path[1]], key))
        sides[path[-1], "in"].append((centres[path[-2]], key))
    table: dict[tuple[str, str], float] = {}
    for (slot, side), ends in sides.items():
        step = heights[slot] / (len(ends) + 1)
        for n, (_, key) in enumerate(sorted(ends)):
            table[key, side] = centres[slot] - heights[slot] / 2 + step * (n + 1)
    return table


def _route(
    edge: Edge, path: list[Slot], ports: dict[tuple[str, str], float], centres: dict[Slot, float]
) -> Route:
    points = [(_left(path[0][1]) + BOX_WIDTH, ports[edge.key, "out"])]
    for slot in path[1:-1]:
        width = LABEL_WIDTH if slot[1] % 2 else BOX_WIDTH
        points += [(_left(slot[1]), centres[slot]), (_left(slot[1]) + width, centres[slot])]
    points.append((_left(path[-1][1]), ports[edge.key, "in"]))
    labelled = path[-2]
    return Route(edge.key, tuple(points), _left(labelled[1]) + LABEL_WIDTH / 2, centres[labelled])
