"""Which act answers which, by meaning: what the words name ("in retaliation for the attack"), who did what to whom before, what kind of act answers what.

An act may answer another only where some meaning ties them (`TIES`): a cue whose phrase holds or names that act, a demand and its refusal, a deed
done to those who answer or by those who are answered. Nearness alone ties nothing; it only helps to choose. Of several the likeliest by the weights
of `data/links.tsv` is taken if it is likely enough.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import msgspec

from dragoman.errors import ResourceError
from dragoman.records import Actor, Event, Sentence, Span, Status
from dragoman.resolve.act_nouns import ANY, load_act_nouns
from dragoman.resolve.cues import Cue, Kind, cues_of
from dragoman.resolve.rows import data_rows
from dragoman.resolve.status import is_old
from dragoman.resolve.trees import children, lemma, token_at

# An act answers another where the weights find it at least this likely. Set by cross-validation over the training part of the corpus's reports: the F1
# is best from 0.15 to 0.2 (0.41 and 0.40), and at 0.2 more of the links found are right than wrong.
ANSWERS = 0.2
# The features any of which ties two acts by meaning.
_WAYS = ("holds", "holds further in", "names", "is its kind", "of its kind", "takes up")
TIES = frozenset(
    [f"{kind} {how}" for kind in Kind for how in _WAYS]
    + ["reply", "reply nearby", "tit for tat", "bare answer", "against the doer", "sufferer answers", "for the sufferer", "reaction to the news"]
    + ["taken up by a relative"]
)

_DEEDS = frozenset({"ASSAULT", "COERCE", "SANCTION", "MOBILIZE"})
_HOSTILE = _DEEDS | {"ACCUSE", "THREATEN", "REJECT", "PROTEST"}
_KINDS = {
    **dict.fromkeys(_DEEDS, "deed"), "ACCUSE": "blame", "THREATEN": "blame", "REJECT": "refusal", "PROTEST": "protest", "REQUEST": "request",
    "AGREE": "accord", "CONSULT": "talk", "SUPPORT": "support", "CONCEDE": "yielding", "COOPERATE": "accord", "AID": "aid", "RETREAT": "yielding",
}  # fmt: skip
# What is done to a demand, an offer or a threat.
_REPLIES = frozenset({"REJECT", "AGREE", "CONCEDE", "RETREAT", "COOPERATE", "MOBILIZE", "AID"})
_ASKING = frozenset({"REQUEST", "THREATEN", "AGREE", "CONSULT", "ACCUSE"})
# Third parties react to the news of the day with these.
_REACTIONS = frozenset({"ACCUSE", "SUPPORT", "REQUEST", "PROTEST", "REJECT", "SANCTION", "AID", "MOBILIZE", "THREATEN"})
# Organs of a state act for it; in a quarrel within a country the sectors tell the sides apart.
_STATE = frozenset({None, "GOV", "MIL", "COP", "SPY", "JUD", "LEG"})
_DEFINITE = frozenset({"the", "this", "that", "these", "those", "its", "their", "his", "her"})
_PRONOUNS = frozenset({"it", "this", "that", "them", "these", "those", "which"})


@dataclass(frozen=True, slots=True)
class Profile:
    """What the features ask of an act: its parties by side, the sentences that tell it, its triggers, whether "had" sets it back in time,
    and its cues with the sentence of each."""

    event: Event
    doers: frozenset[str]
    sufferers: frozenset[str]
    sentences: tuple[int, ...]
    triggers: tuple[Span, ...]
    stems: frozenset[str]
    nouns: frozenset[str]
    had: bool
    cues: tuple[tuple[int, Cue], ...]


def linked(events: Sequence[Event], sentences: Sequence[Sentence]) -> tuple[Event, ...]:
    """The events (each act once) with `response_to` completed."""
    profiles = [profile(event, sentences) for event in events]
    best = {one.event.id: _likeliest(one, profiles, sentences) for one in profiles}
    return tuple(msgspec.structs.replace(one.event, response_to=one.event.response_to or _answer(one.event.id, best)) for one in profiles)


def _answer(event_id: str, best: Mapping[str, tuple[float, str]]) -> tuple[str, ...]:
    """What an act answers; of two that seem to answer each other only the likelier does."""
    likely, answered = best[event_id]
    if likely < ANSWERS or (best[answered][1] == event_id and best[answered] > (likely, answered)):
        return ()
    return (answered,)


def _likeliest(one: Profile, profiles: Sequence[Profile], sentences: Sequence[Sentence]) -> tuple[float, str]:
    """The act that is likeliest to be answered, with how likely that is; 0 and "" where nothing is tied to the act."""
    weights = load_weights()
    scored = [(sum(weights.get(name, 0.0) for name in names), other.event.id) for other, names in candidates(one, profiles, sentences)]
    score, answered = max(scored, key=lambda pair: pair[0], default=(-math.inf, ""))
    return (1 / (1 + math.exp(-max(score, -50.0))), answered) if answered else (0.0, "")


@cache
def load_weights() -> Mapping[str, float]:
    """Log-odds by feature; raise `ResourceError` for a row that holds no number."""
    try:
        return {name: float(weight) for name, weight in data_rows("links.tsv", 2)}
    except ValueError as error:
        raise ResourceError(f"links.tsv: {error}; reinstall the package") from error


def profile(event: Event, sentences: Sequence[Sentence]) -> Profile:
    """The profile of an act over all of its tellings."""
    tellings = [(event.sentence, event.trigger, event.reason), *((one.sentence, one.trigger, one.reason) for one in event.mentions)]
    cues = [(place, cue) for place, trigger, reason in tellings for cue in cues_of(sentences[place], trigger, event.type, reason or event.reason)]
    return Profile(
        event=event, doers=_sides(event.actors), sufferers=_sides(event.recipients), sentences=tuple(place for place, _, _ in tellings),
        triggers=tuple(trigger for _, trigger, _ in tellings), stems=frozenset(lemma(word) for _, one, _ in tellings for word in one.text.split()),
        nouns=load_act_nouns().get(event.type, frozenset()), had=all(_had(sentences[place], one) for place, one, _ in tellings),
        cues=tuple(dict.fromkeys(cues)),
    )  # fmt: skip


def _had(sent: Sentence, trigger: Span) -> bool:
    index = token_at(sent, trigger.start)
    return index is not None and any(sent.tokens[child].text.lower() == "had" for child in children(sent.tokens, index, "aux"))


def _sides(actors: Sequence[Actor]) -> frozenset[str]:
    return frozenset(_side(actor) for actor in actors)


def _side(actor: Actor) -> str:
    if actor.country is None:
        return actor.text.lower().removeprefix("the ")
    return actor.country if actor.sector in _STATE else f"{actor.country} {actor.sector}"


def candidates(one: Profile, profiles: Sequence[Profile], sentences: Sequence[Sentence]) -> list[tuple[Profile, list[str]]]:
    """The acts that some meaning ties to an act, with the features of each pair."""
    others = [other for other in profiles if other is not one and not _is_bygone(one.event, other.event)]
    told = {other.event.id: _by_cues(one, other, sentences) for other in others}
    pointed = any(found & _STRONG for found in told.values())
    ties = {other.event.id: told[other.event.id] | _by_parties(one, other, profiles) for other in others}
    nearest = _nearest(one, others, ties)
    reasoned = any(cue.kind in (Kind.ANSWER, Kind.CAUSE) and cue.start < cue.end for _, cue in one.cues)
    found = []
    for other in others:
        names = ties[other.event.id]
        # What is done for a stated reason answers no other act than that names.
        if TIES & names and (names & _POINTING or not reasoned or names & {"after holds", "taken up by a relative"}):
            more = {f"nearest {name}" for name, chosen in nearest.items() if chosen == other.event.id}
            more |= {f"sole {name}" for name in names & _ALONE if sum(name in found for found in ties.values()) == 1}
            if one.event.type == "REJECT" and other.event.type in _DEMANDS and nearest.get("reply nearby") == other.event.id:
                more.add("refusal of the last demand")
            if pointed and not names & _STRONG:
                more.add("the words point elsewhere")
            found.append((other, sorted(names | more | _by_place(one, other))))
    return found


def _is_bygone(act: Event, deed: Event) -> bool:
    """Whether the act is of another time than the report and the deed is not: what was done long ago answers no news."""
    return is_old(act.date, act.report_date) and not (deed.historical or is_old(deed.date, deed.report_date))


def _nearest(one: Profile, others: Sequence[Profile], ties: Mapping[str, set[str]]) -> dict[str, str]:
    """For each tie the act so tied that is told last before this one: an answer is told after what it answers, and the last of several is meant."""
    nearest: dict[str, str] = {}
    for other in sorted((other for other in others if other.triggers[0].start < one.triggers[0].start), key=lambda other: other.triggers[-1].start):
        for name in ties[other.event.id] & _RANKED:
            nearest[name] = other.event.id
    return nearest


_ALONE = frozenset({"object is its kind", "object names", "cause is its kind", "answer is its kind"})
_DEMANDS = frozenset({"REQUEST", "THREATEN", "AGREE"})
_RANKED = frozenset({
    "object is its kind", "object of its kind", "cause of its kind", "reply", "reply nearby", "against the doer", "sufferer answers", "bare answer",
    "tit for tat",
})  # fmt: skip


_POINTING = frozenset(f"{kind} {how}" for kind in (Kind.ANSWER, Kind.CAUSE) for how in _WAYS)
_STRONG = frozenset(f"{kind} {how}" for kind in Kind for how in ("holds", "names"))


def _by_cues(one: Profile, other: Profile, sentences: Sequence[Sentence]) -> set[str]:
    """How the phrases of the act's cues point at the other."""
    found = set()
    for place, cue in one.cues:
        if cue.start == cue.end:
            if other.event.type in _HOSTILE and other.triggers[0].start < cue.start:
                found.add("bare answer")
        elif inside := [trigger.start for trigger in other.triggers if cue.start <= trigger.start < cue.end]:
            first = min(mention.trigger.start for mention in sentences[place].mentions if mention.trigger.start >= cue.start)
            found.add(f"{cue.kind} holds" if first in inside else f"{cue.kind} holds further in")
        elif how := _named(sentences[place], cue, other, place):
            found.add(f"{cue.kind} {how}")
    if any(_is_taken_up(sentences[place], other, trigger) for place, trigger in zip(one.sentences, one.triggers, strict=True)):
        found.add("taken up by a relative")
    return found


_RELATIVE = re.compile(r"\b(?:(?:for|to|upon|after|over|against|by) which|which|whereupon|prompting|provoking|in return)\b|;")


def _is_taken_up(sent: Sentence, other: Profile, trigger: Span) -> bool:
    """Whether the act stands in a clause that begins by taking up the one before it: "asked for talks, which the rebels refused"."""
    before = [mention.trigger for mention in sent.mentions if mention.trigger.start < trigger.start]
    last = before[-1] if before else None
    if last is None or last not in other.triggers:
        return False
    return bool(_RELATIVE.search(sent.text, last.end - sent.start, trigger.start - sent.start))


def _named(sent: Sentence, cue: Cue, other: Profile, place: int) -> str:
    """Whether the phrase names the act by its own word, by a word of its kind, or takes up the act told just before."""
    words = [token for token in sent.tokens if cue.start <= token.start < cue.end]
    nouns = [lemma(token.text) for token in words if token.tag in ("NOUN", "VERB", "PROPN")]
    if other.stems & set(nouns):
        return "names"
    head = next((token for token in words if token.start == cue.head), None)
    if head is None:
        return ""
    near = {lemma(head.text), *(lemma(token.text) for token in words[:5] if token.tag == "NOUN")}
    if near & other.nouns:
        definite = any(token.text.lower() in _DEFINITE or token.text in ("'s", "’s") for token in words[:4])
        return "is its kind" if definite and lemma(head.text) in other.nouns else "of its kind"
    general = head.text.lower() in _PRONOUNS or near & load_act_nouns()[ANY]
    return "takes up" if general and any(0 <= place - told <= 2 for told in other.sentences) and other.triggers[0].start < cue.start else ""


def _by_parties(one: Profile, other: Profile, profiles: Sequence[Profile]) -> set[str]:
    """Who did what to whom: what ties an answer to a deed without a word for it."""
    act, deed = one.event, other.event
    hostile = deed.type in _HOSTILE
    before = other.triggers[0].start < one.triggers[-1].start
    distance = _distance(one, other)
    asked = act.type in _REPLIES and deed.type in _ASKING and before and distance <= 3
    holds = {
        "reply": asked and bool(one.doers & other.sufferers or one.sufferers & other.doers),
        "reply nearby": asked and distance <= 1,
        "tit for tat": hostile and act.type in _HOSTILE and bool(one.doers & other.sufferers and one.sufferers & other.doers),
        "against the doer": bool(one.sufferers & other.doers),
        "sufferer answers": hostile and bool(one.doers & other.sufferers),
        "for the sufferer": hostile and act.type not in _HOSTILE and bool(one.sufferers & other.sufferers),
        "reaction to the news": act.type in _REACTIONS and other.event.id == _news(profiles) and 0 not in one.sentences and 1 not in one.sentences,
        "same doer": bool(one.doers & other.doers),
        "same sufferer": bool(one.sufferers & other.sufferers),
        "doer unknown": not other.doers,
        "own doer unknown": not one.doers,
    }
    found = {name for name, true in holds.items() if true}
    if "reaction to the news" in found:
        found.add(f"{_KINDS[act.type]} to the news" + (" of its parties" if found & {"against the doer", "sufferer answers", "for the sufferer"} else ""))
    if "against the doer" in found and hostile:
        found.add(f"{_KINDS[act.type]} against the doer")
    return found


def _news(profiles: Sequence[Profile]) -> str:
    """The act that the report is about: of those told in its first two sentences the most told, the first of equals."""
    lede = [one for one in profiles if min(one.sentences) <= 1] or list(profiles)
    return max(lede, key=lambda one: (len(one.sentences), -one.triggers[0].start)).event.id


def _distance(one: Profile, other: Profile) -> int:
    return min(abs(place - told) for place in one.sentences for told in other.sentences)


def _by_place(one: Profile, other: Profile) -> set[str]:
    """What else helps to choose: kinds, order, days, how real, how far."""
    act, deed = one.event, other.event
    kinds = _KINDS[act.type], _KINDS[deed.type]
    distance = _distance(one, other)
    holds = {
        "told before": other.triggers[0].start < one.triggers[0].start,
        "told before in the sentence": distance == 0 and other.triggers[0].start < one.triggers[0].start,
        "in the lede itself": min(one.sentences) == 0,
        "of the lede": min(other.sentences) <= 1,
        "told more than once": len(other.sentences) > 1,
        "same type": act.type == deed.type,
        "later": _is_later(deed, act),
        "earlier": _is_later(act, deed),
        "before the past": one.had and not other.had,
        "to before the past": other.had and not one.had,
        "recalled": act.historical and not deed.historical,
        "to recalled": deed.historical and not act.historical,
        "both recalled": act.historical and deed.historical,
        "negated": act.status is Status.NEGATED,
        "to unreal": deed.status in (Status.NEGATED, Status.HYPOTHETICAL, Status.PLANNED),
    }
    fixed = {"bias", f"{kinds[0]} to {kinds[1]}", f"distance {min(distance, 3) if distance < 6 else 6}", f"{kinds[0]}", f"to {kinds[1]}"}
    return fixed | {name for name, true in holds.items() if true}


def _is_later(one: Event, other: Event) -> bool:
    """Whether the one act is dated after the other: an answer cannot come before what it answers."""
    start, end = _days(one)[0], _days(other)[1]
    return bool(start and end and start > end)


def _days(event: Event) -> tuple[dt.date | None, dt.date | None]:
    return (event.date.start, event.date.end) if event.date else (None, None)
