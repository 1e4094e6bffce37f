"""The flat layout: one event a row with everything in it, for CSV, Parquet and R. The same columns, in the same order, everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dragoman.formats.codes import country, cow, cow_letters, gw
from dragoman.formats.item import Item, day_of, sentence_end, text_hash
from dragoman.formats.layout import Column, Kind, Layout, Row, joined
from dragoman.ontology import load_ontology
from dragoman.records import Actor, Event, Quantity, Status

_STRING, _LIST, _DATE, _INTEGER, _NUMBER, _BOOLEAN = Kind.STRING, Kind.LIST, Kind.DATE, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN
_HASH = "[0-9a-f]{64}"


def _columns(kind: Kind, **docs: str) -> tuple[Column, ...]:
    return tuple(Column(name=name, kind=kind, doc=doc) for name, doc in docs.items())


def _parties(role: str) -> tuple[Column, ...]:
    return _columns(
        _LIST,
        **{
            f"{role}s": f"{role}s: the names that the tables give them; with text, the words of the report",
            f"{role}_countries": "ISO 3166-1 alpha-3 with PLOVER's exceptions, one value for each",
            f"{role}_iso3": "ISO 3166-1 alpha-3 (XKX for Kosovo), one value for each",
            f"{role}_cow": "Correlates of War number as of the day, one value for each",
            f"{role}_cowc": "Correlates of War letters as of the day, one value for each",
            f"{role}_gw": "Gleditsch and Ward number as of the day, one value for each",
            f"{role}_sectors": "PLOVER sector, one value for each",
            f"{role}_spans": "first and last character in the report, one start-end for each",
        },
    )


def _sizes() -> tuple[Column, ...]:
    names = [f"{size}{bound}" for size in ("count", "dead", "injured", "arrested") for bound in ("", "_min", "_max")]
    return tuple(Column(name=name, kind=_NUMBER, doc="how many: the value, or the least and the most for vague words") for name in names)


def _code_columns() -> tuple[Column, ...]:
    types, quads = tuple(load_ontology().types), tuple(str(quad) for quad in load_ontology().quads)
    return (
        Column(name="type", doc="PLOVER event type", required=True, choices=types),
        Column(name="mode", kind=_LIST, doc="PLOVER modes"),
        Column(name="quad", kind=_INTEGER, doc="1-2 verbal and material cooperation, 3-4 verbal and material conflict", required=True, choices=quads),
        Column(name="scale", kind=_NUMBER, doc="PLOVER's conflict-cooperation score, -10 to +10", required=True),
    Column(name="cameo", doc="the CAMEO code that says the same; a string with its leading zero", pattern="[0-9]{2,4}"),
    )


COLUMNS: tuple[Column, ...] = (
    Column(name="id", doc="of the event; stable: same report, same model, same id", required=True, pattern="[!-~]+"),
    Column(name="incident_id", doc="of the act across reports; events of one incident tell of the same act"),
    Column(name="report_id", doc="of the report", required=True),
    Column(name="report_date", kind=_DATE, doc="day of publication"),
    Column(name="source", doc="the report's source or publisher"),
    Column(name="url", doc="the report's address"),
    Column(name="sentence", kind=_INTEGER, doc="the sentence's number in the report, from 0", required=True),
    *_code_columns(),
    *_parties("actor"),
    *_parties("recipient"),
    Column(name="status", doc="how real the act is in its report", required=True, choices=tuple(Status)),
    Column(name="historical", kind=_BOOLEAN, doc="whether the act is recalled as background", required=True),
    *_sizes(),
    Column(name="count_approximate", kind=_BOOLEAN, doc="whether the words say about, some, nearly"),
    Column(name="count_unit", doc="the thing counted"),
    *_columns(_DATE, day="the act's first day, else the report's", date_start="first day in the words", date_end="last day in the words"),
    Column(name="date_precision", doc="precision of the words that say when"),
    *_columns(_DATE, deadline_start="first day of the deadline", deadline="last day of the deadline"),
    *_columns(_STRING, place="where", place_country="ISO 3166-1 alpha-3", place_admin1="first-level division"),
    *_columns(_NUMBER, lat="degrees north", lon="degrees east"),
    Column(name="geonames_id", kind=_INTEGER, doc="row of GeoNames"),
    *_columns(_LIST, speakers="on whose word", stances="what each speaker does with it"),
    Column(name="joint", doc="the group act that this is part of"),
    Column(name="joint_size", kind=_INTEGER, doc="the group's size as stated"),
    *_columns(_LIST, response_to="ids of the events that this one answers", contexts="PLOVER contexts of the passage"),
    Column(name="confidence", kind=_NUMBER, doc="0 to 1", required=True),
    *_columns(_INTEGER, independent_sources="independent sources that tell of the incident"),
    Column(name="text_start", kind=_INTEGER, doc="first character of the sentence in the report", required=True),
    Column(name="text_end", kind=_INTEGER, doc="one past its last character", required=True),
    Column(name="trigger_start", kind=_INTEGER, doc="first character of the word that names the act", required=True),
    Column(name="trigger_end", kind=_INTEGER, doc="one past its last character", required=True),
    Column(name="text_sha256", doc="SHA-256 of the sentence, in hexadecimal; missing where the store keeps no text", pattern=_HASH),
    Column(name="report_sha256", doc="SHA-256 of the report's text, into which all offsets go", pattern=_HASH),
    *_columns(_STRING, trigger="with text: the word that names the act", reason="with text: the stated reason", text="with text: the sentence"),
    Column(name="coder", doc="package version, model version and checksum", required=True),
)


def values(item: Item, with_text: bool) -> dict[str, Any]:
    """The item by column, with lists as lists and dates as dates."""
    event = item.event
    place, joint, date, deadline = event.place, event.joint, event.date, event.deadline
    row: dict[str, Any] = {
        "id": event.id, "incident_id": item.incident, "report_id": event.report_id, "report_date": event.report_date, "source": item.source,
        "url": item.url, "sentence": event.sentence, "type": event.type, "mode": list(event.modes), "quad": event.quad, "scale": event.scale,
        "cameo": event.cameo, "status": event.status.value, "historical": event.historical, "day": day_of(event), "date_start": date and date.start,
        "date_end": date and date.end, "date_precision": date and date.precision, "deadline_start": deadline and deadline.start,
        "deadline": deadline and deadline.end, "place": place and place.name, "place_country": place and place.country,
        "place_admin1": place and place.admin1, "lat": place and place.lat, "lon": place and place.lon, "geonames_id": place and place.geonames_id,
        "speakers": [_called(one.speaker, with_text) for one in event.attribution], "stances": [one.stance.value for one in event.attribution],
        "joint": joint and joint.group, "joint_size": joint and joint.size, "response_to": list(event.response_to),
        "contexts": list(event.contexts), "confidence": event.confidence, "independent_sources": item.sources if item.incident else None,
        "text_start": event.sentence_start, "text_end": sentence_end(item), "trigger_start": event.trigger.start,
        "trigger_end": event.trigger.end, "text_sha256": text_hash(event.text), "report_sha256": item.report_sha256,
        "coder": event.coder,
    }  # fmt: skip
    row |= _party_values("actor", event.actors, event, with_text) | _party_values("recipient", event.recipients, event, with_text)
    for name in ("count", "dead", "injured", "arrested"):
        row |= _size_values(name, getattr(event, name))
    row |= {"count_approximate": event.count and event.count.approximate, "count_unit": event.count and event.count.unit}
    return row | _text_values(event, with_text)


def rows(item: Item, with_text: bool) -> Iterator[Row]:
    """The item as one row, lists joined with `; `."""
    yield {name: joined(value) if isinstance(value, list) else value for name, value in values(item, with_text).items()}


def _party_values(role: str, parties: tuple[Actor, ...], event: Event, with_text: bool) -> dict[str, list[str | None]]:
    day = day_of(event)
    return {
        f"{role}s": [_called(one, with_text) for one in parties],
        f"{role}_countries": [one.country for one in parties],
        f"{role}_iso3": [found.iso3 if (found := country(one.country)) else None for one in parties],
        f"{role}_cow": [cow(one.country, day) for one in parties],
        f"{role}_cowc": [cow_letters(one.country, day) for one in parties],
        f"{role}_gw": [gw(one.country, day) for one in parties],
        f"{role}_sectors": [one.sector for one in parties],
        f"{role}_spans": [None if one.start is None else f"{one.start}-{one.end}" for one in parties],
    }


def _called(actor: Actor, with_text: bool) -> str | None:
    return actor.text if with_text else actor.name


def _size_values(name: str, found: Quantity | None) -> dict[str, float | None]:
    value, low, high = (found.value, found.min, found.max) if found else (None, None, None)
    return {name: value, f"{name}_min": low, f"{name}_max": high}


def _text_values(event: Event, with_text: bool) -> dict[str, str | None]:
    if not with_text:
        return {"trigger": None, "reason": None, "text": None}
    return {"trigger": event.trigger.text, "reason": event.reason.text if event.reason else None, "text": event.text}


CSV = Layout(
    name="csv", doc="one event a row, all fields, safe to open in a spreadsheet", columns=COLUMNS, rows=rows, delimiter=",", suffix=".csv",
    says_status=True, unique=("id",),
)  # fmt: skip
