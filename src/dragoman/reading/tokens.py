"""Words with exact character offsets, in the conventions of the Universal Dependencies treebanks (EWT, GUM).

The text is never changed: a word is a slice of it. Combining marks, emoji sequences and zero-width characters stay with
the word that they follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Word:
    """A slice of the text: `text == source[start:end]`."""

    text: str
    start: int
    end: int


# One mark may follow a letter; joiners and selectors glue emoji; a soft hyphen is no boundary.
_MARKS = r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u200c\u200d\u00ad]"
_LETTER = rf"[^\W\d_]{_MARKS}*"
_ALNUM = rf"[^\W_]{_MARKS}*"
_APOSTROPHE = "['’‘ʼ＇]"

_TOKEN = re.compile(
    rf"""
    (?P<url>(?:https?|ftp)://[^\s<>"“”]+[^\s<>"“”.,;:!?)\]}}'’] | www\.[^\s<>"“”]+[^\s<>"“”.,;:!?)\]}}'’])
  | (?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
  | (?P<domain>@?[A-Za-z][\w-]*(?:\.[\w-]+)*\.(?:com|org|net|gov|edu|co|uk|info)\b)
  | (?P<file>\w[\w-]*(?:\.[\w-]+)*\.(?:pdf|docx?|xlsx?|ppt|html?|jpe?g|png|txt|zip|exe|mp3)\b)
  | (?P<group>[a-z]+(?:\.[a-z]+){{2,}}\b)
  | (?P<slashed>\d{{1,4}}/\d{{1,2}}/\d{{2,4}}|\b(?:b/c|w/o|24/7|n/a|c/o)\b)
  | (?P<phone>\+?\d[\d-]*-\d{{4}}(?![\w-])|\d{{1,2}}-\d{{4}}\b)
  | (?P<handle>[@\#][A-Za-z_]\w+)
  | (?P<face>[:;=8][-^']?[()DPpOo|/\\]+(?!\w) | <3 | \^_+\^)
  | (?P<time>\d{{1,2}}:\d{{2}}(?::\d{{2}})?)
  | (?P<number>[.]?\d+(?:[.,]\d+)*(?:st|nd|rd|th|s)?(?![^\W\d_]) | [.]?\d+(?:[.,]\d+)*)
  | (?P<dotted>(?:[^\W\d_]\.){{2,}}(?:[^\W\d_](?![^\W_]))?)
  | (?P<word>{_LETTER}(?:{_ALNUM})*(?:[&+](?=[^\W_]){_ALNUM}+)?)
  | (?P<dots>\.{{2,}}|…+)
  | (?P<dashes>-{{2,}}|[–—]+|[*]+|[=]+|_+|[~]+|[!?]+|[<>]+|[-=]{{3,}})
  | (?P<quotes>``|''|,,|\$+)
  | (?P<mark>\S{_MARKS}*(?:\u200d\S{_MARKS}*)*)
    """,
    re.VERBOSE,
)
_CLITIC = re.compile(rf"{_APOSTROPHE}(?:s|re|ve|ll|d|m)(?![^\W_])", re.IGNORECASE)
_NOT = re.compile(rf"n{_APOSTROPHE}t$", re.IGNORECASE)
_UNIT = re.compile(r"(\d[\d.,]*)(am|pm|a\.m\.|p\.m\.|km|kg|mm|cm|m|g|mph|k|bn|mn|mb|gb|lb|lbs|ft|hrs|%)$", re.IGNORECASE)
_INNER = re.compile(rf"[^\W_](?:{_MARKS})*{_APOSTROPHE}(?=[^\W\d_])")


def tokenise(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """The words of `text[start:end]`, with offsets into `text`. White space and controls are in no word."""
    end = len(text) if end is None else end
    spans = [(a, b) for a, b in _chunks(text, start, end)]
    return [Word(text[a:b], a, b) for a, b in _join_hyphens(text, spans)]


def _chunks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Tokens by the pattern, clitics and abbreviations apart."""
    position = start
    while (match := _TOKEN.search(text, position, end)) is not None:
        kind, first, last = match.lastgroup, match.start(), match.end()
        position = last
        if kind == "word":
            last = _extend_word(text, first, last, end)
            position = last
            yield from _split_word(text, first, last)
        elif kind == "mark" and (clitic := _CLITIC.match(text, first, end)) and first > start and text[first - 1].isalnum():
            position = clitic.end()
            yield first, position
        else:
            yield first, last


def _extend_word(text: str, first: int, last: int, end: int) -> int:
    """Take in n't, inner apostrophes of names (O'Neill, d'Ivoire, Sana'a) and the full stop of an abbreviation."""
    rules = abbreviations()
    if last + 1 < end and text[last] in "'’‘ʼ＇" and not _CLITIC.match(text, last, end):
        tail = re.compile(rf"{_APOSTROPHE}[^\W\d_]+").match(text, last, end)
        if tail:
            last = tail.end()
    if last < end and text[last] == "." and _keeps_stop(text, first, last, end, rules):
        return last + 1
    return last


def _keeps_stop(text: str, first: int, last: int, end: int, rules: frozenset[str]) -> bool:
    word = text[first:last]
    if word.lower() in rules:
        # "No." is an abbreviation before a number alone.
        return word.lower() != "no" or bool(re.match(r"\.\s*\d", text[last:end][:4]))
    # An initial: "J. Smith".
    return len(word) == 1 and word.isupper() and bool(re.match(r"\.\s+[^\W\d_]", text[last:end][:4])) and word != "I"


def _split_word(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    word = text[first:last]
    cut = contractions().get(word.lower())
    if cut is None and (found := _NOT.search(word)) and found.start() > 0:
        cut = found.start()
    if cut:
        yield first, first + cut
        yield first + cut, last
    else:
        yield first, last


def _join_hyphens(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Glue what the treebanks keep whole: prefixes ("anti-war", "e-mail") and their like."""
    joined: list[tuple[int, int]] = []
    prefixes = hyphen_prefixes()
    index = 0
    while index < len(spans):
        first, last = spans[index]
        while (
            index + 2 < len(spans)
            and text[last : last + 1] in ("-", "‑")
            and spans[index + 1] == (last, last + 1)
            and spans[index + 2][0] == last + 1
            and _holds(text[first:last], text[spans[index + 2][0] : spans[index + 2][1]], prefixes)
        ):
            index += 2
            last = spans[index][1]
        joined.append((first, last))
        index += 1
    return joined


def _holds(left: str, right: str, prefixes: frozenset[str]) -> bool:
    return left.lower() in prefixes and right[:1].isalpha()


@cache
def abbreviations() -> frozenset[str]:
    """Words that keep a full stop, lower-cased, without it."""
    return _words("abbreviations.txt")


@cache
def hyphen_prefixes() -> frozenset[str]:
    """Prefixes that stay in one word with what follows their hyphen."""
    return _words("prefixes.txt")


@cache
def contractions() -> dict[str, int]:
    """Words written as one that are two, and where the second begins."""
    return {word.replace("|", ""): word.index("|") for word in _words("contractions.txt")}


def _words(name: str) -> frozenset[str]:
    text = files("dragoman.reading").joinpath(name).read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
