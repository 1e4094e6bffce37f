"""Words that name an act without the word that tells it: "the violence", "the American order", "the verdict" (`data/act_nouns.tsv`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from dragoman.errors import ResourceError
from dragoman.ontology import load_ontology
from dragoman.resolve.rows import data_rows
from dragoman.resolve.trees import lemma

ANY = "*"


@cache
def load_act_nouns() -> Mapping[str, frozenset[str]]:
    """Stems by type; those of `ANY` name acts of every type. Raise `ResourceError` for a type that the ontology lacks."""
    found = {kind: frozenset(lemma(word) for word in words.split()) for kind, words in data_rows("act_nouns.tsv", 2)}
    if strange := sorted(set(found) - set(load_ontology().types) - {ANY}):
        raise ResourceError(f"act_nouns.tsv: {strange[0]!r} is no type; reinstall the package")
    return found


def names_act(word: str, type_name: str) -> bool:
    """Whether a word may name an act of a type."""
    return lemma(word) in load_act_nouns().get(type_name, frozenset()) | load_act_nouns()[ANY]


def names_decision(word: str) -> bool:
    """Whether a word names what states decide and do: "the American order", "Germany's move"."""
    return lemma(word) in load_act_nouns()["SANCTION"] | load_act_nouns()[ANY]
