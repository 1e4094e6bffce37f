"""What a name is for the model that learns it: one convention, whoever labelled it."""

from __future__ import annotations

import pytest

from training.labels import make_labels
from training.samples import silver_targets


@pytest.mark.parametrize(
    ("words", "silver", "kept"),
    [
        ("The United States met", ("B-GPE", "I-GPE", "I-GPE", "O"), ("O", "B-GPE", "I-GPE", "O")),
        ("the ministry of Italy 's", ("B-ORG", "I-ORG", "I-ORG", "I-ORG", "I-ORG"), ("O", "B-ORG", "I-ORG", "I-ORG", "O")),
        ("President Tebboune left", ("B-PERSON", "I-PERSON", "O"), ("O", "B-PERSON", "O")),
        ("the last week", ("B-DATE", "I-DATE", "I-DATE"), ("B-DATE", "I-DATE", "I-DATE")),
    ],
)
def test_the_teachers_names_lose_articles_titles_and_possessives(words: str, silver: tuple[str, ...], kept: tuple[str, ...]) -> None:
    labels = make_labels(())
    assert tuple(labels.names[index] for index in silver_targets(words.split(), silver, labels)) == kept
