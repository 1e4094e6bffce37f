"""Score mentions against the annotated corpus: triggers, types, modes, status and roles by character span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dragoman.model.session import Model
from dragoman.reading.reader import read_reports
from dragoman.records import Mention, Report
from evaluation.scorer import Counts, SpanScores
from training.corpus_loader import Act, Example


@dataclass(slots=True)
class EventScores:
    """Triggers by place alone, with their type; mode and status of the triggers that both sides have; roles of those by exact span."""

    triggers: Counts = field(default_factory=Counts)
    types: SpanScores = field(default_factory=SpanScores)
    modes: Counts = field(default_factory=Counts)
    statuses: Counts = field(default_factory=Counts)
    roles: SpanScores = field(default_factory=SpanScores)


def score_events(model: Model, examples: Sequence[Example]) -> EventScores:
    """Read each sentence as a report of its own and compare."""
    scores = EventScores()
    read = read_reports(model, [Report(id=example.source, text=example.text) for example in examples])
    for example, sentences in zip(examples, read, strict=True):
        own = {mention.trigger.start: mention for sent in sentences for mention in sent.mentions}
        gold = {act.start: act for act in example.acts}
        scores.triggers.add(set(gold), set(own))
        scores.types.add({(start, act.type) for start, act in gold.items()}, {(start, one.type) for start, one in own.items()})
        for start in set(gold) & set(own):
            _score_pair(scores, gold[start], own[start])
    return scores


def _score_pair(scores: EventScores, act: Act, mention: Mention) -> None:
    scores.modes.add({act.mode}, {mention.mode})
    scores.statuses.add({act.status}, {mention.status.value})
    scores.roles.add(
        {(role.start, role.end, role.name) for role in act.roles},
        {(role.start, role.end, role.name) for role in mention.roles},
    )
