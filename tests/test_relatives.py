"""A relative clause hangs on the noun that it is about."""

from __future__ import annotations

from dragoman.reading.relatives import with_near_antecedents
from dragoman.records import Token


def read(*rows: tuple[str, str, int, str]) -> list[Token]:
    return [Token(text=text, start=0, end=0, tag=tag, fine="", head=head, relation=relation) for text, tag, head, relation in rows]


def test_a_clause_behind_a_comma_is_about_the_noun_before_it() -> None:
    tokens = read(
        ("expel", "VERB", -1, "root"), ("Russians", "PROPN", 0, "obj"), ("in", "ADP", 3, "case"), ("solidarity", "NOUN", 0, "obl"), ("with", "ADP", 5, "case"),
        ("Britain", "PROPN", 3, "nmod"), (",", "PUNCT", 8, "punct"), ("which", "PRON", 8, "nsubj"), ("acted", "VERB", 1, "acl:relcl"),
    )  # fmt: skip
    assert with_near_antecedents(tokens)[8].head == 5


def test_the_noun_that_the_nearest_is_part_of_may_have_the_clause() -> None:
    tokens = read(
        ("president", "NOUN", 6, "nsubj"), ("of", "ADP", 2, "case"), ("Poland", "PROPN", 0, "nmod"), (",", "PUNCT", 5, "punct"), ("who", "PRON", 5, "nsubj"),
        ("came", "VERB", 0, "acl:relcl"), ("spoke", "VERB", -1, "root"),
    )  # fmt: skip
    assert list(with_near_antecedents(tokens)) == tokens


def test_no_circle_is_made() -> None:
    tokens = read(
        ("Oslo", "PROPN", 3, "obj"), (",", "PUNCT", 3, "punct"), ("which", "PRON", 3, "nsubj"), ("left", "VERB", 4, "acl:relcl"), ("men", "NOUN", -1, "root"),
    )  # fmt: skip
    assert list(with_near_antecedents(tokens)) == tokens
