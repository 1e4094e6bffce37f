"""The analyst's sheet: a line for each act of a report, its parts beneath it, and subtotals that reconcile.

A subtotal adds the acts of one kind against the same parties. It adds neither a part to its whole, nor a running total, nor the number of a
group to those of its members, nor an act that is recalled, denied or only possible; what is not known it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from dragoman.records import Actor, Dating, Event, Quantity, Record, Status


class Kind(StrEnum):
    """What a line of the sheet says."""

    ACT = "act"
    PART = "part"
    GROUP = "group"
    TOTAL = "total"


class Line(Record, frozen=True, kw_only=True):
    """A line. `number` counts the acts of a report from 1; a part, group or total carries that of the (first) act that it belongs to.

    Dates are ISO days; `least` and `most` bound the number (equal where it is exact, None where open). `answers` are numbers of acts.
    `sentence`, `start` and `end` point at the trigger, or at the words of a part.
    """

    report_id: str
    number: int
    kind: Kind
    by: str = ""
    by_countries: str = ""
    against: str = ""
    against_countries: str = ""
    what: str = ""
    how_many: str = ""
    least: float | None = None
    most: float | None = None
    of_whom: str = ""
    status: str = ""
    date_start: str = ""
    date_end: str = ""
    deadline: str = ""
    where: str = ""
    reason: str = ""
    says_who: str = ""
    joint: str = ""
    answers: tuple[int, ...] = ()
    tellings: int = 1
    note: str = ""
    sentence: int | None = None
    start: int | None = None
    end: int | None = None
    evidence: str = ""
    event_id: str = ""


_PRONOUNS = frozenset({"it", "he", "she", "they", "its", "their", "his", "her", "we", "them"})
_COUNTED = frozenset({Status.ACTUAL, Status.ANNOUNCED, Status.PLANNED})


def ledger(events: Iterable[Event]) -> list[Line]:
    """The sheet of one or many reports; events of a report come together, in text order."""
    reports: dict[str, list[Event]] = {}
    for event in events:
        reports.setdefault(event.report_id, []).append(event)
    return [line for inside in reports.values() for line in _sheet(inside)]


def _sheet(events: Sequence[Event]) -> Iterator[Line]:
    numbers = {event.id: number for number, event in enumerate(events, 1)}
    for event in events:
        yield _act(event, numbers)
        for part in event.parts:
            yield _part(event, part, numbers[event.id])
    yield from _groups(events, numbers)
    yield from _totals(events, numbers)


def _act(event: Event, numbers: dict[str, int]) -> Line:
    count = _main_count(event)
    least, most = _bounds(count)
    return Line(
        report_id=event.report_id, number=numbers[event.id], kind=Kind.ACT, by=_parties(event.actors), by_countries=_countries(event.actors),
        against=_parties(event.recipients), against_countries=_countries(event.recipients), what="/".join([event.type, *event.modes]),
        how_many=_how_many(event), least=least, most=most, of_whom=count.unit or "" if count else "",
        status=event.status.value + (" (recalled)" if event.historical else ""), date_start=_day(event.date, "start"), date_end=_day(event.date, "end"),
        deadline=_day(event.deadline, "end"), where=_place(event), reason=event.reason.text if event.reason else "",
        says_who="; ".join(f"{one.speaker.text} ({one.stance.value})" for one in event.attribution), joint=event.joint.text if event.joint else "",
        answers=tuple(numbers[answer] for answer in event.response_to if answer in numbers), tellings=1 + len(event.mentions),
        sentence=event.sentence, start=event.trigger.start, end=event.trigger.end, evidence=_flat(event.text), event_id=event.id,
    )  # fmt: skip


def _part(event: Event, part: Quantity, number: int) -> Line:
    least, most = _bounds(part)
    return Line(
        report_id=event.report_id, number=number, kind=Kind.PART, what="/".join([event.type, *event.modes]), how_many=amount_text(part), least=least, most=most,
        of_whom=part.unit or "", note=f"part of {part.subset_of}", start=part.start, end=part.end, evidence=part.text, event_id=event.id,
    )  # fmt: skip


def _main_count(event: Event) -> Quantity | None:
    """What the act is about; of a part alone nothing is known of the whole."""
    return next((count for count in (event.count, event.dead, event.arrested, event.injured) if count and count not in event.parts), None)


def _how_many(event: Event) -> str:
    named = (("", event.count), ("dead ", event.dead), ("injured ", event.injured), ("arrested ", event.arrested))
    return "; ".join(label + amount_text(count) for label, count in named if count and count not in event.parts)


def amount_text(count: Quantity) -> str:
    """60, ~500, ≥17, ≤40, 3–9, or the words where they give no number."""
    if count.value is not None:
        return f"{'~' if count.approximate else ''}{count.value:.10g}" + (" in all" if count.cumulative else "")
    if count.min is not None and count.max is not None:
        return f"{count.min:.10g}–{count.max:.10g}"
    if count.min is not None:
        return f"≥{count.min:.10g}"
    return f"≤{count.max:.10g}" if count.max is not None else count.text


def _bounds(count: Quantity | None) -> tuple[float | None, float | None]:
    if count is None or (count.value, count.min, count.max) == (None, None, None):
        return None, None
    return (count.value, count.value) if count.value is not None else (count.min, count.max)


def _groups(events: Sequence[Event], numbers: dict[str, int]) -> Iterator[Line]:
    """For each joint act: its size, the members named, and each member's own number where the report gives it."""
    for event in events:
        if event.joint is None:
            continue
        members = list(event.joint.members)
        own = {member: count for member in members if (count := _own_count(event, member, events))}
        known = " + ".join(f"{member} {amount_text(count)}" for member, count in own.items())
        missing = [member for member in members if member not in own]
        pieces = [f"{event.joint.size or 'an unstated number of'} members announced", f"{len(members)} named"]
        pieces.append(f"counts known for {len(own)}" + (f": {known}" if known else ""))
        if missing:
            pieces.append("not known: " + ", ".join(missing))
        if event.joint.size and event.joint.size > len(members):
            pieces.append(f"{event.joint.size - len(members)} not named")
        yield Line(
            report_id=event.report_id, number=numbers[event.id], kind=Kind.GROUP, by=event.joint.text, what="/".join([event.type, *event.modes]),
            note="; ".join(pieces), event_id=event.id,
        )  # fmt: skip


def _own_count(group: Event, member: str, events: Sequence[Event]) -> Quantity | None:
    """The number of an act of the same kind that the member does alone."""
    for event in events:
        # A pronoun that stands for nobody known does not make two of one.
        doers = {actor.country or actor.text for actor in event.actors if actor.country or actor.text.lower() not in _PRONOUNS}
        if event is not group and doers == {member} and _same_kind(event, group) and not event.historical and event.count and event.count not in event.parts:
            return event.count
    return None


def _same_kind(one: Event, other: Event) -> bool:
    return (one.type, one.modes) == (other.type, other.modes) and bool(_party_keys(one.recipients) & _party_keys(other.recipients) or not one.recipients)


def _party_keys(actors: Sequence[Actor]) -> set[str]:
    return {actor.country or actor.text.lower() for actor in actors}


def _totals(events: Sequence[Event], numbers: dict[str, int]) -> Iterator[Line]:
    kinds: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Event]] = {}
    for event in events:
        if any(_main_count(one) for one in (event,)) or event.joint:
            kinds.setdefault((event.type, event.modes, tuple(sorted(_party_keys(event.recipients)))), []).append(event)
    for (type_name, modes, against), alike in kinds.items():
        added = [event for event in alike if _is_added(event)]
        if len(added) < 2:
            continue
        yield _total(alike, added, numbers, "/".join([type_name, *modes]), ", ".join(against))


def _is_added(event: Event) -> bool:
    count = _main_count(event)
    return bool(
        count
        and event.status in _COUNTED
        and not event.historical
        and not count.cumulative
        and not count.subset_of
        and event.joint is None
        and (count.value or count.min or count.max)
    )


def _total(alike: Sequence[Event], added: Sequence[Event], numbers: dict[str, int], what: str, against: str) -> Line:
    counts = [(event, count) for event in added if (count := _main_count(event))]
    spans = [_bounds(count) for _, count in counts]
    least = sum(low or 0.0 for low, _ in spans)
    most = sum(high for _, high in spans if high is not None) if all(high is not None for _, high in spans) else None
    note = " + ".join(f"{_label(event)} {amount_text(count)} (act {numbers[event.id]})" for event, count in counts)
    if left := [event for event in alike if event not in added]:
        note += "; not added: " + ", ".join(f"{_label(event)} {_how_many(event)} (act {numbers[event.id]}, {_why_left(event)})" for event in left)
    return Line(
        report_id=added[0].report_id, number=numbers[added[0].id], kind=Kind.TOTAL, against_countries=against, what=what, how_many=_sum_text(least, most),
        least=least, most=most, of_whom=_common_unit(counts), note=note, event_id=added[0].id,
    )  # fmt: skip


def _why_left(event: Event) -> str:
    if event.historical:
        return "recalled"
    if event.joint:
        return "the group's, not its members' own"
    if event.status not in _COUNTED:
        return event.status.value
    count = _main_count(event)
    return "running total" if count and count.cumulative else "part" if count and count.subset_of else "no number"


def _sum_text(least: float, most: float | None) -> str:
    return f"≥{least:.10g}" if most is None else f"{least:.10g}" if least == most else f"{least:.10g}–{most:.10g}"


def _common_unit(counts: Sequence[tuple[Event, Quantity]]) -> str:
    units = {count.unit.split()[-1] for _, count in counts if count.unit}
    return units.pop() if len(units) == 1 else ""


def _label(event: Event) -> str:
    return "/".join(dict.fromkeys(actor.country or actor.text for actor in event.actors if actor.country or actor.text.lower() not in _PRONOUNS)) or "unknown"


def _parties(actors: Sequence[Actor]) -> str:
    named = [actor for actor in actors if actor.country or actor.text.lower() not in _PRONOUNS] or list(actors)
    return ", ".join(dict.fromkeys(_flat(_plain(actor)) for actor in named))


def _plain(actor: Actor) -> str:
    """The words; where they are a pronoun, the name that it stands for, if that is known."""
    return actor.name if actor.name and actor.text.lower() in _PRONOUNS else actor.text


def _countries(actors: Sequence[Actor]) -> str:
    known = [actor.country for actor in actors if actor.country or actor.text.lower() not in _PRONOUNS]
    return ", ".join(dict.fromkeys(country or "?" for country in known))


def _day(date: Dating | None, side: str) -> str:
    day = getattr(date, side) if date else None
    return day.isoformat() if day else ""


def _place(event: Event) -> str:
    if event.place is None:
        return ""
    parts = [event.place.name, event.place.admin1 if event.place.admin1 != event.place.name else None, event.place.country]
    return ", ".join(part for part in parts if part)


def _flat(text: str) -> str:
    return " ".join(text.split())
