"""Which party a mention joins: each party in reach is scored by what speaks for and against it, and so is "none of them".

What is seen of a mention and a party is a list of short names ("head same", "d1", "country differs"); a score is the sum of their weights for
the mention's type (he, it, they, name, the definite singular …). The weights stand in data/coreference.json and are learned by
training/coreference.py on the corpus's reports and on GUM; the rules' own proposal is one of the things seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from dragoman.errors import ResourceError
from dragoman.records import Sentence
from dragoman.resolve.tables import word_group

if TYPE_CHECKING:
    from dragoman.resolve.coreference import Candidate, Party

Weights = Mapping[str, Mapping[str, float]]
# A pronoun's party was mentioned at most so many sentences before; a phrase with nothing in common with a party at most so many. Beyond them
# the reports of the training part have one link in fifty.
PRONOUN_REACH, STRANGER_REACH = 3, 3
_DISTANCE = ("d0", "d1", "d2", "d3", "d3", "d3", "d6")
_RANK = ("r0", "r1", "r2", "r3", "r3", "r5")
_COUNT = ("", "n1", "n2", "n3", "n3", "n5")
_PERSONAL = {
    **dict.fromkeys(("he", "him"), "he"), **dict.fromkeys(("she", "her", "hers"), "she"), "his": "his", "it": "it", "its": "its",
    **dict.fromkeys(("they", "them"), "they"), **dict.fromkeys(("their", "theirs"), "their"),
    **dict.fromkeys(("we", "us", "our", "ours"), "we"), **dict.fromkeys(("i", "me", "my", "mine"), "i"),
    **dict.fromkeys(("himself", "herself", "itself", "themselves"), "self"), **dict.fromkeys(("you", "your", "yours"), "you"),
}  # fmt: skip
_OWNERS = frozenset({"his", "her", "its", "their", "our", "my", "whose"})
_NEAR = frozenset({"this", "that", "these", "those"})
_STATE_WORDS = word_group("state_words")
_GROUP_WORDS = word_group("group_words")
_SAYING = word_group("saying")
_QUOTES = re.compile(r"“[^”]*”|\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a mention by itself. `words` are its content words, `quote` the number of the quotation that it stands in, or -1."""

    mention: Candidate
    type: str
    words: frozenset[str]
    names: frozenset[str]
    surname: str
    country: str | None
    sector: str | None
    identity: str
    group: str
    quote: int
    role: str


def type_of(mention: Candidate) -> str:
    """The kind of mention that has weights of its own."""
    if mention.kind == "pronoun":
        return _PERSONAL[mention.key]
    if mention.name is not None:
        return "person" if mention.kind == "person" else "name"
    if mention.kind == "set":
        return "set"
    first = mention.text.split(" ", 1)[0].lower()
    if first in _OWNERS:
        return "owned"
    if first in _NEAR:
        return "this"
    return ("the" if mention.definite else "bare") + ("s" if mention.plural else "")


def role_of(sent: Sentence, index: int) -> str:
    """The part that a word plays in its clause: its relation, and for a subject whether the verb says, is or does something."""
    token = sent.tokens[index]
    relation = token.relation.split(":")[0]
    if relation != "nsubj" or token.head < 0:
        return relation
    verb = sent.tokens[token.head]
    if verb.tag != "VERB":
        return "nsubj of being"
    return "nsubj of saying" if verb.text.lower() in _SAYING else "nsubj"


def is_pronoun(text: str) -> bool:
    """Whether the words are a personal pronoun."""
    return text.lower() in _PERSONAL


def quotations(text: str) -> list[tuple[int, int]]:
    """Where the quotations of a report stand."""
    return [match.span() for match in _QUOTES.finditer(text)]


def in_reach(facts: Facts, party: Party, near: Candidate) -> bool:
    """Whether a party is looked at for a mention."""
    distance = facts.mention.sentence - near.sentence
    if facts.mention.kind == "pronoun":
        return distance <= PRONOUN_REACH
    if facts.identity and facts.identity == party.identity:
        return True
    if not facts.words.isdisjoint(party.content) or facts.mention.key in party.roles or facts.mention.key in party.heads:
        return True
    if facts.mention.name is not None:
        return not facts.names.isdisjoint(party.words) or distance == 0
    return distance <= STRANGER_REACH or (facts.sector is not None and facts.sector in party.sectors) or bool(facts.group and facts.group == party.group)


def fits(mention: Candidate, party: Party) -> bool:
    """Whether number, kind and gender do not speak against it."""
    if mention.gender and party.gender and mention.gender != party.gender:
        return False
    if mention.kind == "pronoun":
        if mention.gender:
            return party.kind == "person" and not party.plural
        if mention.key in ("it", "its", "itself"):
            return party.kind != "person" and not party.plural
        return party.plural or party.kind in ("group", "set", "people")
    return mention.plural == party.plural and (mention.kind == party.kind or "thing" in (mention.kind, party.kind))


def seen(facts: Facts, party: Party, near: Candidate, rank: int, rule: tuple[Party, str] | None, sent: Sentence) -> list[str]:
    """What speaks for or against a party. `rank` is its place among the fitting parties, the nearest first; `rule` the rules' proposal."""
    mention = facts.mention
    distance = mention.sentence - near.sentence
    found = [
        _DISTANCE[min(distance, 6)],
        _RANK[min(rank, 5)],
        _COUNT[min(len(party.mentions), 5)],
        f"kind {party.kind}{'s' if party.plural else ''}",
        "fits" if fits(mention, party) else "unfit",
        f"number {mention.plural:d}{party.plural:d}",
        f"near {'pronoun' if near.kind == 'pronoun' else 'name' if near.name is not None else 'phrase'}",
    ]
    if rule is None:
        found.append("rule none")
    elif rule[0] is party:
        found += ("rule", f"rule {_cause(rule[1])}")
    else:
        found.append("rule elsewhere")
    found += _of_place(facts, party, near, distance, sent)
    if mention.gender:
        found.append("gender unknown" if not party.gender else "gender same" if party.gender == mention.gender else "gender differs")
    if facts.type == "you" or mention.kind == "pronoun":
        if near.kind == "pronoun":
            found.append("pronoun same" if _PERSONAL[near.key] == facts.type else "pronoun other")
        if distance <= 1:
            found.append(f"d{distance} {'subject' if near.subject else 'other'} r{min(rank, 2)}")
            found.append(f"d{distance} {facts.role} after {'subject' if near.subject else 'other'}")
        return found
    return found + _of_words(facts, party)


def _cause(reason: str) -> str:
    return "the role" if reason.startswith("the role") else "the report's" if reason.startswith("the report's") else reason


def _of_place(facts: Facts, party: Party, near: Candidate, distance: int, sent: Sentence) -> list[str]:
    """Where both stand: in the tree, in quotations, beside verbs of saying."""
    mention = facts.mention
    found = []
    if near.subject:
        found.append(f"subject d{min(distance, 2)}")
        if mention.subject:
            found.append(f"both subjects d{min(distance, 2)}")
    if party.first == 0:
        found.append("lead")
    if party.spoke:
        found.append("speaker of before" if party.spoke < mention.sentence + 1 else "speaker here")
    quote = party.quote
    if facts.quote >= 0:
        found.append("same quote" if quote == facts.quote else "into quote" if quote < 0 else "other quote")
    elif quote >= 0:
        found.append("out of quote")
    if distance == 0:
        tokens = sent.tokens
        mine, other = tokens[mention.head], tokens[near.head]
        if near.start <= mention.start and mention.end <= near.end:
            found.append("inside")
        elif mine.head == other.head and mine.relation != "conj" and other.relation != "conj":
            found.append("one clause" if mine.relation != "nmod:poss" else "owner beside")
        elif mine.relation == "conj" and (mine.head == near.head or mine.head == other.head):
            found.append("one list")
        if mine.relation == "appos" and mine.head == near.head:
            found.append("apposition")
        if mine.head >= 0 and tokens[mine.head].head == near.head:
            found.append("below")
        if other.head >= 0 and mine.head >= 0 and tokens[mine.head].head == other.head and near.subject:
            found.append("clause below its subject")
    return found


def _of_words(facts: Facts, party: Party) -> list[str]:
    """What the words of a phrase or a name have in common with those of the party."""
    mention = facts.mention
    found = []
    same_head = mention.key in party.heads
    if same_head:
        found.append("head same")
        if facts.words in party.phrases:
            found.append("phrase same")
        elif facts.words <= party.content:
            found.append("head same, nothing new")
        else:
            found.append("head same, something new")
    elif facts.words <= party.content:
        found.append("nothing new")
    elif not facts.words.isdisjoint(party.content):
        found.append("some words")
    if mention.key in party.roles:
        found.append("role")
    if facts.names:
        if facts.names == party.words:
            found.append("names same")
        elif facts.names < party.words:
            found.append("names within")
        elif not facts.names.isdisjoint(party.words):
            found.append("names some")
        elif party.words:
            found.append("names differ")
        if facts.surname and facts.surname in party.words:
            found.append("surname")
    if facts.identity and party.identity:
        found.append("identity same" if facts.identity == party.identity else "identity differs")
    if facts.country is None or party.country is None:
        found.append("country unsaid")
    else:
        found.append("country same" if facts.country == party.country else "country differs")
    if facts.sector is None or not party.sectors:
        found.append("sector unsaid")
    else:
        found.append("sector same" if facts.sector in party.sectors else "sector differs")
        found.append(f"sector {facts.sector} {party.sector}")
    if facts.group and party.group:
        found.append("group same" if facts.group == party.group else "group differs")
    if mention.key in _STATE_WORDS:
        found.append(f"state word {party.kind}")
    elif mention.key in _GROUP_WORDS:
        found.append(f"group word {party.kind}")
    if mention.kind != party.kind:
        found.append(f"{mention.kind} to {party.kind}")
    if mention.counted:
        found.append("counted")
    return found


def seen_alone(facts: Facts, parties: Sequence[Party], options: int, fitting: int, rule: tuple[Party, str] | None) -> list[str]:
    """What speaks for a mention's being of no earlier party."""
    mention = facts.mention
    found = ["new", f"new {facts.role}", f"new kind {mention.kind}", f"new {min(fitting, 2)} fit", f"new size {min(len(facts.words), 3)}"]
    if rule is None:
        found.append("new by rule")
    if not options:
        found.append("new, none in reach")
    if mention.counted:
        found.append("new counted")
    if mention.owned:
        found.append("new owned")
    if mention.subject:
        found.append("new subject")
    if mention.sentence == 0:
        found.append("new in lead")
    if facts.quote >= 0:
        found.append("new in quote")
    if facts.country is not None:
        found.append("new with country")
    if facts.sector is not None:
        found += ("new with sector", f"new {facts.sector}")
    if mention.key in _STATE_WORDS:
        found.append("new state word")
    elif mention.key in _GROUP_WORDS:
        found.append("new group word")
    if mention.kind != "pronoun" and any(mention.key in party.heads for party in parties):
        found.append("new, head known")
    return found


@cache
def load_weights() -> Weights:
    """The learned weights by type and name; raise `ResourceError` if the file is damaged."""
    try:
        found = json.loads(files("dragoman.resolve").joinpath("data", "coreference.json").read_text("utf-8"))["weights"]
        return {kind: {name: float(value) for name, value in weights.items()} for kind, weights in found.items()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise ResourceError(f"data/coreference.json cannot be read ({error}); reinstall the package") from error


def score(names: Sequence[str], weights: Mapping[str, float]) -> float:
    """The sum of the weights; what has none counts nothing."""
    get = weights.get
    return sum(get(name, 0.0) for name in names)
