"""Role spans widened by the tree: hand-built sentences, no model."""

from __future__ import annotations

from dragoman.model.decoding import Act, RoleSpan
from dragoman.reading.phrases import distinct_acts, whole_phrases
from dragoman.records import Token


def sentence(rows: str) -> list[Token]:
    """Words as `text/TAG/head/relation`, heads from 0, -1 the root."""
    tokens, position = [], 0
    for row in rows.split():
        text, tag, head, relation = row.split("/")
        tokens.append(Token(text=text, start=position, end=position + len(text), tag=tag, fine="", head=int(head), relation=relation))
        position += len(text) + 1
    return tokens


def act(position: int, *roles: RoleSpan, confidence: float = 0.9, kind: str = "SANCTION") -> Act:
    return Act(position, kind, None, "actual", False, confidence, roles, ())


TITLED = sentence("Mr./PROPN/1/nmod Kowal/PROPN/2/nsubj expelled/VERB/-1/root the/DET/5/det Russian/ADJ/5/amod envoys/NOUN/2/obj")


def spans(found: Act) -> list[tuple[str, int, int]]:
    return [(role.name, role.start, role.end) for role in found.roles]


def test_a_title_and_an_article_lead_to_their_noun() -> None:
    found = whole_phrases(act(2, RoleSpan("actor", 0, 1, 1.0), RoleSpan("recipient", 3, 4, 1.0)), TITLED, [], 0)
    assert spans(found) == [("actor", 0, 2), ("recipient", 3, 6)]


def test_an_adjective_of_the_act_itself_stays_alone() -> None:
    tokens = sentence("Israeli/ADJ/1/amod airstrikes/NOUN/2/nsubj hit/VERB/-1/root Gaza/PROPN/2/obj")
    assert spans(whole_phrases(act(1, RoleSpan("actor", 0, 1, 1.0)), tokens, [], 0)) == [("actor", 0, 1)]


def test_pieces_of_one_phrase_become_one_span() -> None:
    pieces = (RoleSpan("recipient", 4, 5, 1.0), RoleSpan("recipient", 5, 6, 1.0))
    assert spans(whole_phrases(act(2, *pieces), TITLED, [], 0)) == [("recipient", 3, 6)]


def test_a_role_takes_the_whole_name_that_it_touches() -> None:
    tokens = sentence("in/ADP/1/case March/PROPN/-1/root 15/NUM/1/nummod")
    assert spans(whole_phrases(act(0, RoleSpan("date", 1, 2, 1.0)), tokens, [(1, 3, "DATE")], 0)) == [("date", 1, 3)]


def test_a_verb_and_the_act_that_it_governs_are_one() -> None:
    tokens = sentence("Oslo/PROPN/1/nsubj ordered/VERB/-1/root the/DET/3/det expulsion/NOUN/1/obj")
    kept = distinct_acts([act(1, confidence=0.6), act(3, confidence=0.9)], tokens, 0)
    assert [one.position for one in kept] == [3]


def test_neighbours_of_one_kind_are_one_act() -> None:
    tokens = sentence("he/PRON/1/nsubj:pass declared/VERB/-1/root persona/NOUN/4/nsubj non/ADV/4/advmod grata/ADJ/1/advcl")
    kept = distinct_acts([act(1, confidence=0.6), act(2, confidence=0.9)], tokens, 0)
    assert [one.position for one in kept] == [2]


def test_two_acts_of_different_types_stay_two() -> None:
    tokens = sentence("Oslo/PROPN/1/nsubj condemned/VERB/-1/root the/DET/3/det bombing/NOUN/1/obj")
    assert len(distinct_acts([act(1, kind="ACCUSE"), act(3, kind="ASSAULT")], tokens, 0)) == 2
