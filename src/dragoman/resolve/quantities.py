"""How many: number words and digits to a value or to bounds. A vague word never becomes a point."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dragoman.records import Quantity

_UNITS = {
    "zero": 0, "no": 0, "none": 0, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "both": 2, "pair": 2, "couple": 2,
}  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12, "score": 20}
_FRACTIONS = {"half": 0.5, "third": 1 / 3, "quarter": 0.25}
# Bounds of vague words, inclusive; None is open.
_VAGUE: dict[str, tuple[float, float | None]] = {
    "several": (3, 9), "few": (3, 9), "handful": (3, 9), "some": (2, None), "many": (3, None), "numerous": (3, None), "various": (2, None),
    "dozens": (24, 99), "scores": (40, 99), "hundreds": (200, 999), "thousands": (2000, 9999), "millions": (2_000_000, 9_999_999),
}  # fmt: skip
_PLURAL_SCALES = {"hundreds": 100, "thousands": 1000, "millions": 1_000_000, "tens": 10, "dozens": 12}
_APPROXIMATE = re.compile(r"\b(?:about|around|roughly|approximately|some|nearly|almost|close to|an estimated|estimated|perhaps|circa)\b")
_AT_LEAST = re.compile(r"\b(?:at least|no fewer than|no less than|a minimum of|or more)\b")
_MORE = re.compile(r"\b(?:more than|over|above|in excess of|upwards? of)\b")
_AT_MOST = re.compile(r"\b(?:up to|at most|no more than|as many as|a maximum of)\b")
_FEWER = re.compile(r"\b(?:fewer than|less than|under|below)\b")
_WORD = re.compile(r"\d[\d,]*(?:\.\d+)?|[a-z]+")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as read: a value, or bounds of which one may be open."""

    value: float | None = None
    min: float | None = None
    max: float | None = None
    approximate: bool = False


def read_amount(words: str) -> Amount | None:
    """Read a number phrase ("more than 100", "two dozen", "tens of thousands", "10-15"); None if it holds no number."""
    text = words.lower().replace("–", "-").strip()
    if between := _read_range(text):
        return between
    if vague := _read_vague(text):
        return vague
    value = _read_number(text)
    if value is None:
        return None
    if _AT_LEAST.search(text):
        return Amount(min=value)
    if _MORE.search(text):
        return Amount(min=value + 1)
    if _AT_MOST.search(text):
        return Amount(max=value)
    if _FEWER.search(text):
        return Amount(max=value - 1)
    return Amount(value=value, approximate=bool(_APPROXIMATE.search(text)))


def quantity(text: str, start: int, end: int, *, unit: str | None = None) -> Quantity | None:
    """The record for the number phrase `text[start:end]`, or None where it cannot be read."""
    amount = read_amount(text[start:end])
    if amount is None:
        return None
    return Quantity(
        value=amount.value, min=amount.min, max=amount.max, approximate=amount.approximate,
        unit=unit, text=text[start:end], start=start, end=end,
    )  # fmt: skip


def _read_range(text: str) -> Amount | None:
    match = re.search(r"(?:between |from )?([\w,.]+(?: [a-z]+)?)\s*(?:-| to | and )\s*([\w,.]+(?: [a-z]+)*)$", text)
    if match is None or (" and " in match[0] and not text.startswith("between")):
        return None
    high = _read_number(match[2])
    low = _read_number(match[1])
    if low is None or high is None:
        return None
    # "two to three hundred": the scale belongs to both.
    if low < 100 <= high and (scale := next((n for w, n in _SCALES.items() if match[2].endswith(w)), 0)):
        low *= scale
    return Amount(min=low, max=high) if low < high else None


def _read_vague(text: str) -> Amount | None:
    if match := re.search(r"\b(hundreds|tens|dozens|scores) of (thousands|millions)\b", text):
        low, high = {"hundreds": (200, 999), "tens": (20, 99), "dozens": (24, 99), "scores": (40, 99)}[match[1]]
        times = _PLURAL_SCALES[match[2]]
        return Amount(min=low * times, max=(high + 1) * times - 1)
    if re.search(r"\d", text) or any((word in _UNITS and word not in ("a", "an")) or word in _TENS for word in text.split()):
        return None
    for word in text.split():
        if word in _VAGUE:
            scaled = next((scale for name, scale in _SCALES.items() if name in text.split()), 1)
            least, most = _VAGUE[word]
            return Amount(min=least * scaled, max=most * scaled if most is not None else None)
    return None


def _read_number(text: str) -> float | None:
    total, current, seen = 0.0, 0.0, False
    for word in _WORD.findall(text.replace("-", " ")):
        if word[0].isdigit():
            current, seen = current + float(word.replace(",", "")), True
        elif word in _UNITS:
            # "half a million": the article adds nothing to a number before it.
            current, seen = current + (0 if word in ("a", "an") and current else _UNITS[word]), True
        elif word in _TENS:
            current, seen = current + _TENS[word], True
        elif word in _FRACTIONS:
            current, seen = (_FRACTIONS[word] if current in (0, 1) else current + _FRACTIONS[word]), True
        elif word in _SCALES:
            current, seen = (current or 1) * _SCALES[word], True
            if _SCALES[word] >= 1000:
                total, current = total + current, 0.0
    return total + current if seen else None
