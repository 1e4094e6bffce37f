"""Dead, injured and arrested where the words say it plainly: "killed twelve", "at least 20 were killed", "injuring 59", "arrested 60 people"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dragoman.records import Mention, Sentence
from dragoman.resolve.trees import head_of, lemma, steps, token_at

_NUMBER = (
    r"(?:(?:at least|more than|about|some|nearly|almost|up to|as many as|an estimated|over|around|another|no fewer than)\s)*"
    r"(?:\d[\d,.]*(?:\s(?:million|thousand|hundred))?|(?:a |two |three |several )?(?:dozen|hundred|thousand)s?(?:\sof)?|twenty(?:-\w+)?|thirty(?:-\w+)?|"
    r"forty(?:-\w+)?|fifty(?:-\w+)?|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|several|scores)"
)
_VERBS = {
    "dead": r"kill(?:ed|s|ing)|claim(?:ed|ing) the lives of|shot dead|died|dead|perished|slain|massacred|lost their lives",
    "injured": r"injur(?:ed|es|ing)|wound(?:ed|s|ing)|hurt(?:ing)?|maim(?:ed|ing)",
    "arrested": r"arrest(?:ed|s|ing)|detain(?:ed|s|ing)|round(?:ed|ing) up|took into custody|taken into custody|jail(?:ed|ing)",
}
TOLLS = frozenset(_VERBS)
# The people counted stand between the number and a passive verb, or behind the number; no other number and no clause may come between.
_PEOPLE = r"(?:\s(?!and\b|or\b|but\b)(?:other|more|of|the|its|his|their|whom|[a-z]+|[A-Z][a-z]+)){0,4}?"
_AFTER_VERB = {
    name: re.compile(rf"\b(?:{verbs})\s(?:the\s)?(?P<number>{_NUMBER})\b(?!\s(?:days?|weeks?|months?|years?|hours?|minutes?|times?|percent)\b)")
    for name, verbs in _VERBS.items()
}
_BEFORE_VERB = {
    name: re.compile(
        rf"\b(?P<number>(?i:{_NUMBER}))\b{_PEOPLE}\s(?:(?:were|was|are|have been|had been|has been|being|been|reported|"
        rf"confirmed)\s)?(?:{verbs})\b"
    )
    for name, verbs in _VERBS.items()
}
_TYPES = {"dead": frozenset({"ASSAULT"}), "injured": frozenset({"ASSAULT"}), "arrested": frozenset({"COERCE"})}


def toll_of(sent: Sentence, mention: Mention, name: str) -> tuple[int, int] | None:
    """Characters of the number of `name` (dead, injured, arrested) of the act: the number nearest to its trigger among those that belong to no other."""
    if mention.type not in _TYPES[name] or (name == "arrested" and mention.mode not in (None, "arrest")):
        return None
    rivals = [other for other in sent.mentions if other.type in _TYPES[name]]
    found = [span for span in _numbers(sent, name) if _nearest(span, rivals) is mention]
    return min(found, key=lambda span: abs(span[0] - mention.trigger.start), default=None)


def says_otherwise(sent: Sentence, start: int, name: str) -> bool:
    """Whether the words say plainly that the number at an offset is of another kind ("90 civilians were wounded" is not dead)."""
    own = {span[0] for span in _numbers(sent, name)}
    return start not in own and any(span[0] <= start < span[1] for other in _VERBS if other != name for span in _numbers(sent, other))


# A number hangs on its noun, that on its verb: a toll further off than this counts something else ("ordered them to bring back four cannon").
TOLL_STEPS = 3


def is_far(sent: Sentence, mention: Mention, start: int, end: int, name: str) -> bool:
    """Whether a number that no plain words make a toll stands too far from the act in the tree to be one."""
    own, head = token_at(sent, mention.trigger.start), head_of(sent, start, end)
    if own is None or head is None or any(span[0] <= start < span[1] for span in _numbers(sent, name)):
        return False
    counted = sent.tokens[head].head
    if name == "dead" and counted >= 0 and (sent.tokens[counted].head, sent.tokens[counted].relation) == (own, "obj"):
        # What is bombed is not what dies ("bombed two camps").
        return lemma(mention.trigger.text) not in _DEADLY
    return steps(sent.tokens, own, head) > TOLL_STEPS


_DEADLY = frozenset(lemma(word) for word in ("kill", "shoot", "execute", "massacre", "murder", "slaughter", "behead", "hang", "lynch", "assassinate", "slay"))
_NO_PEOPLE = re.compile(r"\s(?:times?|days?|weeks?|months?|years?|hours?|minutes?|percent|per cent|kilomet(?:re|er)s|miles)\b|[%.]\d")
_AGE_BEFORE, _AGE_AFTER = re.compile(r"\b(?:aged?|of)\s$"), re.compile(r"\s*(?:[,.;)]|$)")


def counts_nobody(text: str, start: int, end: int) -> bool:
    """Whether a number is one of times or of years: "bombed it 43 times", "a volunteer of 25,"."""
    age = _AGE_BEFORE.search(text, max(0, start - 6), start) and _AGE_AFTER.match(text, end) and text[start:end].isdigit() and int(text[start:end]) < 120
    return bool(_NO_PEOPLE.match(text, end) or age)


def _numbers(sent: Sentence, name: str) -> Iterator[tuple[int, int]]:
    for pattern in (_AFTER_VERB[name], _BEFORE_VERB[name]):
        for match in pattern.finditer(sent.text):
            yield sent.start + match.start("number"), sent.start + match.end("number")


def _nearest(span: tuple[int, int], mentions: Sequence[Mention]) -> Mention | None:
    return min(mentions, key=lambda mention: abs(mention.trigger.start - span[0]), default=None)
