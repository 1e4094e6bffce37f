"""Joint acts: the group that an act is part of, its stated size, and the members that the report names."""

from __future__ import annotations

import re
from functools import lru_cache

from dragoman.records import Joint, Mention, Role, Sentence, Span
from dragoman.resolve.actors import country_in
from dragoman.resolve.quantities import read_amount
from dragoman.resolve.trees import head_of

_NUMBER = (
    r"(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|"
    r"twenty(?:[- ]\w+)?|thirty|forty|a dozen|dozens of|several)"
)
_PARTY = r"(?:nations?|countries|states|governments?|members?|allies|parties|groups|organi[sz]ations|capitals|powers|partners)"
_GROUP = re.compile(
    rf"\b(?:among|one of|joined|joining|along with|together with|part of)\s+(?P<group>(?:(?:the|more than|at least|about|some|over|"
    rf"nearly)\s)*(?P<number>{_NUMBER})\s(?:[\w.’'-]+\s){{0,4}}?{_PARTY}(?:\s{_PARTY})*(?:\s(?:of|in) (?:the )?[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+)*)?)",
)  # fmt: skip
_LISTED = re.compile(
    rf"\b(?P<group>(?:(?:[Mm]ore than|[Aa]t least|[Aa]bout|[Ss]ome|[Oo]ver|"
    rf"[Nn]early)\s)?(?P<number>{_NUMBER})\s(?:[\w.’'-]+\s){{0,4}}?{_PARTY}(?:\s{_PARTY})*),?\s(?:including|among them)\s",
    re.IGNORECASE,
)


def joint_of(sent: Sentence, mention: Mention) -> Joint | None:
    """The group of the act: what the model marks, or "among 14 European Union member nations announcing plans" before its trigger."""
    role = next((role for role in mention.roles if role.name == "joint"), None)
    span = _found(sent, mention)
    if role and not (span and span.start < role.end and role.start < span.end):
        span = _whole(sent, role)
    if span is None:
        return None
    amount = read_amount(span.text)
    size = int(amount.value) if amount and amount.value and amount.value > 1 else None
    return Joint(group=span.text, size=size, text=span.text, start=span.start, end=span.end, members=_members(mention, span))


def _whole(sent: Sentence, role: Role) -> Span:
    """The words marked as the group; a lone number with what it counts ("three Gulf monarchies")."""
    head = head_of(sent, role.start, role.end)
    if head is None or sent.tokens[head].tag != "NUM" or sent.tokens[head].relation != "nummod":
        return Span(text=role.text, start=role.start, end=role.end)
    end = max(role.end, sent.tokens[sent.tokens[head].head].end)
    return Span(text=sent.text[role.start - sent.start : end - sent.start], start=role.start, end=end)


def _found(sent: Sentence, mention: Mention) -> Span | None:
    for first, last in _groups(sent.text):
        start, end = sent.start + first, sent.start + last
        if end <= mention.trigger.start and not any(other.trigger.start in range(end, mention.trigger.start) for other in sent.mentions):
            return Span(text=sent.text[first:last], start=start, end=end)
    return None


# Every act of a sentence asks, once for each of its numbers.
@lru_cache(maxsize=16)
def _groups(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(match.span("group") for pattern in (_GROUP, _LISTED) for match in pattern.finditer(text))


def _members(mention: Mention, span: Span) -> tuple[str, ...]:
    """The actors beside the group: countries by code, others by their words."""
    actors = [role for role in mention.roles if role.name == "actor" and not (span.start < role.end and role.start < span.end)]
    return tuple(dict.fromkeys(country_in(role.text) or role.text for role in actors))
