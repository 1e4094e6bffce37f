"""Where sentences begin and end. Sure boundaries are cut here; doubtful ones are left to the model's sentence-end head.

Sure: a blank line, the end of a headline or a bullet, a dateline, a full stop before a capital where the word is no
abbreviation. Doubtful: "the U.S. Troops", "Nov. 5", ends without a stop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dragoman.reading.tokens import abbreviations

# Titles and their like always stand before a name, so their full stop never ends a sentence.
TITLES = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "rev", "fr", "sr", "st", "ste", "mt", "hon", "gov", "sen", "rep", "reps", "sens", "gen", "col",
    "lt", "maj", "capt", "cmdr", "adm", "sgt", "cpl", "pvt", "brig", "pres", "supt", "det", "insp", "messrs", "mme", "mlle", "vs",
    "e.g", "i.e", "no", "nos", "fig", "eg", "cf",
})  # fmt: skip
# A line at least this long may be the inside of a hard-wrapped paragraph; a shorter one stands alone.
WRAP_WIDTH = 50

_STOP = re.compile(r"""(?:[.!?]+|…)["'”’»)\]]*(?=\s+["'“‘«(\[]*[^\W_a-z]|\s*$)|[。！？]""")
_LAST_WORD = re.compile(r"([^\W_]+(?:\.[^\W_]+)*)$")
_DATELINE = re.compile(
    r"\s*(?:[A-Z][A-Z.'’-]+(?:[ ,/]+[A-Z][\w.'’-]*){0,5}(?:,? [A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?)?\s*(?:\([^()\n]{2,40}\)\s*)?[—–-]{1,2}|"
    r"[A-Z][\w'’-]+(?:,? [A-Z][\w.'’-]+){0,3}\s*\([A-Z][\w ./-]{1,30}\)\s*[—–-]{1,2})(?=\s)"
)
_BULLET = re.compile(r"\s*(?:[-*•‣◦▪–—]|\d{1,2}[.)]|\([a-z0-9]\))\s+")
_LINE = re.compile(r"[^\r\n\u2028\u2029\x0b\x0c\x85]+")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Character spans of the sure pieces of the text, in order, without white space at their ends."""
    return [span for start, end in _paragraphs(text) for span in _sentences(text, start, end)]


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Lines, with the lines of a hard-wrapped paragraph put together."""
    lines = [match.span() for match in _LINE.finditer(text) if match[0].strip()]
    widest = max((end - start for start, end in lines), default=0)
    current: tuple[int, int] | None = None
    for start, end in lines:
        if current and _wraps(text, current[1], start, end, widest, current[0]):
            current = (current[0], end)
            continue
        if current:
            yield current
        current = (start, end)
    if current:
        yield current


def _wraps(text: str, previous_end: int, start: int, end: int, widest: int, first: int) -> bool:
    """Whether the line `start:end` goes on the paragraph that ends at `previous_end`."""
    between = text[previous_end:start]
    if between.count("\n") > 1 or between.count("\r") > 1 or _BULLET.match(text, start, end):
        return False
    line_start = max(text.rfind("\n", first, previous_end), first - 1) + 1
    previous = text[line_start:previous_end].strip()
    if len(previous) < WRAP_WIDTH:
        return False
    following = text[start:end].lstrip()
    if following[:1].islower() and not previous.endswith((".", "!", "?", ":")):
        return True
    # In a text of even lines, one that is nearly full width was broken by the margin and not by its author.
    first_word = following.split(maxsplit=1)[0]
    return widest <= 100 and len(previous) + 1 + len(first_word) > widest - 2 and not previous.endswith((":", ".", "!", "?", ".”", '."'))


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if bullet := _BULLET.match(text, start, end):
        start = bullet.end()
    if dateline := _DATELINE.match(text, start, end):
        yield from _trimmed(text, start, dateline.end())
        start = dateline.end()
    begin = start
    for match in _STOP.finditer(text, start, end):
        if match.end() < end and _is_sure(text, begin, match):
            yield from _trimmed(text, begin, match.end())
            begin = match.end()
    yield from _trimmed(text, begin, end)


def _is_sure(text: str, begin: int, match: re.Match[str]) -> bool:
    if not match[0].startswith(".") or match[0].startswith(".."):
        return True
    # Sixty characters hold any abbreviation; looking back further would make a long line quadratic.
    found = _LAST_WORD.search(text, max(begin, match.start() - 60), match.start())
    if found is None:
        return True
    word = found[1].lower()
    if word in TITLES or (len(word) == 1 and found[1] != "I"):
        return False
    return word not in abbreviations() and "." not in word


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
