"""ICEWS: 20 columns separated by tabs, with a header, never quoted; one source and one target a row, in CAMEO.

Source of the columns: the published yearly files. Their event ids repeat; ours do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dragoman.formats.codes import country_name, load_sectors, sector
from dragoman.formats.item import Item, day_of, number_of, pairs_of
from dragoman.formats.layout import Cell, Column, Kind, Layout, Row
from dragoman.ontology.mappings import Cameo, cameo_code, load_cameo
from dragoman.records import Actor, Event, Place

_KINDS = {
    "Event ID": Kind.INTEGER, "Event Date": Kind.DATE, "Intensity": Kind.NUMBER, "Story ID": Kind.INTEGER, "Sentence Number": Kind.INTEGER,
    "Latitude": Kind.NUMBER, "Longitude": Kind.NUMBER,
}  # fmt: skip
_REQUIRED = ("Event ID", "Event Date", "Source Name", "Event Text", "CAMEO Code", "Intensity", "Story ID", "Sentence Number")
NAMES = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code", "Intensity", "Target Name",
    "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher", "City", "District", "Province", "Country", "Latitude", "Longitude",
)  # fmt: skip
UNNAMED = "Unspecified Actor"


def cameo_of(event: Event) -> Cameo:
    """The CAMEO code of an event: its own where it is one, else that of its type and first mode."""
    known = load_cameo()
    return known.get(event.cameo or "") or known[cameo_code(event.type, event.modes[0] if event.modes else None)]


def rows(item: Item, with_text: bool) -> Iterator[Row]:
    """A row for each source and target. Sentences are counted from 1."""
    event, cameo = item.event, cameo_of(item.event)
    for number, (source, target) in enumerate(pairs_of(event)):
        yield {
            "Event ID": number_of(event.id, number), "Event Date": day_of(event), "Source Name": named(source, with_text) or UNNAMED,
            "Source Sectors": _sectors(source), "Source Country": _country(source), "Event Text": cameo.name, "CAMEO Code": cameo.code,
            "Intensity": cameo.goldstein, "Target Name": named(target, with_text), "Target Sectors": _sectors(target),
            "Target Country": _country(target), "Story ID": number_of(event.report_id), "Sentence Number": event.sentence + 1,
            "Publisher": item.source, **_where(event.place),
        }  # fmt: skip


def _where(place: Place | None) -> dict[str, Cell]:
    if place is None:
        return {}
    named = {"City": place.name, "Province": place.admin1, "Country": country_name(place.country)}
    return {**named, "Latitude": place.lat, "Longitude": place.lon}


def why_not(item: Item) -> str | None:
    """A row needs a date."""
    return None if day_of(item.event) else "neither the act nor its report has a date"


def named(actor: Actor | None, with_text: bool) -> str | None:
    """The name as ICEWS would have it: a country's own, "Government (Poland)" for its sectors, else the name that is known.

    Without text, an actor that no table names is told by sector and country alone.
    """
    if actor is None:
        return None
    where = country_name(actor.country) if actor.country else None
    part = sector(actor.sector).icews
    if actor.name and actor.name != where:
        return actor.name
    if part and where:
        return f"{part} ({where})"
    return where or actor.name or (actor.text if with_text else part) or UNNAMED


def _sectors(actor: Actor | None) -> str | None:
    if actor is None:
        return None
    found = [sector(code).icews for code in (actor.sector, *actor.other_sectors, actor.country)]
    return ",".join(dict.fromkeys(name for name in found if name)) or None


def _country(actor: Actor | None) -> str | None:
    return country_name(actor.country) if actor and actor.country not in load_sectors() else None


def _check(row: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    cameo = load_cameo().get(row["CAMEO Code"] or "")
    if cameo is None:
        yield "CAMEO Code", f"{row['CAMEO Code']!r} is no CAMEO code; a lost leading zero?"
    elif float(row["Intensity"] or 0) != cameo.goldstein:
        yield "Intensity", f"{row['Intensity']} is not the Goldstein score of {cameo.code}, {cameo.goldstein}"


ICEWS = Layout(
    name="icews", doc="the 20 columns of ICEWS in CAMEO, one source and target a row",
    columns=tuple(Column(name=name, kind=_KINDS.get(name, Kind.STRING), required=name in _REQUIRED) for name in NAMES), rows=rows, suffix=".tab",
    unique=("Event ID",), check=_check, why_not=why_not,
)  # fmt: skip
