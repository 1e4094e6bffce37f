"""Walking a sentence's tree: small pure functions that the resolvers share. Words are indices into `sent.tokens`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from dragoman.records import Sentence, Token

SUBJECTS = frozenset({"nsubj", "nsubj:pass", "csubj"})
# What hangs on a noun without being part of what it names: relative clauses, appositions, further members of a list.
_OUTSIDE_NOUN = frozenset({"acl:relcl", "appos", "conj", "cc", "punct", "parataxis", "case", "mark", "cop", "nsubj", "advmod:emph"})


def token_at(sent: Sentence, offset: int) -> int | None:
    """The word that holds a character offset of the report."""
    return next((index for index, token in enumerate(sent.tokens) if token.start <= offset < token.end), None)


def children(tokens: Sequence[Token], head: int, *relations: str) -> list[int]:
    """Dependents of a word in order, of some relations or of all (`obl` stands for `obl:tmod` too)."""
    return [
        index
        for index, token in enumerate(tokens)
        if token.head == head and (not relations or token.relation in relations or token.relation.split(":")[0] in relations)
    ]


def chain(tokens: Sequence[Token], index: int) -> Iterator[int]:
    """The word and the words above it, up to the root; a tree has no circle, and a damaged one ends the walk."""
    for _ in range(len(tokens)):
        yield index
        index = tokens[index].head
        if index < 0:
            return


def steps(tokens: Sequence[Token], one: int, other: int) -> int:
    """The length of the way between two words along the tree; as long as the sentence where no way is."""
    above = {index: depth for depth, index in enumerate(chain(tokens, one))}
    return next((depth + above[index] for depth, index in enumerate(chain(tokens, other)) if index in above), len(tokens))


def head_of(sent: Sentence, start: int, end: int) -> int | None:
    """The first word of a span whose governor lies outside it."""
    inside = [index for index, token in enumerate(sent.tokens) if token.start < end and start < token.end]
    return next((index for index in inside if sent.tokens[index].head not in inside), inside[0] if inside else None)


def subtree(tokens: Sequence[Token], head: int, *, without: frozenset[str] = frozenset()) -> list[int]:
    """The words under a word and itself, in order; direct dependents of the relations `without` are left out with all beneath them."""
    below: dict[int, list[int]] = {}
    for index, token in enumerate(tokens):
        below.setdefault(token.head, []).append(index)
    kept, waiting = {head}, [index for index in below.get(head, ()) if tokens[index].relation not in without]
    while waiting:
        index = waiting.pop()
        if index not in kept:
            kept.add(index)
            waiting.extend(below.get(index, ()))
    return sorted(kept)


def phrase(sent: Sentence, head: int) -> tuple[int, int]:
    """Characters of the noun phrase of a head: with article, adjectives, name and "of"-phrases; without clauses, appositions and lists."""
    words = subtree(sent.tokens, head, without=_OUTSIDE_NOUN)
    first = last = words.index(head)
    while first > 0 and words[first - 1] == words[first] - 1:
        first -= 1
    while last + 1 < len(words) and words[last + 1] == words[last] + 1 and sent.tokens[words[last + 1]].text not in (",", ";", "—", "-"):
        last += 1
    chosen = words[first : last + 1]
    return sent.tokens[chosen[0]].start, sent.tokens[chosen[-1]].end


@lru_cache(1 << 14)
def lemma(word: str) -> str:
    """A rough stem, enough to hold "poisoned", "poisoning" and "poisonings" together; irregular verbs come from a short table."""
    folded = word.lower()
    if folded in _IRREGULAR:
        return _IRREGULAR[folded]
    for ending in ("ations", "ation", "ings", "ing", "ions", "ion", "ments", "ment", "ies", "ers", "ed", "es", "er", "s", "e", "y"):
        if folded.endswith(ending) and len(folded) - len(ending) >= 4:
            return folded[: len(folded) - len(ending)].rstrip("e")
    return folded


_IRREGULAR = {
    "said": "say", "says": "say", "told": "tell", "tells": "tell", "expulsion": "expel", "expulsions": "expel", "expelled": "expel", "expelling": "expel",
    "expels": "expel", "shot": "shoot", "shooting": "shoot", "shootings": "shoot", "met": "meet", "meeting": "meet", "meetings": "meet", "shut": "shut",
    "closure": "clos", "closures": "clos", "closed": "clos", "closing": "clos", "close": "clos", "closes": "clos", "held": "hold", "struck": "strik",
    "strike": "strik", "strikes": "strik", "striking": "strik", "killed": "kill", "killing": "kill", "killings": "kill", "kills": "kill", "fought": "fight",
    "denied": "den", "denies": "den", "deny": "den", "denial": "den", "denials": "den", "denying": "den", "withdrew": "withdraw", "withdrawal": "withdraw",
    "withdrawn": "withdraw", "withdrawing": "withdraw", "seized": "seiz", "seizure": "seiz", "arrival": "arriv", "refusal": "refus", "released": "releas",
    "blew": "blow", "blown": "blow", "threat": "threat", "threats": "threat", "threatened": "threat", "threatening": "threat", "threaten": "threat",
    "spying": "spy", "spied": "spy", "poison": "poison", "bomb": "bomb", "bombs": "bomb", "bombed": "bomb", "bombing": "bomb", "bombings": "bomb",
}  # fmt: skip
