"""Codes of countries and sectors in other schemes: ISO, Correlates of War, Gleditsch and Ward, CAMEO, FIPS 10-4, ICEWS.

Everything here is a string, so that no leading zero and no code such as NA (Namibia in ISO alpha-2) is lost. None where a scheme has no code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dragoman.errors import ResourceError
from dragoman.ontology import load_ontology


@dataclass(frozen=True, slots=True)
class Country:
    """A country's codes and English name; `code` is PLOVER's."""

    code: str
    iso3: str
    iso2: str
    cameo: str
    fips: str
    name: str


@dataclass(frozen=True, slots=True)
class StateNumber:
    """A state's number and letters in a list of the state system, and the days between which they hold (None: open)."""

    number: str
    letters: str
    first: dt.date | None
    last: dt.date | None

    def holds(self, day: dt.date | None) -> bool:
        """Whether the number was in force on a day; without a day, whether it is in force still."""
        if day is None:
            return self.last is None
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Sector:
    """What a PLOVER sector, or a group above states, is called elsewhere."""

    cameo: str | None
    icews: str | None


_NO_SECTOR = Sector(None, None)


def country(code: str | None) -> Country | None:
    """The codes of a country; None for groups above states (UNO, NGO …) and for None."""
    return load_countries().get(code or "")


def cow(code: str | None, day: dt.date | None = None) -> str | None:
    """The Correlates of War number of the state as of a day."""
    return _number("cow", code, day)


def gw(code: str | None, day: dt.date | None = None) -> str | None:
    """The Gleditsch and Ward number of the state as of a day."""
    return _number("gw", code, day)


def cow_letters(code: str | None, day: dt.date | None = None) -> str | None:
    """The Correlates of War abbreviation of the state as of a day."""
    return next((found.letters for found in load_states().get(("cow", code or ""), ()) if found.holds(day)), None)


def sector(code: str | None) -> Sector:
    """What a PLOVER sector or group is called elsewhere; nothing for None and for countries."""
    return load_sectors().get(code or "", _NO_SECTOR)


@cache
def country_name(code: str | None) -> str | None:
    """The English name of a country or a group above states."""
    if code in (groups := load_ontology().groups):
        return groups[str(code)]
    found = country(code)
    return found.name if found else None


def _number(system: str, code: str | None, day: dt.date | None) -> str | None:
    return next((found.number for found in load_states().get((system, code or ""), ()) if found.holds(day)), None)


@cache
def load_countries() -> Mapping[str, Country]:
    """Every country's codes; raise `ResourceError` for a row that cannot be meant."""
    found: dict[str, Country] = {}
    for where, cells in _rows("countries.tsv", 6):
        one = Country(*cells)
        if not one.name or not all(map(_is_code, (one.code, one.iso3, one.cameo), (3, 3, 3))) or not all(map(_is_code, (one.iso2, one.fips), (2, 2))):
            raise ResourceError(f"{where}: codes have the wrong shape: {cells}")
        found[one.code] = one
    for field in ("code", "iso3", "iso2", "cameo", "fips", "name"):
        values = [getattr(one, field) for one in found.values()]
        if twice := {value for value in values if values.count(value) > 1}:
            raise ResourceError(f"countries.tsv: {field} {sorted(twice)} is given to two countries")
    return found


@cache
def load_states() -> Mapping[tuple[str, str], tuple[StateNumber, ...]]:
    """State numbers by system (cow, gw) and country; raise `ResourceError` for a row that cannot be meant."""
    found: dict[tuple[str, str], tuple[StateNumber, ...]] = {}
    for where, (code, system, number, letters, first, last) in _rows("state_numbers.tsv", 6):
        one = StateNumber(number, letters, _day(first, where), _day(last, where))
        if code not in load_countries() or system not in ("cow", "gw") or not number.isdigit() or not _is_code(letters, 3):
            raise ResourceError(f"{where}: no such country, system, number or letters")
        if any(_overlap(one, other) for other in found.get((system, code), ())):
            raise ResourceError(f"{where}: {code} has two {system} numbers at once")
        found[system, code] = (*found.get((system, code), ()), one)
    return found


@cache
def load_sectors() -> Mapping[str, Sector]:
    """Sectors elsewhere, by PLOVER's code; raise `ResourceError` where one of PLOVER's has no row."""
    found = {code: Sector(*(None if cell == "-" else cell for cell in cells)) for _, (code, *cells) in _rows("sectors.tsv", 3)}
    wanted = {*load_ontology().sectors, *load_ontology().groups}
    if wanted != set(found):
        raise ResourceError(f"sectors.tsv: rows for {sorted(wanted ^ set(found))} are missing or too many")
    return found


def _is_code(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isalpha() and text.isupper()


def _overlap(one: StateNumber, other: StateNumber) -> bool:
    later = [first for first in (one.first, other.first) if first]
    sooner = [last for last in (one.last, other.last) if last]
    return not later or not sooner or max(later) <= min(sooner)


def _day(text: str, where: str) -> dt.date | None:
    try:
        return None if text == "-" else dt.date.fromisoformat(text)
    except ValueError as error:
        raise ResourceError(f"{where}: not a date: {text!r}") from error


def _rows(name: str, columns: int) -> Iterator[tuple[str, list[str]]]:
    text = files("dragoman.formats").joinpath("data", name).read_text("utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith("#"):
            cells = line.split("\t")
            if len(cells) != columns:
                raise ResourceError(f"{name}:{number}: {len(cells)} columns, not {columns}")
            yield f"{name}:{number}", cells
