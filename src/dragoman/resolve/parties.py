"""Who acts, asked by the coder: the words themselves, the rest of their chain, the report, and last the country that the report is about."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import msgspec

from dragoman.records import Actor, Report, Sentence
from dragoman.resolve.actors import GUESS, find_names, merged, resolve_actor, split_words
from dragoman.resolve.coreference import Chain, find_chains
from dragoman.resolve.groups import split_group
from dragoman.resolve.tables import GROUPS, Entry, Tables, as_number, fold

# Whose country, unsaid, is that of the report or of the place in the sentence: organs of a state and the people in it. Gunmen, rebels and
# soldiers may be anybody's.
_HOME = frozenset({"GOV", "COP", "JUD", "LEG", "SPY", "PTY", "OPP", "CVL", "LAB", "EDU", "MED", "AGR", "REL", "JRN", "SOC", "BUS", "CRM", "MIL", "ELI", "PRM"})
# A report is about a country that holds so large a share of its names of countries and peoples. Set on the dev part of the corpus's reports.
FOCUS_SHARE = 0.7


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
        return self._at_home(sent, own)

    def _from_chain(self, own: Actor) -> Actor | None:
        """What the other mentions of the party say."""
        chain = self._places.get(own.end or -1)
        if chain is None or chain.actor.country is None or own.country not in (None, chain.actor.country) or chain.actor.text == own.text:
            return None
        best = next((mention.text for mention in chain.mentions if mention.kind != "pronoun"), chain.actor.text)
        found = merged(own, chain.actor, f"the report says so: {best!r}; {chain.actor.decided}")
        return found if own.country is None or found.sector else None

    def _at_home(self, sent: Sentence, own: Actor) -> Actor:
        """The country of the place in the sentence, or the one that the report is about, for those who are somebody's police, court or people."""
        if own.country is not None or own.sector not in _HOME:
            return own
        country, why = self._country_of(sent)
        if country is None:
            return own
        return msgspec.structs.replace(own, country=country, identifier=own.identifier, confidence=GUESS, decided=f"{own.decided}; {why}")

    def _country_of(self, sent: Sentence) -> tuple[str | None, str]:
        here = {entry.code for entry, kind in self._named(sent) if kind == "place"}
        if len(here) == 1:
            return here.pop(), "the place in the sentence"
        counts = self._countries
        if counts and (total := sum(counts.values())):
            code, most = counts.most_common(1)[0]
            if most >= FOCUS_SHARE * total:
                return code, "the country that the report is about"
        return None, ""

    @cached_property
    def _countries(self) -> Counter[str]:
        return Counter(entry.code for sent in self.sentences for entry, _ in self._named(sent))

    def _named(self, sent: Sentence) -> list[tuple[Entry, str]]:
        """Countries that the sentence's names name, with "place" where something happens in them."""
        found: list[tuple[Entry, str]] = []
        day = as_number(self.report.date) if self.report.date else None
        for name in sent.names:
            if name.label not in ("GPE", "NORP", "LOC"):
                continue
            entry = next((hit.entry for hit in find_names(split_words(name.text), self.tables, day) if hit.entry and hit.entry.kind != "organisation"), None)
            if entry is not None:
                before = self.report.text[max(0, name.start - 12) : name.start].lower().split()
                found.append((entry, "place" if name.label != "NORP" and any(word in ("in", "at", "near", "outside") for word in before[-2:]) else "name"))
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
