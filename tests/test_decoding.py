"""Trees from scores: one root, no cycle, the best total."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.model.decoding import decode_heads, decode_names


def reaches_root(heads: list[int]) -> bool:
    for word in range(len(heads)):
        seen = set()
        while word >= 0:
            if word in seen:
                return False
            seen.add(word)
            word = heads[word]
    return True


@given(st.integers(1, 5), st.integers(0, 10_000))
@settings(max_examples=200, deadline=None)
def test_the_tree_is_the_best_one_with_its_root(words: int, seed: int) -> None:
    arc = np.random.default_rng(seed).normal(size=(words, words + 1))
    heads = decode_heads(arc)
    assert heads.count(-1) == 1
    assert reaches_root(heads)
    root = heads.index(-1)
    trees = (list(tree) for tree in itertools.product(range(-1, words), repeat=words) if tree.count(-1) == 1 and tree.index(-1) == root)
    best = max(sum(arc[i, head + 1] for i, head in enumerate(tree)) for tree in trees if reaches_root(tree))
    assert np.isclose(sum(arc[i, head + 1] for i, head in enumerate(heads)), best)


NAME_LABELS = ("O", "B-GPE", "I-GPE", "B-ORG", "I-ORG")


def name_scores(*rows: dict[str, float]) -> np.ndarray:
    return np.array([[row.get(label, -4.0) for label in NAME_LABELS] for row in rows])


def test_an_inside_label_follows_its_own_beginning() -> None:
    # Word by word the best labels are B-ORG, I-GPE: no sequence. The likeliest that is one keeps the organisation.
    scores = name_scores({"B-ORG": 4}, {"I-GPE": 3, "I-ORG": 2.9}, {"O": 4})
    assert decode_names(scores, NAME_LABELS) == [(0, 2, "ORG")]


def test_neighbouring_names_stay_apart() -> None:
    scores = name_scores({"O": 4}, {"B-GPE": 4}, {"I-GPE": 4}, {"B-GPE": 4}, {"O": 4})
    assert decode_names(scores, NAME_LABELS) == [(1, 3, "GPE"), (3, 4, "GPE")]


def test_a_doubtful_name_is_none() -> None:
    scores = name_scores({"O": 1.0, "B-GPE": 1.1, "B-ORG": 1.0})
    assert decode_names(scores, NAME_LABELS) == []
    assert decode_names(scores[:0], NAME_LABELS) == []
