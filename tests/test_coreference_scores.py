"""The coreference measures against values worked out by hand, and GUM's bracket notation."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from evaluation.coreference import CoreferenceScores, best_matching, read_gum


def _chains(*groups: str) -> list[frozenset[tuple[str, int, int]]]:
    return [frozenset(("", ord(letter), ord(letter) + 1) for letter in group) for group in groups]


def test_the_same_chains_score_one() -> None:
    scores = CoreferenceScores()
    scores.add(_chains("abc", "de"), _chains("abc", "de"))
    assert scores.conll == 1


def test_a_split_chain_loses_what_the_measures_say() -> None:
    scores = CoreferenceScores()
    scores.add(_chains("abcd"), _chains("ab", "cd"))
    # MUC: 2 of 3 links kept, none wrong. B3: each mention finds half of its chain, precision 1. CEAF-e: one chain matches with 2*2/(4+2).
    assert scores.muc.f1 == pytest.approx(2 * (2 / 3) / (2 / 3 + 1))
    assert scores.b_cubed.f1 == pytest.approx(2 * 0.5 / 1.5)
    assert scores.ceaf.f1 == pytest.approx(2 * (2 / 3) * (1 / 3) / (2 / 3 + 1 / 3))


def test_single_mentions_count_on_neither_side() -> None:
    scores = CoreferenceScores()
    scores.add(_chains("ab", "c"), _chains("ab", "d", "e"))
    assert scores.conll == 1


def test_the_matching_is_the_best_one() -> None:
    assert best_matching(np.array([[0.9, 0.8], [0.8, 0.1]])) == pytest.approx(1.6)
    assert best_matching(np.array([[0.5, 0.6, 0.7]])) == pytest.approx(0.7)


def test_gums_brackets_are_read(tmp_path: Path) -> None:
    rows = [("The", "(1-person-x"), ("king", "1)"), ("saw", ""), ("his", "(2-object-y(1-person-z)"), ("horse", "2)"), (".", "")]
    body = "\n".join(f"{i}\t{word}\t_\t_\t_\t_\t0\t_\t_\t{'Entity=' + cell if cell else '_'}" for i, (word, cell) in enumerate(rows, 1))
    path = tmp_path / "x.conllu.gz"
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.write(f"# newdoc id = one\n{body}\n\n")
    document = next(read_gum(path))
    assert sorted(sorted(document.text[a:b] for _, a, b in cluster) for cluster in document.clusters) == [["The king", "his"], ["his horse"]]
