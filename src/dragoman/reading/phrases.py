"""Whole phrases: the model marks the words of a role one by one, the tree says which words belong together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dragoman.model.decoding import Act, RoleSpan
from dragoman.records import Token

PARTIES = frozenset({"actor", "recipient", "speaker", "joint"})
# What a noun phrase has before its head, and inside a name after it.
_BEFORE = frozenset({"nummod", "nmod:poss", "case"})
_AFTER = frozenset({"flat"})
_NAMING = frozenset({"NOUN", "PROPN", "PRON", "NUM", "ADJ"})
# Names that belong whole to a role when the role touches them.
_PARTY_NAMES = ("PERSON", "ORG", "GPE", "NORP")
_NAMES_OF_ROLE = {
    "actor": _PARTY_NAMES, "recipient": _PARTY_NAMES, "speaker": _PARTY_NAMES, "place": ("GPE", "LOC", "FAC"),
    "date": ("DATE", "TIME"), "deadline": ("DATE", "TIME"), "count": ("CARDINAL",), "dead": ("CARDINAL",), "injured": ("CARDINAL",),
}  # fmt: skip


def whole_phrases(act: Act, tokens: Sequence[Token], names: Sequence[tuple[int, int, str]], begin: int) -> Act:
    """The act with its roles widened to whole names and, for parties, to whole noun phrases.

    `tokens` are those of its sentence, whose first word has index `begin` in the pass; roles and names count from the pass.
    A party that names nothing (a stray article) is dropped, and spans of one role that touch after widening are one.
    """
    trigger = act.position - begin
    widened = [_widened(role, tokens, names, begin, trigger) for role in act.roles if begin <= role.start and role.end <= begin + len(tokens)]
    return replace(act, roles=tuple(_merged(role for role in widened if _names_something(role, tokens, begin))))


def _widened(role: RoleSpan, tokens: Sequence[Token], names: Sequence[tuple[int, int, str]], begin: int, trigger: int) -> RoleSpan:
    start, end = role.start, role.end
    for first, last, label in names:
        if first < role.end and role.start < last and label in _NAMES_OF_ROLE.get(role.name, ()):
            start, end = min(start, first), max(end, last)
    if role.name in PARTIES:
        first, last = _noun_phrase(tokens, start - begin, end - begin, trigger)
        start, end = first + begin, last + begin
    return replace(role, start=start, end=max(end, start + 1))


def _noun_phrase(tokens: Sequence[Token], start: int, end: int, trigger: int) -> tuple[int, int]:
    """The span with the article, adjectives and numbers of its head noun, and the rest of the head's name."""
    head = next((index for index in range(start, end) if not start <= tokens[index].head < end), start)
    if _leads_to_noun(tokens, head) and _is_free(tokens, tokens[head].head, trigger):
        head = tokens[head].head
        start, end = min(start, head), max(end, head + 1)
    while start > 0 and _belongs_before(tokens, start - 1) and start <= tokens[start - 1].head < end:
        start -= 1
    while end < len(tokens) and tokens[end].relation in _AFTER and start <= tokens[end].head < end:
        end += 1
    while end - start > 1 and tokens[end - 1].tag in ("PUNCT", "CCONJ", "ADP", "PART"):
        end -= 1
    while end - start > 1 and tokens[start].tag in ("PUNCT", "CCONJ", "ADP"):
        start += 1
    return start, end


def _leads_to_noun(tokens: Sequence[Token], index: int) -> bool:
    """Whether the word only leads up to its head: an article, an adjective, or a title before a name, which the treebanks hang on it as `nmod`."""
    relation, head = tokens[index].relation, tokens[index].head
    return relation in ("det", "amod", "compound", "flat") or (relation == "nmod" and head > index and tokens[index].tag == "PROPN")


def _belongs_before(tokens: Sequence[Token], index: int) -> bool:
    """Whether the word before a span is part of its noun phrase; a preposition is not."""
    return _leads_to_noun(tokens, index) or (tokens[index].relation in _BEFORE and tokens[index].tag != "ADP")


def _is_free(tokens: Sequence[Token], noun: int, trigger: int) -> bool:
    """Whether the noun is a party of its own: in "Israeli airstrikes" and "the French expulsion order" it is the act."""
    return noun != trigger and not (tokens[trigger].head == noun and tokens[trigger].relation in ("compound", "amod"))


def _names_something(role: RoleSpan, tokens: Sequence[Token], begin: int) -> bool:
    return role.name not in PARTIES or any(token.tag in _NAMING for token in tokens[role.start - begin : role.end - begin])


def _merged(roles: Iterable[RoleSpan]) -> list[RoleSpan]:
    merged: list[RoleSpan] = []
    for role in sorted(roles, key=lambda role: (role.name, role.start)):
        last = merged[-1] if merged else None
        if last and last.name == role.name and role.start < last.end:
            merged[-1] = replace(last, end=max(last.end, role.end))
        else:
            merged.append(role)
    return merged


_COMPLEMENTS = frozenset({"obj", "xcomp", "ccomp", "acl", "nmod", "nsubj:pass"})


def distinct_acts(acts: Sequence[Act], tokens: Sequence[Token], begin: int) -> list[Act]:
    """Without the weaker of two triggers that tell one act: a verb and what it governs ("ordered the expulsion", "announced plans to expel"), or
    neighbours ("declared persona non grata")."""
    weaker = set()
    for one in acts:
        for other in acts:
            alike = (one.type, one.mode) == (other.type, other.mode) and one.position != other.position
            if alike and (abs(one.position - other.position) == 1 or _governs(tokens, one.position - begin, other.position - begin)):
                weaker.add(min(one, other, key=lambda act: act.confidence).position)
    return [act for act in acts if act.position not in weaker]


def _governs(tokens: Sequence[Token], upper: int, lower: int) -> bool:
    """Whether the word `upper` is the head of `lower`, or the head of its head, along complements."""
    for _ in range(2):
        if tokens[lower].relation not in _COMPLEMENTS or tokens[lower].head < 0:
            return False
        lower = tokens[lower].head
        if lower == upper:
            return True
    return False
