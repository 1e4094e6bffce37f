"""Incidents as rows: one act across reports a row, every reported value beside the others with its sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dragoman.formats.codes import country
from dragoman.formats.layout import Column, Kind, Layout, Row, joined
from dragoman.ontology import load_ontology
from dragoman.records import Status

if TYPE_CHECKING:
    from dragoman.ledger.incidents import Incident, Party, Reported, Step

_SIZES = ("count", "dead", "injured", "arrested")


def incident_row(incident: Incident, *, with_text: bool = False) -> Row:
    """The incident by column. Values are told as `60 (Example Wire, The Daily Example); ~50 (Example Post)`."""
    return {
        "id": incident.id, "type": incident.type, "mode": joined(incident.modes), "quad": incident.quad, "status": incident.status.value,
        **_parties("actor", incident.actors, with_text), **_parties("recipient", incident.recipients, with_text),
        "first_day": incident.first_day, "last_day": incident.last_day, "first_seen": incident.first_seen, "last_seen": incident.last_seen,
        "events": len(incident.events), "reports": len(incident.reports), "independent": incident.independent, "disputed": incident.disputed,
        **{name: joined(_told(one) for one in incident.values if one.field == name) for name in _SIZES},
        "timeline": joined(map(step_words, incident.timeline)), "denials": joined(one.country or one.speaker for one in incident.denials),
        "sources": joined(incident.sources), "event_ids": joined(incident.events),
    }  # fmt: skip


def step_words(step: Step) -> str:
    """`announced 2018-03-26`: a status and the day that it concerns."""
    return f"{step.status.value} {step.day}" if step.day else step.status.value


def _told(one: Reported) -> str:
    return f"{'~' if one.approximate else ''}{one.value} ({', '.join(one.sources)})"


def _parties(role: str, parties: Sequence[Party], with_text: bool) -> Row:
    return {
        f"{role}s": joined(one.text if with_text else one.name for one in parties),
        f"{role}_countries": joined(one.country for one in parties),
        f"{role}_iso3": joined(found.iso3 if (found := country(one.country)) else None for one in parties),
        f"{role}_sectors": joined(one.sector for one in parties),
    }


def _columns() -> Iterator[Column]:
    yield Column(name="id", doc="of the incident", required=True)
    yield Column(name="type", doc="PLOVER event type", required=True, choices=tuple(load_ontology().types))
    yield Column(name="mode", kind=Kind.LIST, doc="PLOVER modes, the most frequent first")
    yield Column(name="quad", kind=Kind.INTEGER, doc="1-2 verbal and material cooperation, 3-4 verbal and material conflict", required=True)
    yield Column(name="status", doc="the furthest that a report tells", required=True, choices=tuple(Status))
    for role in ("actor", "recipient"):
        yield Column(name=f"{role}s", kind=Kind.LIST, doc=f"{role}s by name, the most named first; with text, their longest words")
        yield Column(name=f"{role}_countries", kind=Kind.LIST, doc="ISO 3166-1 alpha-3 with PLOVER's exceptions, one value for each")
        yield Column(name=f"{role}_iso3", kind=Kind.LIST, doc="ISO 3166-1 alpha-3, one value for each")
        yield Column(name=f"{role}_sectors", kind=Kind.LIST, doc="PLOVER sector, one value for each")
    yield Column(name="first_day", kind=Kind.DATE, doc="first day of the act that a report gives")
    yield Column(name="last_day", kind=Kind.DATE, doc="last day of the act that a report gives")
    yield Column(name="first_seen", kind=Kind.DATE, doc="date of the first report")
    yield Column(name="last_seen", kind=Kind.DATE, doc="date of the last report")
    for name, what in (("events", "events"), ("reports", "reports"), ("independent", "independent sources")):
        yield Column(name=name, kind=Kind.INTEGER, doc=f"number of {what}", required=True)
    yield Column(name="disputed", kind=Kind.BOOLEAN, doc="whether reports contradict one another", required=True)
    for name in _SIZES:
        yield Column(name=name, kind=Kind.LIST, doc="every reported value with its sources")
    yield Column(name="timeline", kind=Kind.LIST, doc="each reported status with the day that it concerns")
    yield Column(name="denials", kind=Kind.LIST, doc="who denies it")
    yield Column(name="sources", kind=Kind.LIST, doc="outlets that tell of it")
    yield Column(name="event_ids", kind=Kind.LIST, doc="ids of its events")


INCIDENTS = Layout(
    name="incidents", doc="one incident a row, all reported values side by side", columns=tuple(_columns()), rows=lambda _item, _with_text: (),
    delimiter=",", suffix=".csv", says_status=True, unique=("id",),
)  # fmt: skip
TOMBSTONES = Layout(
    name="tombstones", doc="ids of rows that no longer hold and should be deleted",
    columns=(
        Column(name="id", doc="as the exported layout writes it", required=True),
        Column(name="event_id", doc="of the event", required=True),
        Column(name="superseded", doc="when, in UTC", required=True),
    ),
    rows=lambda _item, _with_text: (), delimiter=",", suffix=".csv", unique=("id",),
)  # fmt: skip
