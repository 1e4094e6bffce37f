"""The words of a sentence that say what an act answers: a cue ("in retaliation for", "after", "over") or the object of an act of words, with its phrase."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from dragoman.records import Sentence, Span, Token
from dragoman.resolve.trees import children, subtree, token_at


class Kind(StrEnum):
    """How a phrase is tied to its act."""

    ANSWER = "answer"
    CAUSE = "cause"
    AFTER = "after"
    OBJECT = "object"


class Cue(NamedTuple):
    """A phrase, characters of the report, and the offset of its head word; `start` is `end` where "in return" leaves unsaid for what."""

    kind: Kind
    start: int
    end: int
    head: int


_RESPONSE = r"(?:response|retaliation|reprisal|revenge|return|reaction|answer|retribution|punishment)"
_CUES = (
    (Kind.ANSWER, re.compile(
        rf"(?:[\w-]+ )?(?:in (?:[\w-]+ )?{_RESPONSE}|as (?:[\w-]+ )?{_RESPONSE}|to (?:protest|avenge|punish|retaliate|celebrate|mark|condemn)|"
        r"in (?:protest|solidarity|sympathy)|in defiance of|at the (?:request|plea|invitation) of|in kind)\b", re.IGNORECASE)),
    (Kind.CAUSE, re.compile(
        r"(?:[\w-]+ )?(?:because(?: of)?|over|due to|owing to|on account of|citing|accusing|alleging|for|blaming|at|on suspicion of|"
        r"by (?=\w+ing\b))\b", re.IGNORECASE)),
    (Kind.AFTER, re.compile(r"(?:[\w-]+ ){0,4}?(?:after|following|in the wake of|as|when|amid)\b", re.IGNORECASE)),
)  # fmt: skip
_BARE = re.compile(
    rf"\bin {_RESPONSE}(?=[\s,]*(?:[.,;]|$|and\b|by\b|on\b))|\bin kind\b|\b(?:retaliat|reciprocat|repli|answer)(?:ed|es|s|ing|ied)?\b(?! to (?:the|a)\b)|"
    r"\btit[- ]for[- ]tat\b|\bcountermeasures?\b", re.IGNORECASE,
)  # fmt: skip
# Along these an act's cue may hang on the word above it: "announced on Friday, after …, plans to expel".
_UP = frozenset({"xcomp", "ccomp", "conj", "obj", "acl", "aux", "parataxis", "nsubj", "obl", "nsubj:pass"})
_DEPENDENTS = frozenset({"obl", "nmod", "advcl", "advmod", "acl", "xcomp", "obl:tmod", "obl:npmod"})
_OBJECTS = frozenset({"obj", "ccomp", "obl", "nmod", "xcomp", "iobj"})
STEPS_UP = 3
# Acts of words are about what stands behind them: "condemned the attack", "called the vote a farce", "refused the invitation".
ABOUT = frozenset({"ACCUSE", "SUPPORT", "REJECT", "PROTEST", "REQUEST", "CONCEDE", "AGREE", "THREATEN"})


def cues_of(sent: Sentence, trigger: Span, type_name: str, reason: Span | None) -> list[Cue]:
    """The cues of the act told at a trigger, those of its own word before those of the words above it."""
    own = token_at(sent, trigger.start)
    if own is None:
        return []
    found = list(_marked(sent, reason))
    for depth, word in enumerate(_upwards(sent.tokens, own)):
        found += _hanging(sent, own, word)
        if depth == 0 and type_name in ABOUT:
            found += _objects(sent, own)
    found += _on_surface(sent, trigger)
    if match := _BARE.search(sent.text, max(0, trigger.start - sent.start - 60), trigger.end - sent.start + 90):
        found.append(Cue(Kind.ANSWER, sent.start + match.end(), sent.start + match.end(), sent.start + match.start()))
    return found


# Plain enough to be read where the tree hangs them elsewhere.
_PLAIN = (
    (Kind.ANSWER, re.compile(
        rf"\bin (?:[\w-]+ )?{_RESPONSE} (?:to|for|against)\b|\bas (?:[\w-]+ )?{_RESPONSE} (?:to|for)\b|\bin (?:solidarity|sympathy) with\b|"
        r"\bin protest (?:at|over|against)\b|\bto (?:protest|avenge|punish|celebrate)\b|\bin defiance of\b|\bat the (?:request|plea|invitation) of\b")),
    (Kind.CAUSE, re.compile(r"\bbecause\b|\bover (?:the|an?|its|his|her|their)\b|\bdue to\b|\bfor (?:the|its|his|her|their) (?=\w+(?:ing|ion|ack|ault)\b)")),
    (Kind.AFTER, re.compile(r"(?:\bdays?|\bweeks?|\bhours?|\bmonths?|,| \w+day| \d+) (?:after|following)\b|\bin the wake of\b|\bafter (?:a|an|the)\b")),
)  # fmt: skip
_STOP = re.compile(r"[;:—]|\.\s|, (?:and|but) (?=\w+ \w+ed\b)")


def _on_surface(sent: Sentence, trigger: Span) -> Iterator[Cue]:
    """A plain cue behind the act with no further act between them; what it holds ends with the clause."""
    begin = trigger.end - sent.start
    later = [other.trigger.start - sent.start for other in sent.mentions if other.trigger.start > trigger.start]
    for kind, pattern in _PLAIN:
        match = pattern.search(sent.text, begin)
        if match is None or sum(start < match.start() for start in later) > 1 or _STOP.search(sent.text, begin, match.start()):
            continue
        stop = _STOP.search(sent.text, match.end())
        end = stop.start() if stop else len(sent.text)
        head = next((token for token in sent.tokens if token.start >= sent.start + match.end() and token.tag in ("NOUN", "VERB")), None)
        if head:
            yield Cue(kind, sent.start + match.end(), sent.start + end, head.start)


def _marked(sent: Sentence, reason: Span | None) -> Iterator[Cue]:
    """The reason as stated."""
    if reason is None or not sent.start <= reason.start < sent.end:
        return
    kind = next((kind for kind, pattern in _CUES if pattern.match(reason.text)), Kind.CAUSE)
    inside = [index for index, token in enumerate(sent.tokens) if reason.start <= token.start < reason.end]
    heads = [index for index in inside if sent.tokens[index].head not in inside] or inside
    if heads:
        yield Cue(kind, reason.start, reason.end, sent.tokens[heads[0]].start)


def _upwards(tokens: tuple[Token, ...], own: int) -> Iterator[int]:
    index = own
    for _ in range(STEPS_UP + 1):
        yield index
        if tokens[index].relation not in _UP or tokens[index].head < 0:
            return
        index = tokens[index].head


def _hanging(sent: Sentence, own: int, word: int) -> Iterator[Cue]:
    """The phrases under a word that begin with a cue and do not hold the act itself."""
    tokens = sent.tokens
    for child in children(tokens, word):
        if tokens[child].relation not in _DEPENDENTS and tokens[child].relation.split(":")[0] not in _DEPENDENTS:
            continue
        words = subtree(tokens, child, without=frozenset({"parataxis"}))
        if own in words:
            continue
        start, end = tokens[words[0]].start, tokens[words[-1]].end
        said = sent.text[start - sent.start : end - sent.start]
        for kind, pattern in _CUES:
            if pattern.match(said):
                yield Cue(kind, start, end, tokens[child].start)
                break


def _objects(sent: Sentence, own: int) -> Iterator[Cue]:
    tokens = sent.tokens
    for child in children(tokens, own):
        if tokens[child].relation.split(":")[0] in _OBJECTS and child > own:
            words = subtree(tokens, child, without=frozenset({"parataxis", "conj"}))
            yield Cue(Kind.OBJECT, tokens[words[0]].start, tokens[words[-1]].end, tokens[child].start)
