"""POLECAT: 40 columns separated by tabs, with a header; `None` where missing, lists joined with `; `.

Source of the columns: the headers of the published weekly files. Quads are written in words, in capitals. Weekly files with stray tabs or
an extra column need readers of their own; this writer has neither, and the validator counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from dragoman.formats.codes import cow
from dragoman.formats.item import Item, day_of
from dragoman.formats.layout import Cell, Column, Kind, Layout, Row, joined
from dragoman.ontology import load_ontology
from dragoman.records import Actor, Event, Place

_TYPES = tuple(load_ontology().types)
_QUADS = {quad: gloss.upper() for quad, gloss in load_ontology().quads.items()}
_PLACES = ("Placename", "City", "District", "Province", "Country")
_KINDS = {
    "Event Date": Kind.DATE, "Publication Date": Kind.DATE, "Intensity": Kind.NUMBER, "Latitude": Kind.NUMBER, "Longitude": Kind.NUMBER,
    "GeoNames ID": Kind.INTEGER,
}  # fmt: skip
_REQUIRED = ("Event ID", "Event Date", "Event Type", "Intensity", "Quad Code", "Version")
_CHOICES = {"Event Type": _TYPES, "Quad Code": tuple(_QUADS.values())}
NAMES = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts",
    "Actor Name", "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title", "Actor Name Raw", "Wikipedia Actor ID",
    "Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector", "Recipient Sectors", "Recipient Title",
    "Recipient Name Raw", "Wikipedia Recipient ID",
    *_PLACES, "Latitude", "Longitude", "GeoNames ID", "Raw Placename", "Feature Type",
    "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language", "Version",
)  # fmt: skip


def rows(item: Item, with_text: bool) -> Iterator[Row]:
    """One row an event; compound actors are one list, never a cross product."""
    event = item.event
    yield {
        "Event ID": event.id, "Event Date": day_of(event), "Event Type": event.type, "Event Mode": joined(event.modes), "Intensity": event.scale,
        "Quad Code": _QUADS[event.quad], "Contexts": joined(event.contexts), **_party("Actor", event.actors, event, with_text),
        **_party("Recipient", event.recipients, event, with_text), **_place(event.place, with_text), "Source": item.source,
        "Publication Date": event.report_date, "Language": item.language, "Version": event.coder,
    }  # fmt: skip


def _place(place: Place | None, with_text: bool) -> dict[str, Cell]:
    if place is None:
        return {}
    named = {"Placename": place.name, "Province": place.admin1, "Country": place.country, "Story Locations": place.name}
    raw = {"Raw Placename": place.text if with_text else None}
    return {**named, **raw, "Latitude": place.lat, "Longitude": place.lon, "GeoNames ID": place.geonames_id}


def why_not(item: Item) -> str | None:
    """A row needs a date."""
    return None if day_of(item.event) else "neither the act nor its report has a date"


def _party(role: str, parties: tuple[Actor, ...], event: Event, with_text: bool) -> dict[str, str | None]:
    day = day_of(event)
    # Where there are several, a missing value keeps its place in the list.
    return {
        f"{role} Name": joined((one.name for one in parties), empty="None"),
        f"{role} Country": joined((one.country for one in parties), empty="None"),
        f"{role} COW": joined((cow(one.country, day) for one in parties), empty="None"),
        f"Primary {role} Sector": joined((one.sector for one in parties), empty="None"),
        f"{role} Sectors": joined(sector for one in parties for sector in (one.sector, *one.other_sectors) if sector),
        f"{role} Title": joined((one.office for one in parties), empty="None"),
        f"{role} Name Raw": joined((one.text for one in parties), empty="None") if with_text else None,
    }


def _column(name: str) -> Column:
    return Column(name=name, kind=_KINDS.get(name, Kind.STRING), required=name in _REQUIRED, choices=_CHOICES.get(name, ()))


POLECAT = Layout(
    name="polecat", doc="the 40 columns of POLECAT, one event a row", columns=tuple(map(_column, NAMES)), rows=rows, missing="None", suffix=".txt",
    unique=("Event ID",), why_not=why_not,
)  # fmt: skip
