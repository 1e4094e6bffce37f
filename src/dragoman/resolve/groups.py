"""Several actors in one phrase: "Poland, Italy and Denmark", "Russian and Belarusian soldiers", "each other"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import NamedTuple

from dragoman.records import Actor
from dragoman.resolve.actors import Hit, Word, find_names, find_sectors, resolve_actor, split_words
from dragoman.resolve.tables import Tables, load_tables

_JOINS = re.compile(r"\s*,\s*(?:and|or|as well as)\s+|\s*,\s*|\s+(?:and|or|as well as|along with|together with)\s+|\s*&\s*")
_LAST_JOIN = re.compile(r"\s(?:and|or|as well as|along with|together with)\s|&")
_LEADING = re.compile(r"(?:both|either|neither)\s+", re.IGNORECASE)
_OPENINGS = frozenset({"the", "a", "an", "some", "its", "their", "his", "her", "other", "several", "many"})
RECIPROCAL = frozenset({"each other", "one another", "themselves", "each other's", "one another's"})
# Fewer countries with commas alone may be a name and its apposition.
BARE_LIST = 3


class Member(NamedTuple):
    """One of several: its own words and place, and the words by which it is read ("Russian soldiers")."""

    text: str
    start: int
    end: int
    read_as: str


def is_reciprocal(text: str) -> bool:
    """Whether the words say that the actors did it to one another."""
    return text.strip().lower() in RECIPROCAL


def split_group(text: str, start: int = 0, *, date: dt.date | None = None, tables: Tables | None = None) -> list[Member]:
    """The members of a phrase that lists several actors; one member, the whole, where it does not.

    A list is split only if each part by itself is somebody: "the ministry of trade and industry" is one.
    """
    tables = tables or load_tables()
    whole = [Member(text, start, start + len(text), text)]
    if not _LAST_JOIN.search(text) and text.count(",") < BARE_LIST - 1:
        return whole
    parts = _parts(text, tables)
    if len(parts) < 2 or not (_LAST_JOIN.search(text) or len(parts) >= BARE_LIST):
        return whole
    members = [Member(text[a:b], start + a, start + b, words) for (a, b), words in zip(parts, _completed([text[a:b] for a, b in parts], tables), strict=True)]
    read = [resolve_actor(member.read_as, date=date, tables=tables) for member in members]
    if not all(_is_somebody(actor, member.text) for actor, member in zip(read, members, strict=True)):
        return whole
    if not _LAST_JOIN.search(text) and not all(actor.country and actor.sector == "GOV" for actor in read):
        return whole
    return members


def _is_somebody(actor: Actor, text: str) -> bool:
    """A country, a sector, or words that point at a party of the report ("its allies")."""
    return actor.country is not None or actor.sector is not None or text.split()[0].lower() in ("its", "their", "his", "her")


def _parts(text: str, tables: Tables) -> list[tuple[int, int]]:
    """The places between the joins that no name or title of the tables holds ("Bosnia and Herzegovina")."""
    held = _held(text, tables)
    parts: list[tuple[int, int]] = []
    lead = _LEADING.match(text)
    begin = lead.end() if lead else 0
    for join in _JOINS.finditer(text):
        if any(first < join.end() and join.start() < last for first, last in held) or join.start() <= begin:
            continue
        parts.append((begin, join.start()))
        begin = join.end()
    return [*parts, (begin, len(text))]


def _held(text: str, tables: Tables) -> list[tuple[int, int]]:
    words = split_words(text)
    places: list[tuple[int, int]] = []
    position = 0
    for word in words:
        begin = text.index(word.text, position)
        position = begin + len(word.text)
        places.append((begin, position))
    names = find_names(words, tables, None)
    hits: Sequence[Hit] = [*names, *find_sectors(words, tables, names)]
    return [(places[hit.start][0], places[hit.end - 1][1]) for hit in hits if hit.end - hit.start > 1]


def _completed(parts: Sequence[str], tables: Tables) -> list[str]:
    """Each part with what it shares with the last: its noun ("Russian and Belarusian soldiers") or where they are from ("soldiers and police from Kenya")."""
    last = split_words(parts[-1])
    names = find_names(last, tables, None)
    first = next((hit for hit in names if hit.entry and hit.entry.kind in ("demonym", "organisation", "name", "seat", "own")), None)
    noun = " ".join(word.text for word in last[first.end :]) if first and first.end < len(last) and first.start <= 1 else ""
    whose = _whose(parts[0], tables)
    origin = next((" ".join(word.text for word in last[index:]) for index, word in enumerate(last) if word.key in ("of", "from") and index), "")
    completed = [_shared(part, noun, origin, tables) for part in parts[:-1]] + [parts[-1]]
    return [completed[0], *(f"{whose} {part}" if whose and _is_bare_noun(part, tables) else part for part in completed[1:])]


def _whose(part: str, tables: Tables) -> str:
    """The nationality that stands before the noun of the first part and holds for the bare nouns after it ("Australian police and soldiers")."""
    words = split_words(part)
    names = find_names(words, tables, None)
    first = names[0] if names and names[0].start == 0 and names[0].end < len(words) else None
    return part[: part.index(words[first.end].text)].strip() if first and first.entry and first.entry.kind == "demonym" else ""


def _is_bare_noun(part: str, tables: Tables) -> bool:
    words = split_words(part)
    return 0 < len(words) <= 2 and part.islower() and bool(find_sectors(words, tables, ())) and words[0].key not in _OPENINGS


def _shared(part: str, noun: str, origin: str, tables: Tables) -> str:
    words = split_words(part)
    names = find_names(words, tables, None)
    bare = names and _covers(names, words)
    if noun and bare and names[0].entry is not None and names[0].entry.kind == "demonym":
        return f"{part} {noun}"
    if origin and not names and " of " not in part and " from " not in part:
        return f"{part} {origin}"
    return part


def _covers(names: Sequence[Hit], words: Sequence[Word]) -> bool:
    """Whether nothing but articles and numbers stands beside the names."""
    inside = {index for hit in names for index in range(hit.start, hit.end)}
    return all(index in inside or word.text.islower() or word.text.isdigit() for index, word in enumerate(words)) and len(inside) >= len(words) - 2


__all__ = ["Member", "is_reciprocal", "split_group"]
