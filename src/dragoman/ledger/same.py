"""The same act told again in one report: "60 Russians" in the lede, "the American expulsion order" further down.

Two events may be one act where nothing contradicts it (`contradiction`) and enough speaks for it (`likeness`). A plan and its execution, and a
group's act and a member's own, are two acts (corpus guidelines, 10).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from dragoman.records import Actor, Attribution, Event, Quantity, Status, Telling
from dragoman.resolve.act_nouns import names_act
from dragoman.resolve.actors import country_in
from dragoman.resolve.status import is_old
from dragoman.resolve.trees import lemma

# Set on the training part of training/corpus/reports: the least that must speak for two events being one.
SAME_ACT = 3.0
# What speaks for it where the later telling is a noun of the act's kind.
NAMED_AGAIN = 1.5
# What speaks for it where it is said of nobody: "the attack" alone, or where the one sentence has the other's word.
NAMELESS = 0.5
BY_WORD = 1.0
# What speaks for it where two nouns are said of one thing in the same words, and how many words that takes.
SAME_OBJECT = 3.0
SAME_WORDS = 2
# Up to here numbers are too common to tell an act by.
COMMON_NUMBER = 3
# What speaks for it where such a noun can mean one act of the report alone.
ONLY_ONE = 0.5
# Acts of words are done anew with each saying; the same words for them prove less.
_WORDS = frozenset({"ACCUSE", "REQUEST", "REJECT", "THREATEN", "AGREE", "CONSULT", "SUPPORT", "CONCEDE"})
_REAL = frozenset({Status.ACTUAL, Status.ANNOUNCED})
_COMING = frozenset({Status.PLANNED, Status.ANNOUNCED})


def merged(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events with each act once; further tellings are kept in `mentions`, and `response_to` points at what remains."""
    groups = clusters(events)
    kept = [_one([events[index] for index in group]) for group in groups]
    target = {events[index].id: one.id for group, one in zip(groups, kept, strict=True) for index in group}
    return tuple(msgspec.structs.replace(one, response_to=_pointed(one, target)) for one in kept)


def _pointed(event: Event, target: dict[str, str]) -> tuple[str, ...]:
    pointed = dict.fromkeys(target[answer] for answer in event.response_to if answer in target)
    return tuple(answer for answer in pointed if answer != event.id)


def clusters(events: Sequence[Event]) -> list[list[int]]:
    """Indices of events that tell one act, in text order: each joins the earlier act that it is likest, if any is like enough."""
    groups: list[list[int]] = []
    for index, event in enumerate(events):
        scores = [(_likeness_to(event, [events[other] for other in group]), -number) for number, group in enumerate(groups)]
        best, number = max(scores, default=(None, 0), key=lambda pair: (pair[0] is not None, pair[0] or 0.0, pair[1]))
        # Where one act alone can be meant, less must speak for it.
        alone = sum(score is not None for score, _ in scores) == 1 and is_named_again(event)
        if best is not None and best + (ONLY_ONE if alone else 0.0) >= SAME_ACT:
            groups[-number].append(index)
        else:
            groups.append([index])
    return groups


def _likeness_to(event: Event, group: Sequence[Event]) -> float | None:
    """The likeness to an act, None where something contradicts it."""
    if any(contradiction(event, other) for other in group):
        return None
    return max(likeness(event, other) for other in group)


def contradiction(one: Event, other: Event) -> str | None:
    """What keeps two events apart, or None."""
    if one.type != other.type:
        return "type"
    # The mode is the least sure of what is read: "the attack" and "was attacked" may differ in it.
    if one.modes and other.modes and one.modes != other.modes and not (one.type == "ASSAULT" and _same_words(one, other)):
        return "mode"
    if not _same_status(one.status, other.status):
        return "status"
    if one.sentence == other.sentence and not _is_named_and_told(one, other):
        return "sentence"
    if _apart(one.actors, other.actors):
        return "actors"
    if _apart(one.recipients, other.recipients) and not _of_one_number(one, other):
        return "recipients"
    if any(_counts_differ(getattr(one, name), getattr(other, name)) for name in ("count", "dead", "injured", "arrested")):
        return "count"
    return "date" if _dates_differ(one, other) else "place" if _places_differ(one, other) else None


def _is_named_and_told(one: Event, other: Event) -> bool:
    """Whether one sentence names an act and tells it: "the attack, in which two were attacked"."""
    first, second = sorted((one, other), key=lambda event: event.trigger.start)
    between = one.text[first.trigger.end - one.sentence_start : second.trigger.start - one.sentence_start]
    if lemma(first.trigger.text) == lemma(second.trigger.text) and _is_taken_up(first):
        return bool(re.search(r"\b(?:in|by|during) which\b|\b(?:that|which|who)\b", between))
    # "Three days of riots in which crowds burned the market".
    named = names_act(first.trigger.text.split()[-1], first.type) and first.modes == second.modes
    return named and bool(re.match(r",? (?:in|during) which\b", between))


def _same_words(one: Event, other: Event) -> bool:
    """Whether both triggers have one stem, or the later names an act again by a word that fits any means."""
    later = max(one, other, key=lambda event: event.trigger.start)
    named = is_named_again(later) and lemma(later.trigger.text) in _ANY_MEANS
    return named or lemma(one.trigger.text) == lemma(other.trigger.text) or _same_object(one, other)


_ANY_MEANS = frozenset(lemma(word) for word in ("attack", "assault", "violence", "killing", "incident", "crime"))


def likeness(one: Event, other: Event) -> float:
    """What speaks for two events being one act; `SAME_ACT` is enough."""
    stems = lemma(one.trigger.text) == lemma(other.trigger.text)
    score = 1.5 if stems else 0.0
    score += 1.0 if _share(one.actors, other.actors) else 0.0
    score += 1.0 if _share(one.recipients, other.recipients) else 0.0
    score += 0.5 if one.modes and one.modes == other.modes else 0.0
    for name in ("count", "dead", "injured", "arrested"):
        first, second = getattr(one, name), getattr(other, name)
        if first and second and first.value is not None and first.value == second.value and first.value > 1:
            score += 1.5
    score += 0.5 if one.date and other.date and one.date.start == other.date.start else 0.0
    score += 0.5 if one.place and other.place and one.place.name == other.place.name else 0.0
    later = max(one, other, key=lambda event: event.trigger.start)
    score += 1.0 if _is_taken_up(later) else 0.0
    score += NAMELESS if _is_taken_up(later) and not (later.actors or later.recipients) else 0.0
    score += BY_WORD if not stems and (_has_word_of(later, one if later is other else other) or _has_word_of(one if later is other else other, later)) else 0.0
    score += 1.0 if _share_noun(one.recipients, other.recipients) else 0.0
    score += SAME_ACT if one.sentence == other.sentence else 0.0
    score += SAME_OBJECT if not _is_taken_up(later) and _same_object(one, other) else 0.0
    # "The raid", "the decision": another word for an act told before.
    score += NAMED_AGAIN if not stems and is_named_again(later) else 0.0
    score += 1.5 if _takes_up_parties(later, min(one, other, key=lambda event: event.trigger.start)) else 0.0
    return score - (1.0 if one.type in _WORDS and not _is_taken_up(later) else 0.0)


_TAKEN_UP = ("the ", "this ", "that ", "those ", "these ", "its ", "their ", "his ", "her ", "such ")


def _is_taken_up(event: Event) -> bool:
    """Whether the trigger is a noun that takes an act up again: "the attack", "Britain's decision", "the expulsions"."""
    before = event.text[: event.trigger.start - event.sentence_start].lower().rstrip()
    words = [word.strip('“”"‘(') for word in before.split()[-3:]]
    return bool(words) and any(f"{word} " in _TAKEN_UP or word.endswith(("'s", "’s", "s'", "s’")) for word in words) and not event.trigger.text.endswith("ed")


def _has_word_of(one: Event, other: Event) -> bool:
    """Whether the words right behind the one trigger, or those that it is said of, hold that of the other: "imposed sanctions", "the closure … was ordered"."""
    at = one.trigger.start - one.sentence_start
    near = one.text[max(0, at - 60) : at + len(one.trigger.text) + 30]
    return lemma(other.trigger.text) in {lemma(word) for word in re.findall(r"[^\W\d_]{4,}", near)}


_OBJECT = re.compile(r"\s+(?:of|on|against)\s+((?:[^\W\d_]+\s?){1,6})")
_PLAIN = frozenset({"the", "a", "an", "his", "her", "its", "their", "and", "of", "in", "on", "at", "two", "three", "with", "for", "from", "by"})


def _same_object(one: Event, other: Event) -> bool:
    """Whether two nouns of the act's kind are said of one thing in the same words: "the poisoning of a former spy", "an attack on the former spy"."""
    if not all(names_act(event.trigger.text.split()[-1], event.type) for event in (one, other)):
        return False
    return len(_object_words(one) & _object_words(other)) >= SAME_WORDS


def _object_words(event: Event) -> set[str]:
    match = _OBJECT.match(event.text, event.trigger.end - event.sentence_start)
    return {word.lower() for word in match[1].split()} - _PLAIN if match else set()


def _share_noun(one: Sequence[Actor], other: Sequence[Actor]) -> bool:
    """Whether both name the same thing that is no country: "the Russian consulate", "the consulate"."""
    first, second = ({actor.text.split()[-1] for actor in actors if actor.text.split()[-1].islower()} for actors in (one, other))
    return bool(first & second)


def is_named_again(event: Event) -> bool:
    """Whether the trigger is a noun of the act's kind that takes an act up: "the raid", "the decision"."""
    return _is_taken_up(event) and names_act(event.trigger.text.split()[-1], event.type)


def _same_status(one: Status, other: Status) -> bool:
    return one is other or {one, other} <= _REAL or {one, other} <= _COMING


def _keys(actors: Iterable[Actor]) -> set[str]:
    """What identifies the parties: their countries where any is known, else their words."""
    countries = {actor.country for actor in actors if actor.country}
    return countries or {" ".join(actor.text.lower().split()[-2:]) for actor in actors if actor.sector or actor.text[:1].isupper()}


def _takes_up_parties(later: Event, earlier: Event) -> bool:
    """Whether an act without a doer takes up those of an earlier act whose doer its sentence names: "the Russians have seven days to leave the
    United States"."""
    named = {country_in(match[0]) for match in re.finditer(r"[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+)*", later.text)}
    if {actor.country for actor in earlier.actors if actor.country} & named == set():
        return False
    definite = any(re.match(r"(?:the|those|these|they|them)\b", actor.text, re.IGNORECASE) for actor in later.recipients)
    return definite and not later.actors and bool(earlier.actors) and not later.historical


def _share(one: Sequence[Actor], other: Sequence[Actor]) -> bool:
    return bool(_keys(one) & _keys(other))


def _apart(one: Sequence[Actor], other: Sequence[Actor]) -> bool:
    """Whether both name parties and they are not the same; a group and one of its members are not."""
    first, second = _keys(one), _keys(other)
    # A name of no known country cannot be held against a country.
    comparable = any(actor.country for actor in one) == any(actor.country for actor in other)
    if not first or not second or not comparable:
        return False
    return first != second if len(first) > 1 or len(second) > 1 else not first & second


def _of_one_number(one: Event, other: Event) -> bool:
    """Whether the same doer does it to as many of a common recipient: a further recipient in one telling is then a slip."""
    alike = one.count is not None and other.count is not None and one.count.value == other.count.value and (one.count.value or 0) > COMMON_NUMBER
    return alike and _share(one.actors, other.actors) and _share(one.recipients, other.recipients)


def bounds(count: Quantity) -> tuple[float, float]:
    """The least and the most that a number can mean; an approximate one by a tenth."""
    if count.value is not None:
        margin = 0.1 * count.value if count.approximate else 0.0
        return count.value - margin, count.value + margin
    return count.min if count.min is not None else 0.0, count.max if count.max is not None else float("inf")


def _counts_differ(one: Quantity | None, other: Quantity | None) -> bool:
    if one is None or other is None or one.subset_of or other.subset_of or one.cumulative or other.cumulative:
        return False
    (low, high), (least, most) = bounds(one), bounds(other)
    return high < least or most < low


def _dates_differ(one: Event, other: Event) -> bool:
    """Whether the days exclude each other, or one act is of another time than the report and the other is news."""
    if is_old(one.date, one.report_date) != is_old(other.date, other.report_date) and not (one.historical and other.historical):
        return True
    if not (one.date and other.date and one.date.start and other.date.start and one.date.end and other.date.end):
        return False
    return one.date.end < other.date.start or other.date.end < one.date.start


def _places_differ(one: Event, other: Event) -> bool:
    if not (one.place and other.place):
        return False
    if one.place.precision == other.place.precision == "city":
        return one.place.name != other.place.name
    return bool(one.place.country and other.place.country and one.place.country != other.place.country)


def _one(events: Sequence[Event]) -> Event:
    """One event of its tellings: the first that is news of those that say who does it, with what the others add."""
    first = min(events, key=lambda event: (not any(actor.country for actor in event.actors), event.historical, event.trigger.start))
    others = [event for event in events if event is not first]
    if not others:
        return _with_part(first)
    counts = [event.count for event in [first, *others] if event.count]
    return msgspec.structs.replace(
        first,
        modes=next((event.modes for event in [first, *others] if event.modes), ()),
        actors=_best(first.actors, [event.actors for event in others]),
        recipients=_common(_best(first.recipients, [event.recipients for event in others]), first, others),
        historical=all(event.historical for event in events),
        count=_sharpest(counts),
        parts=tuple(count for count in counts if count.subset_of),
        attribution=_voices(events),
        joint=next((event.joint for event in [first, *others] if event.joint), None),
        response_to=tuple(dict.fromkeys(answer for event in [first, *others] for answer in event.response_to)),
        mentions=tuple(_telling(event) for event in sorted(others, key=lambda event: event.trigger.start)),
        **{name: next((getattr(event, name) for event in [first, *others] if getattr(event, name)), None) for name in _FILLED},
    )


_FILLED = ("dead", "injured", "arrested", "date", "deadline", "place", "reason")


def _with_part(event: Event) -> Event:
    """A number of which the whole is not this act's own stays with its whole: it is a part, not the count."""
    if event.count and event.count.subset_of and not any(char.isdigit() for char in event.count.subset_of):
        return msgspec.structs.replace(event, parts=(event.count,))
    return event


def _best(own: tuple[Actor, ...], others: Sequence[tuple[Actor, ...]]) -> tuple[Actor, ...]:
    """The parties of the first telling, or of another where it has none or does not know them."""
    if any(actor.country for actor in own):
        return own
    return next((actors for actors in others if any(actor.country for actor in actors)), own or next((actors for actors in others if actors), own))


def _common(own: tuple[Actor, ...], first: Event, others: Sequence[Event]) -> tuple[Actor, ...]:
    """The recipients without the slip of one telling, where another of the same number has fewer of them."""
    fewer = [event.recipients for event in others if _of_one_number(first, event) and _keys(event.recipients) < _keys(own)]
    return min(fewer, key=len, default=own)


def _sharpest(counts: Sequence[Quantity]) -> Quantity | None:
    """The whole rather than a part, a point rather than bounds; the first of equals."""
    whole = [count for count in counts if not count.subset_of and not count.cumulative] or list(counts)
    return min(whole, key=lambda count: (count.value is None, count.min is None and count.max is None), default=None)


def _voices(events: Sequence[Event]) -> tuple[Attribution, ...]:
    found: list[Attribution] = []
    for event in sorted(events, key=lambda event: event.trigger.start):
        for one in event.attribution:
            if not any((one.start, one.end) == (other.start, other.end) for other in found):
                found.append(one)
    return tuple(found)


def _telling(event: Event) -> Telling:
    return Telling(
        sentence=event.sentence, text=event.text, sentence_start=event.sentence_start, trigger=event.trigger, status=event.status,
        historical=event.historical, count=event.count, date=event.date, reason=event.reason, confidence=event.confidence,
    )  # fmt: skip
