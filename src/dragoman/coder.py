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
from dragoman.ledger.same import merged
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
from dragoman.resolve.act_nouns import names_decision
from dragoman.resolve.actors import GUESS, country_in, resolve_actor
from dragoman.resolve.attribution import Voice, denials, voices
from dragoman.resolve.dates import dating
from dragoman.resolve.denied import denied_acts
from dragoman.resolve.groups import is_reciprocal
from dragoman.resolve.joint import joint_of
from dragoman.resolve.limits import is_comparison, limit_of, stray_limits
from dragoman.resolve.links import linked
from dragoman.resolve.parties import Parties, in_context
from dragoman.resolve.places import resolve_place
from dragoman.resolve.quantities import leading_number, quantity, read_amount
from dragoman.resolve.reasons import reason_of
from dragoman.resolve.status import acts_told, fold, is_old, status_of
from dragoman.resolve.subjects import doer_of, is_leaver, object_number, own_dates, own_roles, owner_of, sufferer_of
from dragoman.resolve.tables import load_tables, with_own_actors
from dragoman.resolve.tolls import TOLLS, is_far, says_otherwise, toll_of
from dragoman.resolve.trees import children, head_of, token_at

# Reports of one common batch: enough to fill the model's batches, few enough to keep memory flat.
REPORTS_AT_ONCE = 16
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
        return self.resolve(report, self.read([report])[0])

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
                sentences = next(read)
                yield Coded(report_id=report.id, events=self.resolve(report, sentences), sentences=sentences)

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
    # Who has it done to them is not who does it, whatever the network says.
    marked = own_roles(sent, mention, "actor"), own_roles(sent, mention, "recipient")
    done_to = [role for role in marked[1] if len(mention.roles) > 1] + (marked[0] if is_leaver(mention) else [])
    doers = [role for role in marked[0] if not any(one.start <= role.start and role.end <= one.end for one in done_to)]
    whom = [role for role in (marked[1] or done_to) if not (_is_number(role.text) or _is_no_party(role.text) or _is_host(sent, mention, role))]
    actors = _distinct(_actors(sent, doers, parties)) or (() if is_leaver(mention) else _subject(report, sent, mention, parties))
    recipients = _distinct(_actors(sent, whom, parties)) or _sufferer(report, sent, mention, parties)
    attribution = tuple(_attribution(report, sent, voice, parties) for voice in voices(sent, mention))
    actors = _hosts(sent, actors) or _announcer(coded.type, coded.mode, attribution, recipients)
    filled = found.recipient_required and not recipients
    if filled:
        recipients = _recipients_before(mention, earlier)
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


def _is_no_party(text: str) -> bool:
    """Whether the words only say what becomes of a party, or that both are meant."""
    return is_reciprocal(text) or text.lower() in ("persona non grata", "personae non gratae")


def _actors(sent: Sentence, roles: Iterable[Role], parties: Parties) -> Iterator[Actor]:
    for role in roles:
        yield from parties.actors(sent, role.text, role.start, role.end)


def _subject(report: Report, sent: Sentence, mention: Mention, parties: Parties) -> tuple[Actor, ...]:
    """The doer that the tree gives an act for which nobody is marked, if the words name a party that is known."""
    span = doer_of(sent, mention)
    if span is None:
        owner = owner_of(sent, mention)
        return tuple(actor for actor in parties.actors(sent, report.text[slice(*owner)], *owner) if actor.country) if owner else ()
    words = report.text[slice(*span)]
    known = tuple(actor for actor in parties.actors(sent, words, *span) if actor.country or actor.sector)
    # "The American order closes the consulate": what a state has decided acts for it.
    decided = any(names_decision(word) for word in words.split())
    code = next((code for word in words.split() if (code := country_in(word))), None) if decided else None
    if known or code is None:
        return known
    return (Actor(text=words, start=span[0], end=span[1], country=code, sector="GOV", decided="whose decision it is", confidence=GUESS),)


_POST = re.compile(r"\b(?:ambassador|envoy|consul|chargé d[’']affaires|representative)s? (?:to|in) (?:the )?(?P<where>[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+)*)")


def _hosts(sent: Sentence, actors: tuple[Actor, ...]) -> tuple[Actor, ...]:
    """The actors; a ministry of no known country that receives an ambassador is of the country of the post ("the Russian ambassador to Poland")."""
    match = _POST.search(sent.text)
    country = country_in(match["where"]) if match else None
    if country is None or any(actor.country for actor in actors):
        return actors
    return tuple(
        msgspec.structs.replace(actor, country=country, confidence=GUESS, decided=f"{actor.decided}; where the ambassador is")
        if actor.sector == "GOV" else actor for actor in actors
    )  # fmt: skip


# What governments do is as a rule announced by themselves.
_OFFICIAL = frozenset({("SANCTION", "expel"), ("SANCTION", "discontinue"), ("SANCTION", "withdraw"), ("COERCE", "deport")})


def _announcer(type_name: str, mode: str | None, attribution: Sequence[Attribution], recipients: Sequence[Actor]) -> tuple[Actor, ...]:
    """The government that says an envoy had been expelled, where nobody else is said to have done it."""
    if (type_name, mode) not in _OFFICIAL:
        return ()
    against = {actor.country for actor in recipients}
    said = (one.speaker for one in attribution if one.stance in (Stance.REPORTS, Stance.QUOTES))
    own = next((one for one in said if one.country and one.sector == "GOV" and one.country not in against), None)
    return (msgspec.structs.replace(own, decided=f"who announces it; {own.decided}"),) if own else ()


def _sufferer(report: Report, sent: Sentence, mention: Mention, parties: Parties) -> tuple[Actor, ...]:
    """The subject of a passive for which nobody is marked, if the words name a party that is known."""
    span = sufferer_of(sent, mention)
    found = parties.actors(sent, report.text[slice(*span)], *span) if span else ()
    return tuple(actor for actor in found if actor.country or actor.sector)


def _is_host(sent: Sentence, mention: Mention, role: Role) -> bool:
    """Whether the words are where a guest is called to ("was summoned to the foreign ministry"), not who is called."""
    head, trigger = head_of(sent, role.start, role.end), token_at(sent, mention.trigger.start)
    if head is None or trigger is None or sent.tokens[head].head != trigger or not children(sent.tokens, trigger, "nsubj:pass"):
        return False
    return any(sent.tokens[index].text.lower() == "to" for index in children(sent.tokens, head, "case"))


def _recipients_before(mention: Mention, earlier: Sequence[Event]) -> tuple[Actor, ...]:
    """The recipients of the last act of the same type and mode: "Canada also said it would expel four"."""
    alike = (mention.historical, mention.type, (mention.mode,) if mention.mode else ())
    for event in reversed(earlier):
        if (event.historical, event.type, event.modes) == alike and event.recipients:
            return tuple(_understood(actor, event.sentence) for actor in event.recipients)
    return ()


def _understood(actor: Actor, sentence: int) -> Actor:
    """A party taken from an earlier sentence, without the number that was counted there."""
    number = leading_number(actor.text, 0)
    text = actor.text[number[1] :].strip() if number else actor.text
    start = actor.start + len(actor.text) - len(text) if number and actor.start is not None else actor.start
    return msgspec.structs.replace(actor, text=text, start=start, decided=f"understood from sentence {sentence}; {actor.decided}")


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
    return says_otherwise(sent, role.start, role.name) or is_far(sent, mention, role.start, role.end, role.name)


def _is_nearest(role: Role, mention: Mention, sent: Sentence) -> bool:
    """Whether no other act of the sentence that claims the same words stands nearer to them: a number is about one act."""
    distance = abs(role.start - mention.trigger.start)
    rivals = (other for other in sent.mentions if other is not mention and any(_is_same_number(one, role) for one in other.roles))
    return all(abs(role.start - other.trigger.start) >= distance for other in rivals)


def _is_same_number(one: Role, role: Role) -> bool:
    """Whether two acts claim the same words as a number, be it as the count of one and the dead of the other."""
    return one.start == role.start and (one.name == role.name or {one.name, role.name} <= _NUMBERS)


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
