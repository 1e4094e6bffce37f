"""Precision, recall and F1 over sets: the one definition that every score in this folder uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Counts:
    """Right, found and expected things."""

    right: int = 0
    found: int = 0
    expected: int = 0

    def add(self, gold: Set[Any], own: Set[Any]) -> None:
        """Count one unit's gold set against the set found."""
        self.right += len(gold & own)
        self.found += len(own)
        self.expected += len(gold)

    @property
    def precision(self) -> float:
        """0 where nothing was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """0 where nothing was expected."""
        return self.right / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.right / (self.found + self.expected) if self.found + self.expected else 0.0


@dataclass(slots=True)
class SpanScores:
    """Counts over all labels and by label; the label is a span's last element."""

    overall: Counts = field(default_factory=Counts)
    by_label: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))

    def add(self, gold: Set[tuple[Any, ...]], own: Set[tuple[Any, ...]]) -> None:
        """Count one sentence."""
        self.overall.add(gold, own)
        for label in {span[-1] for span in gold | own}:
            self.by_label[label].add({span for span in gold if span[-1] == label}, {span for span in own if span[-1] == label})

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the labels that the gold holds."""
        scored = [counts.f1 for counts in self.by_label.values() if counts.expected]
        return sum(scored) / len(scored) if scored else 0.0
