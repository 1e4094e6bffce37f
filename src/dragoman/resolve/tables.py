"""The tables of who: countries, organisations, sector words. Tab-separated data files with a loader that refuses what cannot be meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dragoman.errors import ResourceError
from dragoman.ontology import load_ontology


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name stands for. `kind`: name, demonym, seat, organisation."""

    code: str
    name: str
    kind: str
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Tables:
    """Folded words to entries and sectors. `longest`: words of the longest key."""

    entries: Mapping[str, Entry]
    sectors: Mapping[str, str]
    longest: int


def fold(text: str) -> str:
    """Lower case, without accents, full stops and curly apostrophes: the form of every key."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‘", "'"))
    return "".join(char for char in plain if not unicodedata.combining(char) and char != ".").lower().strip()


@cache
def load_tables() -> Tables:
    """The tables that ship with the package; raise `ResourceError` for a malformed row."""
    entries: dict[str, Entry] = {}
    for row in _rows("countries.tsv", 4):
        code, names, demonyms, seats = row
        if len(code) != 3 or not code.isupper():
            raise ResourceError(f"countries.tsv: {code!r} is no three-letter code")
        canonical = names.split("|")[0]
        for kind, cell in (("name", names), ("demonym", demonyms), ("seat", seats)):
            for name in filter(None, cell.split("|")):
                _add(entries, name, Entry(code, canonical, kind))
                if kind == "demonym" and not name.endswith(("ese", "ish", "ch", "s", "men")):
                    _add(entries, name + "s", Entry(code, canonical, kind))
    for code, sector, names in _rows("organisations.tsv", 3):
        for name in names.split("|"):
            _add(entries, name, Entry(code, name, "organisation", None if sector == "-" else sector))
    sectors = dict(_sector_words())
    longest = max(len(key.split()) for key in [*entries, *sectors])
    return Tables(entries, sectors, longest)


@dataclass(frozen=True, slots=True)
class Term:
    """A leader's years in office; `until` is None where it goes on."""

    name: str
    country: str
    since: int
    until: int | None


@cache
def load_terms() -> Mapping[str, tuple[Term, ...]]:
    """Terms of office by folded name or surname."""
    terms: dict[str, list[Term]] = {}
    for key, country, since, until, name in _rows("persons.tsv", 5):
        term = Term(name, country, int(since), None if until == "-" else int(until))
        if term.until is not None and term.until < term.since:
            raise ResourceError(f"persons.tsv: {name} leaves office before entering it")
        terms.setdefault(fold(key), []).append(term)
    return {key: tuple(found) for key, found in terms.items()}


def _add(entries: dict[str, Entry], name: str, entry: Entry) -> None:
    entries[fold(name).removeprefix("the ") if fold(name) != "the hague" else "the hague"] = entry


def _sector_words() -> Iterator[tuple[str, str]]:
    known = load_ontology().sectors
    for sector, words in _rows("sectors.tsv", 2):
        if sector not in known:
            raise ResourceError(f"sectors.tsv: no such sector: {sector!r}")
        for word in words.split("|"):
            yield fold(word), sector
            yield fold(word) + "s", sector
            if word.endswith("y"):
                yield fold(word)[:-1] + "ies", sector


def _rows(name: str, columns: int) -> Iterator[list[str]]:
    text = files("dragoman.resolve").joinpath("data", name).read_text("utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith("#"):
            row = line.split("\t")
            if len(row) != columns:
                raise ResourceError(f"{name}:{number}: {len(row)} columns, not {columns}")
            yield row
