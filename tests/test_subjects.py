"""The doer of an act for which nobody is marked, from trees made by hand."""

from __future__ import annotations

import pytest

from dragoman.records import Mention, Sentence, Span, Status, Token
from dragoman.resolve.subjects import doer_of


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
        ("Goma/PROPN/2/nsubj:pass was/AUX/2/aux:pass shelled/VERB/-1/root by/ADP/4/case rebels/NOUN/2/obl:agent", "shelled", "rebels"),
        ("Goma/PROPN/2/nsubj:pass was/AUX/2/aux:pass shelled/VERB/-1/root", "shelled", None),
        ("The/DET/1/det shelling/NOUN/2/nsubj ended/VERB/-1/root", "shelling", None),
        ("Expelled/VERB/-1/root envoys/NOUN/0/obj", "Expelled", None),
    ],
)
def test_the_doer_is_the_subject_or_the_agent(words: str, trigger: str, expected: str | None) -> None:
    assert doer(words, trigger) == expected
