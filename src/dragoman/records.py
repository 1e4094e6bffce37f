"""The records that pass between stages: frozen, typed, with character offsets everywhere.

`start` and `end` are offsets in Unicode code points into the report's text, end exclusive, so that
`report.text[x.start:x.end] == x.text` for everything that was read in it. The one exception is `Dating`,
whose `start` and `end` are calendar dates; its offsets are `text_start` and `text_end`.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec

from dragoman.errors import InputError


class Status(StrEnum):
    """How real an act is in its report."""

    ACTUAL = "actual"
    ANNOUNCED = "announced"
    PLANNED = "planned"
    HYPOTHETICAL = "hypothetical"
    NEGATED = "negated"


class Stance(StrEnum):
    """What a speaker does with the statement attributed to them."""

    CLAIMS = "claims"
    ESTIMATES = "estimates"
    QUOTES = "quotes"
    DENIES = "denies"
    REPORTS = "reports"


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the records: immutable, compared by value, written to JSON in field order."""


class Report(Record, frozen=True, kw_only=True):
    """A news report as it came in. `date` is the day of publication; a string is read as an ISO date."""

    id: str
    text: str
    date: dt.date | None = None
    title: str | None = None
    url: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.date, str):
            # Callers write Report(date="2018-03-26"); the record itself holds a date.
            msgspec.structs.force_setattr(self, "date", parse_date(self.date))


def parse_date(text: str) -> dt.date:
    """Read an ISO date, or the date of an ISO timestamp; raise `InputError` for anything else."""
    try:
        return dt.datetime.fromisoformat(text.strip()).date()
    except ValueError:
        raise InputError(f"not an ISO date (YYYY-MM-DD): {text!r}") from None


class Span(Record, frozen=True, kw_only=True):
    """Characters of a report."""

    text: str
    start: int
    end: int


class Token(Record, frozen=True, kw_only=True):
    """A word of a sentence. `head` is the index of its governor in the sentence, -1 at a root; `tag` is
    the UD part of speech, `fine` the Penn Treebank's (which tells tenses apart)."""

    text: str
    start: int
    end: int
    tag: str
    fine: str
    head: int
    relation: str


class Name(Record, frozen=True, kw_only=True):
    """A named entity, `label` one of the name head's labels (PERSON, ORG, GPE, NORP …)."""

    text: str
    start: int
    end: int
    label: str


class Role(Record, frozen=True, kw_only=True):
    """A span that plays a role in a mention, as the model reads it. `stance` is set on speakers alone."""

    name: str
    text: str
    start: int
    end: int
    confidence: float
    stance: Stance | None = None


class Mention(Record, frozen=True, kw_only=True):
    """An act as one sentence mentions it, before anything is resolved. `answers`: indices of mentions of the same sentence."""

    trigger: Span
    type: str
    mode: str | None
    status: Status
    historical: bool
    confidence: float
    roles: tuple[Role, ...]
    answers: tuple[int, ...] = ()


class Sentence(Record, frozen=True, kw_only=True):
    """A sentence as read: its words, names, mentions of acts and contexts."""

    index: int
    text: str
    start: int
    end: int
    tokens: tuple[Token, ...]
    names: tuple[Name, ...] = ()
    mentions: tuple[Mention, ...] = ()
    contexts: tuple[str, ...] = ()


class Actor(Record, frozen=True, kw_only=True):
    """Who: the words and what they resolve to.

    `country` is ISO 3166 alpha-3 with PLOVER's exceptions (KOS, HKG, PSE; UNO, EUR, IGO, NGO, ISM, IMG, MNC for
    those above states), `sector` a PLOVER sector. None where unknown. `decided` says by what rule, row or words,
    `confidence` (0 to 1, not calibrated) how sure that kind of decision is.
    """

    text: str
    start: int | None = None
    end: int | None = None
    name: str | None = None
    country: str | None = None
    sector: str | None = None
    other_sectors: tuple[str, ...] = ()
    office: str | None = None
    identifier: str | None = None
    decided: str = ""
    confidence: float = 0.0


class Quantity(Record, frozen=True, kw_only=True):
    """How many. A point value, or bounds for vague words (either bound may be open); `unit` is the thing counted.

    `subset_of` holds the words of the number that this one is a part of ("60 Russians"); `cumulative` marks a running total
    ("bringing the total to 153"). None of value and bounds: a share of something that is not counted ("all", "half").
    """

    value: float | None = None
    min: float | None = None
    max: float | None = None
    approximate: bool = False
    unit: str | None = None
    subset_of: str | None = None
    cumulative: bool = False
    text: str
    start: int
    end: int


class Dating(Record, frozen=True, kw_only=True):
    """When: first and last day (inclusive, either may be open), with the precision of the words that say so."""

    start: dt.date | None
    end: dt.date | None
    precision: str
    text: str
    text_start: int
    text_end: int


class Place(Record, frozen=True, kw_only=True):
    """Where. Latitude and longitude in degrees (WGS 84); `geonames_id` where a row of GeoNames was chosen.

    `precision`: city, division (of the first level), region (a part of a country or of several, a sea, a site), country; None where the words
    resolve to nothing, and then `name` is the words.
    """

    name: str
    country: str | None = None
    admin1: str | None = None
    lat: float | None = None
    lon: float | None = None
    geonames_id: int | None = None
    precision: str | None = None
    text: str
    start: int
    end: int


class Attribution(Record, frozen=True, kw_only=True):
    """On whose word, and what they do with it."""

    speaker: Actor
    stance: Stance
    start: int
    end: int


class Joint(Record, frozen=True, kw_only=True):
    """The group act that an act is part of, with the size that the report states and the members that it names, as country codes or words."""

    group: str
    size: int | None
    text: str
    start: int
    end: int
    members: tuple[str, ...] = ()


class Telling(Record, frozen=True, kw_only=True):
    """A further place where the report tells an act: its sentence, its trigger and the fields that it gives there."""

    sentence: int
    text: str
    sentence_start: int
    trigger: Span
    status: Status
    historical: bool
    count: Quantity | None = None
    date: Dating | None = None
    reason: Span | None = None
    confidence: float


class Event(Record, frozen=True, kw_only=True):
    """One act, with the characters that prove each field. The field order is that of the JSON output."""

    id: str
    report_id: str
    report_date: dt.date | None
    sentence: int
    text: str
    sentence_start: int
    trigger: Span
    type: str
    modes: tuple[str, ...]
    contexts: tuple[str, ...]
    quad: int
    scale: float
    cameo: str | None
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    status: Status
    historical: bool
    count: Quantity | None
    dead: Quantity | None
    injured: Quantity | None
    arrested: Quantity | None
    date: Dating | None
    deadline: Dating | None
    place: Place | None
    reason: Span | None
    attribution: tuple[Attribution, ...]
    joint: Joint | None
    response_to: tuple[str, ...]
    confidence: float
    coder: str
    parts: tuple[Quantity, ...] = ()
    mentions: tuple[Telling, ...] = ()
