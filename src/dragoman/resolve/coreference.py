"""Who is who within a report: chains of mentions of one party, by rules whose proposals are weighed against what else is seen (ranking.py).

Mentions are the noun phrases that name somebody who acts (names, titles, roles, groups) and the personal pronouns. They are taken in text
order; each joins an earlier party or begins a new one:

    names       the same row of the tables (Russia, Moscow, the Kremlin), the same surname, an acronym that the report defines
    phrases     an apposition, the same words, the role that a party was given ("the minister"), a class ("the group", "the country")
    pronouns    the nearest party that fits in number and kind, subjects first

A party takes its country and sector from what any of its mentions says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from dragoman.records import Actor, Name, Record, Report, Sentence, Token
from dragoman.resolve.actors import country_in, is_country_name, resolve_actor
from dragoman.resolve.ranking import Facts, fits, in_reach, load_weights, quotations, role_of, score, seen, seen_alone, type_of
from dragoman.resolve.tables import Tables, fold, load_tables, word_group
from dragoman.resolve.trees import SUBJECTS, children

# A pronoun looks back over so many sentences, a definite phrase over more. Set on the corpus's reports that are not the test part.
PRONOUN_REACH, PHRASE_REACH = 1, 30
_HE = frozenset({"he", "him", "his", "himself"})
_SHE = frozenset({"she", "her", "hers", "herself"})
_IT = frozenset({"it", "its", "itself"})
_THEY = frozenset({"they", "them", "their", "theirs", "themselves"})
_WE = frozenset({"we", "us", "our", "ours"})
_I = frozenset({"i", "me", "my", "mine"})
_PRONOUNS = _HE | _SHE | _IT | _THEY | _WE | _I
_PARTY_LABELS = frozenset({"PERSON", "ORG", "GPE", "NORP"})
_PLACE_CASES = word_group("place_cases")
_LEFT = frozenset({"det", "amod", "nummod", "compound", "nmod:poss", "nmod", "flat", "advmod", "det:predet", "case:poss"})
_IN_PHRASE = frozenset({"DET", "ADJ", "NUM", "NOUN", "PROPN", "ADP"})
_DEFINITE = frozenset({"the", "this", "that", "these", "those", "his", "her", "its", "their", "both", "our", "my"})
_FEMALE = word_group("female")
_MALE = word_group("male")
# Class words: what kind of party they stand for.
_STATE_WORDS = word_group("state_words")
_GROUP_WORDS = word_group("group_words")
_SET_WORDS = word_group("set_words")
_SETS_OF_PERSONS = frozenset({"men", "leaders", "ministers", "presidents", "pair", "duo"})
APPOSITION, SAME_WORDS, _ACRONYM_OF = "apposition", "the same words", "an acronym that the report defines"
# What is grammar or said by the report is not weighed.
TELLER = "the one who says so"
_SURE = frozenset({APPOSITION, _ACRONYM_OF, TELLER})
_SAYING = word_group("saying")
_FEMALE_NAMES = word_group("female_names")
_MALE_NAMES = word_group("male_names")
_CROWD = word_group("synonyms_crowd")
_PLACES_OF = word_group("places_of")
# A shorter abbreviation is as often something else ("EU" the name head knows).
LEAST_LETTERS = 3
_TITLED = frozenset({"GOV", "MIL", "REL", "LEG", "JUD", "EDU"})
# Sectors of which a report has one party for each country: "the army", "troops" and "soldiers" are one, and so are "the rebels" and "the guerrillas".
_ONE_PARTY = frozenset({"REB", "MIL", "COP", "PRM"})
DATELINE = re.compile(r"[A-Z][A-Z .'’-]+(?:,\s+[A-Z][\w. ]+)?(?:,\s+(?:\w+\.? \d+|\d+ \w+))?\s*(?:\([^)]{2,30}\)\s*)?[—–-]\s")
_OWNED = frozenset({"his", "her", "its", "their", "our", "my", "whose"})
_TITLES = word_group("titles")
_GOVERNMENT = frozenset({"government", "administration", "authorities", "state", "republic", "officials"})
_HEADS = word_group("heads")
_BODY_ENDS = tuple(word_group("body_ends"))
_ACRONYM = re.compile(r"\(\s*(?:the\s+)?(?:[A-Za-z ]{0,24}\s)?([A-Z][A-Za-z\-]{1,9})\s*\)")
_LABEL_KINDS = {"PERSON": "person", "ORG": "group", "GPE": "state", "NORP": "people", "LOC": "state"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention before it is linked. `kind`: person, group, state, people, set, thing, pronoun; `head` the index of its head token."""

    sentence: int
    head: int
    start: int
    end: int
    text: str
    key: str
    kind: str
    definite: bool
    plural: bool
    subject: bool
    name: Name | None = None
    gender: str = ""
    counted: bool = False
    owned: bool = False


class ChainMention(Record, frozen=True, kw_only=True):
    """A mention of a party. `kind`: name, phrase or pronoun; `reason` says why it is in the chain."""

    sentence: int
    start: int
    end: int
    text: str
    kind: str
    reason: str


class Chain(Record, frozen=True, kw_only=True):
    """A party of a report: its mentions in text order and what they say of it together. For a set, `members` are the numbers of its parties."""

    number: int
    mentions: tuple[ChainMention, ...]
    actor: Actor
    members: tuple[int, ...] = ()


class Link(NamedTuple):
    """Where a mention went and why."""

    party: Party
    reason: str


@dataclass(slots=True, eq=False)
class Party:
    """A party while the report is read."""

    kind: str
    plural: bool
    mentions: list[tuple[Candidate, str]] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    identity: str = ""
    gender: str = ""
    country: str | None = None
    group: str = ""
    members: tuple[Party, ...] = ()
    # For the ranking: content words of all phrases, each phrase's, heads, sectors; the sentence of the first mention, one more than that of the
    # last verb of saying, the quotation of the last mention.
    content: set[str] = field(default_factory=set)
    phrases: set[frozenset[str]] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)
    sectors: set[str] = field(default_factory=set)
    sector: str | None = None
    first: int = -1
    spoke: int = 0
    quote: int = -1

    @property
    def last(self) -> Candidate:
        return self.mentions[-1][0]


# Which of the parties a mention joins, None for none of them: asked with the mention's facts, the parties, and what is seen of each and of none.
Judge = Callable[[Facts, Sequence[Party], Sequence[Sequence[str]], Sequence[str]], int | None]


def find_chains(
    report: Report, sentences: Sequence[Sentence], *, tables: Tables | None = None, broad: bool = False, judge: Judge | None = None
) -> tuple[Chain, ...]:
    """The parties of a report, singletons too, in the order of their first mention. `broad` takes every noun phrase as a mention, whatever it names.

    There the rules decide, for the weights were learned on parties. `judge` decides instead, for those who learn the weights.
    """
    linker = _Linker(report, tables or load_tables(), broad=broad, judge=judge or (by_rules if broad else by_weights))
    for sent in sentences:
        linker.read(sent)
    return linker.chains()


class _Linker:
    """Reads a report sentence by sentence; its state is the parties so far."""

    def __init__(self, report: Report, tables: Tables, *, broad: bool, judge: Judge) -> None:
        self.report = report
        self.tables = tables
        self.broad = broad
        self.judge = judge
        self.quotations = quotations(report.text)
        self.parties: list[Party] = []
        self.acronyms = _acronyms(report.text)
        dateline = DATELINE.match(report.text)
        self.begin = dateline.end() if dateline else 0
        self.home = country_in(report.text[: self.begin].title()) if dateline else None
        self.speaker: Party | None = None
        self.previous: tuple[Candidate, Party] | None = None

    def read(self, sent: Sentence) -> None:
        by_head: dict[int, Party] = {}
        later: list[Candidate] = []
        for mention in sorted(candidates(sent, self.tables, broad=self.broad), key=lambda one: (one.start, -one.end)):
            if mention.start < self.begin:
                continue
            if mention.kind == "pronoun" and mention.key in _WE | _I:
                later.append(mention)
                continue
            link = self._decide(mention, sent, self._link(mention, sent, by_head))
            if link is None and mention.kind == "pronoun":
                continue
            party, reason = link or (self._begin(mention), "first mention")
            self._join(party, mention, reason)
            by_head[mention.head] = party
            self.previous = (mention, party)
        self._speaker(sent, by_head)
        for mention in later:
            speaker = self._of_speaker(mention) if self.speaker is not None else None
            if link := self._decide(mention, sent, Link(speaker, "the speaker's own word") if speaker else None):
                self._join(link.party, mention, link.reason)

    # Linking

    def _decide(self, mention: Candidate, sent: Sentence, rule: Link | None) -> Link | None:
        """The party that the judge chooses among those in reach; the rules' proposal is one of the things that it sees, but some links are sure."""
        if rule is not None and rule.reason in _SURE:
            return rule
        facts = self._facts(mention, role_of(sent, mention.head))
        options: list[Party] = []
        names: list[list[str]] = []
        fitting = 0
        for near, party in self._nearest_first(mention):
            if party.plural and party.members and not party.mentions:
                continue
            if not in_reach(facts, party, near) and (rule is None or rule.party is not party):
                continue
            options.append(party)
            names.append(seen(facts, party, near, fitting, rule, sent))
            fitting += fits(mention, party)
        chosen = self.judge(facts, options, names, seen_alone(facts, self.parties, len(options), fitting, rule))
        if chosen is None:
            return rule if rule is not None and not rule.party.mentions else None
        party = options[chosen]
        return rule if rule is not None and rule.party is party else Link(party, "the likeliest party")

    def _facts(self, mention: Candidate, role: str) -> Facts:
        kind = type_of(mention)
        quote = next((number for number, (start, end) in enumerate(self.quotations) if start <= mention.start < end), -1)
        if mention.kind == "pronoun":
            return Facts(mention, kind, frozenset(), frozenset(), "", None, None, "", "", quote, role)
        actor = self._actor(mention.text)
        names = frozenset(_names_of(mention))
        surname = (_name_words(mention) or [""])[-1] if mention.kind == "person" else ""
        identity, group = self._identity(mention), self._group_of(mention)
        return Facts(mention, kind, _content(mention), names, surname, actor.country, actor.sector, identity, group, quote, role)

    def _nearest_first(self, mention: Candidate) -> list[tuple[Candidate, Party]]:
        """Every party with its last mention before this one, else (for "I" and "we", decided last) with its first after it in the sentence."""
        found = []
        for party in self.parties:
            near = next((one for one, _ in reversed(party.mentions) if one.end <= mention.start or one.start < mention.start), None)
            if near is None and party.mentions and party.mentions[0][0].sentence == mention.sentence:
                near = party.mentions[0][0]
            if near is not None:
                found.append((near, party))
        found.sort(key=lambda item: -item[0].start)
        return found

    def _link(self, mention: Candidate, sent: Sentence, by_head: Mapping[int, Party]) -> Link | None:
        if mention.kind == "pronoun":
            return _teller(mention, sent, by_head) or self._pronoun(mention, sent)
        if found := self._apposition(mention, sent, by_head):
            return found
        if mention.name is not None:
            return self._name(mention)
        if mention.kind == "person" and _has_name_after(mention, sent):
            return None
        return self._phrase(mention) or self._one_party(mention)

    def _apposition(self, mention: Candidate, sent: Sentence, by_head: Mapping[int, Party]) -> Link | None:
        """The noun that the tree hangs on another as its apposition; a list reads like one, so the kinds must agree and no "and" follow."""
        token = sent.tokens[mention.head]
        if found := self._beside(mention):
            return found
        party = by_head.get(token.head)
        if token.relation != "appos" or party is None or party.plural != mention.plural or (party.kind == "state" and mention.kind != "state"):
            return None
        if mention.kind not in (party.kind, "thing") and party.kind != "thing" and not (mention.kind == "person" or party.kind == "person"):
            return None
        return Link(party, APPOSITION)

    def _beside(self, mention: Candidate) -> Link | None:
        """Whatever the tree says, a person's name between commas right after a role ("the president, Abdullah Gul,"), or a role right after a name; and
        an organisation's name right behind what it is ("the bloc ECOWAS")."""
        text, last = self.report.text, self.previous
        if last is None or mention.plural:
            return None
        before, party = last
        between = text[before.end : mention.start]
        if between == " " and mention.name is not None and mention.name.label == "ORG" and before.name is None and before.definite:
            return Link(party, APPOSITION) if not before.plural and before.kind in ("group", "thing") else None
        if mention.kind != "person" or between != ", ":
            return None
        named = (before.name is None, mention.name is None)
        closed = text[mention.end : mention.end + 1] in (",", ".", ";", "”", "")
        return Link(party, APPOSITION) if closed and before.kind == "person" and not before.plural and named[0] != named[1] else None

    def _name(self, mention: Candidate) -> Link | None:
        identity = self._identity(mention)
        for party in reversed(self.parties):
            if identity and party.identity == identity:
                return Link(party, "the same name")
        if mention.kind == "person":
            return self._person(mention)
        return self._group_name(mention)

    def _identity(self, mention: Candidate) -> str:
        """The row of the tables: one for a state, its capital and its government, one for each organisation and each known person."""
        if mention.kind in ("thing", "set"):
            return ""
        actor = self._actor(mention.text)
        if actor.country is None and mention.definite and mention.key in _GOVERNMENT and self.home and len(mention.text.split()) == 2:
            return f"state:{self.home}"
        if actor.country is None or actor.identifier is None:
            return ""
        if mention.name is not None and mention.name.label == "NORP" and mention.text.lower() == f"the {mention.name.text.lower()}":
            # "the Belgians" in the news are Belgium, as a rule.
            return f"state:{actor.country}"
        if actor.identifier.startswith(("organisation:", "own:")):
            return actor.identifier if mention.name is not None else ""
        if actor.identifier.startswith("person:"):
            return actor.identifier if mention.kind == "person" else ""
        bare = "bare country" in actor.decided or ((not mention.plural or mention.key in _GOVERNMENT) and mention.key in _GOVERNMENT)
        return f"state:{actor.country}" if bare and mention.kind in ("state", "group") else ""

    def _person(self, mention: Candidate) -> Link | None:
        words = _name_words(mention)
        if not words:
            return None
        for party in reversed(self.parties):
            if party.kind == "person" and party.words and words[-1] in party.words and _names_agree(words, party):
                return Link(party, "the same surname")
        return None

    def _group_name(self, mention: Candidate) -> Link | None:
        words = [word for word in map(fold, mention.name.text.split()) if word != "the"] if mention.name else []
        if not words:
            return None
        long = self.acronyms.get(words[0]) if len(words) == 1 else None
        for party in reversed(self.parties):
            if party.kind in ("group", "state", "thing") and party.words:
                if long and long & party.words and len(long & party.words) >= min(2, len(long)):
                    return Link(party, _ACRONYM_OF)
                if set(words) == party.words or (len(words) > 1 and set(words) < party.words and words[-1] in party.words):
                    return Link(party, "the same name")
        return None

    def _phrase(self, mention: Candidate) -> Link | None:
        if mention.owned and mention.text.split()[0].lower() in _OWNED:
            # "His men" after "his marines": whose they are decides, and that is not known here.
            return None
        if mention.kind == "set":
            return self._set(mention)
        if not mention.definite:
            identity = self._identity(mention)
            return next((Link(party, "the same state") for party in reversed(self.parties) if identity and party.identity == identity), None)
        identity = self._identity(mention)
        words = _content(mention)
        for party in self._recent(mention, PHRASE_REACH):
            if identity and party.identity == identity:
                return Link(party, "the same state")
            if party.plural == mention.plural and self._same_words(words, party, mention):
                return Link(party, SAME_WORDS)
            if party.plural == mention.plural and mention.key in party.roles and self._agree(mention, party):
                return Link(party, f"the role {mention.key!r} that the report gave")
        return self._class(mention, words)

    def _same_words(self, words: frozenset[str], party: Party, mention: Candidate) -> bool:
        """The same head, and no word that the party was not given."""
        phrases = (earlier for earlier, _ in party.mentions if earlier.kind != "pronoun" and earlier.key == mention.key)
        return any(words <= _content(earlier) for earlier in phrases) and self._agree(mention, party)

    def _one_party(self, mention: Candidate) -> Link | None:
        """The army, the police, the rebels and the crowd of a country are one party each, by whatever word; counted ones are not, but for rebels."""
        group = self._group_of(mention)
        if not group:
            return None
        found = [party for party in reversed(self.parties) if party.group == group and party.mentions and self._agree(mention, party)]
        if not found:
            return None
        if self._actor(mention.text).country is None and self.home is not None:
            # Unsaid, it is the home country's, not that of a foreign army before it.
            found = [party for party in found if party.country in (None, self.home)]
        return Link(found[0], f"the report's {group}") if found else None

    def _group_of(self, mention: Candidate) -> str:
        if mention.kind == "pronoun" or not (mention.plural or mention.kind == "group"):
            return ""
        first = mention.text.split()[0].lower()
        if mention.key in _CROWD and not mention.counted:
            return "crowd"
        sector = self._actor(mention.text).sector
        if sector not in _ONE_PARTY or (sector != "REB" and (mention.counted or first in ("a", "an", "another", "some", "several"))):
            return ""
        return sector

    def _class(self, mention: Candidate, words: frozenset[str]) -> Link | None:
        """ "the country", "the group": the nearest party of the kind, only where the phrase says nothing else."""
        if len(words) > 1 or mention.plural:
            return None
        kinds = ("state",) if mention.key in _STATE_WORDS else ("group",) if mention.key in _GROUP_WORDS else ()
        near = self._recent(mention, PRONOUN_REACH)
        if kinds == ("state",):
            return self._the_country(mention, [party for party in near if party.kind == "state"])
        for party in near:
            if party.kind in kinds and not party.plural and (mention.key not in ("court", "police", "parliament", "ministry") or mention.key in party.roles):
                return Link(party, f"the nearest {party.kind}")
        return None

    def _the_country(self, mention: Candidate, states: Sequence[Party]) -> Link | None:
        """ "The country": one named in the sentence before it, else the one that the report comes from, else the nearest; of two side by side none."""
        same = [party for party in states if party.last.sentence == mention.sentence]
        if same:
            return Link(same[0], "the nearest state")
        if self.home is not None:
            home = next((party for party in self.parties if party.identity == f"state:{self.home}"), None)
            return Link(home, "the state that the report comes from") if home else None
        if len([party for party in states if party.last.sentence == mention.sentence - 1 and party.last.subject]) > 1:
            return None
        return Link(states[0], "the nearest state") if states else None

    def _set(self, mention: Candidate) -> Link | None:
        for party in self._recent(mention, PHRASE_REACH):
            if party.kind == "set":
                return Link(party, "the same parties")
        kind = "person" if mention.key in _SETS_OF_PERSONS else "state"
        states = [party for party in self._recent(mention, PRONOUN_REACH + 2) if party.kind == kind]
        if len(states) < 2:
            return None
        party = Party("set", True, members=(states[1], states[0]))
        self.parties.append(party)
        return Link(party, "the two parties before")

    def _pronoun(self, mention: Candidate, sent: Sentence) -> Link | None:
        fits = _fitting(mention.key)
        best: tuple[tuple[int, int, int, int], Party] | None = None
        gender = "m" if mention.key in _HE else "f" if mention.key in _SHE else ""
        for party in self.parties:
            near = next((one for one, _ in reversed(party.mentions) if one.end <= mention.start), None)
            if near is None or not fits(party) or mention.sentence - near.sentence > PRONOUN_REACH or _same_clause(near, mention, sent):
                continue
            distance = mention.sentence - near.sentence
            known = 0 if not gender or party.gender == gender else 1
            rank = (known if distance < PRONOUN_REACH else 1, distance, 0 if near.subject else 1, near.start if distance == 0 and near.subject else -near.start)
            if best is None or rank < best[0]:
                best = (rank, party)
        return Link(best[1], "the nearest party that fits") if best else None

    def _recent(self, mention: Candidate, reach: int) -> list[Party]:
        """Parties whose last mention is at most `reach` sentences back, the nearest first."""
        near = [party for party in self.parties if party.mentions and mention.sentence - party.last.sentence <= reach and party.last.end <= mention.start]
        return sorted(near, key=lambda party: -party.last.start)

    def _agree(self, mention: Candidate, party: Party) -> bool:
        """Whether the countries do not differ."""
        if party.country is None:
            return True
        country = self._actor(mention.text).country
        return country is None or country == party.country

    # What is known

    def _actor(self, text: str) -> Actor:
        return resolve_actor(text, date=self.report.date, tables=self.tables)

    def _begin(self, mention: Candidate) -> Party:
        party = Party(mention.kind, mention.plural, identity=self._identity(mention))
        self.parties.append(party)
        return party

    def _join(self, party: Party, mention: Candidate, reason: str) -> None:
        party.mentions.append((mention, reason))
        party.quote = next((number for number, (start, end) in enumerate(self.quotations) if start <= mention.start < end), -1)
        if party.first < 0:
            party.first = mention.sentence
        if mention.kind == "pronoun":
            party.gender = party.gender or mention.gender
            return
        party.gender = party.gender or mention.gender
        if party.kind == "thing" or (party.kind == "group" and mention.kind == "person"):
            party.kind = mention.kind
        if mention.name is not None:
            party.words.update(_names_of(mention))
        party.roles.update(_roles(mention, self.tables))
        party.group = party.group or self._group_of(mention)
        words = _content(mention)
        party.content |= words
        party.phrases.add(words)
        party.heads.add(mention.key)
        actor = self._actor(mention.text)
        if actor.sector is not None:
            party.sectors.add(actor.sector)
            party.sector = party.sector or actor.sector
        if party.country is None and party.kind != "set":
            party.country = actor.country

    def _speaker(self, sent: Sentence, by_head: Mapping[int, Party]) -> None:
        for index, token in enumerate(sent.tokens):
            if token.relation.startswith("nsubj") and token.head >= 0 and sent.tokens[token.head].text.lower() in _SAYING and index in by_head:
                self.speaker = by_head[index]
                self.speaker.spoke = sent.index + 1

    def _of_speaker(self, mention: Candidate) -> Party | None:
        """ "I" is the speaker; "we" is the speaker's state or group."""
        speaker = self.speaker
        if speaker is None or mention.key in _I:
            return speaker if speaker and speaker.kind == "person" else None
        if speaker.kind != "person":
            return speaker
        return next((party for party in reversed(self.parties) if party.identity == f"state:{speaker.country}"), speaker)

    def chains(self) -> tuple[Chain, ...]:
        numbers = {id(party): number for number, party in enumerate(party for party in self.parties if party.mentions)}
        return tuple(
            Chain(
                number=numbers[id(party)],
                mentions=tuple(
                    ChainMention(
                        sentence=one.sentence, start=one.start, end=one.end, text=one.text, reason=reason,
                        kind="pronoun" if one.kind == "pronoun" else "name" if one.name is not None else "phrase",
                    )
                    for one, reason in sorted(party.mentions, key=lambda item: (item[0].start, -item[0].end))
                ),
                actor=self._together(party),
                members=tuple(numbers[id(member)] for member in party.members if id(member) in numbers),
            )
            for party in self.parties
            if party.mentions
        )  # fmt: skip

    def _together(self, party: Party) -> Actor:
        """What the mentions say together: the first country, the first sector with it, the name that the report gives."""
        said = [self._actor(one.text) for one, _ in party.mentions if one.kind != "pronoun"]
        first = party.mentions[0][0]
        if party.kind == "set" or not said:
            return Actor(text=first.text, start=first.start, end=first.end, decided="a set of parties" if party.kind == "set" else "unknown: a pronoun alone")
        with_country = next((actor for actor in said if actor.country and actor.sector), None) or next((actor for actor in said if actor.country), said[0])
        sector = next((actor for actor in said if actor.sector and actor.country in (None, with_country.country)), with_country)
        name = with_country.name
        if party.kind == "person" and (with_country.identifier is None or not with_country.identifier.startswith("person:")):
            name = max((one.name.text for one, _ in party.mentions if one.name is not None), key=len, default=None)
        source = with_country if with_country.sector else sector
        return msgspec.structs.replace(
            with_country, text=first.text, start=first.start, end=first.end, name=name, sector=source.sector, other_sectors=source.other_sectors,
            office=next((actor.office for actor in said if actor.office), None),
        )  # fmt: skip


def by_weights(facts: Facts, parties: Sequence[Party], names: Sequence[Sequence[str]], alone: Sequence[str]) -> int | None:
    """The party with the highest score, where it beats that of none."""
    weights = load_weights()[facts.type]
    best, chosen = score(alone, weights), None
    for index, one in enumerate(names):
        if (value := score(one, weights)) > best:
            best, chosen = value, index
    return chosen


def by_rules(facts: Facts, parties: Sequence[Party], names: Sequence[Sequence[str]], alone: Sequence[str]) -> int | None:
    """The party that the rules propose."""
    return next((index for index, one in enumerate(names) if "rule" in one), None)


# Mentions


def candidates(sent: Sentence, tables: Tables, *, broad: bool = False) -> Iterator[Candidate]:
    """The noun phrases of a sentence that name a party, and its personal pronouns."""
    tokens = sent.tokens
    left = _left_edges(tokens)
    named = {index: name for name in sent.names for index, token in enumerate(tokens) if name.start <= token.start and token.end <= name.end}
    named.update(_titled(sent, named, tables))
    named.update(_listed(sent, named, tables))
    taken: set[int] = set()
    for index, token in enumerate(tokens):
        found = None
        if (token.tag == "PRON" and token.text.lower() in _PRONOUNS) or (token.relation == "nmod:poss" and token.tag == "DET"):
            found = _pronoun(sent, index)
        elif token.tag in ("NOUN", "PROPN") and token.relation not in ("compound", "flat", "amod") and not _is_title(tokens, index, named):
            found = _noun(sent, index, left[index], named.get(index), tables, broad=broad)
        elif token.tag in ("DET", "NUM", "PRON") and (found := _bare_set(sent, index)) is not None:
            pass
        elif token.tag == "ADJ" and index and tokens[index - 1].text.lower() == "the" and tokens[index - 1].head == index and index in named:
            # "the Chinese", "the British": a people named by its adjective.
            found = _noun(sent, index, left[index], named[index], tables, broad=broad)
        if found is not None:
            taken.update(place for place, one in enumerate(tokens) if found.name is not None and found.name.start <= one.start < found.name.end)
            yield found
    for index, name in sorted(named.items()):
        # A name that the tree hangs on another noun ("the president, Abdullah Gul").
        if name.label == "PERSON" and index not in taken and name.start == tokens[index].start and tokens[index - 1].text == ",":
            gender = _gender(tokens, index, index + 1, name)
            yield Candidate(sent.index, index, name.start, name.end, name.text, fold(name.text.split()[-1]), "person", True, False, False, name, gender)


def _titled(sent: Sentence, named: Mapping[int, Name], tables: Tables) -> dict[int, Name]:
    """Names that the name head has missed and a title gives away: "General Ramos", "Mr. Abiy"."""
    found: dict[int, Name] = {}
    for index, token in enumerate(sent.tokens):
        if index == 0 or index in named or token.tag != "PROPN" or not token.text[:1].isupper():
            continue
        title = fold(sent.tokens[index - 1].text)
        is_title = title in _TITLES or tables.sectors.get(title, ("", ""))[0] in _TITLED
        if is_title and sent.tokens[index - 1].text[:1].isupper() and fold(token.text) not in tables.sectors:
            found[index] = Name(text=token.text, start=token.start, end=token.end, label="PERSON")
    return found


def _listed(sent: Sentence, named: Mapping[int, Name], tables: Tables) -> dict[int, Name]:
    """Abbreviations of organisations in the tables that the name head has missed: "ECOWAS", "OPEC"."""
    found: dict[int, Name] = {}
    for index, token in enumerate(sent.tokens):
        if index in named or token.tag != "PROPN" or len(token.text) < LEAST_LETTERS or not (token.text.isalpha() and token.text.isupper()):
            continue
        rows = tables.entries.get(fold(token.text), ())
        if any(row.entry.kind in ("organisation", "own") for row in rows):
            found[index] = Name(text=token.text, start=token.start, end=token.end, label="ORG")
    return found


def _teller(mention: Candidate, sent: Sentence, by_head: Mapping[int, Party]) -> Link | None:
    """ "Canada said it would expel four": the subject of what is said is the one who says it, where number, kind and gender agree."""
    token = sent.tokens[mention.head]
    verb = sent.tokens[token.head] if token.relation in (*SUBJECTS, "expl") and token.head >= 0 else None
    if verb is None or verb.relation != "ccomp":
        return None
    party = next((by_head[subject] for subject in children(sent.tokens, verb.head, "nsubj") if subject in by_head), None)
    return Link(party, TELLER) if party is not None and fits(mention, party) else None


def _pronoun(sent: Sentence, index: int) -> Candidate | None:
    token = sent.tokens[index]
    key = token.text.lower()
    # An empty "it" is nobody, unless the model found it to act.
    if key not in _PRONOUNS or (token.relation == "expl" and not any(role.start == token.start for one in sent.mentions for role in one.roles)):
        return None
    gender = "m" if key in _HE else "f" if key in _SHE else ""
    subject = _is_subject(sent.tokens, index)
    return Candidate(sent.index, index, token.start, token.end, token.text, key, "pronoun", True, key in _THEY | _WE, subject, gender=gender)


def _bare_set(sent: Sentence, index: int) -> Candidate | None:
    """ "Both", "the two", "the eight" that stand for parties by themselves."""
    token, before = sent.tokens[index], sent.tokens[index - 1] if index else None
    key = token.text.lower()
    counted = token.tag == "NUM" and before is not None and before.text.lower() == "the" and key.isalpha()
    if (key != "both" and not counted) or token.relation.split(":")[0] not in ("nsubj", "obj", "obl", "nmod", "iobj"):
        return None
    start = before.start if counted and before is not None else token.start
    text = sent.text[start - sent.start : token.end - sent.start]
    kind = "set" if key in ("both", "two") else "group"
    return Candidate(sent.index, index, start, token.end, text, key, kind, True, True, _is_subject(sent.tokens, index))


def _is_title(tokens: Sequence[Token], index: int, named: Mapping[int, Name]) -> bool:
    """A title before a name, which the treebanks hang on it; "the president, Abdullah Gul," is two mentions."""
    token = tokens[index]
    if _comma_between(tokens, index, token.head):
        return False
    return token.relation == "nmod" and token.head > index and not (token.head - index > 1 and tokens[token.head - 1].tag == "ADP")


def _left_edges(tokens: Sequence[Token]) -> list[int]:
    """For each word, the first word of what leads up to it: articles, adjectives, numbers, owners, the parts of its name."""
    edges = list(range(len(tokens)))
    for index in range(len(tokens)):
        # Heads stand to the right of what leads up to them, so one pass over the words and up their heads is enough.
        head, low = tokens[index].head, edges[index]
        child = index
        while head > child and tokens[child].relation in _LEFT and not (tokens[child].relation == "nmod" and _comma_between(tokens, child, head)):
            if low >= edges[head]:
                break
            edges[head] = low
            child, head = head, tokens[head].head
    return edges


def _comma_between(tokens: Sequence[Token], first: int, last: int) -> bool:
    return any(token.text == "," for token in tokens[first + 1 : last])


def _noun(sent: Sentence, index: int, first: int, name: Name | None, tables: Tables, *, broad: bool) -> Candidate | None:
    tokens = sent.tokens
    last = index
    if name is not None and name.label in _PARTY_LABELS:
        inside = [place for place, token in enumerate(tokens) if name.start <= token.start and token.end <= name.end]
        first, last = min(first, inside[0]), max(last, inside[-1])
    else:
        name = None
    while last + 1 < len(tokens) and tokens[last + 1].relation == "flat":
        last += 1
    if tokens[first].tag in ("PUNCT", "CCONJ", "ADP") and first < index:
        first += 1
    last = _with_of(tokens, index, last)
    head = tokens[index]
    key = fold(head.text)
    kind = _kind(tokens, first, index, name, key, tables)
    if kind == "thing" and not broad:
        return None
    if not broad and name is not None and kind in ("state", "thing") and _is_place(tokens, index, name, tables):
        return None
    opening = tokens[first].text.lower()
    start, end = tokens[first].start, tokens[last].end
    owned = any(tokens[place].relation == "nmod:poss" for place in range(first, index))
    definite = opening in _DEFINITE or owned
    plural = kind == "set" or (head.fine in ("NNS", "NNPS") and kind != "state")
    text = sent.text[start - sent.start : end - sent.start]
    counted = any(tokens[place].relation == "nummod" and tokens[place].head == index for place in range(first, index))
    gender = _gender(tokens, first, last + 1, name)
    return Candidate(sent.index, index, start, end, text, key, kind, definite, plural, _is_subject(tokens, index), name, gender, counted, owned)


def _with_of(tokens: Sequence[Token], index: int, last: int) -> int:
    """The end of a phrase with its "of …" ("the president of France")."""
    if last + 2 < len(tokens) and tokens[last + 1].text.lower() == "of":
        noun = tokens[last + 1].head
        if noun > last and tokens[noun].head == index and all(token.tag in _IN_PHRASE for token in tokens[last + 1 : noun + 1]):
            return noun
    return last


def _is_place(tokens: Sequence[Token], index: int, name: Name, tables: Tables) -> bool:
    """Whether a name is where something happens and no party: "in Cairo", "the village of Daglica", a town that no table holds and nobody acts for."""
    case = _case(tokens, index)
    head = tokens[index].head
    if (case in _PLACE_CASES or case == "from") and not is_country_name(name.text, tables):
        return True
    if case == "of" and head >= 0 and tokens[head].text.lower() in _PLACES_OF:
        return True
    return name.label in ("GPE", "LOC") and not _is_subject(tokens, index) and country_in(name.text, tables) is None


def _case(tokens: Sequence[Token], index: int) -> str:
    return next((token.text.lower() for token in tokens if token.head == index and token.relation == "case" and token.tag == "ADP"), "")


def _kind(tokens: Sequence[Token], first: int, index: int, name: Name | None, key: str, tables: Tables) -> str:
    opening = tokens[first].text.lower()
    two = opening in _DEFINITE and any(token.text.lower() in ("two", "warring", "rival") for token in tokens[first:index])
    if (key in _SET_WORDS and (opening == "both" or two)) or (key in ("pair", "duo") and opening == "the"):
        return "set"
    if name is not None and name.label == "PERSON":
        return "person"
    role = tables.sectors.get(key) or (tables.sectors.get(f"{fold(tokens[index - 1].text)} {key}") if index > first else None)
    if name is not None and tokens[index].tag == "PROPN":
        return _LABEL_KINDS[name.label]
    if key in _STATE_WORDS:
        return "state"
    if key in _GROUP_WORDS:
        return "group"
    if role is None:
        return "thing"
    if role[1] in ("carrier", "modifier") and role[0] == "-":
        return "person" if key in _HEADS else "group" if key in _GROUP_WORDS else "thing"
    return "person" if tokens[index].fine in ("NN", "NNP") and role[0] not in ("BUS", "JRN") and not _is_body(key) else "group"


def _is_body(key: str) -> bool:
    """Whether a sector word is a body of people, not a person."""
    return key.endswith(_BODY_ENDS)


def _is_subject(tokens: Sequence[Token], index: int) -> bool:
    token = tokens[index]
    if token.relation == "conj" and token.head >= 0:
        token = tokens[token.head]
    return token.relation.startswith("nsubj")


def _gender(tokens: Sequence[Token], first: int, last: int, name: Name | None) -> str:
    """By title or role, else by a given name."""
    words = [fold(token.text) for token in tokens[first:last]]
    if not _FEMALE.isdisjoint(words):
        return "f"
    if not _MALE.isdisjoint(words):
        return "m"
    given = {fold(word) for word in name.text.split()[:-1]} if name is not None and name.label == "PERSON" else set()
    return "f" if given & _FEMALE_NAMES else "m" if given & _MALE_NAMES else ""


def _has_name_after(mention: Candidate, sent: Sentence) -> bool:
    """Whether the phrase gets its name at once ("The president, Abdullah Gul"): then it is nobody from before."""
    people = [name for name in sent.names if name.label == "PERSON"]
    appositions = [token for token in sent.tokens if token.relation == "appos" and token.head == mention.head]
    return any(name.start <= token.start < name.end for token in appositions for name in people)


def _name_words(mention: Candidate) -> list[str]:
    """A person's name without titles."""
    if mention.name is None:
        return []
    words = [fold(word) for word in mention.name.text.replace("’s", "").replace("'s", "").split()]
    return [word for word in words if word not in _TITLES]


def _names_of(mention: Candidate) -> list[str]:
    """The words of a mention's name."""
    if mention.kind == "person" or mention.name is None:
        return _name_words(mention)
    return [word for word in map(fold, mention.name.text.split()) if word != "the"]


def _names_agree(words: Sequence[str], party: Party) -> bool:
    """A surname alone, or given names that do not contradict: one full name's words hold the other's."""
    mine = set(words)
    return mine <= party.words or party.words <= mine or len(mine & party.words) >= 2


def _content(mention: Candidate) -> frozenset[str]:
    """The words of a phrase without articles and owners' pronouns."""
    return frozenset(word for word in map(fold, mention.text.split()) if word not in _DEFINITE and word not in ("a", "an", "of", "two"))


def _roles(mention: Candidate, tables: Tables) -> set[str]:
    """The role words of a mention, for a later "the minister": its head, and the titles before a name."""
    if mention.kind in ("state", "set"):
        return set()
    if mention.name is None:
        return {mention.key}
    before = fold(mention.text[: max(0, mention.name.start - mention.start)])
    found = {word for word in before.split() if word in tables.sectors}
    return found | {"premier"} if "prime minister" in before else found


class _Fits(NamedTuple):
    """Which parties a pronoun may stand for."""

    kinds: frozenset[str]
    plural: bool | None
    gender: str

    def __call__(self, party: Party) -> bool:
        if party.kind not in self.kinds or (self.gender and party.gender and party.gender != self.gender):
            return False
        return self.plural is None or party.plural == self.plural or (self.plural and party.kind == "group")


_FITS = {
    "he": _Fits(frozenset({"person"}), False, "m"),
    "she": _Fits(frozenset({"person"}), False, "f"),
    "it": _Fits(frozenset({"state", "group", "thing"}), False, ""),
    "they": _Fits(frozenset({"people", "group", "set", "person", "thing"}), True, ""),
}


def _fitting(key: str) -> _Fits:
    return _FITS["he" if key in _HE else "she" if key in _SHE else "it" if key in _IT else "they"]


def _same_clause(near: Candidate, mention: Candidate, sent: Sentence) -> bool:
    """Whether both hang on one verb, as in "Russia accused it": then they are two parties. An owner's pronoun may go back to its subject."""
    if near.sentence != mention.sentence or mention.key.endswith(("self", "selves")):
        return False
    tokens = sent.tokens
    pronoun, other = tokens[mention.head], tokens[near.head]
    return pronoun.relation in ("obj", "iobj", "obl", "nsubj", "nsubj:pass") and pronoun.head == other.head


def _acronyms(text: str) -> dict[str, frozenset[str]]:
    """Acronyms that the report defines: "the National Movement for Azawad (NMA)" gives the words before the bracket whose initials they are."""
    found: dict[str, frozenset[str]] = {}
    for match in _ACRONYM.finditer(text):
        letters = [char for char in match[1].lower() if char.isalpha()]
        words = list(re.findall(r"[^\W\d_][\w’'-]*", text[max(0, match.start() - 160) : match.start()]))[-2 * len(letters) - 2 :]
        if name := _spelled(letters, words):
            found[fold(match[1])] = frozenset(map(fold, name)) - {"the", "of", "for", "and", "in", "de", "la"}
    return found


def _spelled(letters: Sequence[str], words: Sequence[str]) -> list[str]:
    """The shortest run of the last words whose capitals' initials, in order, are the letters; empty where there is none."""
    for first in range(len(words) - 1, -1, -1):
        run = words[first:]
        initials = [fold(word)[:1] for word in run if word[0].isupper()]
        everything = [fold(word)[:1] for word in run]
        if run[0][0].isupper() and (initials == list(letters) or everything == list(letters)):
            return list(run)
    return []
