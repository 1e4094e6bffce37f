"""Which act answers which: by the words of the reason and by who did what to whom before, not by nearness alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from dragoman.records import Event, Sentence
from dragoman.resolve.actors import country_in
from dragoman.resolve.trees import lemma

_ANSWERING = re.compile(
    r"\b(?:in (?:\w+ )?(?:response|retaliation|reprisal|revenge|return|reaction|kind|answer)|retaliat\w+|tit[- ]for[- ]tat|reciprocal(?:ly)?|respond(?:s|ed|"
    r"ing)? (?:to|by|with)|"
    r"countermeasures?|to avenge|avenging)\b",
    re.IGNORECASE,
)  # fmt: skip
_SOLIDARITY = re.compile(r"\b(?:in solidarity|in sympathy|in support)\b", re.IGNORECASE)
_CAUSE = re.compile(r"^(?:\w+ )?(?:over|because|due|owing|for|about|after|following|in|as|citing|accusing|alleging|to protest|to avenge)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(
    lemma(word)
    for word in [
        "that",
        "this",
        "with",
        "over",
        "because",
        "response",
        "their",
        "from",
        "which",
        "what",
        "after",
        "against",
        "country",
        "government",
        "minister",
        "foreign",
        "year",
        "part",
        "role",
        "their",
        "have",
        "been",
        "were",
        "decision",
        "close",
        "same",
    ]
)
# What an act most often answers, where only "in response" says that it answers something.
_HOSTILE = frozenset({"SANCTION", "ASSAULT", "COERCE", "ACCUSE", "THREATEN", "MOBILIZE", "REJECT", "PROTEST"})


def linked(events: Sequence[Event], sentences: Sequence[Sentence]) -> tuple[Event, ...]:
    """The events with `response_to` completed from their reasons."""
    return tuple(msgspec.structs.replace(event, response_to=tuple(dict.fromkeys([*event.response_to, *_answered(event, events)]))) for event in events)


def _answered(event: Event, events: Sequence[Event]) -> list[str]:
    others = [other for other in events if other.id != event.id]
    if event.reason and _CAUSE.match(event.reason.text):
        inside = [other.id for other in others if event.reason.start <= other.trigger.start < event.reason.end and not _same_deed(event, other)]
        if inside:
            return inside
        if found := _by_words(event, others, event.reason.text):
            return [found]
        if found := _of_relative(event, others):
            return [found]
        if _SOLIDARITY.search(event.reason.text) and (found := _of_friend(event, others)):
            return [found]
    if event.response_to:
        return []
    near = _near(event)
    return [found] if _ANSWERING.search(near) and (found := _of_opponent(event, others)) else []


def _same_deed(one: Event, other: Event) -> bool:
    return (one.type, one.modes, one.sentence) == (other.type, other.modes, other.sentence) and abs(one.trigger.start - other.trigger.start) < 12


def _by_words(event: Event, others: Sequence[Event], reason: str) -> str | None:
    """The act whose trigger the reason names ("over the poisoning"); of several the one that shares more of its words and parties."""
    stems = {lemma(word) for word in _WORD.findall(reason)} - _COMMON
    places = {code for word in re.findall(r"[A-Z][\w.’'-]+", reason) if (code := country_in(word))}
    scored = []
    for other in others:
        own = lemma(other.trigger.text)
        if own not in stems or own == lemma(event.trigger.text):
            continue
        words = {lemma(word) for word in _WORD.findall(other.text)} & stems
        parties = {actor.country for actor in (*other.actors, *other.recipients) if actor.country} & places
        scored.append((len(words) + 2 * len(parties), -abs(other.trigger.start - event.trigger.start), other.id))
    return max(scored)[2] if scored else None


def _of_relative(event: Event, others: Sequence[Event]) -> str | None:
    """ "in solidarity with Prague, which ordered out 18": the act of the clause that hangs on the reason."""
    reason = event.reason
    if reason is None:
        return None
    after = event.text[reason.end - event.sentence_start :]
    if not re.match(r",? (?:which|who|whose|where)\b", after):
        return None
    inside = [other for other in others if other.sentence == event.sentence and 0 <= other.trigger.start - reason.end < 80]
    return min(inside, key=lambda other: other.trigger.start).id if inside else None


def _of_friend(event: Event, others: Sequence[Event]) -> str | None:
    """ "in solidarity with Prague": what Prague did of the same kind, else what was done to it."""
    friends = {code for word in re.findall(r"[A-Z][\w.’'-]+", event.reason.text if event.reason else "") if (code := country_in(word))}
    alike = [other for other in others if other.type == event.type and friends & {actor.country for actor in other.actors}]
    suffered = [other for other in others if other.type in _HOSTILE and friends & {actor.country for actor in other.recipients}]
    chosen = alike or suffered
    return min(chosen, key=lambda other: abs(other.trigger.start - event.trigger.start)).id if chosen else None


def _of_opponent(event: Event, others: Sequence[Event]) -> str | None:
    """The last hostile act before it by those it is done to, against those who do it."""
    mine = {actor.country for actor in event.actors} - {None}
    theirs = {actor.country for actor in event.recipients} - {None}
    back = [
        other for other in others
        if other.type in _HOSTILE and other.trigger.start < event.trigger.start and theirs & {actor.country for actor in other.actors}
        and (not other.recipients or mine & {actor.country for actor in other.recipients})
    ]  # fmt: skip
    alike = [other for other in back if other.type == event.type] or back
    return max(alike, key=lambda other: other.trigger.start).id if alike else None


def _near(event: Event) -> str:
    """The words of the sentence around the act: 60 characters before its trigger, 90 after."""
    at = event.trigger.start - event.sentence_start
    return event.text[max(0, at - 60) : at + 90]
