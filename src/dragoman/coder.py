"""The cascade: read, code, resolve. `load()` gives a `Coder`; `code` takes a report to its events."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import chain, islice
from pathlib import Path

import msgspec

from dragoman.errors import DragomanError, InputError
from dragoman.ledger.same import merged
from dragoman.model.decoding import decode_pair
from dragoman.model.session import Model
from dragoman.ontology import load_ontology
from dragoman.ontology.mappings import cameo_code
from dragoman.parallel import Workers
from dragoman.reading.checks import check_report
from dragoman.reading.reader import read_reports
from dragoman.reading.tokens import tokenise
from dragoman.records import (
    Actor,
    Attribution,
    Dating,
    Event,
    Mention,
    Place,
    Quantity,
    Record,
    Report,
    Role,
    Sentence,
    Span,
    Status,
    parse_date,
)
from dragoman.resolve.actors import country_in, resolve_actor
from dragoman.resolve.attribution import Voice, denials, voices
from dragoman.resolve.dates import dating
from dragoman.resolve.denied import denied_acts
from dragoman.resolve.joint import joint_of
from dragoman.resolve.limits import is_comparison, limit_of, stray_limits
from dragoman.resolve.links import linked
from dragoman.resolve.parties import Parties, in_context
from dragoman.resolve.places import resolve_place
from dragoman.resolve.quantities import leading_number, quantity
from dragoman.resolve.reasons import reason_of
from dragoman.resolve.sides import announcer, recipients_before, sides_of
from dragoman.resolve.status import acts_told, fold, is_old, status_of
from dragoman.resolve.subjects import object_number, own_dates
from dragoman.resolve.tables import load_tables, with_own_actors
from dragoman.resolve.tolls import TOLLS, counts_nobody, is_far, says_otherwise, toll_of

# Reports of one common batch: enough to fill the model's batches, few enough to keep memory flat.
REPORTS_AT_ONCE = 16
# Fewer batches are coded before further processes have started.
FEW_BATCHES = 4
# An act whose required recipient had to be taken from an earlier sentence is less sure than the model's own reading.
FILLED_CONFIDENCE = 0.8
_LIMIT = re.compile(r"(?:^|\b)(?:until|till|by|before|within|no later than)\s+(?:the\s+)?$|^(?:until|till|by|within|no later than)\s", re.IGNORECASE)
_DATELINE = re.compile(r"[A-Z][A-Z .,'’-]+(?:, [A-Z][a-z]+\.? \d+)?\s*(?:\([^)]{2,30}\)\s*)?[—–-]")
_NUMBERS = frozenset({"count", "dead", "injured", "arrested"})
# The day of an announcement is the day it was made ("ordered on Thursday"), so an announced act looks back.
_AHEAD = (Status.PLANNED, Status.HYPOTHETICAL)


class Coded(Record, frozen=True, kw_only=True):
    """What came of one report: its events and the sentences they were read in, or the reason why it was not coded."""

    report_id: str
    events: tuple[Event, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    rejected: str | None = None


def load(folder: str | Path | None = None, *, threads: int = 2, actors: str | Path | None = None, jobs: int = 1) -> Coder:
    """Load the model that ships with the package, or one from a folder; raise `ModelError` if it is damaged.

    `actors` is a CSV of the user's own actors, which override the tables; raise `ConfigError` for a line that cannot be meant.
    `jobs` is the number of processes that `stream` may use where there is much to code; a script that asks for more than one needs the
    usual `if __name__ == "__main__":`, since they are spawned.
    """
    chosen = Path(str(files("dragoman.model"))) / "shipped" if folder is None else Path(folder)
    return Coder(Model(chosen, threads=threads), actors=actors, jobs=jobs)


class Coder:
    """Codes reports. One instance may be used again and again; it keeps no state between reports."""

    def __init__(self, model: Model, *, actors: str | Path | None = None, jobs: int = 1) -> None:
        self.model = model
        self._workers = Workers(model.folder, Path(actors) if actors else None, jobs) if jobs > 1 else None
        self.tables = load_tables() if actors is None else with_own_actors(load_tables(), Path(actors))

    def code(self, report: Report) -> tuple[Event, ...]:
        """The events of one report, in text order; raise `InputError` if the report cannot be coded."""
        check_report(report)
        return self.resolve(report, self.read([report])[0])

    def stream(self, reports: Iterable[Report]) -> Iterator[Coded]:
        """Code many reports in order and in constant memory; one that cannot be coded carries the reason.

        Should `reports` itself fail, what it gave before is coded first.
        """
        batches = _Batches(reports)
        given = iter(batches)
        first = list(islice(given, FEW_BATCHES)) if self._workers else []
        coded = self._workers.stream if self._workers and len(first) == FEW_BATCHES else self._stream
        yield from coded(chain(first, given))
        if batches.failure is not None:
            raise batches.failure

    def _stream(self, batches: Iterable[Sequence[Report]]) -> Iterator[Coded]:
        # The model reads a batch while the acts of the one before are resolved.
        before: Iterator[Coded] = iter(())
        for batch in batches:
            started = self._start(batch)
            yield from before
            before = started
        yield from before

    def close(self) -> None:
        """End the processes that `jobs` allowed, if any were started; the coder itself goes on."""
        if self._workers is not None:
            self._workers.close()

    def read(self, reports: Sequence[Report]) -> list[tuple[Sentence, ...]]:
        """The reading alone: sentences with words, trees, names and mentions."""
        return list(read_reports(self.model, reports))

    def relation(self, text: str, actor: tuple[int, int], recipient: tuple[int, int]) -> dict[str, float]:
        """Probability of each type, and of `NONE`, for what `text[actor]` does to `text[recipient]` (character offsets)."""
        words = tokenise(text)
        marks = [_mark(word.start, word.end, actor, recipient) for word in words]
        if not {1, 2} <= set(marks):
            raise InputError(f"actor {actor} and recipient {recipient} must each hold a word and not be the same")
        scores = self.model.run([[word.text for word in words]], [marks])[0]
        return {name: float(value) for name, value in zip(self.model.labels.types, decode_pair(scores), strict=True)}

    def actor(self, text: str, date: dt.date | str | None = None, context: str | None = None) -> Actor:
        """Who the words name, at a date and in a report's text; raise `InputError` for a date that is none."""
        day = parse_date(date) if isinstance(date, str) else date
        if not context or not context.strip():
            return resolve_actor(text, date=day, tables=self.tables)
        report = Report(id="context", text=context, date=day)
        return in_context(text, report, self.read([report])[0], date=day, tables=self.tables)

    def _start(self, batch: Sequence[Report]) -> Iterator[Coded]:
        reasons = [_reason(report) for report in batch]
        read = read_reports(self.model, [report for report, reason in zip(batch, reasons, strict=True) if reason is None])
        return (self._coded(report, reason, read) for report, reason in zip(batch, reasons, strict=True))

    def _coded(self, report: Report, reason: str | None, read: Iterator[tuple[Sentence, ...]]) -> Coded:
        if reason is not None:
            return Coded(report_id=report.id, rejected=reason)
        sentences = next(read)
        return Coded(report_id=report.id, events=self.resolve(report, sentences), sentences=sentences)

    def resolve(self, report: Report, sentences: Sequence[Sentence]) -> tuple[Event, ...]:
        """The events of a report from its sentences as read: each mention resolved, answers linked, each act once."""
        events: list[Event] = []
        parties = Parties(report, sentences, self.tables)
        for sent in sentences:
            ids = [_event_id(report, mention, self.model.coder) for mention in sent.mentions]
            told = msgspec.structs.replace(sent, mentions=tuple(acts_told(sent)))
            for number, mention in enumerate(sent.mentions):
                if mention in told.mentions:
                    answers = tuple(ids[other] for other in mention.answers if other < len(ids))
                    events.append(_event(report, told, mention, ids[number], answers, events, self.model.coder, parties))
        return linked(merged(_with_limits(report, sentences, _with_denials(report, sentences, events, parties), parties)), sentences)


class _Batches:
    """Reports in batches. Where the caller's iterator fails, the batches end with what came before, and `failure` says why."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self._reports = reports
        self.failure: Exception | None = None

    def __iter__(self) -> Iterator[Sequence[Report]]:
        batch: list[Report] = []
        try:
            for report in self._reports:
                batch.append(report)
                if len(batch) == REPORTS_AT_ONCE:
                    yield batch
                    batch = []
        except Exception as error:
            self.failure = error
        yield batch


def sure_enough(events: Sequence[Event], least: float) -> tuple[Event, ...]:
    """The events of at least this confidence, without their links to events that are left out."""
    kept = {event.id for event in events if event.confidence >= least}
    return tuple(msgspec.structs.replace(event, response_to=tuple(one for one in event.response_to if one in kept)) for event in events if event.id in kept)


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
    status = status_of(sent, mention)
    coded = fold(mention.type, mention.mode, status)
    found = load_ontology().types[coded.type]
    actors, recipients = sides_of(report, sent, mention, parties)
    attribution = tuple(_attribution(report, sent, voice, parties) for voice in voices(sent, mention))
    actors = actors or announcer(coded.type, coded.mode, attribution, recipients)
    filled = found.recipient_required and not recipients
    if filled:
        recipients = recipients_before(mention, earlier)
    counts = {name: _quantity(report, sent, mention, name, recipients) for name in ("count", "dead", "injured", "arrested")}
    date = _dating(report, sent, mention, "future" if status in _AHEAD else "past", _anchor(earlier))
    return Event(
        id=event_id,
        report_id=report.id,
        report_date=report.date,
        sentence=sent.index,
        text=sent.text,
        sentence_start=sent.start,
        trigger=mention.trigger,
        type=coded.type,
        modes=(coded.mode,) if coded.mode else (),
        contexts=sent.contexts,
        quad=found.quad,
        scale=load_ontology().scale(coded.type, coded.mode),
        cameo=cameo_code(coded.type, coded.mode),
        actors=actors,
        recipients=recipients,
        status=status,
        historical=mention.historical or (is_old(date, report.date) and status is Status.ACTUAL),
        count=counts["count"],
        dead=counts["dead"],
        injured=counts["injured"],
        arrested=counts["arrested"],
        date=date,
        deadline=_deadline(report, sent, mention, date),
        place=_place(report, mention),
        reason=reason_of(sent, mention),
        attribution=attribution,
        joint=joint_of(sent, mention),
        response_to=answers,
        confidence=round(mention.confidence * (FILLED_CONFIDENCE if filled else 1.0), 4),
        coder=coder,
    )


def _roles(mention: Mention, name: str) -> list[Role]:
    return [role for role in mention.roles if role.name == name]


def _quantity(report: Report, sent: Sentence, mention: Mention, name: str, recipients: Sequence[Actor]) -> Quantity | None:
    group = joint_of(sent, mention)
    # The "14" of "among 14 member nations announcing" counts the group, not what the act is about.
    own = [role for role in _roles(mention, name) if _is_nearest(role, mention, sent) and not (name in TOLLS and _is_no_toll(sent, mention, role))]
    role = next((role for role in own if not (group and group.start < role.end and role.start < group.end)), None)
    if role is not None:
        return quantity(report.text, role.start, role.end, unit=_unit(role, mention, recipients), sent=sent)
    if name != "count":
        toll = toll_of(sent, mention, name)
        return quantity(report.text, *toll, sent=sent) if toll else None
    spans = (leading_number(party.text, party.start) for party in _roles(mention, "recipient") if _is_nearest(party, mention, sent))
    counted = next((found for span in spans if span and (found := quantity(report.text, *span, sent=sent))), None)
    alone = object_number(sent, mention)
    return counted or (quantity(report.text, *alone, unit=recipients[0].text if recipients else None, sent=sent) if alone else None)


def _is_no_toll(sent: Sentence, mention: Mention, role: Role) -> bool:
    start, end = role.start - sent.start, role.end - sent.start
    return says_otherwise(sent, role.start, role.name) or is_far(sent, mention, role.start, role.end, role.name) or counts_nobody(sent.text, start, end)


def _is_nearest(role: Role, mention: Mention, sent: Sentence) -> bool:
    """Whether no other act of the sentence that claims the same words stands nearer to them: a number is about one act."""
    distance = abs(role.start - mention.trigger.start)
    rivals = (other for other in sent.mentions if other is not mention and any(_is_same_number(one, role) for one in other.roles))
    return all(abs(role.start - other.trigger.start) >= distance for other in rivals)


def _is_same_number(one: Role, role: Role) -> bool:
    """Whether two acts claim the same words as a number, be it as the count of one and the dead of the other."""
    return one.start < role.end and role.start < one.end and (one.name == role.name or {one.name, role.name} <= _NUMBERS)


def _unit(role: Role, mention: Mention, recipients: Sequence[Actor]) -> str | None:
    """What is counted: the rest of the phrase that the number stands in, else whom the act is done to."""
    for other in mention.roles:
        if other is not role and other.name == "recipient" and other.start <= role.start and role.end < other.end:
            rest = other.text[role.end - other.start :].strip()
            return rest.removeprefix("of ").strip() or None
    return recipients[0].text if recipients else None


def _anchor(earlier: Sequence[Event]) -> dt.date | None:
    """The day of the act told before, from which "the next day" counts."""
    dated = (event.date for event in reversed(earlier) if event.date and event.date.precision == "day")
    return next((date.start for date in dated if date.start), None)


def _dating(report: Report, sent: Sentence, mention: Mention, tense: str, anchor: dt.date | None) -> Dating | None:
    limits = _limit_roles(report, mention)
    # A deadline is never the date of the act.
    free = [role for role in own_dates(sent, mention) if not any(one.start < role.end and role.start < one.end for one in limits)]
    found = (dating(report.text, role.start, role.end, report.date, tense=tense, anchor=anchor) for role in free)
    return next((date for date in found if date), None)


def _deadline(report: Report, sent: Sentence, mention: Mention, date: Dating | None) -> Dating | None:
    spans: list[Role | Span] = [*_limit_roles(report, mention)]
    if not spans and (span := limit_of(sent, mention, report.date)):
        spans = [span]
    # A length of time counts from the day of the act that sets it, if that is known and not ahead of the report.
    day = date.start if date and date.precision == "day" and date.start == date.end else None
    found = (dating(report.text, span.start, span.end, report.date, deadline=True, anchor=day) for span in spans)
    return next((limit for limit in found if limit), None)


def _limit_roles(report: Report, mention: Mention) -> list[Role]:
    marked = (role for role in _roles(mention, "deadline") if not is_comparison(report.text[max(0, role.start - 80) : role.start]))
    return [*marked, *(role for role in _roles(mention, "date") if _is_limit(report.text, role))]


def _is_limit(text: str, role: Role) -> bool:
    """Whether the words, or the word before them, set a limit: "until 1 July", "by Friday"."""
    before = text[max(0, role.start - 80) : role.start]
    return bool(_LIMIT.search(before[-12:]) or _LIMIT.match(text[role.start : role.end] + " ")) and not is_comparison(before)


def _place(report: Report, mention: Mention) -> Place | None:
    """The first of the act's places that a row knows, else its words; a dateline is no place of an act, nor is "the building"."""
    roles = [role for role in _roles(mention, "place") if not _DATELINE.match(report.text[role.start :])]
    found = (resolve_place(role.text, context=report.text, start=role.start, end=role.end) for role in roles)
    known = next((place for place in found if place), None)
    named = (role for role in roles if any(char.isupper() for char in role.text))
    return known or next((Place(name=role.text, text=role.text, start=role.start, end=role.end) for role in named), None)


def _attribution(report: Report, sent: Sentence, voice: Voice, parties: Parties) -> Attribution:
    words = report.text[voice.start : voice.end]
    return Attribution(speaker=parties.actors(sent, words, voice.start, voice.end)[0], stance=voice.stance, start=voice.start, end=voice.end)


def _with_denials(report: Report, sentences: Sequence[Sentence], events: Sequence[Event], parties: Parties) -> list[Event]:
    """The events with those who deny them elsewhere in the report."""
    kept = list(events)
    for denial in denials(sentences):
        one = _attribution(report, sentences[denial.sentence], denial.voice, parties)
        for index in denied_acts(denial, one.speaker.country, kept):
            if not any(voice.start < one.end and one.start < voice.end for voice in kept[index].attribution):
                kept[index] = msgspec.structs.replace(kept[index], attribution=(*kept[index].attribution, one))
    return kept


def _with_limits(report: Report, sentences: Sequence[Sentence], events: Sequence[Event], parties: Parties) -> list[Event]:
    """The events with limits to leave that a later sentence without an act gives them: the last order by and against states that it speaks of."""
    kept = list(events)
    for sent, span in stray_limits(sentences, report.date):
        named = {actor.country for name in sent.names for actor in parties.actors(sent, name.text, name.start, name.end)} - {None}
        own = [
            index
            for index, event in enumerate(kept)
            if event.sentence < sent.index and not event.historical and event.modes in (("expel",), ("deport",))
            if any(actor.country == country_in(sent.text) for actor in event.recipients) and named & {actor.country for actor in event.actors}
        ]
        if own and kept[own[-1]].deadline is None:
            event = kept[own[-1]]
            day = event.date.start if event.date and event.date.precision == "day" else None
            limit = dating(report.text, span.start, span.end, report.date, deadline=True, anchor=day)
            kept[own[-1]] = msgspec.structs.replace(event, deadline=limit)
    return kept
