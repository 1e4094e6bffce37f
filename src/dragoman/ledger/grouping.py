"""From decisions on pairs to groups. Pure, and a function of the set of nodes and edges alone, so that their order changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dragoman.ledger.across import SAME

# Pairs this sure are joined before the rest is weighed, which keeps the cost of a much-told act low.
SURE = 0.92
# Beyond this many groups the square of their number would be felt; such a component is split where no pair says "same" instead.
MOST_WEIGHED = 400

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What persons have decided: pairs that are one act, and pairs that are not."""

    joined: frozenset[Pair] = field(default_factory=frozenset)
    apart: frozenset[Pair] = field(default_factory=frozenset)


def components(nodes: Iterable[str], pairs: Iterable[Pair]) -> list[list[str]]:
    """The connected components, each sorted, in the order of their smallest nodes."""
    parent = {node: node for node in nodes}
    for one, other in pairs:
        ours, theirs = _root(parent, one), _root(parent, other)
        parent[max(ours, theirs)] = min(ours, theirs)
    found: dict[str, list[str]] = {}
    for node in sorted(parent):
        found.setdefault(_root(parent, node), []).append(node)
    return list(found.values())


def groups(nodes: Sequence[str], scores: Mapping[Pair, float], said: Said = Said()) -> list[list[str]]:
    """Split one component into acts: average linkage on the scores (0 where a pair has none), down to `SAME`, then what persons have said.

    `scores` may hold pairs that a person joined; they are weighed by the person alone.
    """
    sure = sorted(pair for pair, score in scores.items() if score >= SURE and pair not in said.joined)
    seeds = _join([[node] for node in nodes], sure, said.apart)
    if len(seeds) > MOST_WEIGHED:
        likely = sorted((pair for pair, score in scores.items() if score >= SAME), key=lambda pair: (-scores[pair], pair))
        found = _join(seeds, likely, said.apart)
    else:
        found = _average(seeds, {pair: score for pair, score in scores.items() if pair not in said.joined}, said.apart)
    # What a person joins brings the whole groups together.
    return sorted(_join(found, sorted(said.joined - said.apart), said.apart))


def _root(parent: dict[str, str], node: str) -> str:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def _join(start: Iterable[Sequence[str]], pairs: Iterable[Pair], apart: Collection[Pair]) -> list[list[str]]:
    """Join the groups of each pair in turn, but never two that hold a pair kept apart."""
    members = {min(group): list(group) for group in start}
    home = {node: first for first, group in members.items() for node in group}
    for one, other in pairs:
        if one in home and other in home and home[one] != home[other]:
            ours, theirs = sorted((home[one], home[other]))
            if not _forbidden(members[ours], members[theirs], apart):
                members[ours] += members.pop(theirs)
                home |= dict.fromkeys(members[ours], ours)
    return [sorted(group) for group in members.values()]


def _forbidden(ours: Sequence[str], theirs: Sequence[str], apart: Collection[Pair]) -> bool:
    return bool(apart) and any((min(one, other), max(one, other)) in apart for one in ours for other in theirs)


def _average(seeds: list[list[str]], scores: Mapping[Pair, float], apart: Collection[Pair]) -> list[list[str]]:
    """Average linkage: join the two groups with the highest mean score, the first in order among equals, until it is below `SAME`."""
    members: list[list[str]] = sorted(seeds)
    where = {node: number for number, group in enumerate(members) for node in group}
    size = np.array([len(group) for group in members], float)
    total = np.zeros((len(members), len(members)))
    for (one, other), score in sorted(scores.items()):
        row, column = where[one], where[other]
        if row != column:
            total[row, column] += score
            total[column, row] += score
    for one, other in apart:
        if one in where and other in where:
            total[where[one], where[other]] = total[where[other], where[one]] = -np.inf
    mean = total / np.outer(size, size)
    np.fill_diagonal(mean, -np.inf)
    while len(members) > 1:
        row, column = divmod(int(np.argmax(mean)), len(members))
        # Sums in another order differ in the last digits; a rounded comparison keeps the verdict one.
        if round(float(mean[row, column]), 9) < SAME:
            break
        _merge(members, size, total, mean, *sorted((row, column)))
    return sorted(sorted(group) for group in members if group)


def _merge(members: list[list[str]], size: np.ndarray, total: np.ndarray, mean: np.ndarray, kept: int, gone: int) -> None:
    members[kept] += members[gone]
    members[gone] = []
    size[kept] += size[gone]
    total[kept] += total[gone]
    total[:, kept] = total[kept]
    mean[kept] = total[kept] / (size[kept] * size)
    mean[:, kept] = mean[kept]
    mean[gone] = mean[:, gone] = mean[kept, kept] = -np.inf
    mean[[number for number, group in enumerate(members) if not group], kept] = -np.inf
    mean[kept, [number for number, group in enumerate(members) if not group]] = -np.inf
