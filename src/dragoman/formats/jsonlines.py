"""Layouts of one JSON object a line: our own record, and PLOVER's.

Our own carries offsets and SHA-256 of every piece of evidence instead of the words, unless the words are asked for: reports belong to others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from dragoman.errors import InputError
from dragoman.formats.codes import country_name
from dragoman.formats.item import Item, day_of, sentence_end, text_hash
from dragoman.formats.layout import Problem
from dragoman.ontology import load_ontology
from dragoman.records import Actor, Event, Quantity, Record
from dragoman.version import __version__

# Facts beside the record that our own lines may carry.
BESIDE = ("incident", "source", "url", "language", "independent_sources", "report_sha256")
_TOLD = "the report says so"


@dataclass(frozen=True, slots=True)
class JsonLayout:
    """A layout of JSON objects. `row` turns an item into an object, `check` says what is wrong with one: pairs of field and reason."""

    name: str
    doc: str
    row: Callable[[Item, bool], dict[str, Any]]
    check: Callable[[Any], Iterator[tuple[str | None, str]]]
    suffix: str = ".jsonl"
    says_status: bool = False
    why_not: Callable[[Item], str | None] | None = None

    def head(self) -> None:
        """There is no header."""
        return

    def lines(self, item: Item, *, with_text: bool = False) -> Iterator[str]:
        """The item as one line without its end."""
        yield encode(self.row(item, with_text))

    def read(self, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The objects of a file; raise `InputError` at the first line that is wrong."""
        for found in self.scan(lines):
            if isinstance(found, Problem):
                raise InputError(f"not {self.name}: {found}")
            yield found

    def scan(self, lines: Iterable[str]) -> Iterator[dict[str, Any] | Problem]:
        """The objects of a file and what is wrong with it, in file order."""
        seen: set[str] = set()
        for number, line in enumerate(lines, 1):
            yield from self._scan_line(line, number, seen)

    def _scan_line(self, line: str, number: int, seen: set[str]) -> Iterator[dict[str, Any] | Problem]:
        try:
            row = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeEncodeError) as error:
            yield Problem(line=number, column=None, reason=f"no JSON: {error}")
            return
        faults = [Problem(line=number, column=column, reason=reason) for column, reason in self.check(row)]
        if not faults and row["id"] in seen:
            faults.append(Problem(line=number, column="id", reason=f"{row['id']} stands in an earlier line too"))
        if not faults:
            seen.add(row["id"])
        if faults:
            yield from faults
        else:
            yield row


def encode(row: Any) -> str:
    """An object as JSON on one line; a lone surrogate, which UTF-8 cannot hold, as U+FFFD."""
    try:
        return msgspec.json.encode(row).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_mended(msgspec.to_builtins(row))).decode()


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list | tuple):
        return [_mended(one) for one in value]
    return {key: _mended(one) for key, one in value.items()} if isinstance(value, dict) else value


def without_text(value: Any) -> Any:
    """The builtins of a record with SHA-256 in the place of every word of the report.

    What is measured or resolved stays: numbers, units, names of tables, codes.
    """
    if isinstance(value, list | tuple):
        return [without_text(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {key: without_text(one) for key, one in value.items() if key != "text"}
    if str(kept.get("decided", "")).startswith(_TOLD):
        kept["decided"] = _TOLD
    return kept | ({"text_sha256": text_hash(value["text"])} if isinstance(value.get("text"), str) else {})


def own_row(item: Item, with_text: bool) -> dict[str, Any]:
    """The record, field names as in `dragoman.records.Event`, with the facts beside it."""
    record: dict[str, Any] = msgspec.to_builtins(item.event)
    beside = (item.incident, item.source, item.url, item.language, item.sources if item.incident else None, item.report_sha256)
    shown = record if with_text else without_text(record) | {"text_end": sentence_end(item)}
    return shown | dict(zip(BESIDE, beside, strict=True))


def event_of(row: Mapping[str, Any]) -> Event:
    """The event of a line that was written with text; raise `InputError` for one without."""
    if "text" not in row:
        raise InputError("the line carries no text; export it with --with-text")
    try:
        return msgspec.convert({key: value for key, value in row.items() if key not in BESIDE}, Event)
    except msgspec.ValidationError as error:
        raise InputError(f"not an event record: {error}") from error


def _check_own(row: Any) -> Iterator[tuple[str | None, str]]:
    if not isinstance(row, dict):
        yield None, "no JSON object"
        return
    if "text" in row:
        try:
            event = event_of(row)
        except InputError as error:
            yield None, str(error)
            return
        yield from _check_spans(event)
        return
    wanted = {*Event.__struct_fields__, "text_sha256", "text_end", *BESIDE} - {"text"}
    for field in sorted(wanted ^ set(row)):
        yield field, "it is missing" if field in wanted else "no such field"
    if wanted == set(row):
        yield from _check_types(row)


def _check_types(row: dict[str, Any]) -> Iterator[tuple[str | None, str]]:
    """A line without text is a record once its words are put back, empty."""
    try:
        msgspec.convert(_with_empty_text({key: value for key, value in row.items() if key not in (*BESIDE, "text_end")}), Event)
    except msgspec.ValidationError as error:
        yield None, f"not an event record: {error}"


def _with_empty_text(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_with_empty_text(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _with_empty_text(one) for key, one in value.items() if key != "text_sha256"}
    return kept | ({"text": ""} if "text_sha256" in value else {})


def _check_spans(event: Event) -> Iterator[tuple[str | None, str]]:
    start, text = event.sentence_start, event.text
    inside = start <= event.trigger.start and event.trigger.end <= start + len(text)
    if not inside or text[event.trigger.start - start : event.trigger.end - start] != event.trigger.text:
        yield "trigger", f"characters {event.trigger.start} to {event.trigger.end} of the sentence are not {event.trigger.text!r}"


# The fields of the manual's tables in their order, null where we do not know.


class PloverEntity(Record, frozen=True, kw_only=True):
    """An actor or a recipient in PLOVER's JSON."""

    code: str | None
    sector: str | None
    entity_text: str | None
    identifier_id: str | None
    identifier_text: str | None
    religion: str | None = None
    ethnicity: str | None = None
    office: str | None
    gender: str | None = None
    age: str | None = None


class PloverPlace(Record, frozen=True, kw_only=True):
    """A location in PLOVER's JSON."""

    extracted_place: str | None
    resolved_place: str | None
    geonameid: int | None
    lat: float | None
    lon: float | None
    city: str | None = None
    district: str | None = None
    province: str | None
    country: str | None
    country_code: str | None
    feature_class: str | None = None
    feature_code: str | None = None
    resolution: str | None = None


class PloverSize(Record, frozen=True, kw_only=True):
    """How many were killed, hurt or taken: a point value, else the lower bound, which is certain."""

    dead: float | None
    injured: float | None
    arrested: float | None


class PloverText(Record, frozen=True, kw_only=True):
    """Where the words stand: the sentence's number and the trigger's characters in the story."""

    sequence: int
    start: int
    end: int
    text_story: str | None = None


class PloverCitation(Record, frozen=True, kw_only=True):
    """The report in PLOVER's JSON."""

    corpus: str | None = None
    citation: str
    url: str | None
    title: str | None
    language: str | None
    publication: str | None
    license: str | None = None
    copyright: str | None = None
    coder: str
    codebook: str
    version: str


class PloverRecord(Record, frozen=True, kw_only=True):
    """PLOVER's JSON (field table of the manual, draft 2.0). `id`, `date`, `actor` and `event` are required there.

    The manual describes `size` without saying where it stands; it is last here.
    """

    id: str
    has_event: bool
    date: str | None
    time: str | None = None
    enddate: str | None
    endtime: str | None = None
    actor: tuple[PloverEntity, ...]
    recipient: tuple[PloverEntity, ...]
    event: str
    event_loc: PloverPlace | None
    event_text: str | None
    quad_code: int
    event_scale: float
    mode: str | None
    context: tuple[str, ...]
    link: tuple[str, ...]
    text: str | None
    text_info: PloverText
    cite_info: PloverCitation
    coder: str
    coded_date: str | None
    coded_time: str | None
    comment: str
    size: PloverSize


def plover_record(item: Item, with_text: bool) -> PloverRecord:
    """The item in PLOVER's fields. `has_event` is false for what was only planned, supposed or denied; `comment` says the status."""
    event = item.event
    day = day_of(event)
    return PloverRecord(
        id=event.id,
        has_event=event.status.value in ("actual", "announced"),
        date=day.isoformat() if day else None,
        enddate=event.date.end.isoformat() if event.date and event.date.end else None,
        # An actor is required: where none is named it is the unidentified one.
        actor=tuple(_entity(actor, with_text) for actor in event.actors) or (_entity(Actor(text="", sector="UNK"), False),),
        recipient=tuple(_entity(actor, with_text) for actor in event.recipients),
        event=event.type,
        event_loc=_plover_place(item, with_text),
        event_text=event.trigger.text if with_text else None,
        quad_code=event.quad,
        event_scale=event.scale,
        mode=event.modes[0] if event.modes else None,
        context=event.contexts,
        link=event.response_to,
        size=PloverSize(dead=_size(event.dead), injured=_size(event.injured), arrested=_size(event.arrested)),
        text=event.text if with_text else None,
        text_info=PloverText(sequence=event.sentence, start=event.trigger.start, end=event.trigger.end),
        cite_info=_citation(item, with_text),
        coder=event.coder,
        coded_date=item.added.date().isoformat() if item.added else None,
        coded_time=f"{item.added:%H:%M:%S}" if item.added else None,
        comment=f"status={event.status.value}; historical={str(event.historical).lower()}; text_sha256={text_hash(event.text) or 'none'}",
    )


def _citation(item: Item, with_text: bool) -> PloverCitation:
    return PloverCitation(
        citation=item.event.report_id,
        url=item.url,
        title=item.title if with_text else None,
        publication=item.source,
        language=item.language,
        coder="dragoman",
        codebook=load_ontology().version,
        version=__version__,
    )


def _plover_place(item: Item, with_text: bool) -> PloverPlace | None:
    if (place := item.event.place) is None:
        return None
    return PloverPlace(
        extracted_place=place.text if with_text else None,
        resolved_place=place.name,
        geonameid=place.geonames_id,
        lat=place.lat,
        lon=place.lon,
        province=place.admin1,
        country=country_name(place.country),
        country_code=place.country,
    )


def _entity(actor: Actor, with_text: bool) -> PloverEntity:
    return PloverEntity(
        code=actor.country,
        sector=actor.sector,
        entity_text=actor.text if with_text else None,
        identifier_id=actor.identifier,
        identifier_text=actor.name,
        office=actor.office,
    )


def _size(quantity: Quantity | None) -> float | None:
    return None if quantity is None else quantity.value if quantity.value is not None else quantity.min


def _check_plover(row: Any) -> Iterator[tuple[str | None, str]]:
    try:
        record = msgspec.convert(row, PloverRecord)
    except msgspec.ValidationError as error:
        yield None, str(error)
        return
    types = load_ontology().types
    if (found := types.get(record.event)) is None:
        yield "event", f"{record.event!r} is no PLOVER type"
        return
    if record.mode and record.mode not in found.modes:
        yield "mode", f"{record.event} has no mode {record.mode!r}"
    if record.quad_code != found.quad:
        yield "quad_code", f"{record.quad_code} is not the quad of {record.event}, {found.quad}"
    if record.date is None:
        yield "date", "it is required and missing"
    if not record.actor:
        yield "actor", "it is required and missing"


JSONL = JsonLayout("jsonl", "the record itself, one event a line", own_row, _check_own, says_status=True)
PLOVER = JsonLayout(
    "plover", "PLOVER's JSON, one event a line", lambda item, with_text: msgspec.to_builtins(plover_record(item, with_text)), _check_plover,
    why_not=lambda item: None if day_of(item.event) else "neither the act nor its report has a date",
)  # fmt: skip
