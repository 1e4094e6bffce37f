"""By when, where the words say it without the model: "giving them until April 3", "have seven days to leave"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from dragoman.records import Mention, Sentence, Span
from dragoman.resolve.dates import MONTHS, WEEKDAYS, resolve_deadline

_DAY = "|".join([*(name for name in WEEKDAYS if len(name) > 5), *(name for name in MONTHS if len(name) > 4)])
_AMOUNT = r"(?:a|an|\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|twenty|thirty|several|a few)"
_LENGTH = rf"{_AMOUNT}[ -](?:hours?|days?|weeks?|months?)"
_LIMIT = re.compile(
    rf"\b(?:{_LENGTH}(?= to (?:leave|comply|go|pack|depart|close|quit|withdraw|respond|vacate))"
    rf"|within (?:the next )?(?:{_LENGTH}|(?:hour|day|week|month|year)\b)"
    rf"|(?:until|by|before|no later than) (?:(?:midnight|noon|the end of|late|early|mid-?|next|"
    rf"\d{{1,2}}) ?)?(?:on )?(?:the )?(?:(?:{_DAY})\b(?: \d{{1,2}}\b)?(?:,? \d{{4}}\b)?|week\b|month\b|year\b|midnight\b|tomorrow\b))",
    re.IGNORECASE,
)  # fmt: skip
# Acts that set a limit to others or to themselves.
_SETTING = frozenset({"SANCTION", "THREATEN", "REQUEST", "COERCE", "CONCEDE", "AGREE"})
_LEAVING = re.compile(
    r"\b(?:ha(?:s|ve|d)|(?:was|were|been) given|gave|giv(?:es|ing)|told|ordered|must|are to|is to)\b.*\b(?:leave|go|depart|"
    r"out of the country|be gone)\b",
    re.IGNORECASE,
)


def limit_of(sent: Sentence, mention: Mention, day: dt.date | None) -> Span | None:
    """The limit in the words after the trigger and before the next act; None where there is none that reads as a date."""
    if mention.type not in _SETTING:
        return None
    after = [other.trigger.start for other in sent.mentions if other.trigger.start > mention.trigger.start]
    return next(_limits(sent, mention.trigger.end, min(after, default=sent.end), day), None)


def stray_limits(sentences: Sequence[Sentence], day: dt.date | None) -> Iterator[tuple[Sentence, Span]]:
    """Limits to leave in sentences that tell no act: "The Russians and their families have seven days to leave"."""
    for sent in sentences:
        if not sent.mentions and _LEAVING.search(sent.text):
            for span in _limits(sent, sent.start, sent.end, day):
                yield sent, span
                break


def _limits(sent: Sentence, start: int, end: int, day: dt.date | None) -> Iterator[Span]:
    for match in _LIMIT.finditer(sent.text, max(0, start - sent.start), end - sent.start):
        if resolve_deadline(match[0], day) and not is_comparison(sent.text[: match.start()]):
            yield Span(text=match[0], start=sent.start + match.start(), end=sent.start + match.end())


def is_comparison(before: str) -> bool:
    """Whether the words before an "until" compare: "its most significant action until Monday" sets no limit."""
    return bool(_SUPERLATIVE.search(before))


_SUPERLATIVE = re.compile(
    r"\b(?:most \w+|worst|best|(?:larg|bigg|high|low|tough|strong|great|deep|fierc|bloodi|deadli|heavi|long|harsh|sharp|sever|small|grav|clos)est) [^,;.]*$",
    re.IGNORECASE,
)
