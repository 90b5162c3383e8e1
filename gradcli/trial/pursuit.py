"""A point at which an entry of an expression has a wanted sign, sought uphill along lines.

Must not know what the expression belongs to, nor why the sign is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import inf
from random import Random
from typing import TypeAlias

import numpy as np

from gradcli.arithmetic.ball import Ball, rational
from gradcli.arithmetic.base import Array
from gradcli.graph.node import Node
from gradcli.graph.space import Space
from gradcli.trial.line_values import LineValues, floats, values_of
from gradcli.trial.sampling import Sizes, in_sets
from gradcli.trial.scalar_range import shorter
from gradcli.trial.search_lines import Point, SearchLine, grid, is_axis, landmarks, lines_through

Goal: TypeAlias = tuple[Node, int, int]
"""An expression, one of its entries in a row, and the sign that it is to have."""
CLIMBS = 8
AXES = 24
SLACKS = tuple(rational(Fraction(x)) for x in ("0.5", "0.1", "0.01", "0.001", "0.00001"))


def pursued(
    goal: Goal,
    point: Mapping[Node, Array],
    spaces: Mapping[Node, Space],
    sizes: Sizes,
    random: Random,
) -> Point | None:
    """A point at which a goal is met.

    From point to point the best place on all lines through it, as pattern search does (Hooke and
    Jeeves, 1961) but globally on each line. None where it rises no more.
    """
    here, best = dict(point), -inf
    for _ in range(CLIMBS):
        tracks = [*lines_through(here, spaces, sizes, random, AXES)]
        tracks += landmarks(here, spaces, sizes, random)
        if not tracks:
            return None
        at, heights = _highest(goal, LineValues(goal[:1], here, tracks, sizes), map(grid, tracks))
        met = heights > 0
        k = int(np.argmin(np.where(met, abs(at), inf)) if met.any() else np.argmax(heights))
        ways = [*_rounded(at[k]), rational(Fraction(at[k]))]
        moves = [[(tracks[k], way)] for way in ways]
        # Where each entry does its own part, all of them at once.
        each = [(track, rational(Fraction(t))) for track, t in zip(tracks, at, strict=True)]
        moves.append([(track, t) for track, t in each if is_axis(track)])
        height, moved = -inf, here
        for move in moves:
            there = _moved(here, move)
            if in_sets({node: there[node] for node in spaces}, spaces, sizes):
                value = _height(goal, there, sizes)
                if value > 0:
                    return there
                if value > height:
                    height, moved = value, there
        if not height > best:
            return None
        here, best = moved, height
    return None


def _moved(point: Point, move: Sequence[tuple[SearchLine, Ball]]) -> Point:
    moved = dict(point)
    for track, t in move:
        for node, step in track.steps.items():
            moved[node] = moved[node] + t * step
    return moved


def _height(goal: Goal, point: Point, sizes: Sizes) -> float:
    expression, entry, side = goal
    return float(values_of([expression], floats(point), sizes, 1)[0, entry]) * side


def _rounded(t: float) -> list[Ball]:
    return [shorter(rational(Fraction(t)), slack) for slack in SLACKS] if t else []


def _highest(goal: Goal, lines: LineValues, parameters: Iterable[Array]) -> tuple[Array, Array]:
    """On every track the nearest place that meets the goal, or the highest, and its height."""
    _, entry, side = goal
    grids = list(parameters)
    track = np.repeat(np.arange(len(grids)), [len(t) for t in grids])
    t = np.concatenate(grids)
    heights = lines.values(track, t)[:, entry] * side
    heights = np.where(np.isfinite(heights), heights, -inf)
    order = np.where(heights > 0, 1 / (1 + np.abs(t)), heights)
    ends = [*pairwise(np.cumsum([0, *map(len, grids)]))]
    tops = [int(a + np.argmax(order[a:b])) for a, b in ends]
    low = np.array([t[max(top - 1, a)] for top, (a, _) in zip(tops, ends, strict=True)])
    high = np.array([t[min(top + 1, b - 1)] for top, (_, b) in zip(tops, ends, strict=True)])
    rows = np.arange(len(grids))
    at, least = lines.lowest(rows, low, high, np.full_like(rows, entry), np.full_like(rows, -side))
    better = (-least > heights[tops]) & (heights[tops] <= 0)
    return np.where(better, at, t[tops]), np.where(better, -least, heights[tops])
