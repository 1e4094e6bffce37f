"""Score `Coder.relation` on a file of marked pairs (`text`, `actor`, `recipient`, `type`, `quad`).

RETREAT and CONCEDE are merged as YIELD, as the published set has them; NONE is no choice, since every pair there has a type.
Measured only: nothing is trained on such a file or tuned to it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from dragoman.model.decoding import decode_pair
from dragoman.model.session import Model
from dragoman.ontology import load_ontology
from dragoman.reading.tokens import tokenise
from evaluation.scorer import Counts

MERGED = {"RETREAT": "YIELD", "CONCEDE": "YIELD"}


@dataclass(frozen=True, slots=True)
class RelationScores:
    """Macro-F1 over types and over quads, and accuracy over types."""

    pairs: int
    types: float
    quads: float
    accuracy: float


def score_relations(model: Model, path: Path) -> RelationScores:
    """Read the pairs, mark them, and compare the likeliest type."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    sentences, marks = [], []
    for row in rows:
        words = tokenise(row["text"])
        sentences.append([word.text for word in words][:200])
        marks.append([_mark(row, word.start, word.end) for word in words][:200])
    types: dict[str, Counts] = defaultdict(Counts)
    quads: dict[int, Counts] = defaultdict(Counts)
    right = 0
    for row, scores in zip(rows, model.run(sentences, marks), strict=True):
        found, quad = _best(model, decode_pair(scores))
        right += found == row["type"]
        for counts, own, gold in ((types, found, row["type"]), (quads, quad, row["quad"])):
            for label in {own, gold}:
                counts[label].add({0} if gold == label else set(), {0} if own == label else set())
    return RelationScores(len(rows), _macro(types), _macro(quads), right / len(rows))


def _mark(row: dict[str, list[list[int]]], start: int, end: int) -> int:
    for mark, field in ((1, "actor"), (2, "recipient")):
        if any(start < last and first < end for first, last in row[field]):
            return mark
    return 0


def _best(model: Model, pair: NDArray[Any]) -> tuple[str, int]:
    likely: dict[str, float] = defaultdict(float)
    for name, value in list(zip(model.labels.types, pair, strict=True))[1:]:
        likely[MERGED.get(name, name)] += float(value)
    best = max(likely, key=lambda name: likely[name])
    # The published set gives all yielding quad 2.
    return best, 2 if best == "YIELD" else load_ontology().types[best].quad


def _macro(counts: Mapping[Any, Counts]) -> float:
    scored = [one.f1 for one in counts.values() if one.expected]
    return sum(scored) / len(scored)
