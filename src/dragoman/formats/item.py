"""What the exporters write: an event with the facts beside it that only a store knows, and the pairs of parties in it."""

from __future__ import annotations

import datetime as dt
import hashlib
from itertools import permutations, product

from dragoman.records import Actor, Event, Record, Status

# Layouts of one actor and one recipient a row take these, where nobody is the recipient, as acts of each actor towards each other.
MUTUAL_TYPES = frozenset({"AGREE", "CONSULT", "COOPERATE", "ASSAULT"})
# Ids of other layouts are numbers; up to 53 bits, every reader holds them exactly (R and JavaScript know floats alone).
ID_BITS = 53
# What a layout without a field for the status may tell as having happened.
TOLD_AS_FACT = frozenset({Status.ACTUAL, Status.ANNOUNCED})


class Item(Record, frozen=True, kw_only=True):
    """An event and what its row needs beside it.

    `source`, `url`, `title`, `language`, `characters` and `report_sha256` are its report's; `text_end` is where its sentence ends, for
    stores that keep no text; `incident` is the act across reports, told in
    `mentions` events of `articles` reports by `sources` independent sources; `lead` is the event that stands for the incident,
    where that is another one; `added` is when the row came into the store.
    """

    event: Event
    source: str | None = None
    url: str | None = None
    title: str | None = None
    language: str | None = None
    characters: int | None = None
    report_sha256: str | None = None
    text_end: int | None = None
    incident: str | None = None
    mentions: int = 1
    sources: int = 1
    articles: int = 1
    lead: Event | None = None
    added: dt.datetime | None = None


def day_of(event: Event) -> dt.date | None:
    """The day that a layout with one date a row gives: the act's first day, else its last, else the report's."""
    if event.date is not None and (event.date.start or event.date.end):
        return event.date.start or event.date.end
    return event.report_date


def pairs_of(event: Event) -> list[tuple[Actor | None, Actor | None]]:
    """Actor and recipient of each row in a layout that has one of each; None where the report names none."""
    if not event.recipients and len(event.actors) > 1 and event.type in MUTUAL_TYPES:
        return list(permutations(event.actors, 2))
    return list(product(event.actors or (None,), event.recipients or (None,)))


def number_of(*parts: object) -> int:
    """A number that is the same for the same parts, for layouts whose ids are numbers."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - ID_BITS)


def sentence_end(item: Item) -> int:
    """One past the last character of the event's sentence in its report."""
    return item.event.sentence_start + len(item.event.text) if item.text_end is None else item.text_end


def text_hash(text: str) -> str | None:
    """SHA-256 of the evidence, in hexadecimal: whoever holds the report can check the offsets against it. None where no text was kept."""
    return None if not text else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def why_not_told(item: Item, *, all_statuses: bool) -> str | None:
    """Why a layout that cannot say the status leaves an event out; None where it does not."""
    if all_statuses:
        return None
    if item.event.status not in TOLD_AS_FACT:
        return f"the layout has no field for the status, and this act is {item.event.status.value}"
    return "the layout has no field for acts that are recalled as background" if item.event.historical else None
