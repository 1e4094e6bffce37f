"""What is changed in a training sentence leaves its labels true."""

from __future__ import annotations

import random

from dragoman.resolve.tables import load_tables
from training.augment import other_countries
from training.samples import Sample


def test_a_country_is_put_in_anothers_place_by_the_same_kind_of_word() -> None:
    words = ("Poland", "expelled", "four", "Kenyan", "diplomats", "and", "two", "Kenyans", ".")
    changed = other_countries(Sample(words=words), random.Random(8)).words
    assert len(changed) == len(words)
    assert changed != words
    assert [changed[index] for index in (1, 2, 4, 5, 6, 8)] == [words[index] for index in (1, 2, 4, 5, 6, 8)]
    entries = load_tables().entries
    codes = [entries[changed[index].lower()][0].entry.code for index in (0, 3, 7)]
    assert codes[1] == codes[2] != codes[0]
