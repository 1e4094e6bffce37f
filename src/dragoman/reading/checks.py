"""What is not coded, and why: said before anything is read."""

from __future__ import annotations

import re

from dragoman.errors import InputError
from dragoman.records import Report

# A long feature has 60,000 characters; a text of a million is an archive, a log or a broken file.
LONGEST_REPORT = 1_000_000
# Of the words of English news, 35 to 50 in a hundred are among these; of other languages' texts, under 8.
# Set on the open Wikinews reports and on short invented texts in ten other languages.
_COMMON = frozenset({
    "the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "on", "was", "with", "as", "by", "at", "from", "be", "are", "has",
    "have", "had", "were", "not", "this", "which", "or", "an", "his", "its", "will", "he", "who", "they", "but", "said", "been",
    "their", "after", "also", "would", "about", "when", "more", "one", "two", "into", "over", "no",
})  # fmt: skip
LEAST_COMMON_SHARE = 0.10
# French, German, Spanish, Italian, Portuguese and Dutch share "a", "in", "on" or "is" with English; a text that has more of these than of the
# English ones is theirs. The commonest words of each, without those that English has.
_FOREIGN = frozenset({
    "le", "la", "les", "des", "du", "et", "une", "un", "est", "que", "qui", "dans", "pour", "sur", "avec", "der", "das", "und", "ist", "nicht", "den",
    "von", "zu", "mit", "ein", "eine", "el", "los", "las", "del", "una", "por", "con", "para", "se", "il", "di", "che", "gli", "della", "non", "sono",
    "het", "een", "van", "niet", "zijn", "os", "um", "uma", "em", "não", "com", "dos", "da", "de", "au", "aux", "y", "e", "o",
})  # fmt: skip
# Headlines leave the common words out, so a short text is given the benefit of the doubt.
SHORTEST_FOR_LANGUAGE = 30


def check_report(report: Report) -> None:
    """Raise `InputError` with the reason if the report cannot be coded."""
    text = report.text
    if not text.strip():
        raise InputError("empty text")
    if len(text) > LONGEST_REPORT:
        raise InputError(f"text of {len(text):,} characters; the limit is {LONGEST_REPORT:,} for one report")
    if "\0" in text:
        raise InputError("binary data, not text (it holds NUL characters)")
    if not looks_english(text):
        raise InputError("not English: too few of the commonest English words")


def looks_english(text: str) -> bool:
    """Whether the first thousand words hold enough of the commonest English ones; short texts in Latin letters pass."""
    sample = text[:8000]
    letters = [char for char in sample if char.isalpha()]
    if letters and sum(char < "\u0250" for char in letters) < 0.7 * len(letters):
        return False
    words = re.findall(r"[^\W\d_]+", sample.lower())[:1000]
    if len(words) < SHORTEST_FOR_LANGUAGE:
        return True
    common = sum(word in _COMMON for word in words)
    return common >= LEAST_COMMON_SHARE * len(words) and common > sum(word in _FOREIGN for word in words)
