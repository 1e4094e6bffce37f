"""Who a noun phrase names: country, sector, office. Wrong is worse than unknown, so a word without a row decides nothing.

The phrase is read left to right: the words before the first "of", "in", "who" … are its head, the rest its tail. The country is that of the
first row in the head that owns it ("Moscow-backed" owns nothing), else of the tail; the sector that of the last sector word of the head. A word
that only counts or leads ("members", "head", "spokesman") gives way to what it is made of. A bare country acts through its government.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from dragoman.records import Actor
from dragoman.resolve.tables import ALWAYS, GROUPS, NEVER, WORDS, Entry, Named, Tables, Term, as_number, fold, key_of, load_tables, word_group

# How sure each kind of decision is. Set by hand in the order of how often each kind was wrong on the development half of
# evaluation/gold/actors.tsv; not probabilities.
SURE, ROW, PLACE, REPORT, SURNAME, GUESS = 1.0, 0.95, 0.85, 0.85, 0.8, 0.6
# A surname alone names a former leader for so many years after the office.
REMEMBERED_YEARS = 20

_TOKEN = re.compile(rf"{WORDS.pattern}|[,;:()—–]")
_CUTS = word_group("cuts")
# What joins a head to the country that it belongs to, and what joins it to the place where it is.
_BELONGS = frozenset({"of", "for", "from", "loyal", "representing", "belonging", "serving"})
_LOCATED = frozenset({"in", "at", "near", "on", "outside", "inside", "across", "around", "along"})
# Those whom a place does not make its own: they may be anybody's.
_ROAMING = frozenset({"MIL", "REF", "SPY", "JRN"})
_ROAMING_WORDS = word_group("roaming_words")
_SMALL = word_group("small")
_DIRECTIONS = word_group("directions")
_CONTINENTAL = frozenset({"latin", "central", "north", "south", "pan", "inter"})
# Sector words that are common surnames too, and so none right after a given name ("Austin Powers").
_SURNAMES = word_group("surnames")
# Whose somebody is does not say what country the other is of.
_RELATIONAL = word_group("relational")
# With a word before them they are a body of their own, whatever the word is by itself.
_LONGER = word_group("longer_names")
_HONORIFICS = word_group("honorifics")
_CROWNS = word_group("crowns")
_OF_STATE = frozenset({"GOV", "MIL", "LEG", "JUD", "COP", "SPY", "PRM"})
# Words after a name of a party or a group that make it another actor than the group itself.
_OUTSIDERS = frozenset({"CVL", "LAB", "JRN", "EDU", "MED", "REF", "AGR"})
_AMOUNTS = word_group("amounts")
_NUMBER = re.compile(r"\d[\d,.]*$")
_COUNTS = word_group("counts")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a phrase as written and folded; marks like a comma are words that fold to themselves."""

    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Hit:
    """Words `start` to `end` of a phrase that are a key of the tables: a name with its entry, or a sector word (`entry` None)."""

    start: int
    end: int
    key: str
    entry: Entry | None = None
    sector: str = "-"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a part of a phrase says."""

    country: str | None = None
    name: str | None = None
    sector: str | None = None
    others: tuple[str, ...] = ()
    office: str | None = None
    identifier: str | None = None
    decided: tuple[str, ...] = ()
    confidence: float = 0.0


def resolve_actor(
    text: str, *, date: dt.date | None = None, context: str | None = None, start: int | None = None, end: int | None = None, tables: Tables | None = None
) -> Actor:
    """The actor that the words name; fields are None where the tables and the words do not say, and `decided` gives the reason.

    `date` decides whether a leader is in office and what an organisation was; without it nobody is known by surname. `context` is the report's
    text: a person whom the tables do not know takes the country and sector that it gives them ("Jacek Czaputowicz, the Polish foreign minister").
    """
    found = _resolved(text, None if date is None else as_number(date), tables or load_tables())
    if found.country is None and context and (said := described_in(text, context, date=date, tables=tables)):
        found = merged(found, said, f"the report says so: {said.text.strip()!r}; {said.decided}")
    if start is None and end is None:
        return found
    return msgspec.structs.replace(found, start=start, end=end)


def merged(actor: Actor, said: Actor, reason: str) -> Actor:
    """The actor with what another mention of the same party says of it."""
    own = actor.sector is not None and actor.country is None
    return msgspec.structs.replace(
        said,
        text=actor.text,
        start=actor.start,
        end=actor.end,
        sector=actor.sector if own else said.sector,
        other_sectors=actor.other_sectors if own else said.other_sectors,
        office=actor.office or said.office,
        decided=reason,
        confidence=round(min(said.confidence, REPORT), 4),
    )


@lru_cache(maxsize=20_000)
def _resolved(text: str, day: int | None, tables: Tables) -> Actor:
    reading = _read_phrase(text, day, tables)
    unknown = reading.country is None and reading.sector is None
    reason = "; ".join(reading.decided) or ("unknown: no row and no sector word" if unknown else "")
    return Actor(
        text=text,
        name=reading.name,
        country=reading.country,
        sector=reading.sector,
        other_sectors=reading.others,
        office=reading.office,
        identifier=reading.identifier,
        decided=reason,
        confidence=reading.confidence,
    )


def _read_phrase(text: str, day: int | None, tables: Tables) -> Reading:
    for pattern, entry in tables.patterns:
        if pattern.search(text) and _in_force(entry, day):
            return _of_entry(entry)
    words = split_words(text)
    segments = _segments(words)
    if len(segments) == 2 and (place := _state_of_city(segments, day, tables)):
        return place
    readings = [_read_segment(segment, day, tables) for segment in segments[:3] if segment]
    return _joined(readings) if readings else Reading()


def split_words(text: str) -> list[Word]:
    """The words and commas of a phrase."""
    return [Word(match[0], fold(match[0])) for match in _TOKEN.finditer(text)]


def _segments(words: Sequence[Word]) -> list[list[Word]]:
    """The parts between commas, brackets and dashes."""
    parts: list[list[Word]] = [[]]
    for word in words:
        if len(word.text) == 1 and word.text in ",;:()—–":
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]


def _joined(readings: Sequence[Reading]) -> Reading:
    """A name and its apposition: the first that gives a country, with the first sector that is given."""
    first = readings[0]
    if first.country:
        later = next((one for one in readings[1:] if one.country == first.country and one.sector), None)
        return _with(first, sector=later.sector, others=later.others, office=later.office) if later and first.sector is None else first
    for other in readings[1:]:
        if other.country:
            sector, others = (first.sector, first.others) if first.sector else (other.sector, other.others)
            return _with(other, sector=sector, others=others, office=first.office or other.office, decided=(*first.decided, *other.decided))
        if other.sector and not first.sector:
            return other
    return first


def _with(reading: Reading, **changes: object) -> Reading:
    """A reading with other values."""
    values = {name: getattr(reading, name) for name in Reading.__slots__}
    return Reading(**{**values, **changes})


def _state_of_city(segments: Sequence[Sequence[Word]], day: int | None, tables: Tables) -> Reading | None:
    """ "Paris, Texas": a place after the comma says where the one before it is."""
    hits = [find_names(segment, tables, day) for segment in segments]
    whole = all(len(found) == 1 and found[0].end - found[0].start == len(segment) for found, segment in zip(hits, segments, strict=True))
    if not whole or not all(found[0].entry and found[0].entry.kind in ("name", "seat", "place") for found in hits):
        return None
    inner, outer = hits[0][0].entry, hits[1][0].entry
    if inner is None or outer is None or (outer.kind == "name" and inner.kind == "name"):
        return None
    return Reading(country=outer.code, name=outer.name, identifier=outer.identifier, decided=(f"a place in {outer.name}",), confidence=PLACE)


def _read_segment(words: list[Word], day: int | None, tables: Tables) -> Reading:
    words, former = _without_grammar(words, tables)
    names = [hit for hit in find_names(words, tables, day) if not _is_part_of_more(hit, words, tables)]
    roles = find_sectors(words, tables, names)
    cut = _cut(words, [*names, *roles])
    head_names, head_roles = [hit for hit in names if hit.start < cut], [hit for hit in roles if hit.start < cut]
    tail = words[cut:]
    person = _person(words[:cut], tables)
    owner = _owner(head_names, head_roles, words)
    if owner and _is_related(owner, head_roles, words):
        owner, head_names = None, []
    if person is not None and owner is None and (reading := _of_person(person, day, former, words[:cut], head_roles, tail, tables)):
        return reading
    sector, others, role, why = _sector(head_roles, head_names, owner, tables)
    below = _read_tail(tail, role, sector, day, tables) if tail and (owner is None or _gives_way(role)) else None
    return _composed(words[:cut], owner, head_names, sector, others, role, why, below, former)


def _without_grammar(words: list[Word], tables: Tables) -> tuple[list[Word], bool]:
    """Without what does not own ("Moscow-backed", "pro-Russian", "U.S.-led"), and whether somebody is a former one."""
    former_words, sponsors, stances = tables.grammar["former"], tables.grammar["sponsor"], tables.grammar["stance"]
    kept: list[Word] = []
    former = False
    whole = _inside_long_names(words, tables)
    for index, word in enumerate(words):
        first, dash, last = word.key.partition("-")
        if word.key in former_words:
            former = True
        elif not dash or index in whole or word.key in tables.sectors or word.key in tables.entries or not (first and last):
            kept.append(word)
        elif first == "ex":
            former = True
            kept.append(Word(word.text[3:], last))
        elif last in sponsors or last.endswith(("-backed", "-led")) or (last.endswith("ing") and first in tables.entries):
            _drop_sponsor(kept, words, index, tables, keep=last in ("led", "run", "controlled", "ruled", "dominated", "held"), word=word, first=first)
        elif first in stances and last in tables.entries:
            continue
        elif first in tables.entries and last in tables.entries:
            kept.append(Word(word.text.rpartition("-")[2], last))
        elif first in tables.entries or (first.startswith("us") and "." in word.text):
            rest = word.text.partition("-")[2]
            kept.append(Word(rest, last))
        else:
            kept.append(word)
    return kept, former


def _inside_long_names(words: Sequence[Word], tables: Tables) -> set[int]:
    """Words with a hyphen inside the name of a body or a person ("Agence France-Presse", "Tsai Ing-wen")."""
    if not any("-" in word.key for word in words):
        return set()
    runs = [(hit.start, hit.end) for hit in find_names(words, tables, None)]
    if person := _person(words, tables):
        runs.append(person[1:])
    return {index for start, end in runs if end - start > 1 for index in range(start, end)}


def _drop_sponsor(kept: list[Word], words: Sequence[Word], index: int, tables: Tables, *, keep: bool, word: Word, first: str) -> None:
    """Take back the earlier words of a sponsor's name ("Saudi Arabia-backed"); "Hamas-led" keeps the group as a name, for a government is its own."""
    named = tables.entries.get(first, ())
    if keep and any(one.entry.kind in ("organisation", "own") and one.entry.code not in GROUPS for one in named):
        kept.append(Word(word.text.partition("-")[0], first))
        return
    while kept and kept[-1].text[:1].isupper() and " ".join((kept[-1].key, first)) in tables.entries:
        first = " ".join((kept.pop().key, first))


def find_names(words: Sequence[Word], tables: Tables, day: int | None) -> list[Hit]:
    """Countries, nationalities, seats, places and organisations, the longest first, left to right."""
    found: list[Hit] = []
    index = 0
    while index < len(words):
        size = min(tables.longest.get(words[index].key, 0), len(words) - index)
        while size:
            key = words[index].key if size == 1 else " ".join(word.key for word in words[index : index + size])
            named = tables.entries.get(key)
            if named and (entry := _entry_at(named, words[index : index + size], day, own=key in tables.own)):
                found.append(Hit(index, index + size, key, entry))
                index += size
                break
            size -= 1
        else:
            index += 1
    return found


def _entry_at(named: Sequence[Named], words: Sequence[Word], day: int | None, *, own: bool) -> Entry | None:
    """The row that holds the date, a narrow one before one without dates; without a date, the last one."""
    fitting = [one.entry for one in named if own or _written_like(one.name, words)]
    if not fitting:
        return None
    if day is None:
        return max(fitting, key=lambda entry: (entry.kind == "own", entry.until, entry.since == ALWAYS, entry.since))
    inside = [entry for entry in fitting if entry.since <= day <= entry.until]
    if inside:
        return max(inside, key=lambda entry: (entry.kind in ("own", "organisation"), entry.since))
    over = [entry for entry in fitting if entry.until < day]
    # A name whose time has passed still names what it was; one whose time is to come is somebody else's.
    return max(over, key=lambda entry: entry.until) if over else fitting[0] if fitting[0].kind != "organisation" else None


def _written_like(name: str, words: Sequence[Word]) -> bool:
    """Whether capitals agree: an abbreviation in capitals, a proper name with at least one."""
    if name.islower():
        return True
    if len(words) == 1 and len(name) <= 6 and name.replace(".", "").isupper():
        return words[0].text.removesuffix("'s").removesuffix("’s").isupper()
    return any(char.isupper() for word in words for char in word.text)


def _in_force(entry: Entry, day: int | None) -> bool:
    return day is None or entry.since <= day <= entry.until


def find_sectors(words: Sequence[Word], tables: Tables, names: Sequence[Hit]) -> list[Hit]:
    """Sector words outside the names, the longest first; a capitalised word inside a personal name is none ("Mr. Baker")."""
    covered = {index for hit in names for index in range(hit.start, hit.end)}
    found: list[Hit] = []
    index = 0
    while index < len(words):
        size = min(tables.longest.get(words[index].key, 0), len(words) - index)
        while size:
            key = words[index].key if size == 1 else " ".join(word.key for word in words[index : index + size])
            role = tables.sectors.get(key)
            if role and not covered.intersection(range(index, index + size)) and not _is_surname(words, index, size, tables):
                found.append(Hit(index, index + size, key, None, role[0], role[1]))
                index += size
                break
            size -= 1
        else:
            index += 1
    return found


def _is_surname(words: Sequence[Word], index: int, size: int, tables: Tables) -> bool:
    """ "Mr. Baker", "Bishop" after a given name: a capital right after an honorific, or at the end after a capital that is no title."""
    if size > 1 or not index or not words[index].text[:1].isupper():
        return False
    before = words[index - 1]
    return before.key in _HONORIFICS or (words[index].key in _SURNAMES and before.text[:1].isupper() and _unknown_capital(before, tables))


def _is_part_of_more(hit: Hit, words: Sequence[Word], tables: Tables) -> bool:
    """Whether the words found are no name here but a piece of a longer one."""
    return _is_personal_name(hit, words, tables) or _is_cut_short(hit, words) or _is_regional(hit, words)


def _is_personal_name(hit: Hit, words: Sequence[Word], tables: Tables) -> bool:
    """Whether "Jordan", "Paris" or "Israel" is part of a person's name: an unknown capitalised word stands beside it, or an honorific before it."""
    entry = hit.entry
    if entry is None or entry.kind == "own" or hit.end - hit.start > 1 or (entry.kind == "organisation" and not _is_like_a_word(words[hit.start], entry)):
        return False
    before = words[hit.start - 1] if hit.start else None
    if before and (before.key in _HONORIFICS or (before.key in _CROWNS and entry.kind == "place")):
        return True
    if entry.kind in ("demonym", "people"):
        return False
    after = words[hit.end] if hit.end < len(words) else None
    if words[hit.start].text.endswith(("'s", "’s")):
        return False
    if entry.kind == "organisation":
        return any(word is not None and word.text[:1].isupper() and word.key not in tables.entries and word.key not in _SMALL for word in (before, after))
    return bool((after and _unknown_capital(after, tables)) or (before and _unknown_capital(before, tables)))


def _is_cut_short(hit: Hit, words: Sequence[Word]) -> bool:
    """Whether a body's name goes on and is another's: "European Commission | of Human Rights", "Labour | Court"."""
    if hit.entry is None or hit.entry.kind != "organisation":
        return False
    after = [word for word in words[hit.end : hit.end + 3] if word.key != "the"][:2]
    if len(after) == 2 and after[0].key == "of" and after[1].text[:1].isupper():
        return True
    return bool(after) and after[0].key in _LONGER and hit.end - hit.start == 1 and words[hit.start].text.istitle()


def _is_like_a_word(word: Word, entry: Entry) -> bool:
    """Whether a body's name of one word may be part of another name ("National Liberation Army" is no newspaper)."""
    return bool(entry.sectors) and entry.sectors[0] in ("BUS", "JRN", "SOC", "PRM") and not word.text.isupper()


def _is_regional(hit: Hit, words: Sequence[Word]) -> bool:
    """ "Latin American", "North African": a part of the world, no nationality."""
    return hit.end - hit.start == 1 and hit.start > 0 and hit.key.startswith(("american", "african")) and words[hit.start - 1].key in _CONTINENTAL


def _unknown_capital(word: Word, tables: Tables) -> bool:
    return word.text[:1].isupper() and not word.text.endswith(("'s", "’s")) and not (
        word.key in tables.entries or word.key in tables.sectors or word.key in _SMALL or word.key in _DIRECTIONS or word.key in _CUTS
        or word.key in tables.grammar["former"] or word.key in tables.grammar["rank"] or (len(word.text) > 1 and word.text.isupper())
    )  # fmt: skip


def _cut(words: Sequence[Word], hits: Sequence[Hit]) -> int:
    """Where the head ends: the first preposition or relative that no key covers."""
    covered = {index for hit in hits for index in range(hit.start, hit.end)}
    for index, word in enumerate(words):
        if index and word.key in _CUTS and index not in covered and not (word.key == "of" and _is_amount(words[index - 1])):
            return index
    return len(words)


def _is_amount(word: Word) -> bool:
    """The first of "hundreds of protesters": what is counted is the head."""
    return word.key in _COUNTS or word.key in _AMOUNTS


def _owner(names: Sequence[Hit], roles: Sequence[Hit], words: Sequence[Word]) -> Hit | None:
    """The name that says whose the head is: the first, but a body with a generic name ("Congress") is the country's beside it."""
    if not names:
        return None
    first = names[0]
    if first.entry and first.entry.kind == "place" and len(names) > 1 and names[1].entry and names[1].entry.kind != "place":
        return names[1]
    return first


def _is_related(owner: Hit, roles: Sequence[Hit], words: Sequence[Word]) -> bool:
    """ "Israel's neighbours", "Moscow's ally": somebody else than the owner."""
    last = roles[-1].key if roles else ""
    single = last[:-3] + "y" if last.endswith("ies") else last.removesuffix("s")
    return single in _RELATIONAL and words[owner.end - 1].text.endswith(("'s", "’s", "s'", "s’"))


def _sector(
    roles: Sequence[Hit], names: Sequence[Hit], owner: Hit | None, tables: Tables
) -> tuple[str | None, tuple[str, ...], Hit | None, str]:
    """Primary sector, other sectors, the word that decided and why."""
    words = [hit for hit in roles if hit.kind in ("word", "yield")]
    strict = [hit for hit in words if hit.kind == "word"]
    modifiers = [hit for hit in roles if hit.kind == "modifier"]
    carriers = [hit for hit in roles if hit.kind == "carrier"]
    body = next((hit for hit in names if hit.entry and hit.entry.kind in ("organisation", "own") and hit.entry.sectors), None)
    group = next((hit for hit in names if hit.entry and hit.entry.kind in ("organisation", "own")), None)
    chosen = _last_word(words, strict)
    if body and body.entry and not (chosen and chosen.start >= body.end and _overrides(chosen, body.entry)):
        return body.entry.sectors[0], body.entry.sectors[1:], chosen or body, f"{body.entry.row}"
    if group and not body and chosen and chosen.kind == "yield":
        return None, (), chosen, ""
    if chosen is None:
        lead = modifiers[-1] if modifiers and (carriers or len(modifiers) == len(roles)) else None
        if lead and (carriers or lead.sector not in ("GOV", "CVL", "PTY", "REL")):
            return lead.sector, (), lead, f"word {lead.key!r}"
        return None, (), carriers[-1] if carriers else None, ""
    if chosen.sector == "-":
        return None, (), chosen, ""
    others = tuple(dict.fromkeys(hit.sector for hit in modifiers if hit.sector != chosen.sector and hit.sector in ("OPP", "REB", "PRE", "REL", "EDU")))
    return chosen.sector, others, chosen, f"sector word {chosen.key!r}"


def _last_word(words: Sequence[Hit], strict: Sequence[Hit]) -> Hit | None:
    """The last sector word, but one that gives way ("official", "leader") for the one right before it."""
    if not words:
        return None
    last = words[-1]
    if last.kind == "yield" and strict and strict[-1].end <= last.start and last.start - strict[-1].end <= 1:
        return strict[-1]
    return last


def _overrides(chosen: Hit | None, entry: Entry) -> bool:
    """Whether a sector word after an organisation's name makes another actor of it ("Labour lawmakers", "Harvard students", "UN peacekeepers")."""
    if chosen is None or chosen.kind == "yield":
        return False
    if entry.sectors[0] == "PTY":
        return chosen.sector not in ("PTY", "CVL") or chosen.key.startswith("supporter") or chosen.key.startswith("voter")
    if chosen.sector in _OUTSIDERS or (entry.sectors[0] == "REB" and chosen.sector in ("GOV", "LEG")):
        return True
    return entry.code in GROUPS and chosen.sector in ("MIL", "GOV", "COP")


def _gives_way(role: Hit | None) -> bool:
    return role is not None and role.kind in ("carrier", "yield")


def _read_tail(tail: list[Word], role: Hit | None, sector: str | None, day: int | None, tables: Tables) -> Reading | None:
    """What "of", "for", "in" … says of the head."""
    join, rest = tail[0].key, tail[1:]
    if join == "loyal" and rest and rest[0].key == "to":
        rest = rest[1:]
    if not rest or (join not in _BELONGS and join not in _LOCATED):
        return _after_side_phrase(rest, role, sector, day, tables)
    inner = _read_segment(rest, day, tables)
    if join in _LOCATED:
        if _roams(role, sector) and not (inner.country and sector == "MIL" and role and role.key in ("rebel",)):
            return None
        return _with(inner, sector=None, others=(), office=None, confidence=min(inner.confidence, PLACE)) if inner.country else None
    if join == "from" or not _gives_way(role):
        return _with(inner, sector=None, others=(), office=None) if sector else inner
    return inner


def _after_side_phrase(rest: list[Word], role: Hit | None, sector: str | None, day: int | None, tables: Tables) -> Reading | None:
    """ "ambassador to Moscow from Peru", "protesters demanding change in Bahrain": go on to a later "of", "from" or "in"."""
    for index, word in enumerate(rest):
        if word.key in ("from", "in") and index:
            return _read_tail(rest[index:], role, sector, day, tables)
    return None


def _roams(role: Hit | None, sector: str | None) -> bool:
    if role is None:
        return sector in _ROAMING
    single = role.key.removesuffix("s")
    return sector in _ROAMING or role.key in _ROAMING_WORDS or single in _ROAMING_WORDS


def _composed(
    head: Sequence[Word], owner: Hit | None, names: Sequence[Hit], sector: str | None, others: tuple[str, ...],
    role: Hit | None, why: str, below: Reading | None, former: bool,
) -> Reading:  # fmt: skip
    entry = owner.entry if owner else None
    country, name, identifier = (entry.code, entry.name, entry.identifier) if entry else (None, None, None)
    decided = [entry.row] if entry else []
    confidence = ROW if entry else 0.0
    body = next((hit.entry for hit in names if hit.entry and hit.entry.kind in ("organisation", "own")), None)
    if body and entry and body is not entry:
        # "the Iraqi Hezbollah", "the Russian Red Cross": the nationality owns the body.
        country = entry.code if entry.kind in ("demonym", "name") or body.code == entry.code else country
        name, identifier = (body.name, body.identifier) if body.code == country else (f"{body.name} ({entry.name})", entry.identifier)
    if below:
        if country is None:
            country, name, identifier, confidence = below.country, below.name, below.identifier, below.confidence
            decided.extend(below.decided)
        if _gives_way(role) and below.sector:
            sector, others, why = below.sector, below.others, f"{role.key!r} of it" if role else ""
    if sector is None and entry and not below:
        sector, why = _bare_sector(head, owner, names, entry)
    if why and why not in decided:
        decided.append(why)
    if former and sector in _OF_STATE and sector is not None:
        sector, others = "ELI", (sector,)
        decided.append("former")
    office = role.key if role and role.kind in ("word", "yield") and "GOV" in (sector, *others) else None
    return Reading(country, name, sector, others, office, identifier, tuple(decided), confidence or (ROW if sector else 0.0))


def _bare_sector(head: Sequence[Word], owner: Hit | None, names: Sequence[Hit], entry: Entry) -> tuple[str | None, str]:
    """A people are civilians, a bare country acts through its government."""
    if entry.kind == "organisation" or owner is None or (entry.kind == "own" and entry.sectors):
        return None, ""
    covered = {index for hit in names for index in range(hit.start, hit.end)}
    rest = [word for index, word in enumerate(head) if index not in covered and not (word.key in _SMALL or word.key in _COUNTS or _NUMBER.match(word.key))]
    if entry.kind == "people" and all(word.text.islower() for word in rest):
        return "CVL", f"people of {entry.name}"
    if rest and not all(word.key in _DIRECTIONS for word in rest):
        return None, "no sector word"
    if any(word.key in _COUNTS or _NUMBER.match(word.key) for word in head):
        return ("CVL", f"people of {entry.name}") if entry.kind == "demonym" else (None, "")
    return "GOV", "a bare country acts through its government"


def _of_entry(entry: Entry) -> Reading:
    sector = entry.sectors[0] if entry.sectors else None
    return Reading(entry.code, entry.name, sector, entry.sectors[1:], None, entry.identifier, (entry.row,), ROW)


# Persons


def _person(words: Sequence[Word], tables: Tables) -> tuple[tuple[Term, ...], int, int] | None:
    """The longest run of words that is a person's full name or a surname; initials between names are passed over."""
    kept = [(index, word) for index, word in enumerate(words) if len(word.key) > 1 or word.text.isdigit()]
    for position in range(len(kept)):
        size = min(tables.longest.get(kept[position][1].key, 0), len(kept) - position)
        while size:
            run = kept[position : position + size]
            found = tables.persons.get(" ".join(word.key for _, word in run))
            if found and _is_capitalised([word for _, word in run]):
                return found, run[0][0], run[-1][0] + 1
            size -= 1
    return None


def _is_capitalised(words: Sequence[Word]) -> bool:
    """Capitals on all but particles ("Daniel arap Moi"), and on one word at least ("al-Sadr")."""
    high = [any(char.isupper() for char in word.text) for word in words]
    return any(high) and all(up or len(word.key) <= 4 for up, word in zip(high, words, strict=True))


def _of_person(
    person: tuple[tuple[Term, ...], int, int], day: int | None, former: bool, head: Sequence[Word], roles: Sequence[Hit], tail: Sequence[Word], tables: Tables
) -> Reading | None:
    terms, first, last = person
    named = [term for term in terms if not term.by_surname]
    if named and last - first >= 1:
        return _in_time(named, day, former)
    # A surname alone: nothing but titles may stand beside it, and the date must make it one person.
    titles = {index for hit in roles for index in range(hit.start, hit.end)}
    strange = [word for index, word in enumerate(head) if not (first <= index < last or index in titles or word.key in _SMALL or word.key in _HONORIFICS
               or word.key in tables.grammar["rank"])]  # fmt: skip
    strange_capitals = [word for word in strange if word.text[:1].isupper()]
    if day is None or strange_capitals or (tail and tail[0].key == "of"):
        return None
    if first and (crown := head[first - 1].key) in _CROWNS:
        terms = tuple(term for term in terms if crown in term.office)
    near = [term for term in terms if term.since <= day <= term.until + REMEMBERED_YEARS * 10_000]
    inside = [term for term in near if day <= term.until]
    chosen = inside or near
    if not chosen or len({term.name for term in chosen}) > 1:
        return None
    reading = _in_time([term for term in terms if term.name == chosen[0].name], day, former)
    return _with(reading, confidence=SURNAME) if reading else None


def _in_time(terms: Sequence[Term], day: int | None, former: bool) -> Reading | None:
    """In office, after it, or before it: a person's country does not change, the sector does."""
    if len({term.country for term in terms}) > 1 and day is None:
        return None
    if day is None:
        term = terms[-1]
        return Reading(term.country, term.name, None, (), None, f"person:{term.name}", (f"person row {term.name!r}; no date, so no office",), ROW)
    inside = [term for term in terms if term.since <= day <= term.until]
    past = [term for term in terms if term.until < day]
    term = inside[-1] if inside else past[-1] if past else terms[0]
    years = f"{term.office}, {_year(term.since)} to {_year(term.until)}"
    sector = None if term.sector == "-" else term.sector
    row = f"person row {term.name!r} ({years})"
    if inside and not former:
        return Reading(term.country, term.name, sector, (), term.office, f"person:{term.name}", (row,), ROW)
    if past or former:
        after, others = ("ELI", (sector,)) if sector in _OF_STATE and sector else (sector, ())
        return Reading(term.country, term.name, after, others, None, f"person:{term.name}", (f"{row}, over",), ROW)
    return Reading(term.country, term.name, None, (), None, f"person:{term.name}", (f"{row}, not yet",), SURNAME)


def _year(day: int) -> str:
    return "now" if day == NEVER else "then" if day == ALWAYS else str(day // 10_000)


# The report as a source, without a tree


_TITLE = re.compile(
    r"\b(?:president|secretary|spokes\w+|king|general|envoy|premier|official|professor|\w+er|\w+or|\w+ist|\w+man|\w+ian"
    r"|group|movement|party|union|army|front|company|agency|newspaper|militia|bank)\b",
    re.IGNORECASE,
)

# What parts a name from the words of another clause: "Rwandans would be expelled, said Foreign Minister Maxime Prévot".
_CLAUSE = re.compile(
    r"[.;:“”\"–—]\s|\b(?:" + "|".join(sorted(word_group("saying"))) + r"|that|which|who|if|when|would|will|may|might|was|were|is|are|be|been|has|had|have)\b"
)


def described_in(name: str, context: str, *, date: dt.date | None, tables: Tables | None = None) -> Actor | None:
    """What the report says of a person or a body: the words right before its first full name, or the apposition right after it.

    Returns None where it gives no country.
    """
    words = [word for word in name.split() if word[:1].isupper() and fold(word) not in _HONORIFICS]
    surname = words[-1] if words else ""
    if len(surname) < 3:
        return None
    for match in re.finditer(rf"\b{re.escape(surname)}\b", context):
        before = _CLAUSE.split(context[max(0, match.start() - 70) : match.start()].rstrip(" ,"))[-1]
        after = re.match(r"\)?,\s+(?:the |an? )?([^.,;]{4,60})", context[match.end() : match.end() + 80])
        for said in (after[1] if after else "", before):
            found = resolve_actor(said, date=date, tables=tables) if said else None
            if found and found.country and found.sector and _TITLE.search(said):
                return found
    return None


def is_country_name(text: str, tables: Tables) -> bool:
    """Whether the words are a country's own name, no capital or place."""
    return any(named.entry.kind == "name" for named in tables.entries.get(key_of(text), ()))


def country_in(text: str, tables: Tables | None = None) -> str | None:
    """The code of the first country, nationality, capital or place in the words."""
    tables = tables or load_tables()
    words = split_words(text)
    found = [hit for hit in find_names(words, tables, None) if hit.entry and hit.entry.kind != "organisation"]
    return found[0].entry.code if found and found[0].entry else None
