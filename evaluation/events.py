"""Score mentions against annotated sentences: triggers, types, modes, status, contexts, and roles by exact span and by head word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dragoman.model.session import Model
from dragoman.reading.reader import read_reports
from dragoman.records import Mention, Report, Sentence, Token
from evaluation.scorer import Counts, SpanScores
from training.corpus_loader import Act, Example

# Bins of equal width for the expected calibration error (Guo and others 2017).
BINS = 10


@dataclass(slots=True)
class EventScores:
    """Triggers by place, and with their type. The rest counts where both sides have the trigger: modes, status, historical, roles."""

    triggers: Counts = field(default_factory=Counts)
    types: SpanScores = field(default_factory=SpanScores)
    modes: SpanScores = field(default_factory=SpanScores)
    statuses: SpanScores = field(default_factory=SpanScores)
    historical: Counts = field(default_factory=Counts)
    roles: SpanScores = field(default_factory=SpanScores)
    heads: SpanScores = field(default_factory=SpanScores)
    contexts: SpanScores = field(default_factory=SpanScores)
    confidences: list[tuple[float, str, bool]] = field(default_factory=list)
    """Of every mention found: confidence, type, and whether trigger and type are right."""


def score_events(model: Model, examples: Sequence[Example]) -> EventScores:
    """Read each sentence as a report of its own and compare."""
    scores = EventScores()
    read = read_reports(model, [Report(id=example.source, text=example.text) for example in examples])
    for example, sentences in zip(examples, read, strict=True):
        _score_sentence(scores, example, sentences)
    return scores


def calibration_error(confidences: Iterable[tuple[float, str, bool]]) -> float:
    """Expected calibration error: the mean gap between confidence and share right over equal bins, weighted by their size."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, _, right in confidences:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, right))
    total = sum(map(len, bins))
    gaps = (abs(sum(confidence - right for confidence, right in one)) for one in bins)
    return sum(gaps) / total if total else 0.0


def _score_sentence(scores: EventScores, example: Example, sentences: Sequence[Sentence]) -> None:
    own = {mention.trigger.start: mention for sent in sentences for mention in sent.mentions}
    gold = {act.start: act for act in example.acts}
    scores.triggers.add(set(gold), set(own))
    scores.types.add({(start, act.type) for start, act in gold.items()}, {(start, one.type) for start, one in own.items()})
    scores.confidences.extend((one.confidence, one.type, start in gold and gold[start].type == one.type) for start, one in own.items())
    if example.contexts is not None:
        scores.contexts.add({(name,) for name in example.contexts}, {(name,) for sent in sentences for name in sent.contexts})
    tokens = [token for sent in sentences for token in sent.tokens]
    for start in set(gold) & set(own):
        _score_pair(scores, gold[start], own[start], heads_of(sentences), tokens)


def _score_pair(scores: EventScores, act: Act, mention: Mention, heads: dict[int, int], tokens: Sequence[Token]) -> None:
    scores.modes.add({(f"{act.type}/{act.mode}",)}, {(f"{mention.type}/{mention.mode}",)})
    scores.statuses.add({(act.status,)}, {(mention.status.value,)})
    scores.historical.add({act.historical}, {mention.historical})
    gold = {(role.start, role.end, role.name) for role in act.roles}
    own = {(role.start, role.end, role.name) for role in mention.roles}
    scores.roles.add(gold, own)
    scores.heads.add({_by_head(span, heads, tokens) for span in gold}, {_by_head(span, heads, tokens) for span in own})


def heads_of(sentences: Sequence[Sentence]) -> dict[int, int]:
    """By each word's start, where its governor starts; -1 at a root."""
    return {token.start: sent.tokens[token.head].start if token.head >= 0 else -1 for sent in sentences for token in sent.tokens}


def _by_head(span: tuple[int, int, str], heads: dict[int, int], tokens: Sequence[Token]) -> tuple[int, str]:
    """The first word of the span whose governor lies outside it."""
    start, end, name = span
    inside = [token.start for token in tokens if token.start < end and start < token.end]
    return next((word for word in inside if heads[word] not in inside), start), name
