"""What is changed in a training sentence leaves its labels true."""

from __future__ import annotations

import random

from dragoman.resolve.tables import load_tables
from training.augment import HIDDEN, hidden_words, other_countries
from training.samples import Sample, Triggers


def test_a_country_is_put_in_anothers_place_by_the_same_kind_of_word() -> None:
    words = ("Poland", "expelled", "four", "Kenyan", "diplomats", "and", "two", "Kenyans", ".")
    entries = load_tables().entries
    changed = {other_countries(Sample(words=words), random.Random(seed)).words for seed in range(20)} - {words}
    assert changed
    for one in changed:
        assert [one[index] for index in (1, 2, 4, 5, 6, 8)] == [words[index] for index in (1, 2, 4, 5, 6, 8)]
        state, demonym, people = (entries[one[index].lower()][0].entry for index in (0, 3, 7))
        assert (state.kind, demonym.kind, people.kind) == ("name", "demonym", "people")
        assert state.code != demonym.code == people.code


def test_a_party_is_hidden_whole_and_a_trigger_never() -> None:
    words = ("North", "Macedonia", "expelled", "two", "envoys")
    triggers = Triggers(positions=(2,), types=(1,), modes=(0,), statuses=(0,), historical=(0,), roles=((),))
    sample = Sample(words=words, triggers=triggers, marks=(1, 1, 0, 2, 2))
    assert hidden_words(sample, 0.0, 1.0, random.Random(1)).words == (HIDDEN, HIDDEN, "expelled", HIDDEN, HIDDEN)
    assert hidden_words(sample, 1.0, 0.0, random.Random(1)).words == (HIDDEN, HIDDEN, "expelled", HIDDEN, HIDDEN)
    assert hidden_words(sample, 0.0, 0.0, random.Random(1)) == sample
