"""Are two accounts of two reports one act? A score with its reasons, from the two alone, so that no order of reading changes it.

`features` takes from an event all that bears on the question, `blocks` says with which others it is compared at all, `decide` compares two.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import msgspec

from dragoman.records import Actor, Event, Quantity, Record

# The weights, the two thresholds and the steps below were set by hand on the development archive of benchmarks/archive.py (seed 1);
# the figures of docs/store.md are of other seeds and other wordings.
WEIGHTS: Mapping[str, float] = {"dates": 3.0, "names": 2.0, "places": 1.5, "counts": 2.0, "wording": 2.0, "modes": 1.0}
SAME = 0.62
WORTH_RECORDING = 0.45
# A part that contradicts outright caps the score below `SAME`, whatever the rest.
CAP_OF_CONTRADICTION = 0.4
# What a part is worth where it neither agrees nor contradicts.
DOUBTFUL_SIDES = 0.7
UNKNOWN_PARTY = 0.3
NO_WORDS_SHARED = 0.25
# Accounts further apart than this are never compared: a week for late reports, and the report's own lag.
WINDOW_DAYS = 10
# A vaguer date than this ("in the 1990s") is compared by its ends alone.
LONGEST_INTERVAL = 45
TIED_BY_NUMBER = 0.8
SIZES = ("count", "dead", "injured", "arrested")
MOST_PARTIES = 6
_STATE_SECTORS = frozenset({"GOV", "MIL", "COP", "SPY", "JUD", "LEG"})
_POSSESSIVES = ("its ", "their ", "his ", "her ", "our ", "my ")
# In these no side acts on the other.
MUTUAL = frozenset({"CONSULT", "COOPERATE", "AGREE"})
_WORD = re.compile(r"[^\W\d_]{4,}")
# Long enough to tell "expel" from "export", short enough to see "expelled" and "expels" as one.
STEM = 5
# Words of reporting, which say nothing about the act.
_PLAIN = frozenset({
    "about", "after", "again", "also", "been", "before", "could", "from", "have", "having", "into", "more", "most", "over", "said", "says", "some",
    "such", "than", "that", "their", "them", "then", "there", "these", "they", "this", "those", "told", "under", "were", "what", "when", "where",
    "which", "while", "will", "with", "would", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "officials", "official",
    "according", "reported", "report", "spokesman", "spokeswoman", "statement", "ministry", "minister", "government",
})  # fmt: skip


class Party(Record, frozen=True):
    """An actor or recipient as it is compared: country, identifier or words (then not `known`); whether it acts for the state."""

    key: str
    known: bool
    state: bool | None


class Features(Record, frozen=True, kw_only=True):
    """All of an event that bears on the comparison. Days are proleptic ordinals; `stated` is false where they are the report's."""

    type: str
    mode: str | None
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    first: int | None
    last: int | None
    stated: bool
    place: str | None
    place_country: str | None
    sizes: dict[str, tuple[float | None, float | None]]
    stems: tuple[str, ...]


class Decision(Record, frozen=True, kw_only=True):
    """The comparison of two accounts: whether they tell of one act, the score, its parts (None where one is silent) and why."""

    same: bool
    score: float
    dates: float | None
    places: float | None
    counts: float | None
    names: float | None
    wording: float | None
    reason: str


def features(event: Event) -> Features:
    """What of the event bears on the comparison."""
    first, last, stated = _days(event)
    sizes = {name: _bounds(size) for name in SIZES if (size := getattr(event, name)) is not None}
    return Features(
        type=event.type,
        mode=event.modes[0] if event.modes else None,
        actors=_parties(event.actors),
        recipients=_parties(event.recipients),
        first=first,
        last=last,
        stated=stated,
        place=event.place.name.casefold() if event.place else None,
        place_country=event.place.country if event.place else None,
        sizes=sizes,
        stems=_stems(event),
    )


def encode_features(found: Features) -> str:
    """Features as JSON."""
    return msgspec.json.encode(found).decode()


def decode_features(text: str) -> Features:
    """The features that `encode_features` wrote."""
    return _FEATURES.decode(text)


_FEATURES = msgspec.json.Decoder(Features)


def shape_id(found: Features, salt: str = "") -> str:
    """The id of a shape; a salt keeps apart two events that tell the same in the same words."""
    return hashlib.sha256(msgspec.json.encode(found) + salt.encode()).hexdigest()[:16]


def own_blocks(found: Features) -> list[tuple[int, int]]:
    """The (block, day) pairs under which an account is indexed."""
    days = _index_days(found)
    return [(_hash(key), day) for key in sorted(_own_keys(found)) for day in days]


def sought_blocks(found: Features) -> list[tuple[int, int, int]]:
    """The (block, first day, last day) ranges in which an account looks for others; whom it finds also finds it."""
    ranges = [(0, 0)] if found.first is None and found.last is None else [(day - WINDOW_DAYS, day + WINDOW_DAYS) for day in _index_days(found)]
    return [(_hash(key), first, last) for key in sorted(_sought_keys(found)) for first, last in ranges]


def block_of(kind: str, one: str, other: str) -> int:
    """The block of the acts of a type between two parties, by their keys, in either direction."""
    return _hash(f"{kind}|{min(one, other)}|{max(one, other)}")


def dyads(found: Features) -> Iterator[tuple[str, str]]:
    """Each actor with each recipient, by their keys."""
    for actor in _keys(found.actors):
        for recipient in _keys(found.recipients):
            if actor != recipient:
                yield actor, recipient


def decide(one: Features, other: Features) -> Decision:
    """Compare two accounts that share a block."""
    parts = {
        "dates": _dates(one, other),
        "names": _names(one, other),
        "places": _places(one, other),
        "counts": _counts(one, other),
        "wording": _wording(one, other),
        "modes": _modes(one, other),
    }
    known = {name: value for name, value in parts.items() if value is not None}
    score = sum(WEIGHTS[name] * value for name, value in known.items()) / sum(WEIGHTS[name] for name in known)
    against = [name for name in ("dates", "places", "names") if parts[name] == 0]
    if against:
        score = min(score, CAP_OF_CONTRADICTION)
    score = round(score, 4)
    shown = {name: parts[name] for name in ("dates", "places", "counts", "names", "wording")}
    return Decision(same=score >= SAME, score=score, reason=_reason(one, other, parts, against), **shown)


def _days(event: Event) -> tuple[int | None, int | None, bool]:
    if event.date and (event.date.start or event.date.end):
        start, end = event.date.start or event.date.end, event.date.end or event.date.start
        assert start is not None
        assert end is not None
        return start.toordinal(), end.toordinal(), True
    if event.report_date:
        return event.report_date.toordinal(), event.report_date.toordinal(), False
    return None, None, False


def _bounds(size: Quantity) -> tuple[float | None, float | None]:
    if size.value is not None:
        slack = 0.15 * size.value if size.approximate else 0.0
        return size.value - slack, size.value + slack
    return size.min, size.max


def _parties(actors: Iterable[Actor]) -> tuple[Party, ...]:
    parties = {_party(actor) for actor in actors if not _is_possessive(actor)}
    return tuple(sorted(parties, key=lambda party: (party.key, str(party.state))))


def _is_possessive(actor: Actor) -> bool:
    """Whether the words are of somebody else's and not resolved ("its ambassador"): the same words mean another in each report."""
    return actor.country is None and actor.identifier is None and actor.text.casefold().startswith(_POSSESSIVES)


def _party(actor: Actor) -> Party:
    words = " ".join(actor.text.casefold().removeprefix("the ").split())
    state = None if actor.sector in (None, "UNK") else actor.sector in _STATE_SECTORS
    return Party(actor.country or actor.identifier or words, bool(actor.country or actor.identifier), state)


def _stems(event: Event) -> tuple[str, ...]:
    """The sentence's words, cut to their beginnings, without the parties' and without words of reporting."""
    inside = [(party.start, party.end) for party in (*event.actors, *event.recipients) if party.start is not None and party.end is not None]
    found = set()
    for match in _WORD.finditer(event.text):
        start = event.sentence_start + match.start()
        word = match[0].casefold()
        if word not in _PLAIN and not any(first <= start < last for first, last in inside):
            found.add(word[:STEM])
    return tuple(sorted(found))


def _keys(parties: Iterable[Party]) -> list[str]:
    return list(dict.fromkeys(party.key for party in parties))[:MOST_PARTIES]


def _pairs(found: Features) -> tuple[list[str], list[tuple[str, str]]]:
    """The parties of both sides, and each two of them: which of them acts, accounts (and their reading) do not always agree on."""
    parties = sorted({*_keys(found.actors), *_keys(found.recipients)})
    return parties, [(one, other) for number, one in enumerate(parties) for other in parties[number + 1 :]]


def _own_keys(found: Features) -> set[str]:
    """Each two parties; and each party for itself ("+": one of several, "-": the only one) for accounts that leave the other out."""
    parties, pairs = _pairs(found)
    if not pairs:
        return {f"{found.type}|-|{party}" for party in parties}
    return {f"{found.type}|{one}|{other}" for one, other in pairs} | {f"{found.type}|+|{party}" for party in parties}


def _sought_keys(found: Features) -> set[str]:
    parties, pairs = _pairs(found)
    alone = {f"{found.type}|-|{party}" for party in parties}
    if not pairs:
        return alone | {f"{found.type}|+|{party}" for party in parties}
    return alone | {f"{found.type}|{one}|{other}" for one, other in pairs}


def _index_days(found: Features) -> list[int]:
    if found.first is None or found.last is None:
        return [0]
    if found.last - found.first <= LONGEST_INTERVAL:
        # Steps of the window's width, so that every day inside is within reach of one of them.
        return [*range(found.first, found.last, WINDOW_DAYS), found.last]
    return [found.first, found.last]


@lru_cache(maxsize=65_536)
def _hash(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") >> 1


def _dates(one: Features, other: Features) -> float | None:
    """How near the days are; a report's own day stands for an act of that day or the days before."""
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return None
    apart = max(one.first - other.last, other.first - one.last, 0)
    if one.stated and other.stated:
        vague = max(one.last - one.first, other.last - other.first)
        if min(one.last - one.first, other.last - other.first) > LONGEST_INTERVAL:
            # "Trade was worth 3 million last year": two acts of one year are one only where a number ties them.
            return 0.5 if apart == 0 and _or(_counts(one, other), 0.0) >= TIED_BY_NUMBER else 0.0
        return (1.0 if vague <= 1 else 0.8 if vague <= 7 else 0.5) if apart == 0 else {1: 0.7, 2: 0.2}.get(apart, 0.0)
    return {0: 0.9, 1: 0.8, 2: 0.6, 3: 0.45}.get(apart, 0.3 if apart <= 5 else 0.1 if apart <= WINDOW_DAYS else 0.0)


def _names(one: Features, other: Features) -> float | None:
    """Whether the same parties stand on the same sides. 0 where they stand the other way round, or others do."""
    ours, theirs = {*_keys(one.actors), *_keys(one.recipients)}, {*_keys(other.actors), *_keys(other.recipients)}
    if not ours or not theirs:
        return None
    together = len(ours & theirs) / max(len(ours), len(theirs))
    if one.type in MUTUAL:
        return together
    sides = [value for value in (_side(one.actors, other.actors), _side(one.recipients, other.recipients)) if value is not None]
    if sides and min(sides) > 0:
        return sum(sides) / len(sides)
    # An account that leaves a side out, or has one party on both, may have been read the wrong way round.
    return DOUBTFUL_SIDES * together if _is_vague(one) or _is_vague(other) else 0.0


def _is_vague(found: Features) -> bool:
    actors, recipients = set(_keys(found.actors)), set(_keys(found.recipients))
    return not actors or not recipients or bool(actors & recipients)


def _side(ours: tuple[Party, ...], theirs: tuple[Party, ...]) -> float | None:
    """Whether the same parties stand on one side; None where an account leaves the side out."""
    if not ours or not theirs:
        return None
    shared = {party.key for party in ours} & {party.key for party in theirs}
    if not shared:
        return 0.0 if all(party.known for party in (*ours, *theirs)) else UNKNOWN_PARTY
    value = 0.5 + 0.5 * len(shared) / max(len({party.key for party in ours}), len({party.key for party in theirs}))
    states = [{party.state for party in side if party.key in shared} - {None} for side in (ours, theirs)]
    if all(states) and not states[0] & states[1]:
        value -= 0.4
    return value


def _places(one: Features, other: Features) -> float | None:
    if one.place is None or other.place is None:
        return None
    if one.place == other.place or one.place in other.place or other.place in one.place:
        return 1.0
    if one.place_country and other.place_country:
        return 0.2 if one.place_country == other.place_country else 0.0
    return 0.2


def _counts(one: Features, other: Features) -> float | None:
    """The mean over the sizes that both state: 1 where the bounds meet, else less the further they are apart."""
    values = [_near(one.sizes[name], other.sizes[name]) for name in SIZES if name in one.sizes and name in other.sizes]
    return sum(values) / len(values) if values else None


def _near(ours: tuple[float | None, float | None], theirs: tuple[float | None, float | None]) -> float:
    lower = max(_or(ours[0], 0.0), _or(theirs[0], 0.0))
    upper = min(_or(ours[1], float("inf")), _or(theirs[1], float("inf")))
    if lower <= upper:
        return 1.0
    # An honest contradiction is a few of many; four against eighteen is another act.
    ratio = upper / lower if upper > 0 else 0.0
    return 0.8 if ratio >= 0.85 else 0.6 if ratio >= 0.7 else 0.35 if ratio >= 0.5 else 0.1


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _wording(one: Features, other: Features) -> float | None:
    least = min(len(one.stems), len(other.stems))
    if least < 2:
        return None
    # Two reporters may well tell one act in two ways: few words shared say less than many.
    return NO_WORDS_SHARED + (1 - NO_WORDS_SHARED) * len(set(one.stems) & set(other.stems)) / least


def _modes(one: Features, other: Features) -> float | None:
    if one.mode is None and other.mode is None:
        return None
    return 1.0 if one.mode == other.mode else 0.5 if one.mode is None or other.mode is None else 0.3


def _reason(one: Features, other: Features, parts: Mapping[str, float | None], against: list[str]) -> str:
    """The parts in words, what contradicts first."""
    said = [f"{name} contradict" for name in against]
    if parts["dates"] is not None and one.first and other.first:
        said.append(f"days {_day(one)} and {_day(other)}")
    if parts["places"] is not None:
        said.append(f"places {one.place} and {other.place}")
    for name in SIZES:
        if name in one.sizes and name in other.sizes:
            said.append(f"{name} {_range(one.sizes[name])} and {_range(other.sizes[name])}")
    for name, ours, theirs in (("actors", one.actors, other.actors), ("recipients", one.recipients, other.recipients)):
        if ours and theirs:
            said.append(f"{name} {'+'.join(_keys(ours))} and {'+'.join(_keys(theirs))}")
    if parts["wording"] is not None:
        said.append(f"{len(set(one.stems) & set(other.stems))} of {min(len(one.stems), len(other.stems))} words shared")
    if one.mode != other.mode:
        said.append(f"modes {one.mode} and {other.mode}")
    return "; ".join(said)


def _day(found: Features) -> str:
    assert found.first is not None
    assert found.last is not None
    first, last = dt.date.fromordinal(found.first), dt.date.fromordinal(found.last)
    return (f"{first}" if first == last else f"{first} to {last}") + ("" if found.stated else " (the report's)")


def _range(bounds: tuple[float | None, float | None]) -> str:
    low, high = bounds
    if low == high:
        return f"{low:g}"
    return f"{'' if low is None else f'{low:g}'} to {'' if high is None else f'{high:g}'}".strip()
