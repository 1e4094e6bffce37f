"""Relative clauses that the tree hangs too far away: "plans to expel Russians in solidarity with Britain, which expelled 23" is Britain's deed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dragoman.records import Token

_PRONOUNS = frozenset({"which", "who", "whom"})
_NOUNS = frozenset({"NOUN", "PROPN"})
_PARTS = frozenset({"flat", "compound"})
# From a noun up to the noun that it is part of: "the president of Poland, who" may be either.
_WITHIN = _PARTS | {"nmod", "nmod:poss", "nmod:unmarked", "appos", "conj"}


def with_near_antecedents(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The words with each clause of ", which" or ", who" on the noun right before the comma, unless the tree has it on a noun which that one is part of."""
    found = list(tokens)
    for verb, token in enumerate(tokens):
        noun = _noun_before(tokens, verb) if token.relation == "acl:relcl" else None
        if noun is not None and token.head not in _above(tokens, noun, _WITHIN) and verb not in _above(tokens, noun):
            found[verb] = msgspec.structs.replace(token, head=noun)
    return tuple(found)


def _noun_before(tokens: Sequence[Token], verb: int) -> int | None:
    pronoun = next((index for index in range(verb) if tokens[index].head == verb and tokens[index].text.lower() in _PRONOUNS), 0)
    if pronoun < 2 or tokens[pronoun - 1].text != "," or tokens[pronoun - 2].tag not in _NOUNS:
        return None
    noun = pronoun - 2
    while tokens[noun].relation in _PARTS and tokens[noun].head >= 0:
        noun = tokens[noun].head
    return noun if noun < pronoun else None


def _above(tokens: Sequence[Token], index: int, along: frozenset[str] | None = None) -> set[int]:
    """The word and the words above it, up to the root or as far as the relations `along` lead."""
    found: set[int] = set()
    while index >= 0 and index not in found:
        found.add(index)
        if along is not None and tokens[index].relation not in along:
            break
        index = tokens[index].head
    return found
