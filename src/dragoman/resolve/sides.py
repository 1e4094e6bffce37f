"""Who does an act and who suffers it: the parties that the model marks, checked and completed by the tree, resolved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from dragoman.records import Actor, Attribution, Event, Mention, Report, Role, Sentence, Stance, Status
from dragoman.resolve.act_nouns import names_decision
from dragoman.resolve.actors import GUESS, country_in
from dragoman.resolve.groups import is_reciprocal
from dragoman.resolve.parties import Parties
from dragoman.resolve.quantities import leading_number, read_amount
from dragoman.resolve.subjects import doer_of, is_leaver, own_roles, owner_of, sufferer_of
from dragoman.resolve.trees import children, head_of, token_at

# What governments do is as a rule announced by themselves.
_OFFICIAL = frozenset({("SANCTION", "expel"), ("SANCTION", "discontinue"), ("SANCTION", "withdraw"), ("COERCE", "deport")})
_LEAVING = re.compile(r"\b(?:from|out of|leav(?:e|es|ing)|left|quit)\s+$", re.IGNORECASE)
_POST = re.compile(r"\b(?:ambassador|envoy|consul|chargé d[’']affaires|representative)s? (?:to|in) (?:the )?(?P<where>[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+)*)")


def sides_of(report: Report, sent: Sentence, mention: Mention, parties: Parties) -> tuple[tuple[Actor, ...], tuple[Actor, ...]]:
    """Who does the act, and to whom it is done, as far as its sentence says."""
    doers, sufferers = own_roles(sent, mention, "actor"), own_roles(sent, mention, "recipient")
    sufferers = [role for role in sufferers if not _is_left(sent, mention, role)]
    leaves = is_leaver(mention)
    # Who has it done to them is not who does it, whatever the network says.
    done_to = [role for role in sufferers if len(mention.roles) > 1] + (doers if leaves else [])
    doers = [role for role in doers if not any(one.start <= role.start and role.end <= one.end for one in done_to)]
    whom = [role for role in (sufferers or done_to) if not (_is_number(role.text) or _is_no_party(role.text) or _is_host(sent, mention, role))]
    actors = _distinct(_actors(sent, doers, parties)) or (() if leaves else _subject(report, sent, mention, parties))
    recipients = _distinct(_actors(sent, whom, parties)) or _sufferer(report, sent, mention, parties)
    return _hosts(sent, actors), recipients


def _distinct(actors: Iterable[Actor]) -> tuple[Actor, ...]:
    """Without a second word for the same government ("The Czech Republic … Prague", "Romania … it")."""
    kept: list[Actor] = []
    for actor in actors:
        twin = any((one.country, one.sector, one.name) == (actor.country, actor.sector, actor.name) for one in kept)
        if not (twin and actor.country and (actor.office is None and actor.sector == "GOV")):
            kept.append(actor)
    return tuple(kept)


def _is_left(sent: Sentence, mention: Mention, role: Role) -> bool:
    """Whether the words are the country that those driven out leave: "from the United States", "leave Latvia"."""
    if mention.mode not in ("expel", "deport"):
        return False
    return bool(_LEAVING.search(sent.text[: role.start - sent.start])) and country_in(role.text) is not None


def _is_number(text: str) -> bool:
    """Whether a recipient is a bare number ("would expel four"): whom it counts is said elsewhere."""
    return len(text.split()) <= 2 and not any(word[:1].isupper() for word in text.split()) and read_amount(text) is not None


def _is_no_party(text: str) -> bool:
    """Whether the words only say what becomes of a party, or that both are meant."""
    return is_reciprocal(text) or text.lower() in ("persona non grata", "personae non gratae")


def _actors(sent: Sentence, roles: Iterable[Role], parties: Parties) -> Iterator[Actor]:
    for role in roles:
        yield from parties.actors(sent, role.text, role.start, role.end)


def _subject(report: Report, sent: Sentence, mention: Mention, parties: Parties) -> tuple[Actor, ...]:
    """The doer that the tree gives an act for which nobody is marked, if the words name a party that is known."""
    span = doer_of(sent, mention)
    if span is None:
        owner = owner_of(sent, mention)
        return tuple(actor for actor in parties.actors(sent, report.text[slice(*owner)], *owner) if actor.country) if owner else ()
    words = report.text[slice(*span)]
    known = tuple(actor for actor in parties.actors(sent, words, *span) if actor.country or actor.sector)
    # "The American order closes the consulate": what a state has decided acts for it.
    decided = any(names_decision(word) for word in words.split())
    code = next((code for word in words.split() if (code := country_in(word))), None) if decided else None
    if known or code is None:
        return known
    return (Actor(text=words, start=span[0], end=span[1], country=code, sector="GOV", decided="whose decision it is", confidence=GUESS),)


def _hosts(sent: Sentence, actors: tuple[Actor, ...]) -> tuple[Actor, ...]:
    """The actors; a ministry of no known country that receives an ambassador is of the country of the post ("the Russian ambassador to Poland")."""
    match = _POST.search(sent.text)
    country = country_in(match["where"]) if match else None
    if country is None or any(actor.country for actor in actors):
        return actors
    return tuple(
        msgspec.structs.replace(actor, country=country, confidence=GUESS, decided=f"{actor.decided}; where the ambassador is")
        if actor.sector == "GOV" else actor for actor in actors
    )  # fmt: skip


def announcer(type_name: str, mode: str | None, attribution: Sequence[Attribution], recipients: Sequence[Actor]) -> tuple[Actor, ...]:
    """The government that says an envoy had been expelled, where nobody else is said to have done it."""
    if (type_name, mode) not in _OFFICIAL:
        return ()
    against = {actor.country for actor in recipients}
    said = (one.speaker for one in attribution if one.stance in (Stance.REPORTS, Stance.QUOTES))
    own = next((one for one in said if one.country and one.sector == "GOV" and one.country not in against), None)
    return (msgspec.structs.replace(own, decided=f"who announces it; {own.decided}"),) if own else ()


def _sufferer(report: Report, sent: Sentence, mention: Mention, parties: Parties) -> tuple[Actor, ...]:
    """The subject of a passive for which nobody is marked, if the words name a party that is known."""
    span = sufferer_of(sent, mention)
    found = parties.actors(sent, report.text[slice(*span)], *span) if span else ()
    return tuple(actor for actor in found if actor.country or actor.sector)


def _is_host(sent: Sentence, mention: Mention, role: Role) -> bool:
    """Whether the words are where a guest is called to ("was summoned to the foreign ministry"), not who is called."""
    head, trigger = head_of(sent, role.start, role.end), token_at(sent, mention.trigger.start)
    if head is None or trigger is None or sent.tokens[head].head != trigger or not children(sent.tokens, trigger, "nsubj:pass"):
        return False
    return any(sent.tokens[index].text.lower() == "to" for index in children(sent.tokens, head, "case"))


def recipients_before(mention: Mention, earlier: Sequence[Event]) -> tuple[Actor, ...]:
    """The recipients of the last act of the same type and mode: "Canada also said it would expel four"."""
    alike = (mention.historical, mention.type, (mention.mode,) if mention.mode else ())
    for event in reversed(earlier):
        if (event.historical, event.type, event.modes) == alike and event.recipients and event.status is not Status.NEGATED:
            return tuple(_understood(actor, event.sentence) for actor in event.recipients)
    return ()


def _understood(actor: Actor, sentence: int) -> Actor:
    """A party taken from an earlier sentence, without the number that was counted there."""
    number = leading_number(actor.text, 0)
    text = actor.text[number[1] :].strip() if number else actor.text
    start = actor.start + len(actor.text) - len(text) if number and actor.start is not None else actor.start
    return msgspec.structs.replace(actor, text=text, start=start, decided=f"understood from sentence {sentence}; {actor.decided}")
