"""Who acts, asked by the coder: the words themselves, the rest of their chain, the report, and last the country that the report is about."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import msgspec

from dragoman.records import Actor, Report, Sentence
from dragoman.resolve.actors import GUESS, country_in, merged, resolve_actor
from dragoman.resolve.coreference import DATELINE, Chain, find_chains
from dragoman.resolve.groups import split_group
from dragoman.resolve.tables import GROUPS, Tables, fold, word_group

# A report is about a country that holds so large a share of the countries that its names and people name; that of its dateline needs a smaller
# one. Set on the corpus's reports that are not the test part.
HOME_SHARE, DATELINE_SHARE = 0.5, 0.1
_LABELS = frozenset({"GPE", "NORP", "LOC", "PERSON", "ORG"})
_OWNERS = frozenset({"his", "her", "its", "their", "our", "my"})
# Diplomats, and those who stand in a relation to somebody, are as a rule not of the country that they are in.
_ELSEWHERE = word_group("roaming_words") | word_group("relational")


class Parties:
    """The parties of one report, asked by the place of a mention."""

    def __init__(self, report: Report, sentences: Sequence[Sentence], tables: Tables) -> None:
        self.report = report
        self.sentences = sentences
        self.tables = tables

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """The chains of the report, found when first asked for."""
        return find_chains(self.report, self.sentences, tables=self.tables)

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
        own = own if read_as == text else msgspec.structs.replace(own, text=text)
        if own.country is not None and (own.sector is not None or own.country in GROUPS):
            return own
        if (found := self._from_chain(own)) is not None:
            return found
        said = resolve_actor(text, date=self.report.date, context=self.report.text, start=start, end=end, tables=self.tables) if _is_name(text) else own
        if said.country is not None:
            return said
        return self._of_owner(sent, own) or self._at_home(sent, self._with_chain_sector(own))

    def _from_chain(self, own: Actor) -> Actor | None:
        """What the other mentions of the party say."""
        chain = self._places.get(own.end or -1)
        if chain is None or chain.actor.country is None or own.country not in (None, chain.actor.country) or chain.actor.text == own.text:
            return None
        best = next((mention.text for mention in chain.mentions if mention.kind != "pronoun"), chain.actor.text)
        found = merged(own, chain.actor, f"the report says so: {best!r}; {chain.actor.decided}")
        return found if own.country is None or found.sector else None

    def _with_chain_sector(self, own: Actor) -> Actor:
        """What the other mentions say that somebody of no known country is ("Mr. Saitoti", the interior minister)."""
        chain = self._places.get(own.end or -1)
        if own.sector is not None or chain is None or chain.actor.sector is None or chain.actor.country is not None:
            return own
        actor = chain.actor
        why = f"stands for {actor.text!r}; {actor.decided}"
        return msgspec.structs.replace(own, name=actor.name, sector=actor.sector, other_sectors=actor.other_sectors, office=actor.office, decided=why)

    def _of_owner(self, sent: Sentence, own: Actor) -> Actor | None:
        """ "His troops", "the country's army", "the rebels' spokesman": the country of the party that they belong to."""
        start, end = own.start or 0, own.end or 0
        first, _, rest = own.text.partition(" ")
        if not rest or any(fold(word) in _ELSEWHERE or fold(word).removesuffix("s") in _ELSEWHERE for word in rest.split()):
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

    def _at_home(self, sent: Sentence, own: Actor) -> Actor:
        """The country of the place in the sentence, or the one that the report is about, for those who are somebody's police, court or people."""
        if own.country is not None or own.sector is None or any(fold(word).removesuffix("s") in _ELSEWHERE for word in own.text.split()):
            return own
        country, why = self._country_of(sent)
        if country is None:
            return own
        return msgspec.structs.replace(own, country=country, confidence=GUESS, decided=f"{own.decided}; {why}")

    def _country_of(self, sent: Sentence) -> tuple[str | None, str]:
        here = {code for code, kind in self._named(sent) if kind == "place"}
        if len(here) == 1:
            return here.pop(), "the place in the sentence"
        return self._home, "the country that the report is about"

    @cached_property
    def _home(self) -> str | None:
        """The country that the report comes from and is about, where one stands out."""
        counts: Counter[str] = Counter()
        for sent in self.sentences:
            counts.update(code for code, _ in self._named(sent))
        if not counts:
            return None
        dateline = DATELINE.match(self.report.text)
        whence = country_in(dateline[0].title(), self.tables) if dateline else None
        if whence and counts[whence] >= DATELINE_SHARE * sum(counts.values()):
            return whence
        code, most = counts.most_common(1)[0]
        return code if most >= HOME_SHARE * sum(counts.values()) else None

    def _named(self, sent: Sentence) -> list[tuple[str, str]]:
        """Countries that the sentence's names name, with "place" where something happens in them."""
        found: list[tuple[str, str]] = []
        for name in sent.names:
            if name.label not in _LABELS:
                continue
            actor = resolve_actor(name.text, date=self.report.date, tables=self.tables)
            if actor.country is not None and actor.country not in GROUPS:
                before = self.report.text[max(0, name.start - 12) : name.start].lower().split()
                where = name.label in ("GPE", "LOC") and any(word in ("in", "at", "near", "outside") for word in before[-2:])
                found.append((actor.country, "place" if where else "name"))
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
