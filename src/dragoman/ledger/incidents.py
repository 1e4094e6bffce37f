"""An incident: one act as all of its reports tell it, every reported value beside the others with its source and time. Nothing is averaged."""

from __future__ import annotations

import datetime as dt
import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence

from dragoman.records import Actor, Event, Quantity, Record, Stance, Status

# From the least real to the most: an act carried out was also announced.
PROGRESS = (Status.NEGATED, Status.HYPOTHETICAL, Status.PLANNED, Status.ANNOUNCED, Status.ACTUAL)
SIZES = ("count", "dead", "injured", "arrested")


class Account(Record, frozen=True, kw_only=True):
    """An event with what its report adds: outlet, cluster of copies, shape, and the merge that brought it in."""

    event: Event
    source: str | None
    cluster: str
    shape: str


class Party(Record, frozen=True, kw_only=True):
    """An actor or recipient, with the number of events that name it."""

    name: str | None
    country: str | None
    sector: str | None
    identifier: str | None
    text: str
    events: int


class Reported(Record, frozen=True, kw_only=True):
    """One value that reports give: of what, the value as read (a number, or "low–high", or days), its words, and who says so since when."""

    field: str
    value: str
    approximate: bool
    unit: str | None
    text: str
    events: tuple[str, ...]
    sources: tuple[str, ...]
    first_seen: dt.date | None
    last_seen: dt.date | None


class Step(Record, frozen=True, kw_only=True):
    """A status of the act: the day that it concerns, since when it is reported, by how many events, the first of them."""

    status: Status
    day: dt.date | None
    first_seen: dt.date | None
    events: int
    event_id: str


class Denial(Record, frozen=True, kw_only=True):
    """Somebody who denies the act."""

    speaker: str
    country: str | None
    event_id: str


class Merge(Record, frozen=True, kw_only=True):
    """Why an event is in the incident: the closest event before it in the ledger's order, the score and the reason."""

    event_id: str
    with_event: str
    score: float
    reason: str


class Incident(Record, frozen=True, kw_only=True):
    """One act across reports. `values` holds every reported value; `independent` counts sources, a cluster of copies or an outlet once."""

    id: str
    type: str
    modes: tuple[str, ...]
    quad: int
    status: Status
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    first_day: dt.date | None
    last_day: dt.date | None
    first_seen: dt.date | None
    last_seen: dt.date | None
    events: tuple[str, ...]
    reports: tuple[str, ...]
    sources: tuple[str, ...]
    independent: int
    disputed: bool
    values: tuple[Reported, ...]
    timeline: tuple[Step, ...]
    denials: tuple[Denial, ...]
    merges: tuple[Merge, ...]


def incident_id(events: Iterable[str]) -> str:
    """The id of an incident: of its smallest event id, so that it stays while others join."""
    return hashlib.sha256(b"incident\0" + min(events).encode()).hexdigest()[:16]


def build_incident(accounts: Sequence[Account], merges: Sequence[Merge] = ()) -> Incident:
    """Fold the accounts of one act, given in any order, into its incident."""
    ordered = sorted(accounts, key=lambda account: (account.event.report_date or dt.date.max, account.event.id))
    events = [account.event for account in ordered]
    seen = [event.report_date for event in events if event.report_date]
    days = [day for event in events for day in _days(event)]
    values = _values(ordered)
    return Incident(
        id=incident_id(event.id for event in events),
        type=events[0].type,
        modes=_by_frequency(mode for event in events for mode in event.modes),
        quad=events[0].quad,
        status=max((event.status for event in events), key=PROGRESS.index),
        actors=_parties(event.actors for event in events),
        recipients=_parties(event.recipients for event in events),
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        first_seen=min(seen, default=None),
        last_seen=max(seen, default=None),
        events=tuple(sorted(event.id for event in events)),
        reports=tuple(sorted({event.report_id for event in events})),
        sources=tuple(sorted({account.source for account in ordered if account.source})),
        independent=independent_sources(ordered),
        disputed=_disputed(ordered),
        values=values,
        timeline=_timeline(events),
        denials=_denials(events),
        merges=tuple(merges),
    )


def independent_sources(accounts: Iterable[Account]) -> int:
    """Sources that may know by themselves: reports tied by a cluster of copies, or by an outlet, count as one."""
    home: dict[str, str] = {}

    def root(key: str) -> str:
        while home.setdefault(key, key) != key:
            key = home[key]
        return key

    for account in accounts:
        cluster = root(f"cluster {account.cluster}")
        if account.source:
            home[cluster] = root(f"source {account.source}")
    return len({root(key) for key in home})


def _days(event: Event) -> list[dt.date]:
    """The days that the report states; its own day where it states none."""
    if event.date and (event.date.start or event.date.end):
        return [day for day in (event.date.start, event.date.end) if day]
    return [event.report_date] if event.report_date else []


def _by_frequency(values: Iterable[str]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return tuple(sorted(counts, key=lambda value: (-counts[value], value)))


def _parties(sides: Iterable[Sequence[Actor]]) -> tuple[Party, ...]:
    """Each different party once, the most named first; its words are the longest that name it."""
    found: dict[tuple[str | None, ...], list[Actor]] = {}
    for side in sides:
        named = {_party_key(actor): actor for actor in side}
        for key, actor in named.items():
            found.setdefault(key, []).append(actor)
    parties = [_party(actors) for actors in found.values()]
    return tuple(sorted(parties, key=lambda party: (-party.events, party.country or "~", party.name or "", party.sector or "", party.text)))


def _party_key(actor: Actor) -> tuple[str | None, ...]:
    unknown = actor.text.casefold() if actor.country is None and actor.identifier is None else None
    return (actor.identifier, actor.name, actor.country, actor.sector, unknown)


def _party(actors: Sequence[Actor]) -> Party:
    one = actors[0]
    text = max((actor.text for actor in actors), key=lambda words: (len(words), words))
    return Party(name=one.name, country=one.country, sector=one.sector, identifier=one.identifier, text=text, events=len(actors))


def _values(accounts: Sequence[Account]) -> tuple[Reported, ...]:
    found: dict[tuple[str, str, bool, str | None], list[tuple[Account, str]]] = {}
    for account in accounts:
        for field, value, approximate, unit, text in _told(account.event):
            found.setdefault((field, value, approximate, unit), []).append((account, text))
    return tuple(_reported(*key, told) for key, told in sorted(found.items(), key=lambda item: (item[0][:3], item[0][3] or "")))


def _told(event: Event) -> Iterable[tuple[str, str, bool, str | None, str]]:
    """Every value of the event: field, value, approximate, unit and words."""
    for name in SIZES:
        size: Quantity | None = getattr(event, name)
        if size is not None:
            yield name, _amount(size), size.approximate, size.unit, size.text
    for name in ("date", "deadline"):
        dating = getattr(event, name)
        if dating is not None:
            yield name, f"{dating.start or ''}/{dating.end or ''}", False, None, dating.text
    if event.place:
        yield "place", event.place.name, False, event.place.country, event.place.text
    if event.reason:
        yield "reason", " ".join(event.reason.text.split()), False, None, event.reason.text
    if event.joint:
        yield "joint", event.joint.group, False, None if event.joint.size is None else str(event.joint.size), event.joint.text


def _amount(size: Quantity) -> str:
    if size.value is not None:
        return f"{size.value:g}"
    return f"{'' if size.min is None else f'{size.min:g}'}–{'' if size.max is None else f'{size.max:g}'}"


def _reported(field: str, value: str, approximate: bool, unit: str | None, told: Sequence[tuple[Account, str]]) -> Reported:
    seen = [account.event.report_date for account, _ in told if account.event.report_date]
    return Reported(
        field=field, value=value, approximate=approximate, unit=unit, text=told[0][1],
        events=tuple(sorted(account.event.id for account, _ in told)),
        sources=tuple(sorted({account.source or account.event.report_id for account, _ in told})),
        first_seen=min(seen, default=None), last_seen=max(seen, default=None),
    )  # fmt: skip


def _disputed(accounts: Sequence[Account]) -> bool:
    """Whether two accounts give sizes that cannot both be true, or days that do not meet."""
    sizes = [[bounds for account in accounts if (bounds := _bounds(getattr(account.event, name)))] for name in SIZES]
    days = [(date.start, date.end) for account in accounts if (date := account.event.date) and date.start and date.end]
    return any(_apart(one) for one in sizes) or _apart([(start.toordinal(), end.toordinal()) for start, end in days])


def _bounds(size: Quantity | None) -> tuple[float, float] | None:
    if size is None:
        return None
    if size.value is not None:
        # "About 60" does not contradict 58.
        slack = 0.1 * size.value if size.approximate else 0.0
        return size.value - slack, size.value + slack
    return (0.0 if size.min is None else size.min), (float("inf") if size.max is None else size.max)


def _apart(intervals: Sequence[tuple[float, float]]) -> bool:
    return bool(intervals) and max(low for low, _ in intervals) > min(high for _, high in intervals)


def _timeline(events: Sequence[Event]) -> tuple[Step, ...]:
    """Each status with each day that it concerns, in the order of reports."""
    found: dict[tuple[Status, dt.date | None], list[Event]] = {}
    for event in events:
        days = _days(event)
        found.setdefault((event.status, days[0] if days else None), []).append(event)
    steps = [_step(status, day, told) for (status, day), told in found.items()]
    return tuple(sorted(steps, key=lambda step: (step.first_seen or dt.date.max, step.day or dt.date.max, PROGRESS.index(step.status), step.event_id)))


def _step(status: Status, day: dt.date | None, told: Sequence[Event]) -> Step:
    return Step(status=status, day=day, first_seen=told[0].report_date, events=len(told), event_id=told[0].id)


def _denials(events: Sequence[Event]) -> tuple[Denial, ...]:
    found = [
        Denial(speaker=one.speaker.name or one.speaker.text, country=one.speaker.country, event_id=event.id)
        for event in events
        for one in event.attribution
        if one.stance is Stance.DENIES
    ]
    return tuple(sorted(found, key=lambda denial: (denial.speaker, denial.event_id)))


def spanning_merges(shapes: Mapping[str, str], ties: Mapping[tuple[str, str], tuple[float, str]]) -> list[Merge]:
    """Why the events (id to shape) of a group are together: from the smallest id on, the best tie (score, reason) to one already in."""
    first_of: dict[str, str] = {}
    merges = []
    for event_id in sorted(shapes):
        first = first_of.setdefault(shapes[event_id], event_id)
        if first != event_id:
            merges.append(Merge(event_id=event_id, with_event=first, score=1.0, reason="told with the same words, values and day"))
    near: dict[str, list[tuple[float, str, str, str]]] = {shape: [] for shape in first_of}
    for (one, other), (score, reason) in ties.items():
        if one in near and other in near:
            near[one].append((-score, other, one, reason))
            near[other].append((-score, one, other, reason))
    return merges + _span(first_of, near)


def _span(first_of: Mapping[str, str], near: Mapping[str, list[tuple[float, str, str, str]]]) -> list[Merge]:
    """Prim's tree over the shapes, from that of the smallest event on."""
    start = min(first_of, key=lambda shape: first_of[shape])
    inside, waiting, merges = {start}, sorted(near[start]), []
    while waiting:
        negative, shape, tied_to, reason = heapq.heappop(waiting)
        if shape not in inside:
            inside.add(shape)
            merges.append(Merge(event_id=first_of[shape], with_event=first_of[tied_to], score=-negative, reason=reason))
            for tie in near[shape]:
                heapq.heappush(waiting, tie)
    return merges
