"""Augmentation of training sentences: what changes the words and leaves every label true."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from dragoman.resolve.tables import GROUPS, NEVER, load_tables
from training.samples import Sample, Triggers

# One country's words of the same kind stand in for another's.
KINDS = ("name", "demonym", "people", "seat")
# The encoder's own sign for a word that is not shown.
HIDDEN = "[MASK]"


def without_case(sample: Sample, rng: random.Random) -> Sample:
    """The same sentence in capitals or in small letters: headlines, wires of old, careless text."""
    change = str.upper if rng.random() < 0.5 else str.lower
    return replace(sample, words=tuple(word if word == HIDDEN else change(word) for word in sample.words))


def other_countries(sample: Sample, rng: random.Random) -> Sample:
    """The same sentence about other countries: each country's one-word names, nationalities and capitals become another's.

    A sentence in which a country has no counterpart for one of its words stays as it is.
    """
    known, by_code = _country_words()
    found = {index: known[word.lower()] for index, word in enumerate(sample.words) if word[:1].isupper() and word.lower() in known}
    codes = sorted({code for code, _ in found.values()})
    if not codes:
        return sample
    chosen = dict(zip(codes, rng.sample(sorted(by_code), len(codes)), strict=True))
    words = list(sample.words)
    for index, (code, kind) in found.items():
        choices = by_code[chosen[code]].get(kind)
        if not choices:
            return sample
        words[index] = rng.choice(choices)
    return replace(sample, words=tuple(words))


def hidden_words(sample: Sample, words: float, parties: float, rng: random.Random) -> Sample:
    """The same sentence with some words unseen, none of them a trigger: each with probability `words`, and each marked party as a whole with `parties`.

    What a party is called must not decide what it does: without the names of its parties a pair's relation was told 5 to 8 points worse.
    """
    unseen = {mark for mark in (1, 2) if sample.marks and rng.random() < parties}
    marks = sample.marks or (0,) * len(sample.words)
    triggers = sample.triggers.positions if sample.triggers else ()
    hidden = (index not in triggers and (mark in unseen or rng.random() < words) for index, mark in enumerate(marks))
    return replace(sample, words=tuple(HIDDEN if hide else word for hide, word in zip(hidden, sample.words, strict=True)))


def beside_another(sample: Sample, other: Sample, rng: random.Random) -> Sample:
    """A marked pair with another annotated sentence before or behind it, whose acts are not the pair's: news says more than one thing at once."""
    first, second = (sample, other) if rng.random() < 0.5 else (other, sample)
    shift = len(first.words)
    marks = tuple(mark for one in (first, second) for mark in (one.marks or (0,) * len(one.words)))
    return replace(sample, words=first.words + second.words, marks=marks, triggers=_both(first.triggers, second.triggers, shift))


def _both(first: Triggers | None, second: Triggers | None, shift: int) -> Triggers:
    assert first is not None
    assert second is not None
    moved = tuple(tuple((label, word + shift) for label, word in roles) for roles in second.roles)
    return Triggers(
        positions=first.positions + tuple(position + shift for position in second.positions),
        types=first.types + second.types,
        modes=first.modes + second.modes,
        statuses=first.statuses + second.statuses,
        historical=first.historical + second.historical,
        roles=first.roles + moved,
    )


@cache
def _country_words() -> tuple[Mapping[str, tuple[str, str]], Mapping[str, Mapping[str, Sequence[str]]]]:
    """(code, kind) by folded word, and words as the table writes them by code and kind. A word that stands for two countries is left out."""
    known: dict[str, tuple[str, str]] = {}
    by_code: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, found in load_tables().entries.items():
        entry = found[0].entry
        if len(found) > 1 or entry.kind not in KINDS or entry.code in GROUPS or entry.until != NEVER or not key.isalpha() or len(key) < 4:
            continue
        known[key] = (entry.code, entry.kind)
        by_code[entry.code][entry.kind].append(found[0].name)
    return known, by_code
