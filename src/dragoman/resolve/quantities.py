"""How many: number words and digits to a value or to bounds. A vague word never becomes a point.

`read_amount` reads a phrase alone; `quantity` reads it where it stands in a report: the words around it complete it ("at least [17]",
"[12] of the 20 hostages"), say whether it is part of another number ("including 12 officers") and whether it is a running total.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.records import Quantity, Sentence, Token

_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "both": 2, "pair": 2, "couple": 2, "duo": 2, "trio": 3,
}  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 1_000_000_000_000, "dozen": 12, "score": 20}
_SUFFIXES = {"k": 1000, "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000, "tn": 1_000_000_000_000}
_FRACTIONS = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fourth": 1 / 4, "fifth": 1 / 5}
# Read as one, or as none, where no number stands beside them.
_ONE = re.compile(r"^(?:the only|a single|(?:yet )?another|lone|the lone|single|only one|an?)\b")
_NONE = re.compile(r"^(?:no|none|not a single|not one|neither)\b")
# Bounds of vague words, inclusive; None is open.
_VAGUE: dict[str, tuple[float, float | None]] = {
    "several": (3, 9), "few": (3, 9), "handful": (3, 9), "some": (2, None), "many": (3, None), "numerous": (3, None), "various": (2, None),
    "dozens": (24, 99), "scores": (40, 99), "tens": (20, 99), "hundreds": (200, 999), "thousands": (2000, 9999), "millions": (2_000_000, 9_999_999),
    "billions": (2_000_000_000, 9_999_999_999),
}  # fmt: skip
_PLURAL_SCALES = {"thousands": 1000, "millions": 1_000_000, "billions": 1_000_000_000}
# Words that bound a number. The first that matches is taken out before the number is read.
_MODIFIERS = tuple(
    (kind, re.compile(rf"\b(?:{words})\b"))
    for kind, words in (
        ("at most", "no more than|not more than|up to|at most|as many as|as much as|a maximum of|no greater than"),
        ("at least", "no fewer than|not fewer than|no less than|not less than|at least|a minimum of|or more|plus|and more|or above"),
        ("more", "(?:slightly |just |well |far |a little |many )?(?:more than|over|above)|in excess of|upwards? of"),
        ("fewer", "(?:slightly |just |well |far |a little )?(?:fewer than|less than|under|below)"),
        ("about", "about|around|roughly|approximately|some|nearly|almost|close to|an estimated|estimated|perhaps|possibly|maybe|circa|or so|odd|"
                  "in the region of|something like|reportedly"),
    )
)  # fmt: skip
_BARE_SHARE = re.compile(r"^(?:all|most|every|each|half|much|the majority|a majority|the rest|the remainder)\b")
_MONEY = {"$": "US dollars", "€": "euros", "£": "pounds", "¥": "yen", "₹": "rupees"}
_CURRENCY = re.compile(
    r"(?:^|\s)((?:(?:US|U\.S\.|American|Canadian|Australian|Hong Kong) )?(?:dollars|euros|pounds|roubles|rubles|yuan|yen|rupees|kroner|kronor|krona|francs|"
    r"lira|shekels|pesos|reais|riyals"
    r"|dinars|dirhams|rand|naira|won|zlotys|hryvnias?))\b"
)
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?(?:(?:k|bn|mn|m|tn)\b)?|[a-z]+")
_OWNED = r"(?:the|its|his|her|their|these|those|our|your|some|about|nearly|more than|at least)"
_WHOLE = re.compile(rf"\bof (?:{_OWNED} )*(?=\d|[a-z]+)")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as read: a value, or bounds of which one may be open; neither where it is a share of something uncounted ("all", "half")."""

    value: float | None = None
    min: float | None = None
    max: float | None = None
    approximate: bool = False


def read_amount(words: str) -> Amount | None:
    """Read a number phrase ("more than 100", "two dozen", "tens of thousands", "10-15"); None if it holds no number."""
    text = _plain(words)
    return _read_share(text) or _read_added(text) or _read_range(text) or _read_vague(text) or _read_bounded(text) or _read_bare(text)


def quantity(text: str, start: int, end: int, *, unit: str | None = None, sent: Sentence | None = None) -> Quantity | None:
    """The record for the number phrase `text[start:end]`, or None where it cannot be read.

    The span is widened by the words that belong to it. With its sentence, the unit is the noun that the tree hangs the number on;
    `unit` is taken where there is none ("would expel four").
    """
    start, end = widened(text, start, end)
    amount = read_amount(text[start:end])
    if amount is None:
        return None
    own = _money(text, start, end) or (_unit(sent, start, end) if sent else None)
    return Quantity(
        value=amount.value, min=amount.min, max=amount.max, approximate=amount.approximate, unit=own or unit,
        subset_of=_whole(text, start, end, sent), cumulative=_is_total(text, start, end), text=text[start:end], start=start, end=end,
    )  # fmt: skip


def _plain(words: str) -> str:
    text = re.sub(r"[“”\"‘’']", "", words.lower().replace("–", "-").replace("—", "-"))
    text = re.sub(r"(?<=[a-z])-(?=[a-z])|(?<=\d)-(?=[a-z])", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def _read_share(text: str) -> Amount | None:
    """A part of a whole: "half of the 40", "all but two of the 30", "12 of the 20", "40 percent of the 200", "nine in ten"."""
    if re.search(r"\b(?:in|out of) (?:every )?(?:\d+|five|ten|twenty|three|four)\b", text) and not re.search(r"\bin (?:19|20)\d\d", text):
        return Amount() if re.match(r"(?:one|two|three|four|five|six|seven|eight|nine|\d+) (?:in|out of)", text) else None
    match = _WHOLE.search(text)
    whole = _value(text[match.end() :]) if match else None
    part = text[: match.start()].strip() if match else text
    share = _fraction(part)
    if whole is None:
        bare = share is not None or bool(_BARE_SHARE.match(part) and _value(part) is None) or part.startswith("all but")
        return Amount() if (bare and _value(text) is None) or (share is not None and not _scaled_fraction(text)) else None
    if _scaled_fraction(text):
        return None
    if share is not None:
        return _share_of(part, share, whole)
    return _counted_of(part, whole)


def _share_of(part: str, share: float, whole: float) -> Amount:
    if re.search(r"\bmore than\b|\bover\b", part):
        return Amount(min=int(whole * share) + 1, max=whole)
    if re.search(r"\b(?:less|fewer) than\b|\bunder\b", part):
        return Amount(min=0, max=-(-whole * share // 1) - 1)
    return Amount(value=round(whole * share), approximate=_kind(part)[0] == "about" or whole * share % 1 > 0)


def _counted_of(part: str, whole: float) -> Amount | None:
    if part.startswith("all but"):
        left = _value(part.removeprefix("all but"))
        return Amount(value=whole - left) if left is not None else None
    if part.startswith("all") or part in ("each", "every one"):
        return Amount(value=whole)
    if re.match(r"(?:most|the majority|a majority)\b", part):
        return Amount(min=int(whole // 2) + 1, max=whole)
    if _NONE.match(part):
        return Amount(value=0)
    return _read_range(part) or _read_vague(part) or _read_bounded(part)


def _fraction(text: str) -> float | None:
    """0.4 for "40 percent", 2/3 for "two thirds", 0.5 for "half"; None for anything else."""
    if match := re.search(r"([\w.,]+) ?(?:%|percent|per cent)", text):
        value = _value(match[1])
        return value / 100 if value is not None else None
    if match := re.search(r"\b(?:(a|an|one|two|three|four) )?(half|third|quarter|fourth|fifth)(s?)\b", text):
        if match[1] is None and match[2] != "half":
            return None
        return _FRACTIONS[match[2]] * {"two": 2, "three": 3, "four": 4}.get(match[1] or "", 1)
    return None


def _scaled_fraction(text: str) -> bool:
    """Whether the fraction is of a scale word: "half a million", "three quarters of a million", "half a dozen", "two and a half"."""
    return bool(
        re.search(
            r"\b(?:half|quarters?|thirds?) (?:of )?(?:a|an|one) (?:million|billion|dozen|hundred|thousand|score)\b|\band a (?:half|quarter|"
            r"third)\b",
            text,
        )
    )


def _read_added(text: str) -> Amount | None:
    """One or more named beside a number of others: "the ambassador and three other diplomats" is four."""
    match = re.search(r"^(?P<first>(?:the|a|an|his|her|its|their|\d+|[^\W\d]+) [^\W\d][\w ]*?|\d+) and (?P<rest>[\w,]+(?: [\w,]+)?) others?\b", text)
    if match is None:
        return None
    rest, first = _value(match["rest"]), _value(match["first"]) or 1
    return Amount(value=rest + first) if rest is not None else None


def _read_range(text: str) -> Amount | None:
    match = re.search(r"(?:\b(?:between|from|anywhere from) )?([\d,.]+(?: [a-z]+)?|[a-z]+(?: [a-z]+)?)(?: ?- ?| to | or | and )([\w,.]+(?: [a-z]+)*)", text)
    if match is None or (" and " in match[0] and "between" not in text[: match.end()]):
        return None
    if " or " in match[0] and re.match(r"(?:more|so|above|less|fewer)\b", match[2]):
        return None
    numbers = [_value(match[1]), _scan(_TOKEN.findall(match[2]))]
    if numbers[0] is None or numbers[1] is None or not _starts_with_number(match[2]) or not _ends_with_number(match[1]):
        return None
    low, high = numbers[0], numbers[1]
    # "two to three hundred", "2-3 million", "twenty to thirty thousand": the scale belongs to both.
    if not any(name in match[1].split() for name in _SCALES) and (scale := next((n for w, n in _SCALES.items() if match[2].split()[1:2] == [w]), 0)):
        low *= scale
    return Amount(min=low, max=high) if low < high else None


def _starts_with_number(text: str) -> bool:
    first = _TOKEN.findall(text)[:1]
    return bool(first) and (first[0][0].isdigit() or first[0] in _UNITS or first[0] in _TENS or first[0] in ("a", "an"))


def _ends_with_number(text: str) -> bool:
    last = _TOKEN.findall(text)[-1:]
    return bool(last) and (last[0][0].isdigit() or last[0] in _UNITS or last[0] in _TENS or last[0] in _SCALES)


def _read_vague(text: str) -> Amount | None:
    if match := re.search(r"\b(hundreds|tens|dozens|scores) of (thousands|millions|billions)\b", text):
        low, high = _VAGUE[match[1]]
        times = _PLURAL_SCALES[match[2]]
        return Amount(min=low * times, max=(high or low) * times + times - 1)
    tokens = [token for token in _TOKEN.findall(text) if token not in ("a", "an")]
    if any(token[0].isdigit() or token in _UNITS or token in _TENS for token in tokens):
        return None
    found = [(index, _VAGUE[token]) for index, token in enumerate(tokens) if token in _VAGUE]
    if not found or (tokens[found[0][0]] == "some" and any(token in _SCALES for token in tokens)):
        return None
    # "dozens, possibly hundreds": from the least of the first to the most of the last.
    index, (low, high) = found[0]
    high = found[-1][1][1]
    scale = next((_SCALES[token] for token in tokens[index + 1 : index + 2] if token in _SCALES), 1)
    return Amount(min=low * scale, max=(high + 1) * scale - 1 if high is not None else None)


def _read_bounded(text: str) -> Amount | None:
    kind, rest = _kind(text)
    value = _value(rest)
    if value is None:
        return None
    if kind == "at least":
        return Amount(min=value)
    if kind == "more":
        return Amount(min=value + 1)
    if kind == "at most":
        return Amount(max=value)
    if kind == "fewer":
        return Amount(max=value - 1)
    return Amount(value=value, approximate=kind == "about")


def _read_bare(text: str) -> Amount | None:
    if _NONE.match(text):
        return Amount(value=0)
    return Amount(value=1) if _ONE.match(text) else None


def _kind(text: str) -> tuple[str, str]:
    """What bounds the number, and the words without that."""
    for kind, pattern in _MODIFIERS:
        if match := pattern.search(text):
            return kind, text[: match.start()] + " " + text[match.end() :]
    return "", text


def _value(text: str) -> float | None:
    """The first number in the words."""
    tokens = _TOKEN.findall(text)
    for index in range(len(tokens)):
        if (value := _scan(tokens[index:])) is not None:
            return value
    return None


def _scan(tokens: Sequence[str]) -> float | None:
    """The number that the first words make, or None."""
    total, current, seen, last = 0.0, 0.0, False, ""
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        kind = _token_kind(token)
        if kind == "joint":
            # "a hundred", "half a million", "three quarters of a million", "one hundred and six", "two and a half".
            if not _joins(token, following, last, seen):
                break
            continue
        if not kind or (kind in ("digits", "unit") and last in ("digits", "unit")) or (kind == "ten" and last in ("digits", "unit", "ten")):
            break
        if kind == "fraction":
            if not seen and (index == 0 and token != "half"):
                break
            share = _FRACTIONS[token.removesuffix("s")]
            current = current + share if tokens[index - 1] == "a" and seen else (current or 1) * share
        elif kind == "scale":
            current = (current or 1) * _SCALES[token]
            if _SCALES[token] >= 1000:
                total, current = total + current, 0.0
        else:
            current += _number(token)
        seen, last = True, kind
    return total + current if seen else None


def _token_kind(token: str) -> str:
    if token[0].isdigit():
        return "digits"
    for kind, table in (("unit", _UNITS), ("ten", _TENS), ("scale", _SCALES)):
        if token in table:
            return kind
    if token.removesuffix("s") in _FRACTIONS:
        return "fraction"
    return "joint" if token in ("a", "an", "and", "of") else ""


def _joins(token: str, following: str, last: str, seen: bool) -> bool:
    if token == "of":
        return (last == "fraction" and following in ("a", "an", "one")) or (last in ("unit", "scale") and following in _SCALES)
    if token == "and":
        return seen and (following in ("a", "an") or (last == "scale" and _token_kind(following) in ("digits", "unit", "ten")))
    return following in _SCALES or following in _FRACTIONS or following in ("couple", "pair", "duo", "trio")


def _number(token: str) -> float:
    match = re.fullmatch(r"(\d[\d,]*(?:\.\d+)?)(k|bn|mn|m|tn)?", token)
    if match:
        return round(float(match[1].replace(",", "")) * _SUFFIXES.get(match[2] or "", 1), 6)
    return _UNITS.get(token, 0) + _TENS.get(token, 0)


# What a number phrase may have before and behind the words that were marked as the number.
_NUMBER_WORD = r"(?:\d[\d,.]*|" + "|".join([*_UNITS, *_TENS, *_SCALES, "half", "several", "few"]) + ")"
_LEFT = re.compile(
    r"(?:(?:\b(?:no more than|not more than|up to|at most|as many as|a maximum of|no fewer than|not fewer than|no less than|at least|a minimum of|"
    r"(?:slightly |just |well )?(?:more than|over)|in excess of|upwards? of|fewer than|less than|under|about|around|roughly|approximately|some|nearly|almost|"
    r"close to|an estimated|estimated|perhaps|another|an additional|a further|all but|all|between|from|a|an|both)|"
    rf"\b{_NUMBER_WORD}(?: (?:or|to|and))?|\b(?:half|most|all|none|two[- ]thirds|three[- ]quarters|a third|a quarter) of (?:the|its|his|her|their)|"
    rf"[$€£¥₹])\s*)+$",
    re.IGNORECASE,
)
_RIGHT = re.compile(
    rf"^(?:\s(?:hundred|thousand|million|billion|dozen|or more|or so|bn|m)\b|-(?:plus|odd|strong)\b|(?:\s(?:to|or|and)\s|[-–]){_NUMBER_WORD}\b"
    rf"|\s?(?:%|percent|per cent)(?!\w)|\s(?:of|out of)\s(?:(?:the|its|his|her|their)\s)?{_NUMBER_WORD}\b|\sof (?:thousands|millions)\b)+",
    re.IGNORECASE,
)
# A bound marked without its number: "[some] thirty of them".
_MODIFIER = re.compile(r"(?:some|about|around|nearly|almost|roughly|at least|more than|up to|over|fewer than|less than)", re.IGNORECASE)
_COUNTED_NEXT = re.compile(rf"\s{_NUMBER_WORD}\b", re.IGNORECASE)
_OTHERS = re.compile(r"^\s+others?\b", re.IGNORECASE)
_NAMED_BEFORE = re.compile(
    rf"(?:\b(?:the|a|an|his|her|its|their)|\b{_NUMBER_WORD})\s(?:(?!(?:and|was|were|are|is|been|had|have|has)\b)[\w’'-]+\s){{1,4}}and\s+$",
    re.IGNORECASE,
)


# "Over" belongs to these words before it, and bounds no number: "handed over 46 prisoners", "the dispute over three islands".
_OVER_BEFORE = re.compile(
    r"\b(?:hand(?:s|ed|ing)?|turn(?:s|ed|ing)?|tak(?:es?|en|ing)|took|pass(?:es|ed|ing)?|g[ai]ven?|gives|giving|sign(?:s|ed|ing)?|ma(?:de|kes?|king)|"
    r"br(?:ought|ings?|inging)|w[io]n|ha(?:s|ve|d) won|cross(?:es|ed|ing)?|fl(?:y|ies|ew|own|ying)|rul(?:es?|ed|ing)|control|disputes?|rows?|talks?|"
    r"quarrels?|stand-?offs?|clash(?:es|ed)?|negotiations?|concerns?|protest(?:s|ed|ing)?|charges?|questions?|doubts?|sovereignty|authority) over\s*$",
    re.IGNORECASE,
)
_OVER = re.compile(r"^(?:.*\b)?over\s+", re.IGNORECASE)


def _without_particle(text: str, start: int, words: str) -> str:
    """The words before a number, without an "over" that is the particle of a verb or the preposition of a quarrel."""
    match = _OVER.match(words)
    if match and _OVER_BEFORE.search(text[max(0, start - len(words) - 20) : start - len(words) + match.end()]):
        return words[match.end() :]
    return words


def widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the words around it that are part of the number; never over the end of a clause."""
    if _MODIFIER.fullmatch(text[start:end]) and (match := _COUNTED_NEXT.match(text[end : end + 30])):
        end += len(match[0])
    if match := _RIGHT.match(text[end : end + 40]):
        joined = match[0]
        # "between 20 and 30" is one number, "20 and 30" are two.
        if not re.search(r"\sand\s", joined) or re.search(r"between\s+$", text[max(0, start - 10) : start], re.IGNORECASE):
            end += len(joined)
    if match := _LEFT.search(text[max(0, start - 40) : start]):
        words = match[0]
        if not re.search(r"\b(?:to|and|from)\s*$", words, re.IGNORECASE) or re.search(r"\b(?:between|from)\b", words, re.IGNORECASE):
            start -= len(_without_particle(text, start, words))
    if re.search(r"\bothers?$", text[start:end], re.IGNORECASE) or _OTHERS.match(text[end : end + 8]):
        if match := _NAMED_BEFORE.search(text[max(0, start - 60) : start]):
            start -= len(match[0])
        if match := _OTHERS.match(text[end : end + 8]):
            end += len(match[0])
    return start, end


_LEADING = re.compile(
    rf"(?:(?:the|its|all|both|another|at least|more than|about|nearly|up to|some|a dozen|dozens of|several)\s)*{_NUMBER_WORD}\b|"
    rf"(?:a dozen|dozens|hundreds|thousands|scores)\b",
    re.IGNORECASE,
)


def leading_number(phrase: str, offset: int) -> tuple[int, int] | None:
    """Where the number is that a noun phrase begins with ("60 Russians"), in the report where the phrase begins at `offset`; None without one."""
    match = _LEADING.match(phrase)
    return (offset, offset + match.end()) if match and match.end() < len(phrase) else None


_SKIPPED = frozenset(
    {"of", "the", "other", "others", "more", "additional", "further", "its", "their", "his", "her", "these", "those", "last", "first", "or", "so"}
)


def _money(text: str, start: int, end: int) -> str | None:
    """The currency, by its sign or its name within or right after the words."""
    sign = next((sign for sign in text[start:end] if sign in _MONEY), None)
    if sign:
        return _MONEY[sign]
    match = _CURRENCY.search(text[start:end]) or _CURRENCY.match(text[end : end + 30])
    return match[1] if match else None


def _unit(sent: Sentence, start: int, end: int) -> str | None:
    """The noun that is counted, with the words between it and the number."""
    tokens = sent.tokens
    inside = [index for index, token in enumerate(tokens) if token.start < end and start < token.end]
    numbers = [index for index in inside if _is_number_word(tokens[index].text.lower())]
    if not inside:
        return None
    last = numbers[-1] if numbers else inside[-1]
    if [token.text.lower() for token in tokens[last + 1 : last + 3]] in (["of", "them"], ["of", "whom"], ["of", "which"]):
        last += 2
    head = _counted_noun(tokens, last, inside)
    if head is None:
        return None
    first = last + 1
    while first < head and tokens[first].text.lower() in _SKIPPED:
        first += 1
    return " ".join(sent.text[tokens[first].start - sent.start : tokens[head].end - sent.start].split())


def _counted_noun(tokens: Sequence[Token], last: int, inside: Sequence[int]) -> int | None:
    """The noun that follows the number and that it hangs on, or that hangs on it with "of"."""
    head = tokens[last].head
    chain = [head] if head > last and tokens[last].relation in ("nummod", "det", "amod", "compound", "nmod", "advmod", "obl:npmod", "nmod:unmarked") else []
    for index in inside:
        if tokens[index].head > last and tokens[index].relation in ("nummod", "det", "compound", "amod", "det:predet"):
            chain.append(tokens[index].head)
    of = [index for index in range(last + 1, len(tokens)) if tokens[index].head in inside and tokens[index].relation in ("nmod", "obl") and index > last]
    for index in [*chain, *of]:
        between = tokens[last + 1 : index]
        if tokens[index].tag in ("NOUN", "PROPN", "ADJ") and not any(
            token.text in (",", ";", "and") or (token.tag == "VERB" and token.relation != "amod") for token in between
        ):
            return index
    # The tree may err; a plain noun right after the number is what it counts.
    following = last + 1
    while following < len(tokens) and (
        tokens[following].tag in ("ADJ", "DET") or tokens[following].fine in ("VBN", "VBG") or tokens[following].text.lower() in _SKIPPED
    ):
        following += 1
    if following < len(tokens) and tokens[following].tag == "NOUN":
        while following + 1 < len(tokens) and tokens[following + 1].tag == "NOUN" and tokens[following].relation == "compound":
            following += 1
        return following
    return None


def _is_number_word(word: str) -> bool:
    return (
        word[:1].isdigit()
        or word in _UNITS
        or word in _TENS
        or word in _SCALES
        or word in _VAGUE
        or word.removesuffix("s") in _FRACTIONS
        or (word in ("a", "an", "no", "all", "most", "another", "percent", "every") or ("-" in word and _value(word.replace("-", " ")) is not None))
    )


_PART_BEFORE = re.compile(r"\b(?:including|among them|among whom|of whom|of which|of them|includes)\s+(?:\w+\s)?$", re.IGNORECASE)
_PART_AFTER = re.compile(r"^\s+of (?:them|whom|which|those)\b", re.IGNORECASE)
_OF_WHOLE = re.compile(
    rf"(?:\b(?:{_NUMBER_WORD}|half|most|all|none|each|any|majority|percent|per cent|\\w+ths?|thirds?|quarters?)|%|^)\s?(?:of|out of)\s(?:(?:the|its|his|her|"
    rf"their|these|those)\s)?(?P<number>{_NUMBER_WORD})\b",
    re.IGNORECASE,
)
_WHOLE_PHRASE = re.compile(
    rf"(?:\b(?:at least|more than|about|some|nearly|over|up to)\s)?(?<![\w.,])(?:{_NUMBER_WORD}|dozens|hundreds|thousands|scores)(?:[ -]{_NUMBER_WORD})*",
    re.IGNORECASE,
)


def _whole(text: str, start: int, end: int, sent: Sentence | None) -> str | None:
    """The words of the number that this one is a part of, with what it counts."""
    words = text[start:end]
    if match := _OF_WHOLE.search(words) or _OF_WHOLE.match(text[end : end + 40].lstrip()):
        return _with_unit(text, start, end, match["number"], sent)
    begin = sent.start if sent else max(text.rfind(". ", 0, start), 0)
    before = text[begin:start]
    if not (_PART_BEFORE.search(before) or _PART_AFTER.match(text[end : end + 14])):
        return None
    earlier = [match for match in _WHOLE_PHRASE.finditer(before) if not re.match(r"(?:one|a)\b", match[0], re.IGNORECASE)]
    if not earlier:
        # "The American expulsion order … includes [12] people": the whole is named, not counted.
        subject = re.match(r"[^,;]{3,60}?(?=,| includ)", before) if re.search(r"\bincludes\s+(?:\w+\s)?$", before) else None
        return subject[0].strip() if subject else None
    match = earlier[-1]
    return _with_unit(text, begin + match.start(), begin + match.end(), match[0], sent)


def _with_unit(text: str, start: int, end: int, number: str, sent: Sentence | None) -> str:
    unit = _unit(sent, start, end) if sent else None
    return f"{number} {unit}" if unit else number


_TOTAL_BEFORE = re.compile(
    r"(?:\b(?:bring|take|push|rais|lift|brought|took|mak)\w*\b[^.;]{0,40}\b(?:total|toll|tally|count|number|figure)\b[^.;]{0,30}\bto"
    r"|\b(?:toll|total|tally|number|count|figure)\b[^.;]{0,40}\b(?:to|at|reached|passed|topped|hit)|\bbrought to|\bmaking it|\ba total of|\bin (?:all|"
    r"total),?|\bso far,?"
    r"|\bcumulative(?: total)?(?: of)?)\s+(?:at least |more than |about |some |nearly |over )?$",
    re.IGNORECASE,
)
_TOTAL_AFTER = re.compile(r"^[^.;,]{0,40}\b(?:so far|in all|in total|altogether|to date)\b|^[^.;,]{0,40}\bsince the \w+ (?:began|started)\b", re.IGNORECASE)


def _is_total(text: str, start: int, end: int) -> bool:
    """Whether the number is a running total, which no other number of the report may be added to."""
    words = text[start:end]
    inside = re.search(r"\ba total of\b|\b(?:total|toll|tally) to\b", words, re.IGNORECASE)
    return bool(inside or _TOTAL_BEFORE.search(text[max(0, start - 110) : start]) or _TOTAL_AFTER.match(text[end : end + 60]))
