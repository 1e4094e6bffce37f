"""The tables of who: countries, organisations, persons, sector words. Tab-separated data files with a loader that refuses what cannot be meant.

Keys are folded words ("côte d'ivoire" is "cote d'ivoire", "U.S." is "us", "Iran's" is "iran") joined by blanks. Every key holds the names
that it folds, so that a reader can ask for their capitals ("US" is no "us", "Polish" no "polish").
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from dragoman.errors import ConfigError, ResourceError
from dragoman.ontology import load_ontology

WORDS = re.compile(r"[^\W_]+(?:(?:\.?[-‑]|['’.])[^\W_]+)*\.?", re.UNICODE)
_PLAIN = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*\Z").match
_CODE = re.compile(r"[A-Z]{3}\Z").match
ALWAYS, NEVER = 0, 99_999_999
GROUPS = frozenset({"UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC"})
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")
_KINDS = frozenset({"state", "territory", "historical"})
_WORD_KINDS = frozenset({"word", "carrier", "yield", "modifier", "former", "rank", "sponsor", "stance"})
# Nationalities whose plural is the same word, or not a plural of people.
_NO_PLURAL = ("ese", "ish", "ch", "s", "men", "x", "lsh")


class Entry(NamedTuple):
    """What a name stands for. `kind`: name, demonym, people, seat, place, organisation, own. `since` and `until` are days as 20180326."""

    code: str
    name: str
    kind: str
    sectors: tuple[str, ...] = ()
    since: int = ALWAYS
    until: int = NEVER
    identifier: str = ""
    row: str = ""


class Named(NamedTuple):
    """A name as the table writes it, and what it stands for."""

    name: str
    entry: Entry


class Term(NamedTuple):
    """A person's time in an office or at the head of a group."""

    name: str
    country: str
    sector: str
    office: str
    since: int
    until: int
    by_surname: bool


class Codes(NamedTuple):
    """A country's codes at a date; None where it has none then."""

    iso2: str | None
    cow_number: int | None
    cow_letters: str | None
    gleditsch_ward: int | None


@dataclass(frozen=True, eq=False)
class Tables:
    """Folded words to names, sectors and persons. `longest` gives the words of the longest key that begins with a word."""

    entries: Mapping[str, tuple[Named, ...]]
    sectors: Mapping[str, tuple[str, str]]
    grammar: Mapping[str, frozenset[str]]
    persons: Mapping[str, tuple[Term, ...]]
    longest: Mapping[str, int]
    patterns: tuple[tuple[re.Pattern[str], Entry], ...] = ()
    own: frozenset[str] = field(default_factory=frozenset)


@lru_cache(1 << 14)
def fold(text: str) -> str:
    """Lower case, without accents, full stops, a possessive 's and curly apostrophes: the form of every key's words."""
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‘", "'").replace("‑", "-").replace("ø", "o").replace("ł", "l"))
        text = "".join(char for char in plain if not unicodedata.combining(char))
    word = text.lower().replace(".", "").strip()
    if "'" in word:
        word = word.removesuffix("'s").rstrip("'")
    return "al-" + word[3:] if word.startswith("el-") else word


def key_of(name: str) -> str:
    """The key under which a name stands."""
    key = name.lower() if _PLAIN(name) else " ".join([fold(word) for word in WORDS.findall(name)])
    return key[4:] if key[:4] == "the " and key != "the hague" else key


@lru_cache(maxsize=2048)
def day_number(text: str, *, end: bool = False) -> int:
    """A year, month or day as a number like 20180326, the last day of it for an `end`; "-" is open. Raise `ValueError` for anything else."""
    if text == "-":
        return NEVER if end else ALWAYS
    match = _DATE.match(text)
    if not match:
        raise ValueError(f"not a year or an ISO date: {text!r}")
    year, month, day = match[1], match[2] or ("12" if end else "01"), match[3] or ("31" if end else "01")
    return int(year + month + day)


def as_number(date: dt.date) -> int:
    """A date as the tables hold it."""
    return date.year * 10000 + date.month * 100 + date.day


@cache
def _grammar() -> Mapping[str, frozenset[str]]:
    data = tomllib.loads(files("dragoman.resolve").joinpath("data", "grammar.toml").read_text("utf-8"))
    return {group: frozenset(" ".join(word.split()) for word in words.split(",")) for group, words in data.items()}


def word_group(name: str) -> frozenset[str]:
    """A group of words of grammar.toml; raise `ResourceError` if there is none of that name."""
    try:
        return _grammar()[name]
    except KeyError:
        raise ResourceError(f"grammar.toml: no group {name!r}; reinstall the package") from None


@cache
def load_tables() -> Tables:
    """The tables that ship with the package; raise `ResourceError` naming file, line and reason for a malformed row."""
    entries: dict[str, list[Named]] = {}
    for name, entry in (*_countries(), *_organisations()):
        entries.setdefault(key_of(name), []).append(Named(name, entry))
    sectors, grammar = _sector_words()
    persons = _persons()
    return Tables(
        entries={key: tuple(found) for key, found in entries.items()},
        sectors=sectors,
        grammar={kind: frozenset(words) for kind, words in grammar.items()},
        persons=persons,
        longest=_longest(entries, sectors, persons),
    )


def _longest(*tables: Iterable[str]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for table in tables:
        for key in table:
            first, _, rest = key.partition(" ")
            size = 1 + rest.count(" ") + 1 if rest else 1
            if longest.get(first, 0) < size:
                longest[first] = size
    return longest


def _countries() -> Iterator[tuple[str, Entry]]:
    for where, row in _rows("countries.tsv", 12):
        code, country, _, kind, since, until, _, _, *cells = row
        if not _CODE(code) or not _CODE(country) or kind not in _KINDS:
            raise ResourceError(f"{where}: {code} {country} {kind}: no codes or no kind ({', '.join(sorted(_KINDS))})")
        first, last = _span(where, since, until)
        columns = [[] if cell == "-" else cell.split("|") for cell in cells]
        names = columns[0]
        for tag, column in zip(("name", "demonym", "seat", "place"), columns, strict=True):
            entry = Entry(country, names[0], tag, since=first, until=last, identifier=code, row=f"country row {names[0]!r}")
            for name in column:
                yield name, entry
                if tag == "demonym" and not name.endswith(_NO_PLURAL):
                    yield name + "s", entry._replace(kind="people")
                elif name.endswith(("men", "women")):
                    yield name, entry._replace(kind="people")


def _organisations() -> Iterator[tuple[str, Entry]]:
    known = load_ontology().sectors
    for where, (code, cell, since, until, names) in _rows("organisations.tsv", 5):
        sectors = () if cell == "-" else tuple(cell.split(","))
        if not _CODE(code) or not set(sectors) <= set(known):
            raise ResourceError(f"{where}: {code} {cell}: no code or no such sector")
        first, last = _span(where, since, until)
        aliases = names.split("|")
        row = f"organisation row {aliases[0]!r}{_years(since, until)}"
        entry = Entry(code, aliases[0], "organisation", sectors, first, last, f"organisation:{aliases[0]}", row)
        for name in aliases:
            yield name, entry


def _years(since: str, until: str) -> str:
    return "" if since == until == "-" else f" ({since} to {until})"


def _span(where: str, since: str, until: str) -> tuple[int, int]:
    try:
        first, last = day_number(since), day_number(until, end=True)
    except ValueError as error:
        raise ResourceError(f"{where}: {error}") from error
    if last < first:
        raise ResourceError(f"{where}: ends ({until}) before it begins ({since})")
    return first, last


def _sector_words() -> tuple[dict[str, tuple[str, str]], dict[str, list[str]]]:
    known = {*load_ontology().sectors, "-"}
    sectors: dict[str, tuple[str, str]] = {}
    grammar: dict[str, list[str]] = {}
    for where, (sector, kind, words) in _rows("sectors.tsv", 3):
        if sector not in known or kind not in _WORD_KINDS:
            raise ResourceError(f"{where}: no such sector or kind: {sector!r} {kind!r}")
        for word in words.split("|"):
            if kind in ("former", "rank", "sponsor", "stance"):
                grammar.setdefault(kind, []).append(word.rstrip("-"))
                continue
            for form in (word, plural(word)) if kind != "modifier" else (word,):
                _add_word(sectors, key_of(form), sector, kind)
    return sectors, grammar


def _add_word(sectors: dict[str, tuple[str, str]], key: str, sector: str, kind: str) -> None:
    """A word that names a sector may also be a modifier or yield: the sector stays, the grammar is that of the more special row."""
    held = sectors.get(key)
    if held is None:
        sectors[key] = (sector, kind)
    elif held[1] == "word" and kind in ("carrier", "yield"):
        sectors[key] = (held[0], "yield")


def plural(word: str) -> str:
    """The plural of a title or a role: that of the word before "of", else of the last word."""
    head, of, tail = word.partition(" of ")
    if of:
        return plural(head) + of + tail
    if word.endswith("man"):
        return word[:-3] + "men"
    if word.endswith("y") and word[-2:-1] not in ("a", "e", "o", "u"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def _persons() -> dict[str, tuple[Term, ...]]:
    persons: dict[str, list[Term]] = {}
    known = load_ontology().sectors
    for where, (country, sector, office, since, until, surname, names) in _rows("persons.tsv", 7):
        first, last = _span(where, since, until)
        if not _CODE(country) or (sector != "-" and sector not in known):
            raise ResourceError(f"{where}: {country} {sector}: no code or no such sector")
        aliases = names.split("|")
        for name in aliases:
            term = Term(aliases[0], country, sector, office, first, last, False)
            persons.setdefault(person_key(name), []).append(term)
        for alone in [] if surname == "-" else surname.split("|"):
            persons.setdefault(person_key(alone), []).append(Term(aliases[0], country, sector, office, first, last, True))
    return {key: _in_order(found) for key, found in persons.items()}


def _in_order(terms: Sequence[Term]) -> tuple[Term, ...]:
    return tuple(terms) if len(terms) == 1 else tuple(sorted(set(terms), key=lambda term: (term.since, term.until, term.name)))


def person_key(name: str) -> str:
    """A person's name without initials: "George W. Bush" is "george bush"."""
    words = name.lower().split(" ") if _PLAIN(name) else [fold(word) for word in WORDS.findall(name)]
    return " ".join([word for word in words if len(word) > 1]) or " ".join(words)


def with_own_actors(tables: Tables, path: Path) -> Tables:
    """The tables with a user's CSV before ours: columns name (or /pattern/), country, sectors, identifier, valid_from, valid_to.

    Raise `ConfigError` naming the line and what is wrong with it.
    """
    entries = dict(tables.entries)
    patterns: list[tuple[re.Pattern[str], Entry]] = []
    own: dict[str, list[Named]] = {}
    for line, (name, entry) in _own_rows(path):
        if len(name) > 2 and name[0] == name[-1] == "/":
            patterns.append((_pattern(path, line, name[1:-1]), entry))
        else:
            own.setdefault(key_of(name), []).append(Named(name, entry))
    entries.update({key: tuple(found) for key, found in own.items()})
    longest = {**tables.longest}
    for first, size in _longest(own).items():
        longest[first] = max(size, longest.get(first, 0))
    return replace(tables, entries=entries, longest=longest, patterns=tuple(patterns), own=frozenset(own))


OWN_COLUMNS = ("name", "country", "sectors", "identifier", "valid_from", "valid_to")


def _own_rows(path: Path) -> Iterator[tuple[int, tuple[str, Entry]]]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the actors of {path}: {error}") from error
    reader = csv.DictReader(text.splitlines(), restkey="more", restval="")
    columns = reader.fieldnames or []
    if "name" not in columns or "country" not in columns or set(columns) - set(OWN_COLUMNS):
        raise ConfigError(f"{path}:1: the columns are {', '.join(columns) or 'missing'}; name and country are needed, known are {', '.join(OWN_COLUMNS)}")
    for row in reader:
        line = reader.line_num
        if row.get("more"):
            raise ConfigError(f"{path}:{line}: more cells than columns; quote a cell that holds a comma")
        yield line, _own_entry(f"{path}:{line}", {key: (value or "").strip() for key, value in row.items()})


def _own_entry(where: str, row: Mapping[str, str]) -> tuple[str, Entry]:
    name, country = row["name"], row["country"]
    if not key_of(name.strip("/")) and not name.startswith("/"):
        raise ConfigError(f"{where}: the name {name!r} holds no word")
    if not _CODE(country):
        raise ConfigError(f"{where}: country {country!r} is no three capital letters")
    sectors = tuple(re.split(r"[;|\s]+", row["sectors"])) if row.get("sectors") else ()
    if strange := [sector for sector in sectors if sector not in load_ontology().sectors]:
        raise ConfigError(f"{where}: no such sector: {strange[0]!r}; several are separated by ;")
    try:
        since, until = day_number(row.get("valid_from") or "-"), day_number(row.get("valid_to") or "-", end=True)
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from error
    if until < since:
        raise ConfigError(f"{where}: valid_to is before valid_from")
    return name, Entry(country, name.strip("/"), "own", sectors, since, until, row.get("identifier") or f"own:{name}", f"your row {name!r}")


def _pattern(path: Path, line: int, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise ConfigError(f"{path}:{line}: the pattern {text!r} is not one: {error}") from error


@cache
def _code_rows() -> Mapping[str, tuple[tuple[int, int, str, str, str], ...]]:
    rows: dict[str, list[tuple[int, int, str, str, str]]] = {}
    for where, row in _rows("countries.tsv", 12):
        first, last = _span(where, row[4], row[5])
        if row[3] != "territory" or row[0] == row[1]:
            rows.setdefault(row[1], []).append((first, last, row[2], row[6], row[7]))
    return {code: tuple(found) for code, found in rows.items()}


def country_codes(country: str, date: dt.date | None = None) -> Codes:
    """ISO alpha-2, Correlates of War and Gleditsch-Ward codes of a country code at a date (today's where none is given).

    A code whose state had another number at the date (the Soviet Union is 365 as Russia, Yugoslavia 345) takes that of its historical row.
    """
    best: tuple[int, int, str, str, str] | None = None
    for row in _code_rows().get(country, ()):
        holds = date is not None and row[0] <= as_number(date) <= row[1]
        if best is None or (holds and row[0] > ALWAYS and _cow_holds(row[3], date)):
            best = row if best is None or holds else best
    if best is None:
        return Codes(None, None, None, None)
    number, letters = (best[3].split(" ")[:2] if best[3] != "-" else (None, None)) if _cow_holds(best[3], date) else (None, None)
    ward = int(best[4]) if best[4] != "-" and (best[3] == "-" or number) else None
    return Codes(None if best[2] == "-" else best[2], int(number) if number else None, letters, ward)


def _cow_holds(cell: str, date: dt.date | None) -> bool:
    """Whether the years of a cell like "365 RUS 1991-" hold the date."""
    if cell == "-" or date is None:
        return True
    since, _, until = cell.split(" ")[2].partition("-")
    return int(since) <= date.year <= int(until or 9999)


def _rows(name: str, columns: int) -> Iterator[tuple[str, list[str]]]:
    """Where a row stands and its cells; comments and empty lines are passed over."""
    text = files("dragoman.resolve").joinpath("data", name).read_text("utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith("#"):
            row = line.split("\t")
            if len(row) != columns:
                raise ResourceError(f"{name}:{number}: {len(row)} columns, not {columns}")
            if not all(row):
                raise ResourceError(f"{name}:{number}: an empty cell; write - for none")
            yield f"{name}:{number}", row
