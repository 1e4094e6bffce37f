"""The doer of an act for which nobody is marked, from trees made by hand."""

from __future__ import annotations

import msgspec
import pytest

from dragoman.records import Mention, Role, Sentence, Span, Status, Token
from dragoman.resolve.subjects import doer_of, is_leaver, own_dates, own_roles, owner_of, sufferer_of


def sentence(words: str) -> Sentence:
    """`word/TAG/head/relation` separated by blanks; heads are counted from 0, -1 the root."""
    tokens, position = [], 0
    for item in words.split():
        text, tag, head, relation = item.split("/")
        tokens.append(Token(text=text, start=position, end=position + len(text), tag=tag, fine="", head=int(head), relation=relation))
        position += len(text) + 1
    return Sentence(index=0, text=" ".join(token.text for token in tokens), start=0, end=position - 1, tokens=tuple(tokens))


def doer(words: str, trigger: str) -> str | None:
    sent = sentence(words)
    start = sent.text.index(trigger)
    span = Span(text=trigger, start=start, end=start + len(trigger))
    mention = Mention(trigger=span, type="SANCTION", mode=None, status=Status.ACTUAL, historical=False, confidence=1.0, roles=())
    found = doer_of(sent, mention)
    return found and sent.text[slice(*found)]


@pytest.mark.parametrize(
    ("words", "trigger", "expected"),
    [
        ("The/DET/1/det army/NOUN/2/nsubj shelled/VERB/-1/root Goma/PROPN/2/obj", "shelled", "The army"),
        ("Peru/PROPN/1/nsubj plans/VERB/-1/root to/PART/3/mark expel/VERB/1/xcomp envoys/NOUN/3/obj", "expel", "Peru"),
        ("Police/NOUN/1/nsubj came/VERB/-1/root and/CCONJ/3/cc arrested/VERB/1/conj two/NUM/3/obj", "arrested", "Police"),
        ("with/ADP/1/case Britain/PROPN/-1/root which/PRON/3/nsubj expelled/VERB/1/acl:relcl spies/NOUN/3/obj", "expelled", "Britain"),
        ("Oslo/PROPN/1/nsubj accused/VERB/-1/root Riga/PROPN/1/obj of/SCONJ/4/mark spying/VERB/1/advcl", "spying", "Riga"),
        ("with/ADP/1/case Britain/PROPN/-1/root which/PRON/3/nsubj expelled/VERB/0/acl spies/NOUN/3/obj", "expelled", "Britain"),
        ("Goma/PROPN/2/nsubj:pass was/AUX/2/aux:pass shelled/VERB/-1/root by/ADP/4/case rebels/NOUN/2/obl:agent", "shelled", "rebels"),
        ("Goma/PROPN/2/nsubj:pass was/AUX/2/aux:pass shelled/VERB/-1/root", "shelled", None),
        ("The/DET/1/det shelling/NOUN/2/nsubj ended/VERB/-1/root", "shelling", None),
        ("Expelled/VERB/-1/root envoys/NOUN/0/obj", "Expelled", None),
    ],
)
def test_the_doer_is_the_subject_or_the_agent(words: str, trigger: str, expected: str | None) -> None:
    assert doer(words, trigger) == expected


def told(sent: Sentence, trigger: str, *roles: tuple[str, str], mode: str | None = None) -> Mention:
    """A mention with roles given as (name, words)."""
    spans = [(name, words, sent.text.index(words)) for name, words in roles]
    return Mention(
        trigger=Span(text=trigger, start=sent.text.index(trigger), end=sent.text.index(trigger) + len(trigger)), type="SANCTION", mode=mode,
        status=Status.ACTUAL, historical=False, confidence=1.0,
        roles=tuple(Role(name=name, text=words, start=start, end=start + len(words), confidence=1.0) for name, words, start in spans),
    )  # fmt: skip


JOINED = sentence(
    "Poland/PROPN/1/nsubj expels/VERB/-1/root Russians/PROPN/1/obj with/ADP/4/case Britain/PROPN/1/obl which/PRON/6/nsubj ousted/VERB/4/acl:relcl "
    "spies/NOUN/6/obj yesterday/NOUN/6/obl:tmod"
)


def test_a_party_that_two_acts_claim_belongs_to_the_nearer_in_the_tree() -> None:
    both = (("recipient", "Russians"), ("recipient", "spies"), ("date", "yesterday"))
    expels, ousted = told(JOINED, "expels", *both), told(JOINED, "ousted", *both)
    sent = msgspec.structs.replace(JOINED, mentions=(expels, ousted))
    assert [[role.text for role in own_roles(sent, mention, "recipient")] for mention in sent.mentions] == [["Russians"], ["spies"]]
    assert [[role.text for role in own_dates(sent, mention)] for mention in sent.mentions] == [["yesterday"], ["yesterday"]]


def test_the_subject_of_another_clause_does_not_act() -> None:
    sent = sentence("Oslo/PROPN/1/nsubj fired/VERB/-1/root rockets/NOUN/1/obj after/SCONJ/5/mark Swedes/PROPN/5/nsubj landed/VERB/1/advcl")
    fired = told(sent, "fired", ("actor", "Oslo"), ("actor", "Swedes"))
    assert [role.text for role in own_roles(msgspec.structs.replace(sent, mentions=(fired,)), fired, "actor")] == ["Oslo"]


def test_who_must_leave_does_not_send_away() -> None:
    sent = sentence("Envoys/NOUN/1/nsubj leave/VERB/-1/root")
    assert is_leaver(told(sent, "leave", mode="expel"))
    assert not is_leaver(told(sent, "leave", mode="withdraw"))


def test_a_noun_has_its_doer_in_its_possessor_or_nationality() -> None:
    sent = sentence("the/DET/3/det American/ADJ/3/amod expulsion/NOUN/3/compound order/NOUN/-1/root")
    found = owner_of(sent, told(sent, "expulsion"))
    assert found is not None
    assert sent.text[slice(*found)] == "American"


def test_the_subject_of_a_passive_suffers_it() -> None:
    sent = sentence("Goma/PROPN/2/nsubj:pass was/AUX/2/aux:pass shelled/VERB/-1/root")
    found = sufferer_of(sent, told(sent, "shelled"))
    assert found is not None
    assert sent.text[slice(*found)] == "Goma"
