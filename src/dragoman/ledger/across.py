"""Are two accounts of two reports one act? A score with its reasons, from the two alone, so that no order of reading changes it.

`features` takes from an event all that bears on the question, `blocks` says with which others it is compared at all, `decide` compares two.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import msgspec

from dragoman.records import Actor, Event, Quantity, Record

# The weights, the two thresholds and the steps below were set by hand on the development archive of benchmarks/archive.py (seed 1);
# the figures of docs/store.md are of other seeds and other wordings.
WEIGHTS: Mapping[str, float] = {"dates": 3.0, "names": 2.0, "places": 1.5, "counts": 2.0, "wording": 2.0, "modes": 1.0}
SAME = 0.66
WORTH_RECORDING = 0.45
# A part that contradicts outright caps the score below `SAME`, whatever the rest.
CAP_OF_CONTRADICTION = 0.4
# Accounts further apart than this are never compared: a week for late reports, and the report's own lag.
WINDOW_DAYS = 10
# A vaguer date than this ("in the 1990s") is compared by its ends alone.
LONGEST_INTERVAL = 45
SIZES = ("count", "dead", "injured", "arrested")
MOST_PARTIES = 8
_STATE_SECTORS = frozenset({"GOV", "MIL", "COP", "SPY", "JUD", "LEG"})
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
    """An actor or recipient as it is compared: country, identifier or words; whether it acts for the state; its own name."""

    key: str
    state: bool | None
    person: str | None


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


def shape_id(found: Features, salt: str = "") -> str:
    """The id of a shape; a salt keeps apart two events that tell the same in the same words."""
    return hashlib.sha256(msgspec.json.encode(found) + salt.encode()).hexdigest()[:16]


def own_blocks(found: Features) -> list[tuple[int, int]]:
    """The (block, day) pairs under which an account is indexed."""
    days = _index_days(found)
    keys = {key for actor, recipient in dyads(found) for key in _own_keys(found.type, actor, recipient)}
    return [(_hash(key), day) for key in sorted(keys) for day in days]


def sought_blocks(found: Features) -> list[tuple[int, int, int]]:
    """The (block, first day, last day) ranges in which an account looks for others; whom it finds also finds it."""
    ranges = [(0, 0)] if found.first is None and found.last is None else [(day - WINDOW_DAYS, day + WINDOW_DAYS) for day in _index_days(found)]
    keys = {key for actor, recipient in dyads(found) for key in _sought_keys(found.type, actor, recipient)}
    return [(_hash(key), first, last) for key in sorted(keys) for first, last in ranges]


def block_of(kind: str, actor: str, recipient: str) -> int:
    """The block of the acts of a type between two parties, by their keys."""
    return _hash(f"{kind}|{actor}|{recipient}")


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
    parties = {_party(actor) for actor in actors}
    return tuple(sorted(parties, key=lambda party: (party.key, party.person or "", str(party.state))))


def _party(actor: Actor) -> Party:
    words = " ".join(actor.text.casefold().removeprefix("the ").split())
    state = None if actor.sector in (None, "UNK") else actor.sector in _STATE_SECTORS
    own = actor.identifier if actor.identifier != actor.country else None
    return Party(actor.country or own or words, state, own)


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


def dyads(found: Features) -> Iterator[tuple[str | None, str | None]]:
    """Each actor with each recipient, by their keys; None for a side that is left out."""
    for actor in _distinct(found.actors):
        for recipient in _distinct(found.recipients):
            if actor or recipient:
                yield actor, recipient


def _distinct(parties: tuple[Party, ...]) -> Sequence[str | None]:
    return [*dict.fromkeys(party.key for party in parties)][:MOST_PARTIES] or [None]


def _own_keys(kind: str, actor: str | None, recipient: str | None) -> list[str]:
    """Both parties; and, for accounts that leave one out, the other alone ("+": this one names both, "-": it leaves one out)."""
    if actor and recipient:
        return [f"{kind}|{actor}|{recipient}", f"{kind}|{actor}|+", f"{kind}|+|{recipient}"]
    return [f"{kind}|{actor or '-'}|{recipient or '-'}"]


def _sought_keys(kind: str, actor: str | None, recipient: str | None) -> list[str]:
    if actor and recipient:
        return [f"{kind}|{actor}|{recipient}", f"{kind}|{actor}|-", f"{kind}|-|{recipient}"]
    if actor:
        return [f"{kind}|{actor}|-", f"{kind}|{actor}|+"]
    if recipient:
        return [f"{kind}|-|{recipient}", f"{kind}|+|{recipient}"]
    return []


def _index_days(found: Features) -> list[int]:
    if found.first is None or found.last is None:
        return [0]
    if found.last - found.first <= LONGEST_INTERVAL:
        # Steps of the window's width, so that every day inside is within reach of one of them.
        return [*range(found.first, found.last, WINDOW_DAYS), found.last]
    return [found.first, found.last]


@cache
def _hash(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") >> 1


def _dates(one: Features, other: Features) -> float | None:
    """How near the days are; a report's own day stands for an act of that day or the days before."""
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return None
    apart = max(one.first - other.last, other.first - one.last, 0)
    if one.stated and other.stated:
        vague = max(one.last - one.first, other.last - other.first)
        return (1.0 if vague <= 1 else 0.8 if vague <= 7 else 0.5) if apart == 0 else {1: 0.7, 2: 0.2}.get(apart, 0.0)
    return {0: 0.9, 1: 0.8, 2: 0.6, 3: 0.45}.get(apart, 0.3 if apart <= 5 else 0.1 if apart <= WINDOW_DAYS else 0.0)


def _names(one: Features, other: Features) -> float | None:
    sides = [value for value in (_side(one.actors, other.actors), _side(one.recipients, other.recipients)) if value is not None]
    return sum(sides) / len(sides) if sides else None


def _side(ours: tuple[Party, ...], theirs: tuple[Party, ...]) -> float | None:
    """Whether the same parties stand on one side; None where an account leaves the side out."""
    if not ours or not theirs:
        return None
    shared = {party.key for party in ours} & {party.key for party in theirs}
    if not shared:
        return 0.0
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
    return len(set(one.stems) & set(other.stems)) / least


def _modes(one: Features, other: Features) -> float | None:
    if one.mode is None and other.mode is None:
        return None
    return 1.0 if one.mode == other.mode else 0.5 if one.mode is None or other.mode is None else 0.1


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
            said.append(f"{name} {_keys(ours)} and {_keys(theirs)}")
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


def _keys(parties: tuple[Party, ...]) -> str:
    return "+".join(dict.fromkeys(party.key for party in parties))
