"""From records to the rows of the tables. Pure functions."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from dragoman.ledger.across import Features, features, shape_id
from dragoman.ledger.copies import pack, shingles
from dragoman.records import Actor, Attribution, Event, Quantity, Report, Sentence

Row = dict[str, Any]
SIZES = ("count", "dead", "injured", "arrested")


@dataclass(frozen=True, slots=True)
class EventRows:
    """One event in all of its tables."""

    event: Row
    features: Features
    modes: list[Row]
    contexts: list[Row]
    actors: list[Row]
    event_actors: list[Row]
    links: list[Row]


def now() -> str:
    """The time in UTC, as the store writes it."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def content_id(*parts: object) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the parts."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:16]


def report_key(report: Report) -> str:
    """The id of a report in the store: of all it says, not of the id that its source gave it."""
    return content_id("report", report.text, report.date, report.title, report.url, report.source)


def report_row(report: Report, where: str, *, keep_text: bool) -> Row:
    """A row of `reports`, but for `seq`, `cluster_id`, `run_id` and `added`."""
    return {
        "id": report_key(report), "given_id": report.id, "date": report.date, "title": report.title, "url": report.url, "source": report.source,
        "where_found": where, "text": report.text if keep_text else None, "text_hash": text_hash(report.text), "characters": len(report.text),
        "shingles": pack(shingles(report.text)),
    }  # fmt: skip


def text_hash(text: str) -> str:
    """SHA-256 of the UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def sentence_rows(report_id: str, coder_id: int, sentences: Sequence[Sentence]) -> list[Row]:
    """Rows of `sentences`."""
    return [{"report_id": report_id, "coder_id": coder_id, "number": sent.index, "text_start": sent.start, "text_end": sent.end} for sent in sentences]


def mention_rows(report_id: str, coder_id: int, sentences: Sequence[Sentence], events: Sequence[Event]) -> list[Row]:
    """Rows of `mentions`, each with the event that it is told as."""
    told = {(event.trigger.start, event.type): event.id for event in events}
    at_trigger = {event.trigger.start: event.id for event in events}
    mentions = [(sent, mention) for sent in sentences for mention in sent.mentions]
    return [
        {
            "report_id": report_id, "coder_id": coder_id, "number": number, "sentence": sent.index, "trigger_start": mention.trigger.start,
            "trigger_end": mention.trigger.end, "type": mention.type, "mode": mention.mode, "status": mention.status.value,
            "historical": mention.historical, "confidence": mention.confidence,
            "roles": msgspec.json.encode([(role.name, role.start, role.end, role.confidence) for role in mention.roles]).decode(),
            "event_id": told.get((mention.trigger.start, mention.type)) or at_trigger.get(mention.trigger.start),
        }
        for number, (sent, mention) in enumerate(mentions)
    ]  # fmt: skip


def event_rows(event: Event, report: Report, *, keep_text: bool) -> EventRows:
    """One event's rows, but for `coder_id`, `run_id`, `added` and what tells of supersession."""
    found = features(event)
    sides = [("actor", event.actors), ("recipient", event.recipients)]
    parties = [_party(event, role, number, actor, keep_text) for role, actors in sides for number, actor in enumerate(actors)]
    parties += [_speaker(event, number, one, keep_text) for number, one in enumerate(event.attribution)]
    return EventRows(
        event=_event_row(event, report, found, keep_text),
        features=found,
        modes=[{"event_id": event.id, "mode": mode} for mode in dict.fromkeys(event.modes)],
        contexts=[{"event_id": event.id, "context": context} for context in dict.fromkeys(event.contexts)],
        actors=[_actor_row(row) for row in parties],
        event_actors=parties,
        links=[{"from_event": event.id, "to_event": other, "kind": "response"} for other in dict.fromkeys(event.response_to) if other != event.id],
    )


def _event_row(event: Event, report: Report, found: Features, keep_text: bool) -> Row:
    date, deadline, place, joint = event.date, event.deadline, event.place, event.joint
    stated = date is not None and (date.start is not None or date.end is not None)
    row: Row = {
        "id": event.id, "report_id": event.report_id, "report_date": event.report_date, "source": report.source, "sentence": event.sentence,
        "text_start": event.sentence_start, "text_end": event.sentence_start + len(event.text), "trigger_start": event.trigger.start,
        "trigger_end": event.trigger.end, "type": event.type, "mode": event.modes[0] if event.modes else None, "quad": event.quad, "scale": event.scale,
        "cameo": event.cameo, "status": event.status.value, "historical": event.historical, "confidence": event.confidence,
        "day_start": date.start if date and stated else event.report_date, "day_end": date.end if date and stated else event.report_date,
        "date_start": date.start if date else None, "date_end": date.end if date else None, "date_precision": date.precision if date else None,
        "deadline_start": deadline.start if deadline else None, "deadline_end": deadline.end if deadline else None,
        "count_approximate": event.count.approximate if event.count else None, "count_unit": event.count.unit if event.count else None,
        "place_name": place.name if place else None, "place_country": place.country if place else None, "place_admin1": place.admin1 if place else None,
        "place_lat": place.lat if place else None, "place_lon": place.lon if place else None, "geonames_id": place.geonames_id if place else None,
        "joint_group": joint.group if joint else None, "joint_size": joint.size if joint else None, "shape": shape_id(found),
        "record": encode_event(event, keep_text=keep_text),
    }  # fmt: skip
    for name in SIZES:
        size: Quantity | None = getattr(event, name)
        row |= {f"{name}_{bound}": getattr(size, bound) if size else None for bound in ("value", "min", "max")}
    return row


def encode_event(event: Event, *, keep_text: bool = True) -> str:
    """The event as JSON; without its texts, every `text` in it is empty."""
    if keep_text:
        return msgspec.json.encode(event).decode()
    return msgspec.json.encode(_without_text(msgspec.to_builtins(event))).decode()


def decode_event(record: str) -> Event:
    """The event that `encode_event` wrote."""
    return _EVENTS.decode(record)


_EVENTS = msgspec.json.Decoder(Event)


def _without_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "" if key == "text" else _without_text(inner) for key, inner in value.items()}
    return [_without_text(inner) for inner in value] if isinstance(value, list | tuple) else value


def _party(event: Event, role: str, number: int, actor: Actor, keep_text: bool) -> Row:
    return {
        "event_id": event.id, "role": role, "position": number, "actor_id": content_id(actor.identifier, actor.name, actor.country, actor.sector),
        "text": actor.text if keep_text else None, "text_start": actor.start, "text_end": actor.end, "name": actor.name, "country": actor.country,
        "sector": actor.sector, "other_sectors": "".join(f";{sector}" for sector in actor.other_sectors) + (";" if actor.other_sectors else ""),
        "office": actor.office, "identifier": actor.identifier, "stance": None,
    }  # fmt: skip


def _speaker(event: Event, number: int, attribution: Attribution, keep_text: bool) -> Row:
    return _party(event, "speaker", number, attribution.speaker, keep_text) | {"stance": attribution.stance.value}


def _actor_row(party: Row) -> Row:
    return {"id": party["actor_id"], "identifier": party["identifier"], "name": party["name"], "country": party["country"], "sector": party["sector"]}
