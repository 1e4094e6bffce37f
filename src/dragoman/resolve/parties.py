"""Who acts, asked by the coder: the words themselves, and where they do not say a country, what the report says (see whence.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import msgspec

from dragoman.records import Actor, Report, Sentence
from dragoman.resolve.actors import GUESS, country_in, merged, resolve_actor
from dragoman.resolve.coreference import APPOSITION, DATELINE, SAME_WORDS, TELLER, Chain, Judge, find_chains
from dragoman.resolve.groups import split_group
from dragoman.resolve.ranking import Weights, is_pronoun
from dragoman.resolve.tables import GROUPS, Tables, fold, word_group
from dragoman.resolve.whence import Hints, Named, Scene, is_elsewhere, whence

_LABELS = frozenset({"GPE", "NORP", "LOC", "PERSON", "ORG"})
_CERTAIN = frozenset({TELLER, SAME_WORDS, APPOSITION})
_OTHER_SIDE = {"actor": "recipient", "recipient": "actor"}
# Names that many states' bodies bear; the tables hold the best known one.
_GENERIC = word_group("generic_bodies")
_OWNERS = frozenset({"his", "her", "its", "their", "our", "my"})


class Case(NamedTuple):
    """A mention that does not say its country: the mention that is asked, its sentence, who answers (chain, words beside the name, owner), their hints."""

    own: Actor
    sent: Sentence
    answers: tuple[Actor | None, Actor | None, Actor | None]
    hints: Hints


class Parties:
    """The parties of one report, asked by the place of a mention."""

    def __init__(self, report: Report, sentences: Sequence[Sentence], tables: Tables, *, judge: Judge | None = None) -> None:
        self.report = report
        self.sentences = sentences
        self.tables = tables
        self.judge = judge
        # Other weights than the shipped ones, for those who learn them.
        self.weights: Weights | None = None

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """The chains of the report, found when first asked for."""
        return find_chains(self.report, self.sentences, tables=self.tables, judge=self.judge)

    @cached_property
    def _places(self) -> dict[int, Chain]:
        """Chains by where a mention ends; the longest mention of an end wins."""
        found: dict[int, tuple[int, Chain]] = {}
        for chain in self.chains:
            for mention in chain.mentions:
                if mention.end not in found or mention.start < found[mention.end][0]:
                    found[mention.end] = (mention.start, chain)
        return {end: chain for end, (_, chain) in found.items()}

    def actors(self, sent: Sentence, text: str, start: int, end: int) -> tuple[Actor, ...]:
        """Who the words at a place of a sentence are: several for a list or for "both countries"."""
        members = split_group(text, start, date=self.report.date, tables=self.tables)
        if len(members) > 1:
            return tuple(self._actor(sent, one.text, one.start, one.end, one.read_as) for one in members)
        chain = self._places.get(end) if text[:1].islower() else None
        if chain is not None and chain.members:
            by_number = {one.number: one for one in self.chains}
            return tuple(
                msgspec.structs.replace(by_number[number].actor, text=text, start=start, end=end, decided=f"one of {text!r}; {by_number[number].actor.decided}")
                for number in chain.members
            )
        return (self._actor(sent, text, start, end, text),)

    def _actor(self, sent: Sentence, text: str, start: int, end: int, read_as: str) -> Actor:
        own = resolve_actor(read_as, date=self.report.date, start=start, end=end, tables=self.tables)
        own = self._unless_generic(own if read_as == text else msgspec.structs.replace(own, text=text))
        if own.country is not None and (own.sector is not None or own.country in GROUPS):
            return own
        if own.country is not None:
            return self._from_chain(own) or own
        if (told := self._from_chain(own)) is not None and self._tells(own):
            return told
        case = self.case(own, sent)
        found = whence(case.own, case.sent, case.hints, self.scene, pronoun=is_pronoun(case.own.text), weights=self.weights)
        if found.country is None:
            return self._with_chain_sector(own)
        for answer in case.answers:
            if answer is not None and answer.country == found.country:
                return answer if answer.end == end else msgspec.structs.replace(answer, text=own.text, start=start, end=end)
        own = self._with_chain_sector(own)
        why = f"{own.decided}; likeliest {found.country}, {found.probability:.2f}: {', '.join(found.reasons)}"
        return msgspec.structs.replace(own, country=found.country, confidence=round(min(GUESS, found.probability), 4), decided=why)

    def _unless_generic(self, own: Actor) -> Actor:
        """Without the country of the best known body of a generic name ("Congress") in a report that names other countries but never that one."""
        if fold(own.name or "") not in _GENERIC or not (stated := self.scene.stated) or own.country in stated:
            return own
        why = f"{own.decided}, but the report does not name {own.country}"
        return msgspec.structs.replace(own, country=None, name=None, identifier=None, decided=why)

    def case(self, own: Actor, sent: Sentence) -> Case:
        """What the report says of the country of somebody whose words do not say it: where no mention of the party does, it is asked of the first one."""
        chain, across = self._from_chain(own), self._across(own, sent)
        if chain is None:
            own, sent = self._first_mention(own, sent)
        said = None
        if _is_name(own.text):
            said = resolve_actor(own.text, date=self.report.date, context=self.report.text, start=own.start, end=own.end, tables=self.tables)
        answers = (chain, said, self._of_owner(own))
        by_chain, by_words, by_owner = (answer.country if answer is not None else None for answer in answers)
        return Case(own, sent, answers, Hints(by_chain, by_words, by_owner, self._of_sector(own), across))

    def _first_mention(self, own: Actor, sent: Sentence) -> tuple[Actor, Sentence]:
        chain = self._places.get(own.end or -1)
        first = next((one for one in chain.mentions if one.kind != "pronoun"), None) if chain is not None else None
        if first is None or first.end == own.end:
            return own, sent
        found = resolve_actor(first.text, date=self.report.date, start=first.start, end=first.end, tables=self.tables)
        return (own, sent) if found.country is not None else (found, self._by_index[first.sentence])

    @cached_property
    def _by_index(self) -> dict[int, Sentence]:
        return {sent.index: sent for sent in self.sentences}

    def _of_sector(self, own: Actor) -> tuple[str, ...]:
        """The countries of the other parties of the sector, the nearest before the words first."""
        start, mine = own.start or 0, self._places.get(own.end or -1)
        near: dict[str, int] = {}
        for chain in self.chains if own.sector is not None else ():
            if chain is not mine and chain.actor.sector == own.sector and chain.actor.country is not None:
                before = max((one.start for one in chain.mentions if one.start < start), default=-1)
                near[chain.actor.country] = max(before, near.get(chain.actor.country, -1))
        return tuple(sorted(near, key=lambda code: (-near[code], code)))

    def _across(self, own: Actor, sent: Sentence) -> tuple[tuple[str, str], ...]:
        """(country, type of the act) of whoever the words say is on the other side of an act of the sentence."""
        found = []
        for mention in sent.mentions:
            others = {_OTHER_SIDE[role.name] for role in mention.roles if role.end == own.end and role.name in _OTHER_SIDE}
            for role in mention.roles:
                if role.name in others and role.end != own.end:
                    code = resolve_actor(role.text, date=self.report.date, tables=self.tables).country
                    if code is not None:
                        found.append((code, mention.type))
        return tuple(found)

    def _from_chain(self, own: Actor) -> Actor | None:
        """What the other mentions of the party say."""
        chain = self._places.get(own.end or -1)
        if chain is None or chain.actor.country is None or own.country not in (None, chain.actor.country) or chain.actor.text == own.text:
            return None
        best = next((mention.text for mention in chain.mentions if mention.kind != "pronoun"), chain.actor.text)
        found = merged(own, chain.actor, f"the report says so: {best!r}; {chain.actor.decided}")
        return found if own.country is None or found.sector else None

    def _tells(self, own: Actor) -> bool:
        """Whether there is no doubt to weigh: the "it" of "Canada said it would", the words of an earlier mention, an apposition."""
        chain = self._places.get(own.end or -1)
        return chain is not None and any(one.end == own.end and one.reason in _CERTAIN for one in chain.mentions)

    def _with_chain_sector(self, own: Actor) -> Actor:
        """What the other mentions say that somebody of no known country is ("Mr. Saitoti", the interior minister)."""
        chain = self._places.get(own.end or -1)
        if own.sector is not None or chain is None or chain.actor.sector is None or chain.actor.country is not None:
            return own
        actor = chain.actor
        why = f"stands for {actor.text!r}; {actor.decided}"
        return msgspec.structs.replace(own, name=actor.name, sector=actor.sector, other_sectors=actor.other_sectors, office=actor.office, decided=why)

    def _of_owner(self, own: Actor) -> Actor | None:
        """ "His troops", "the country's army", "the rebels' spokesman": the country of the party that they belong to."""
        start, end = own.start or 0, own.end or 0
        first, _, rest = own.text.partition(" ")
        if not rest or is_elsewhere(rest):
            return None
        if first.lower() in _OWNERS:
            chain = self._places.get(start + len(first))
        else:
            mark = next((own.text.find(mark) for mark in ("'s ", "’s ", "s' ", "s’ ") if mark in own.text), -1)
            chain = self._places.get(start + mark + (own.text[mark] == "s")) if mark > 0 else None
        if chain is None or chain.actor.country is None or chain.actor.end == end:
            return None
        why = f"{own.decided}; of {chain.actor.text!r}: {chain.actor.decided}"
        return msgspec.structs.replace(own, country=chain.actor.country, confidence=GUESS, decided=why)

    @cached_property
    def scene(self) -> Scene:
        """The countries that the report names."""
        dateline = DATELINE.match(self.report.text)
        city = country_in(dateline[0].title(), self.tables) if dateline else None
        return Scene([one for sent in self.sentences for one in self._named(sent)], city)

    def _named(self, sent: Sentence) -> list[Named]:
        """Countries that the sentence's names name, and whether something happens in them."""
        found = []
        for name in sent.names:
            if name.label not in _LABELS:
                continue
            actor = resolve_actor(name.text, date=self.report.date, tables=self.tables)
            if actor.country is not None:
                before = self.report.text[max(0, name.start - 12) : name.start].lower().split()
                where = name.label in ("GPE", "LOC") and any(word in ("in", "at", "near", "outside") for word in before[-2:])
                found.append(Named(actor.country, name.start, sent.index, where, fold(actor.name or "") in _GENERIC))
        return found


def _is_name(text: str) -> bool:
    return any(word[:1].isupper() for word in text.split())


def actor_in_context(text: str, parties: Parties) -> Actor | None:
    """The party of a context that the words name: the last mention with the same words, else with the same last word; None where no mention has them."""
    wanted = fold(text)
    last = wanted.split()[-1] if wanted else ""
    same = [(mention, chain) for chain in parties.chains for mention in chain.mentions if fold(mention.text) == wanted]
    like = [(mention, chain) for chain in parties.chains for mention in chain.mentions if mention.kind != "pronoun" and fold(mention.text.split()[-1]) == last]
    found = same or like
    if not found:
        return None
    mention, _ = max(found, key=lambda item: item[0].start)
    sent = next(one for one in parties.sentences if one.index == mention.sentence)
    return parties.actors(sent, mention.text, mention.start, mention.end)[0]


def in_context(text: str, report: Report, sentences: Sequence[Sentence], *, date: dt.date | None, tables: Tables) -> Actor:
    """Who the words name in a report; what the words say themselves where the report does not mention them."""
    own = resolve_actor(text, date=date, tables=tables)
    if own.country is not None and own.sector is not None:
        return own
    found = actor_in_context(text, Parties(report, sentences, tables))
    if found is None or found.country is None:
        return resolve_actor(text, date=date, context=report.text, tables=tables) if found is None else own
    return msgspec.structs.replace(found, text=text, start=None, end=None)
