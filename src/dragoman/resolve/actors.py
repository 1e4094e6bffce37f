"""Who a noun phrase names: country, sector, office. Wrong is worse than unknown, so a word without a row decides nothing.

The country comes from the first name, nationality, capital or seat of government in the phrase; the sector from the last
sector word of its head (the words before "of", "in", "from"); a bare country acts through its government.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import msgspec

from dragoman.records import Actor
from dragoman.resolve.tables import Entry, Tables, Term, fold, load_tables, load_terms

# "Moscow-backed separatists": the country before these does not own the actor.
_SPONSORED = re.compile(r"[\w.' ]+?[-‑ ](?:backed|led|allied|aligned|funded|supported|trained|brokered|linked)\b", re.IGNORECASE)
_FORMER = re.compile(r"\b(?:former|ex|ousted|deposed|exiled|late|retired|then)\b[- ]", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*\.?", re.UNICODE)
_TITLE = re.compile(r"\b(?:minister|president|ambassador|leader|secretary|chancellor|spokes\w+|king|general|envoy|premier|senator|official)\b", re.IGNORECASE)
_HEAD_ENDS = frozenset({"of", "in", "from", "to", "at", "for", "with", "near", "on", "by", "who", "loyal", "linked"})
_PERSON_NAMES = frozenset({"jordan", "chad", "georgia", "turkey", "poland", "israel", "paris", "london", "washington", "mali"})
_PEOPLE = frozenset({"demonym"})


@dataclass(frozen=True, slots=True)
class Found:
    """A key of the tables in a phrase, by word index."""

    start: int
    end: int
    key: str


def resolve_actor(
    text: str, *, date: dt.date | None = None, context: str | None = None, start: int | None = None, end: int | None = None
) -> Actor:
    """The actor that the words name; fields are None where the tables and the words do not say.

    `date` decides whether a leader is in office; without it no person is known. `context` is the report's text: a
    person whom the tables do not know takes the country and sector that it gives them ("Jacek Czaputowicz, the Polish foreign minister").
    """
    tables = load_tables()
    phrase = _SPONSORED.sub("", text) or text
    words = [match[0] for match in _WORDS.finditer(phrase)]
    folded = [_bare(word) for word in words]
    places = _find(folded, tables, countries=True)
    entry = _choose(places, tables, folded, words)
    sector_word = _head_sector(folded, tables, entry, places)
    sector, others, decided = _sector(text, sector_word, entry, tables, folded, places)
    if entry is None and date is not None and (term := _term(folded, date)):
        return _leader(text, term, date, start=start, end=end)
    if entry is None and context and (found := described_in(text, context, date=date)):
        return msgspec.structs.replace(found, text=text, start=start, end=end, decided=f"the report says so: {found.text.strip()!r}")
    return Actor(
        text=text, start=start, end=end, name=entry.name if entry else None, country=entry.code if entry else None,
        sector=sector, other_sectors=others, office=sector_word.key if sector_word and sector == "GOV" else None,
        identifier=entry.code if entry else None, decided=decided,
    )  # fmt: skip


def _term(folded: list[str], date: dt.date) -> Term | None:
    """The term that holds the date, else the last one before it."""
    terms = load_terms()
    for size in (3, 2, 1):
        for index in range(len(folded) - size + 1):
            if found := terms.get(" ".join(folded[index : index + size])):
                inside = [term for term in found if term.since <= date.year <= (term.until or date.year)]
                over = [term for term in found if term.until and term.until < date.year]
                return inside[-1] if inside else over[-1] if over else None
    return None


def _leader(text: str, term: Term, date: dt.date, *, start: int | None, end: int | None) -> Actor:
    over = term.until is not None and date.year > term.until
    years = f"{term.since} to {term.until or 'now'}"
    return Actor(
        text=text, start=start, end=end, name=term.name, country=term.country, sector="ELI" if over else "GOV",
        other_sectors=("GOV",) if over else (), identifier=f"person:{term.name}", decided=f"leader row {term.name!r}, {years}",
    )  # fmt: skip


def described_in(name: str, context: str, *, date: dt.date | None) -> Actor | None:
    """What the report says of a person: the words right before the first full name, or the apposition right after it.

    Returns None where it gives no country.
    """
    surname = name.split()[-1] if name.split() else ""
    if len(surname) < 3 or not surname[0].isupper():
        return None
    for match in re.finditer(rf"\b{re.escape(surname)}\b", context):
        before = re.split(r"[.;:“”\"]\s", context[max(0, match.start() - 70) : match.start()])[-1]
        after = re.match(r",\s+(?:the |a )?([^.,;]{4,60})", context[match.end() : match.end() + 80])
        for words in (after[1] if after else "", before):
            found = resolve_actor(words, date=date)
            if found.country and found.sector and _TITLE.search(words):
                return found
    return None


def country_in(text: str) -> str | None:
    """The code of the first country, nationality or capital in the words."""
    tables = load_tables()
    found = _find([_bare(match[0]) for match in _WORDS.finditer(text)], tables, countries=True)
    return tables.entries[found[0].key].code if found else None


def _bare(word: str) -> str:
    folded = fold(word)
    # "us" the pronoun and "who" the relative are in lower case in the text.
    if folded in ("us", "who", "is", "isi", "eta", "ira") and not word.isupper() and word != "U.S.":
        return "-"
    return folded.removesuffix("'s")


def _find(folded: list[str], tables: Tables, *, countries: bool) -> list[Found]:
    """Longest matches, left to right."""
    table = tables.entries if countries else tables.sectors
    found: list[Found] = []
    index = 0
    while index < len(folded):
        for size in range(min(tables.longest, len(folded) - index), 0, -1):
            key = " ".join(folded[index : index + size])
            if key in table:
                found.append(Found(index, index + size, key))
                index += size
                break
        else:
            index += 1
    return found


def _choose(places: list[Found], tables: Tables, folded: list[str], words: list[str]) -> Entry | None:
    """The first row, an organisation before a country beside it."""
    kept = [place for place in places if not (place.key in _PERSON_NAMES and _inside_name(place, words))]
    organisations = [place for place in kept if tables.entries[place.key].kind == "organisation"]
    if organisations and (not kept or kept[0].start >= organisations[0].start or organisations[0].start <= 2):
        return tables.entries[organisations[0].key]
    return tables.entries[kept[0].key] if kept else None


def _inside_name(place: Found, words: list[str]) -> bool:
    """Whether "Jordan" is a surname: a capitalised word that is no table row stands right before it."""
    before = words[place.start - 1] if place.start else ""
    return before[:1].isupper() and before.lower() not in ("the", "in", "from", "of") and fold(before) not in load_tables().entries and (
        fold(before) not in load_tables().sectors
    )


def _head_sector(folded: list[str], tables: Tables, entry: Entry | None, places: list[Found]) -> Found | None:
    cut = next((i for i, word in enumerate(folded) if i and word in _HEAD_ENDS and "members of parliament" not in " ".join(folded)), len(folded))
    covered = {index for place in places for index in range(place.start, place.end)}
    found = [one for one in _find(folded[:cut], tables, countries=False) if not set(range(one.start, one.end)) & covered]
    return found[-1] if found else None


def _sector(
    text: str, word: Found | None, entry: Entry | None, tables: Tables, folded: list[str], places: list[Found]
) -> tuple[str | None, tuple[str, ...], str]:
    if word is None and entry is None:
        return None, (), "unknown: no row and no sector word"
    sector = tables.sectors[word.key] if word else None
    decided = f"sector word {word.key!r}" if word else ""
    if entry and entry.sector and (sector is None or sector in ("GOV", "UNK", "REB", "MIL", "CVL")):
        return entry.sector, (), f"organisation row {entry.name!r}"
    if entry and sector is None:
        if len(entry.code) == 3 and entry.kind == "organisation":
            return None, (), f"organisation row {entry.name!r}"
        plural = entry.kind in _PEOPLE and folded[-1].endswith("s") and folded[-1] in tables.entries
        bare = len(folded) - sum(place.end - place.start for place in places) <= 1
        if plural:
            return "CVL", (), f"people of {entry.name}"
        if bare:
            return "GOV", (), f"country row {entry.name!r}: a bare country acts through its government"
        return None, (), f"country row {entry.name!r}; no sector word"
    if sector and _FORMER.search(text) and sector in ("GOV", "MIL", "LEG", "JUD", "COP", "SPY"):
        return "ELI", (sector,), f"{decided}, former"
    if sector == "OPP":
        return "OPP", ("PTY",) if word and "party" in word.key else (), decided
    row = f"country row {entry.name!r}, " if entry else ""
    return sector, (), row + decided
