"""Words and sentences: exact offsets, the treebanks' conventions, the wires' punctuation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.reading.sentences import split_sentences
from dragoman.reading.tokens import tokenise


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The U.S. doesn't know.", ["The", "U.S.", "does", "n't", "know", "."]),
        ("Poland’s envoy can’t go.", ["Poland", "’s", "envoy", "ca", "n’t", "go", "."]),
        ("Mr. Smith of No. 10", ["Mr.", "Smith", "of", "No.", "10"]),
        ("Moscow-backed rebels", ["Moscow", "-", "backed", "rebels"]),
        ("an anti-war march", ["an", "anti-war", "march"]),
        ("$1,200.50 (10%)", ["$", "1,200.50", "(", "10", "%", ")"]),
        ("“Stop!” he said…", ["“", "Stop", "!", "”", "he", "said", "…"]),
        ("Côte d’Ivoire’s Élysée", ["Côte", "d’Ivoire", "’s", "Élysée"]),
        ("Mali\u00a0and\u200b Chad", ["Mali", "and", "\u200b", "Chad"]),
        ("see https://example.org/a?b=1.", ["see", "https://example.org/a?b=1", "."]),
    ],
)
def test_words_follow_the_treebanks(text: str, words: list[str]) -> None:
    assert [word.text for word in tokenise(text)] == words


@given(st.text())
def test_words_are_slices_in_order_and_lose_only_white_space(text: str) -> None:
    position = 0
    for word in tokenise(text):
        assert text[word.start : word.end] == word.text
        assert word.start >= position
        assert not text[position : word.start].strip()
        position = word.end
    assert not text[position:].strip()


@given(st.text(alphabet=st.sampled_from("aB. \n\r!?”\"(-—1é\u0301👍🏽")))
def test_sentences_are_in_order_and_lose_no_words(text: str) -> None:
    position = 0
    for start, end in split_sentences(text):
        assert position <= start < end
        position = end
    assert sum(end - start for start, end in split_sentences(text)) <= len(text)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("WASHINGTON (Reuters) — It began. It ended.", ["WASHINGTON (Reuters) —", "It began.", "It ended."]),
        ("TUNIS, March 5 (AP) - Police came.", ["TUNIS, March 5 (AP) -", "Police came."]),
        ("Mr. Smith met Gen. Jones.", ["Mr. Smith met Gen. Jones."]),
        ("POLICE ARREST 40\nPolice arrested forty people.", ["POLICE ARREST 40", "Police arrested forty people."]),
        ("He left.\r\n\r\n- one thing\r\n- two", ["He left.", "one thing", "two"]),
        ("“Stop!” she said. It stopped.", ["“Stop!” she said.", "It stopped."]),
        (
            "Police arrested forty people in the capital on Tuesday night after\na march turned violent.",
            ["Police arrested forty people in the capital on Tuesday night after\na march turned violent."],
        ),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == sentences
