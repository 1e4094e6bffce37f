"""The cascade: read, code, resolve. `load()` gives a `Coder`; `code` takes a report to its events."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import islice
from pathlib import Path

import msgspec

from dragoman.errors import DragomanError, InputError
from dragoman.model.decoding import softmax
from dragoman.model.session import Model
from dragoman.ontology import load_ontology
from dragoman.ontology.mappings import cameo_code
from dragoman.reading.checks import check_report
from dragoman.reading.reader import read_reports
from dragoman.reading.tokens import tokenise
from dragoman.records import (
    Actor,
    Attribution,
    Dating,
    Event,
    Joint,
    Mention,
    Place,
    Quantity,
    Record,
    Report,
    Role,
    Sentence,
    Span,
    Stance,
    Status,
    parse_date,
)
from dragoman.resolve.actors import country_in, resolve_actor
from dragoman.resolve.dates import dating
from dragoman.resolve.groups import is_reciprocal
from dragoman.resolve.parties import Parties, in_context
from dragoman.resolve.quantities import quantity, read_amount
from dragoman.resolve.tables import load_tables, with_own_actors

# Reports of one common batch: enough to fill the model's batches, few enough to keep memory flat.
REPORTS_AT_ONCE = 16
# An act whose required recipient had to be taken from an earlier sentence is less sure than the model's own reading.
FILLED_CONFIDENCE = 0.8
_LIMIT = re.compile(r"(?:^|\b)(?:until|till|by|before|within|no later than)\s+(?:the\s+)?$|^(?:until|till|by|within|no later than)\s", re.IGNORECASE)
# The day of an announcement is the day it was made ("ordered on Thursday"), so an announced act looks back.
_AHEAD = (Status.PLANNED, Status.HYPOTHETICAL)


class Coded(Record, frozen=True, kw_only=True):
    """What came of one report: its events, or the reason why it was not coded."""

    report_id: str
    events: tuple[Event, ...] = ()
    rejected: str | None = None


def load(folder: str | Path | None = None, *, threads: int = 2, actors: str | Path | None = None) -> Coder:
    """Load the model that ships with the package, or one from a folder; raise `ModelError` if it is damaged.

    `actors` is a CSV of the user's own actors, which override the tables; raise `ConfigError` for a line that cannot be meant.
    """
    chosen = Path(str(files("dragoman.model"))) / "shipped" if folder is None else Path(folder)
    return Coder(Model(chosen, threads=threads), actors=actors)


class Coder:
    """Codes reports. One instance may be used again and again; it keeps no state between reports."""

    def __init__(self, model: Model, *, actors: str | Path | None = None) -> None:
        self.model = model
        self.tables = load_tables() if actors is None else with_own_actors(load_tables(), Path(actors))

    def code(self, report: Report) -> tuple[Event, ...]:
        """The events of one report, in text order; raise `InputError` if the report cannot be coded."""
        check_report(report)
        return self._events(report, self.read([report])[0])

    def stream(self, reports: Iterable[Report]) -> Iterator[Coded]:
        """Code many reports in order and in constant memory; one that cannot be coded carries the reason."""
        pending = iter(reports)
        while batch := list(islice(pending, REPORTS_AT_ONCE)):
            yield from self._code_batch(batch)

    def read(self, reports: Sequence[Report]) -> list[tuple[Sentence, ...]]:
        """The reading alone: sentences with words, trees, names and mentions."""
        return read_reports(self.model, reports)

    def relation(self, text: str, actor: tuple[int, int], recipient: tuple[int, int]) -> dict[str, float]:
        """Probability of each type, and of `NONE`, for what `text[actor]` does to `text[recipient]` (character offsets)."""
        words = tokenise(text)
        marks = [_mark(word.start, word.end, actor, recipient) for word in words]
        if not {1, 2} <= set(marks):
            raise InputError(f"actor {actor} and recipient {recipient} must each hold a word and not be the same")
        scores = self.model.run([[word.text for word in words]], [marks])[0]
        likely = softmax(scores.pair)
        return {name: float(value) for name, value in zip(self.model.labels.types, likely, strict=True)}

    def actor(self, text: str, date: dt.date | str | None = None, context: str | None = None) -> Actor:
        """Who the words name, at a date and in a report's text; raise `InputError` for a date that is none."""
        day = parse_date(date) if isinstance(date, str) else date
        if not context or not context.strip():
            return resolve_actor(text, date=day, tables=self.tables)
        report = Report(id="context", text=context, date=day)
        return in_context(text, report, self.read([report])[0], date=day, tables=self.tables)

    def _code_batch(self, batch: Sequence[Report]) -> Iterator[Coded]:
        reasons = [_reason(report) for report in batch]
        readable = [report for report, reason in zip(batch, reasons, strict=True) if reason is None]
        read = iter(self.read(readable))
        for report, reason in zip(batch, reasons, strict=True):
            if reason is not None:
                yield Coded(report_id=report.id, rejected=reason)
            else:
                yield Coded(report_id=report.id, events=self._events(report, next(read)))

    def _events(self, report: Report, sentences: Sequence[Sentence]) -> tuple[Event, ...]:
        events: list[Event] = []
        parties = Parties(report, sentences, self.tables)
        for sent in sentences:
            ids = [_event_id(report, mention, self.model.coder) for mention in sent.mentions]
            for number, mention in enumerate(sent.mentions):
                answers = tuple(ids[other] for other in mention.answers if other < len(ids))
                events.append(_event(report, sent, mention, ids[number], answers, events, self.model.coder, parties))
        return tuple(events)


def _reason(report: Report) -> str | None:
    try:
        check_report(report)
    except DragomanError as error:
        return str(error)
    return None


def _mark(start: int, end: int, actor: tuple[int, int], recipient: tuple[int, int]) -> int:
    if start < actor[1] and actor[0] < end:
        return 1
    return 2 if start < recipient[1] and recipient[0] < end else 0


def _event_id(report: Report, mention: Mention, coder: str) -> str:
    """Stable: the same report and the same model give the same id."""
    key = f"{report.id}\0{coder}\0{mention.trigger.start}\0{mention.type}"
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _event(
    report: Report, sent: Sentence, mention: Mention, event_id: str, answers: tuple[str, ...], earlier: Sequence[Event], coder: str, parties: Parties
) -> Event:
    """Resolve one mention against its report and the events before it."""
    found = load_ontology().types[mention.type]
    actors = _distinct(_actors(sent, _roles(mention, "actor"), parties))
    recipients = _distinct(_actors(sent, [role for role in _roles(mention, "recipient") if not (_is_number(role.text) or is_reciprocal(role.text))], parties))
    filled = found.recipient_required and not recipients
    if filled:
        recipients = _recipients_before(mention, earlier)
    counts = {name: _quantity(report, mention, name, recipients) for name in ("count", "dead", "injured", "arrested")}
    tense = "future" if mention.status in _AHEAD else "past"
    return Event(
        id=event_id,
        report_id=report.id,
        report_date=report.date,
        sentence=sent.index,
        text=sent.text,
        sentence_start=sent.start,
        trigger=mention.trigger,
        type=mention.type,
        modes=(mention.mode,) if mention.mode else (),
        contexts=sent.contexts,
        quad=found.quad,
        scale=load_ontology().scale(mention.type, mention.mode),
        cameo=cameo_code(mention.type, mention.mode),
        actors=actors,
        recipients=recipients,
        status=mention.status,
        historical=mention.historical,
        count=counts["count"],
        dead=counts["dead"],
        injured=counts["injured"],
        arrested=counts["arrested"],
        date=_dating(report, mention, "date", tense),
        deadline=_dating(report, mention, "deadline", "future"),
        place=_place(mention),
        reason=next((Span(text=role.text, start=role.start, end=role.end) for role in _roles(mention, "reason")), None),
        attribution=tuple(_attribution(sent, role, parties) for role in _roles(mention, "speaker")),
        joint=_joint(mention),
        response_to=answers,
        confidence=round(mention.confidence * (FILLED_CONFIDENCE if filled else 1.0), 4),
        coder=coder,
    )


def _roles(mention: Mention, name: str) -> list[Role]:
    return [role for role in mention.roles if role.name == name]


def _distinct(actors: Iterable[Actor]) -> tuple[Actor, ...]:
    """Without a second word for the same government ("The Czech Republic … Prague", "Romania … it")."""
    kept: list[Actor] = []
    for actor in actors:
        twin = any((one.country, one.sector, one.name) == (actor.country, actor.sector, actor.name) for one in kept)
        if not (twin and actor.country and (actor.office is None and actor.sector == "GOV")):
            kept.append(actor)
    return tuple(kept)


def _is_number(text: str) -> bool:
    """Whether a recipient is a bare number ("would expel four"): whom it counts is said elsewhere."""
    return len(text.split()) <= 2 and not any(word[:1].isupper() for word in text.split()) and read_amount(text) is not None


def _actors(sent: Sentence, roles: Iterable[Role], parties: Parties) -> Iterator[Actor]:
    for role in roles:
        yield from parties.actors(sent, role.text, role.start, role.end)


def _recipients_before(mention: Mention, earlier: Sequence[Event]) -> tuple[Actor, ...]:
    """The recipients of the last act of the same type and mode: "Canada also said it would expel four"."""
    for event in reversed(earlier):
        if event.type == mention.type and event.modes == ((mention.mode,) if mention.mode else ()) and event.recipients:
            return tuple(msgspec.structs.replace(actor, decided=f"understood from sentence {event.sentence}; {actor.decided}") for actor in event.recipients)
    return ()


def _quantity(report: Report, mention: Mention, name: str, recipients: Sequence[Actor]) -> Quantity | None:
    groups = _roles(mention, "joint")
    # The "14" of "among 14 member nations announcing" counts the group, not what the act is about.
    role = next((role for role in _roles(mention, name) if not any(group.start <= role.start and role.end <= group.end for group in groups)), None)
    if role is None:
        return None
    return quantity(report.text, role.start, role.end, unit=_unit(role, mention, recipients))


def _unit(role: Role, mention: Mention, recipients: Sequence[Actor]) -> str | None:
    """What is counted: the rest of the phrase that the number stands in, else whom the act is done to."""
    for other in mention.roles:
        if other is not role and other.name == "recipient" and other.start <= role.start and role.end < other.end:
            rest = other.text[role.end - other.start :].strip()
            return rest.removeprefix("of ").strip() or None
    return recipients[0].text if recipients else None


def _dating(report: Report, mention: Mention, name: str, tense: str) -> Dating | None:
    limits = [*_roles(mention, "deadline"), *(role for role in _roles(mention, "date") if _is_limit(report.text, role))]
    # A deadline is never the date of the act.
    free = [role for role in _roles(mention, "date") if not any(one.start < role.end and role.start < one.end for one in limits)]
    roles = limits if name == "deadline" else free
    for role in roles:
        if found := dating(report.text, role.start, role.end, report.date, tense=tense, deadline=name == "deadline"):
            return found
    return None


def _is_limit(text: str, role: Role) -> bool:
    """Whether the words, or the word before them, set a limit: "until 1 July", "by Friday"."""
    return bool(_LIMIT.search(text[max(0, role.start - 12) : role.start]) or _LIMIT.match(text[role.start : role.end] + " "))


def _place(mention: Mention) -> Place | None:
    role = next(iter(_roles(mention, "place")), None)
    if role is None:
        return None
    return Place(name=role.text, country=country_in(role.text), text=role.text, start=role.start, end=role.end)


def _attribution(sent: Sentence, role: Role, parties: Parties) -> Attribution:
    return Attribution(speaker=parties.actors(sent, role.text, role.start, role.end)[0], stance=role.stance or Stance.REPORTS, start=role.start, end=role.end)


def _joint(mention: Mention) -> Joint | None:
    role = next(iter(_roles(mention, "joint")), None)
    if role is None:
        return None
    amount = read_amount(role.text)
    size = int(amount.value) if amount and amount.value and amount.value > 1 else None
    return Joint(group=role.text, size=size, text=role.text, start=role.start, end=role.end)
