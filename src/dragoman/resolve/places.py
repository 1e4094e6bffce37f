"""Where: the words of a place to a row of GeoNames, a region or a country. Unknown rather than a guess.

The table (`data/places.tsv.gz`, see `training/places.py`) is kept as text and searched for the key between bars: it costs nothing until a
place is asked for, and no index in memory. An ambiguous name goes to the reading that the words around it name ("Odessa, Texas"), then to the
countries of the report, then to the most people, and to nobody where that is no clear choice.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from dragoman.errors import ResourceError
from dragoman.records import Place
from dragoman.resolve.actors import country_in
from dragoman.resolve.rows import data_rows, read_table

# A name that the report's countries do not explain needs this many people, or this many times those of the next reading, to be believed.
# Set on the odd rows of tests/cases/places.tsv.
WELL_KNOWN = 300_000
CLEARLY_LARGER = 4
# Scores are powers of ten of people: what the report says of the country outweighs a thousandfold, another name than the first costs tenfold.
CONTEXT_WEIGHT, NAMED_WEIGHT, OTHER_NAME = 3.0, 6.0, -1.0
# A place that shares its name with its division is the city, unless it is small beside it.
CITY_BEFORE_DIVISION = 50_000

_ARTICLES = frozenset({"the", "al", "ar", "as", "ash", "ad", "at", "an", "az", "el"})
_SIDES = re.compile(
    r"^(?:(?:the|northern|southern|eastern|western|central|north|south|east|west|north-?eastern|north-?western|south-?eastern|south-?western|occupied|"
    r"besieged|rebel-held|government-held|nearby|neighbou?ring|downtown|greater|upper|lower|coastal|rural|war-torn|parts of|much of|all of|near|outside|"
    r"around|inside|outskirts of|suburbs? of)\s+)+", re.IGNORECASE,
)  # fmt: skip
_KIND_OF = re.compile(
    r"\b(?P<kind>city|town|village|port|port city|capital|suburb|district|province|state|region|governorate|oblast|county|department|island|area|enclave|"
    r"outskirts|suburbs|streets|centre|center|heart|airport|north|south|east|west) of (?P<name>[^\W\d_].+)$"
)  # fmt: skip
_DIVISION_WORD = re.compile(r"\s+(?P<word>province|state|region|governorate|oblast|county|department|prefecture|territory|republic|krai)$", re.IGNORECASE)
_PLACE_WORD = re.compile(r"\s+(?:city|town|village|airport|square|district|area|suburbs?|outskirts|port|valley|prison|camp|university|border)$", re.IGNORECASE)
_AFTER = re.compile(
    r"^,? (?:in (?:the )?(?:\w+ (?:state|province|region) of )?)?(?P<name>[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+)*)(?: (?P<word>state|province|"
    r"region))?"
)
_NAME = re.compile(r"[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+)*")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table. `first`: whether the key is its first name."""

    kind: str
    name: str
    country: str
    division: str
    lat: float | None
    lon: float | None
    people: int
    number: int | None
    first: bool


@dataclass(frozen=True, slots=True)
class Region:
    """A row of the hand-made table."""

    name: str
    country: str | None
    lat: float
    lon: float


def place_key(name: str) -> str:
    """The form of every key: lower case, without accents, apostrophes, full stops, hyphens and a leading article, "saint" as "st"."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    words = re.sub(r"['’‘ʿʾ`.]", "", plain.lower().replace("ı", "i").replace("ł", "l").replace("ø", "o").replace("đ", "d")).replace("-", " ").split()
    while len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join("st" if word == "saint" else word for word in words).replace("|", "")


def resolve_place(words: str, *, context: str = "", start: int | None = None, end: int | None = None) -> Place | None:
    """The place that the words name in a report's text, or None where neither the tables nor the report decide.

    `start` and `end` are where the words stand in `context`; without them the first place where it holds the words is taken.
    """
    begin = context.find(words) if start is None else start
    stop = begin + len(words) if end is None else end
    after = context[stop : stop + 60] if begin >= 0 else ""
    found = _read(words, context, after)
    if found is None:
        return None
    return Place(
        name=found.name, country=found.country, admin1=found.admin1, lat=found.lat, lon=found.lon, geonames_id=found.geonames_id,
        precision=found.precision, text=words, start=max(begin, 0), end=max(stop, 0),
    )  # fmt: skip


def _read(words: str, context: str, after: str) -> Place | None:
    text = " ".join(words.split()).strip(' ,.;:"“”')
    if not any(char.isupper() for char in text):
        return None
    if region := _region(text):
        return _of_region(region)
    inner, division, hint = _core(text, after)
    if region := _region(inner):
        return _of_region(region)
    return _of_rows(inner, division, hint, text, context) or _parts(text, context) or _country(text)


def _core(text: str, after: str) -> tuple[str, bool, str]:
    """The name inside the words, whether a division is meant, and what names its country or division ("Texas" in "Odessa, Texas")."""
    hint, division = "", False
    if match := _KIND_OF.search(text):
        hint, division, text = text[: match.start()], match["kind"] in ("province", "state", "governorate", "oblast"), match["name"]
    if "," in text:
        text, _, rest = text.partition(",")
        hint = f"{hint} {rest}"
    elif match := _AFTER.match(after):
        hint = f"{hint} {match['name']}"
    if re.match(r"['’]s\b", after) is None and (match := re.match(r" (state|province|region|governorate|oblast)\b", after, re.IGNORECASE)):
        division = True
    text = re.split(r"['’]s ", text)[0] if re.search(r"['’]s \w", text) else text
    text = re.sub(r"['’]s?$", "", text)
    text = _SIDES.sub("", text)
    if match := _DIVISION_WORD.search(text):
        text, division = text[: match.start()], True
    return _PLACE_WORD.sub("", text).strip() or text, division, hint.strip()


def _parts(text: str, context: str) -> Place | None:
    """The first name inside the words that is a row: "a hospital in Kunduz", "the Jabaliya camp in Gaza"."""
    for match in _NAME.finditer(text):
        if match[0] != text and (region := _region(match[0])):
            return _of_region(region)
        if match[0] != text and (found := _of_rows(match[0], False, text, text, context)):
            return found
    return None


def _of_rows(name: str, division: bool, hint: str, text: str, context: str) -> Place | None:
    candidates: Sequence[Row] = _candidates(place_key(name))
    nation = next((row for row in candidates if row.kind == "N"), None)
    hinted = _hinted(candidates, hint) if hint else []
    if hinted:
        candidates = hinted
    if nation and not division and not hinted and not _as_division(nation, candidates, context):
        return _of_nation(nation)
    rows = [row for row in candidates if row.kind != "N"]
    return _choose(rows, division, bool(hinted), name, context) or (None if division or hinted else _seat(rows, name))


def _seat(rows: Sequence[Row], name: str) -> Place | None:
    """The capital that carries the name, where nothing in the report speaks for a namesake."""
    own = country_in(name)
    seats = [row for row in rows if row.kind == "C" and row.country == own and row.first]
    return _of_row(max(seats, key=lambda row: row.people)) if seats else None


def _as_division(nation: Row, candidates: Sequence[Row], context: str) -> bool:
    """Whether a name of a country is here that of another's division: Georgia in a report of the United States with no word of the Caucasus."""
    others = {row.country for row in candidates if row.kind == "D"} - {nation.country}
    counts = _countries(context)
    return any(counts[other] > 0 and f"state of {nation.name}" in context for other in others)


def _hinted(candidates: Sequence[Row], hint: str) -> list[Row]:
    """The readings that lie in a country or division that the hint names."""
    country = country_in(hint)
    keys = {place_key(match[0]) for match in _NAME.finditer(hint)} | {place_key(hint)}
    by_division = [row for row in candidates if place_key(row.division) in keys and row.kind == "C"]
    return by_division or [row for row in candidates if row.country == country]


def _choose(rows: Sequence[Row], division: bool, named: bool, name: str, context: str) -> Place | None:
    if not rows:
        return None
    counts = _countries(context)
    own = country_in(name)
    # The city's own name counts for its country once each time it is said, which proves nothing.
    if own and counts[own]:
        counts = Counter(counts)
        counts[own] -= len(re.findall(rf"\b{re.escape(name)}\b", context))
    scored = sorted(((_score(row, counts, division, named, context), row) for row in rows), key=lambda pair: -pair[0])
    best, row = scored[0]
    rivals = [(score, other) for score, other in scored[1:] if (other.country, other.division) != (row.country, row.division)]
    backed = named or counts[row.country] > 0
    if not _is_clear(row, best, rivals, backed):
        return None
    return _of_row(_city_of(row, scored, division))


def _score(row: Row, counts: Mapping[str, int], division: bool, named: bool, context: str) -> float:
    score = math.log10(row.people + 1) + (0 if row.first else OTHER_NAME)
    if counts.get(row.country, 0) > 0:
        score += CONTEXT_WEIGHT
    if row.division and row.kind == "C" and re.search(rf"\b{re.escape(row.division)}\b", context) and row.division != row.name:
        score += 1.0
    if (row.kind == "D") != division:
        score -= NAMED_WEIGHT if division else 2.0 if row.kind == "D" else 0.0
    return score


def _is_clear(row: Row, best: float, rivals: Sequence[tuple[float, Row]], backed: bool) -> bool:
    margin = math.log10(CLEARLY_LARGER)
    if backed:
        # In the report's country the larger is meant, unless two of its divisions have one as large.
        same = [score for score, other in rivals if other.country == row.country]
        return not same or best - same[0] >= margin / 2 or row.people >= WELL_KNOWN
    if rivals and best - rivals[0][0] < margin:
        return False
    return (row.first and row.people >= WELL_KNOWN / (1 if rivals else 6)) or (not row.first and row.people >= WELL_KNOWN)


def _city_of(row: Row, scored: Sequence[tuple[float, Row]], division: bool) -> Row:
    """The division where the city of its name is small beside it, else the row."""
    if division or row.kind != "C" or row.people >= CITY_BEFORE_DIVISION:
        return row
    wide = [other for _, other in scored if other.kind == "D" and other.country == row.country and other.people > 20 * max(row.people, 1)]
    return wide[0] if wide else row


def _country(text: str) -> Place | None:
    """A place that only a country's name locates: "northern Syria", "the Syrian border"."""
    code = country_in(text)
    if code is None:
        return None
    nation = _nations().get(code)
    return Place(
        name=nation.name if nation else text, country=code, geonames_id=nation.number if nation else None, precision="country", text="", start=0, end=0
    )


def _of_nation(row: Row) -> Place:
    return Place(name=row.name, country=row.country, geonames_id=row.number, precision="country", text="", start=0, end=0)


def _of_row(row: Row) -> Place:
    precision = "city" if row.kind == "C" else "division"
    return Place(
        name=row.name, country=row.country, admin1=row.division or None, lat=row.lat, lon=row.lon, geonames_id=row.number,
        precision=precision, text="", start=0, end=0,
    )  # fmt: skip


def _of_region(region: Region) -> Place:
    return Place(name=region.name, country=region.country, lat=region.lat, lon=region.lon, precision="region", text="", start=0, end=0)


def _region(text: str) -> Region | None:
    regions = _regions()
    return regions.get(place_key(text)) or regions.get(place_key(_SIDES.sub("", text)))


@cache
def _regions() -> Mapping[str, Region]:
    regions = {}
    for names, country, lat, lon in data_rows("regions.tsv", 4):
        if country != "-" and (len(country) != 3 or not country.isupper()):
            raise ResourceError(f"regions.tsv: {country!r} is no three-letter code")
        first = names.split("|")[0]
        for name in names.split("|"):
            regions[place_key(name)] = Region(first, None if country == "-" else country, float(lat), float(lon))
    return regions


@cache
def _table() -> str:
    return read_table("places.tsv.gz")


@cache
def _nations() -> Mapping[str, Row]:
    """Nations by code; of several that fold into one state the most populous."""
    nations: dict[str, Row] = {}
    for line in _table().split("\nD\t", 1)[0].splitlines():
        if line.startswith("N\t"):
            row = _row(line, "")
            if row.country not in nations or nations[row.country].people < row.people:
                nations[row.country] = row
    return nations


@lru_cache(maxsize=4096)
def _candidates(key: str) -> tuple[Row, ...]:
    """The rows that carry the key."""
    return tuple(_lines(key)) if key else ()


def _lines(key: str) -> Iterator[Row]:
    table, sought = _table(), f"|{key}|"
    position = table.find(sought)
    while position >= 0:
        begin, end = table.rfind("\n", 0, position) + 1, table.find("\n", position)
        yield _row(table[begin:end], key)
        position = table.find(sought, end)


def _row(line: str, key: str) -> Row:
    kind, name, keys, country, division, lat, lon, people, number = line.split("\t")
    return Row(
        kind, name, country, division, float(lat) if lat else None, float(lon) if lon else None, int(people), int(number) if number else None,
        keys.startswith(f"|{key}|"),
    )  # fmt: skip


@lru_cache(maxsize=32)
def _countries(text: str) -> Counter[str]:
    """How often each country is named in a report: by name, nationality or capital."""
    found = (country_in(match[0]) for match in _NAME.finditer(text))
    return Counter(code for code in found if code)
