"""Which act a denial denies: the one that its words name, else the one that the denier is blamed for."""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.records import Event
from dragoman.resolve.attribution import Denial
from dragoman.resolve.trees import lemma

# Words of a denial that name no act: with these alone it is about what was said of the denier.
_NAMELESS = frozenset(
    lemma(word)
    for word in [
        "role",
        "part",
        "involvement",
        "hand",
        "responsibility",
        "anything",
        "nothing",
        "do",
        "accusation",
        "accusations",
        "allegation",
        "allegations",
        "charge",
        "charges",
        "claim",
        "claims",
        "report",
        "reports",
    ]
)
_DEEDS = ("ASSAULT", "COERCE", "SANCTION", "MOBILIZE", "AID", "PROTEST")


def denied_acts(denial: Denial, country: str | None, events: Sequence[Event]) -> list[int]:
    """Indices of the acts denied, all tellings of it; none where nothing names it."""
    named = [index for index, event in enumerate(events) if lemma(event.trigger.text) in denial.stems - _NAMELESS and _may_be_blamed(event, country)]
    if named:
        return named
    if denial.stems - _NAMELESS - {lemma(word) for word in denial.text.split() if word[:1].isupper()}:
        return []
    blamed = [
        index
        for index, event in enumerate(events)
        if event.type in _DEEDS and country and event.sentence <= denial.sentence and country in {actor.country for actor in event.actors}
    ]
    return blamed[-1:]


def _may_be_blamed(event: Event, country: str | None) -> bool:
    """Not an act of somebody else: who denies is its actor, or it has none that is known, or the denier is unknown."""
    actors = {actor.country for actor in event.actors} - {None}
    return not actors or country is None or country in actors
