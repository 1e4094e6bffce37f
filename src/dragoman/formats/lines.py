"""Events as lines: our own JSONL, PLOVER's JSON, and CSV. Each writer turns one event into one line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from dragoman.records import Actor, Event

CSV_COLUMNS = (
    "id", "report_id", "report_date", "sentence", "type", "mode", "quad", "scale", "cameo", "actors", "actor_countries", "actor_sectors",
    "recipients", "recipient_countries", "recipient_sectors", "status", "historical", "count", "count_min", "count_max", "dead", "injured",
    "arrested", "date_start", "date_end", "date_precision", "deadline", "place", "place_country", "reason", "speakers", "joint", "response_to",
    "contexts", "confidence", "trigger", "trigger_start", "trigger_end", "text", "coder",
)  # fmt: skip
# A spreadsheet runs a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_jsonl(event: Event) -> str:
    """The record itself, field names as in `dragoman.records.Event`."""
    return msgspec.json.encode(event).decode()


def as_plover(event: Event) -> str:
    """PLOVER's JSON (field table of the manual, draft 2.0). `date` falls back on the report's, which the manual requires."""
    happened = event.date.start if event.date and event.date.start else event.report_date
    row: dict[str, Any] = {
        "id": event.id,
        "date": happened.isoformat() if happened else None,
        "enddate": event.date.end.isoformat() if event.date and event.date.end else None,
        "actor": [_entity(actor) for actor in event.actors],
        "recipient": [_entity(actor) for actor in event.recipients],
        "event": event.type,
        "mode": event.modes[0] if event.modes else None,
        "context": list(event.contexts),
        "quad_code": event.quad,
        "event_scale": event.scale,
        "event_text": event.trigger.text,
        "event_loc": {"extracted_place": event.place.text, "country_code": event.place.country} if event.place else None,
        "size": {name: _size(getattr(event, name)) for name in ("dead", "injured", "arrested")},
        "text": event.text,
        "text_info": {"sequence": event.sentence, "start": event.trigger.start, "end": event.trigger.end},
        "cite_info": {"citation": event.report_id},
        "coder": event.coder,
    }
    return msgspec.json.encode(row).decode()


def as_csv(event: Event) -> str:
    """One row in the order of `CSV_COLUMNS`; several values are joined with `; `."""
    count = event.count
    row: Mapping[str, Any] = {
        "id": event.id, "report_id": event.report_id, "report_date": event.report_date, "sentence": event.sentence, "type": event.type,
        "mode": "; ".join(event.modes), "quad": event.quad, "scale": event.scale, "cameo": event.cameo,
        "actors": _joined(event.actors, "text"), "actor_countries": _joined(event.actors, "country"),
        "actor_sectors": _joined(event.actors, "sector"), "recipients": _joined(event.recipients, "text"),
        "recipient_countries": _joined(event.recipients, "country"), "recipient_sectors": _joined(event.recipients, "sector"),
        "status": event.status.value, "historical": event.historical, "count": count and count.value, "count_min": count and count.min,
        "count_max": count and count.max, "dead": _size(event.dead), "injured": _size(event.injured), "arrested": _size(event.arrested),
        "date_start": event.date and event.date.start, "date_end": event.date and event.date.end,
        "date_precision": event.date and event.date.precision, "deadline": event.deadline and event.deadline.end,
        "place": event.place and event.place.name, "place_country": event.place and event.place.country,
        "reason": event.reason and event.reason.text, "speakers": "; ".join(one.speaker.text for one in event.attribution),
        "joint": event.joint and event.joint.text, "response_to": "; ".join(event.response_to), "contexts": "; ".join(event.contexts),
        "confidence": event.confidence, "trigger": event.trigger.text, "trigger_start": event.trigger.start, "trigger_end": event.trigger.end,
        "text": event.text, "coder": event.coder,
    }  # fmt: skip
    return _csv_line([plain_cell(row[column]) for column in CSV_COLUMNS])


def csv_header() -> str:
    """The first line of a CSV file."""
    return _csv_line(list(CSV_COLUMNS))


WRITERS: Mapping[str, Callable[[Event], str]] = {"jsonl": as_jsonl, "plover": as_plover, "csv": as_csv}


def _entity(actor: Actor) -> dict[str, Any]:
    return {
        "code": actor.country, "sector": actor.sector, "entity_text": actor.text, "identifier_id": actor.identifier,
        "identifier_text": actor.name, "office": actor.office,
    }  # fmt: skip


def _size(quantity: Any) -> float | None:
    """A point value, else the lower bound: what is certain."""
    return None if quantity is None else quantity.value if quantity.value is not None else quantity.min


def _joined(actors: tuple[Actor, ...], field: str) -> str:
    return "; ".join(getattr(actor, field) or "" for actor in actors)


def plain_cell(value: Any) -> Any:
    """Text on one line that no spreadsheet runs as a formula; any other value as it is."""
    if isinstance(value, str):
        flat = " ".join(value.split())
        return "'" + flat if flat.startswith(_FORMULA) else flat
    return value


def _csv_line(row: list[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(row)
    return buffer.getvalue()
