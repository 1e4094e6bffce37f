"""GDELT 2.0: 61 columns of events and 16 of mentions, separated by tabs, without a header.

Source of the columns: the format codebook of GDELT 2.0 and its readers. An event here is an incident, told by its mentions; actor countries
are CAMEO's three letters, geography is FIPS 10-4, dates are YYYYMMDD numbers. Tones are left empty: we do not measure them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from dragoman.formats.codes import country, country_name, sector
from dragoman.formats.icews import UNNAMED, cameo_of, named
from dragoman.formats.item import Item, day_of, number_of, pairs_of
from dragoman.formats.layout import Cell, Column, Kind, Layout, Row
from dragoman.ontology.mappings import load_cameo
from dragoman.records import Actor, Place

# Kinds of place in GDELT: none, country, city of the United States, city elsewhere, first-level division elsewhere and in the United States.
NO_PLACE, A_COUNTRY, US_STATE, US_CITY, WORLD_CITY, WORLD_STATE = range(6)
# Kinds of mention: on the web by address, else by citation alone.
ON_THE_WEB, BY_CITATION = 1, 2
# What CAMEO calls the groups that are actors in their own right.
_KNOWN_GROUPS = {"UNO": "UNO", "EUR": "EEC"}
_NO_OFFSET = -1
_GEO = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")


def _actor_names(number: int) -> tuple[str, ...]:
    parts = ("Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code", "Type1Code", "Type2Code", "Type3Code")
    return tuple(f"Actor{number}{part}" for part in parts)


NAMES = (
    "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate", *_actor_names(1), *_actor_names(2), "IsRootEvent", "EventCode", "EventBaseCode",
    "EventRootCode", "QuadClass", "GoldsteinScale", "NumMentions", "NumSources", "NumArticles", "AvgTone",
    *(f"{what}Geo_{part}" for what in ("Actor1", "Actor2", "Action") for part in _GEO), "DATEADDED", "SOURCEURL",
)  # fmt: skip
MENTION_NAMES = (
    "GLOBALEVENTID", "EventTimeDate", "MentionTimeDate", "MentionType", "MentionSourceName", "MentionIdentifier", "SentenceID",
    "Actor1CharOffset", "Actor2CharOffset", "ActionCharOffset", "InRawText", "Confidence", "MentionDocLen", "MentionDocTone",
    "MentionDocTranslationInfo", "Extras",
)  # fmt: skip


def rows(item: Item, with_text: bool) -> Iterator[Row]:
    """A row for each actor and recipient of the incident; the item's event stands for it."""
    event, cameo, day = item.event, cameo_of(item.event), day_of(item.event)
    if day is None:
        return
    for number, (actor, recipient) in enumerate(pairs_of(event)):
        yield {
            "GLOBALEVENTID": number_of(item.incident or event.id, number), "SQLDATE": f"{day:%Y%m%d}", "MonthYear": f"{day:%Y%m}",
            "Year": f"{day:%Y}", "FractionDate": _fraction(day), **_actor(1, actor, with_text), **_actor(2, recipient, with_text),
            "IsRootEvent": int(event.sentence == 0), "EventCode": cameo.code, "EventBaseCode": cameo.base, "EventRootCode": cameo.root,
            "QuadClass": cameo.quad, "GoldsteinScale": cameo.goldstein, "NumMentions": item.mentions, "NumSources": item.sources,
            "NumArticles": item.articles, "Actor1Geo_Type": NO_PLACE, "Actor2Geo_Type": NO_PLACE, **_place(event.place),
            "DATEADDED": _moment(item), "SOURCEURL": item.url,
        }  # fmt: skip


def mention_rows(item: Item, with_text: bool) -> Iterator[Row]:
    """A row for each pair of the incident in one report. Sentences are counted from 1, characters from 0."""
    lead, event = item.lead or item.event, item.event
    if (day := day_of(lead)) is None:
        return
    for number, (actor, recipient) in enumerate(pairs_of(lead)):
        yield {
            "GLOBALEVENTID": number_of(item.incident or lead.id, number), "EventTimeDate": f"{day:%Y%m%d}000000", "MentionTimeDate": _moment(item),
            "MentionType": ON_THE_WEB if item.url else BY_CITATION, "MentionSourceName": item.source, "MentionIdentifier": item.url or event.report_id,
            "SentenceID": event.sentence + 1, "Actor1CharOffset": _offset(actor, event.actors),
            "Actor2CharOffset": _offset(recipient, event.recipients or event.actors), "ActionCharOffset": event.trigger.start, "InRawText": 1,
            # In steps of ten, as the codebook has it.
            "Confidence": max(10, round(event.confidence * 10) * 10), "MentionDocLen": item.characters,
        }  # fmt: skip


def why_not(item: Item) -> str | None:
    """A row needs a date."""
    return None if day_of(item.lead or item.event) else "neither the act nor its report has a date"


def _fraction(day: dt.date) -> str:
    """The year and how much of it has passed, months of 30 days: (month × 30 + day) / 365, as the codebook has it, with four decimals."""
    return f"{day.year + min((day.month * 30 + day.day) / 365, 0.9999):.4f}"


def _moment(item: Item) -> str:
    """YYYYMMDDHHMMSS: when the row came into the store, else the report's day."""
    if item.added is not None:
        return f"{item.added:%Y%m%d%H%M%S}"
    day = item.event.report_date or day_of(item.event)
    return f"{day:%Y%m%d}000000" if day else "0"


def _actor(number: int, actor: Actor | None, with_text: bool) -> dict[str, Cell]:
    if actor is None:
        return {}
    codes = country(actor.country)
    group = _KNOWN_GROUPS.get(actor.country or "")
    types = [sector(code).cameo for code in (actor.country, actor.sector, *actor.other_sectors)]
    kinds = list(dict.fromkeys(kind for kind in types if kind and kind != group))[:3]
    values: list[Cell] = [
        "".join([codes.cameo if codes else group or "", *kinds]) or None,
        _name(actor, with_text),
        codes.cameo if codes else None,
        group,
        None,
        None,
        None,
        *kinds,
    ]
    return dict(zip(_actor_names(number), values, strict=False))


def _name(actor: Actor, with_text: bool) -> str | None:
    """In capitals; empty where none is known, as GDELT has it."""
    name = named(actor, with_text)
    return None if name is None or name == UNNAMED else name.upper()


def _place(place: Place | None) -> dict[str, Cell]:
    codes = country(place.country) if place else None
    if place is None or codes is None:
        return {"ActionGeo_Type": NO_PLACE}
    whole = place.name == country_name(place.country)
    city = US_CITY if place.country == "USA" else WORLD_CITY
    full = [place.name] if whole else [place.name, place.admin1, country_name(place.country)]
    division = place.admin1 if place.admin1 and len(place.admin1) <= 3 and place.admin1.isalnum() else ""
    values: list[Cell] = [
        A_COUNTRY if whole else city,
        ", ".join(part for part in full if part),
        codes.fips,
        codes.fips + division,
        None,
        place.lat,
        place.lon,
        codes.fips if whole else None,
    ]
    return {f"ActionGeo_{part}": value for part, value in zip(_GEO, values, strict=True)}


def _offset(wanted: Actor | None, parties: tuple[Actor, ...]) -> int:
    """Where this report names the party, -1 where it does not."""
    if wanted is None:
        return _NO_OFFSET
    same = [one for one in parties if (one.country, one.name) == (wanted.country, wanted.name) or one.text == wanted.text]
    return next((one.start for one in same if one.start is not None), _NO_OFFSET)


def _check(row: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    code = row["EventCode"] or ""
    cameo = load_cameo().get(code)
    if cameo is None:
        yield "EventCode", f"{code!r} is no CAMEO code; a lost leading zero?"
        return
    for name, wanted in (("EventBaseCode", cameo.base), ("EventRootCode", cameo.root), ("QuadClass", str(cameo.quad))):
        if row[name] != wanted:
            yield name, f"{row[name]!r} does not go with the code {code}: {wanted!r} does"
    if float(row["GoldsteinScale"] or 0) != cameo.goldstein:
        yield "GoldsteinScale", f"{row['GoldsteinScale']} is not the score of {code}, {cameo.goldstein}"
    day = row["SQLDATE"] or ""
    if (row["MonthYear"], row["Year"]) != (day[:6], day[:4]):
        yield "MonthYear", f"{row['MonthYear']} and {row['Year']} do not go with {day}"


def _column(name: str) -> Column:
    integers = ("GLOBALEVENTID", "IsRootEvent", "NumMentions", "NumSources", "NumArticles", "SentenceID", "InRawText", "Confidence", "MentionDocLen")
    if name == "SQLDATE":
        return Column(name=name, kind=Kind.COMPACT, required=True)
    if name in ("DATEADDED", "EventTimeDate", "MentionTimeDate"):
        return Column(name=name, kind=Kind.INTEGER, pattern=r"0|\d{14}", required=True)
    if name in integers or name.endswith("CharOffset"):
        return Column(name=name, kind=Kind.INTEGER, required=name == "GLOBALEVENTID")
    if name.endswith(("CountryCode",)):
        return Column(name=name, pattern="[A-Z]{2}" if "Geo_" in name else "[A-Z]{3}")
    if name in ("FractionDate", "GoldsteinScale", "AvgTone", "MentionDocTone") or name.endswith(("_Lat", "_Long")):
        return Column(name=name, kind=Kind.NUMBER)
    if name.endswith("Geo_Type"):
        return Column(name=name, choices=tuple(map(str, range(6))), required=True)
    return Column(name=name, required=name in ("EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "MonthYear", "Year", "MentionIdentifier"))


GDELT = Layout(
    name="gdelt", doc="the 61 columns of GDELT 2.0 events in CAMEO, one actor and recipient of an incident a row",
    columns=tuple(map(_column, NAMES)), rows=rows, header=False, suffix=".export.CSV", unique=("GLOBALEVENTID",), check=_check, why_not=why_not,
)  # fmt: skip
GDELT_MENTIONS = Layout(
    name="gdelt-mentions", doc="the 16 columns of GDELT 2.0 mentions, one report of an incident a row", columns=tuple(map(_column, MENTION_NAMES)),
    rows=mention_rows, header=False, suffix=".mentions.CSV", unique=("GLOBALEVENTID", "MentionIdentifier", "SentenceID", "ActionCharOffset"),
    why_not=why_not,
)  # fmt: skip
