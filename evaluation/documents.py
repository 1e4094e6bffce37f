"""Whole reports against their truth: `python -m evaluation.documents [--part test|dev|train] [--show]`.

Status, speakers, reasons, answers between acts, and which tellings are one act, on `training/corpus/reports` (nobody trains or tunes on the
test part), three times: as coded (`whole`); with the annotated triggers and parties but the model's status, speakers, reasons and answers
(`triggers given`); and with every annotated span and status (`spans given`), which leaves what the resolvers do: links and same acts.

Status: accuracy over the tellings whose trigger was found. Speakers, reasons: F1 of spans that overlap the annotated one, by telling. Links: F1 of
pairs of acts. Same act: B-cubed F1 over the tellings that both sides have.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from dragoman.coder import Coder, load
from dragoman.records import Event, Mention, Report, Role, Sentence, Span, Stance, Status
from evaluation.scorer import Counts
from training.corpus_loader import Act
from training.report_loader import Document, part_of, read_documents


class Given(StrEnum):
    """What of the annotation the coder is given."""

    NOTHING = "whole"
    TRIGGERS = "triggers given"
    SPANS = "spans given"


# What the model decides where only triggers and parties are given.
_MODELS_OWN = frozenset({"speaker", "reason", "joint"})


@dataclass(slots=True)
class DocumentScores:
    """Counts over reports."""

    statuses: Counts = field(default_factory=Counts)
    speakers: Counts = field(default_factory=Counts)
    reasons: Counts = field(default_factory=Counts)
    links: Counts = field(default_factory=Counts)
    b3_precision: list[float] = field(default_factory=list)
    b3_recall: list[float] = field(default_factory=list)
    tellings: Counts = field(default_factory=Counts)

    @property
    def b3(self) -> float:
        """B-cubed F1."""
        if not self.b3_precision:
            return 0.0
        precision, recall = (sum(values) / len(values) for values in (self.b3_precision, self.b3_recall))
        return 2 * precision * recall / (precision + recall)

    def table(self) -> dict[str, float]:
        """The scores by name."""
        return {
            "tellings found": self.tellings.recall, "status": self.statuses.recall, "speakers": self.speakers.f1, "reasons": self.reasons.f1,
            "links": self.links.f1, "same act B3": self.b3,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A telling as coded."""

    start: int
    event: Event
    status: Status
    reason: Span | None
    sentence: tuple[int, int]


def score(coder: Coder, documents: Sequence[Document], given: Given, *, show: bool = False) -> DocumentScores:
    """Code each report and compare."""
    scores = DocumentScores()
    reports = [Report(id=document.id, date=document.date, title=document.title, text=document.text) for document in documents]
    for document, report, sentences in zip(documents, reports, coder.read(reports), strict=True):
        if given is not Given.NOTHING:
            sentences = tuple(with_gold(document, sent, given) for sent in sentences)
        events = coder.resolve(report, sentences)
        _compare(scores, document, events, show=show)
    return scores


def with_gold(document: Document, sent: Sentence, given: Given) -> Sentence:
    """The sentence with the annotated mentions in place of those read."""
    own = {mention.trigger.start: mention for mention in sent.mentions}
    inside = [(act, offset) for act, offset in acts_of(document) if sent.start <= offset + act.start < sent.end]
    mentions = [_mention(document, act, offset, own.get(offset + act.start), given) for act, offset in inside]
    return msgspec.structs.replace(sent, mentions=tuple(mentions))


def acts_of(document: Document) -> Iterator[tuple[Act, int]]:
    """The annotated acts with the offset of their sentence."""
    for example, offset in zip(document.sentences, document.offsets, strict=True):
        for act in example.acts:
            yield act, offset


def _mention(document: Document, act: Act, offset: int, own: Mention | None, given: Given) -> Mention:
    spans = given is Given.SPANS
    kept = [_role(document, role.name, offset + role.start, offset + role.end, role.stance) for role in act.roles if spans or role.name not in _MODELS_OWN]
    if not spans and own:
        kept += [role for role in own.roles if role.name in _MODELS_OWN]
    return Mention(
        trigger=Span(text=document.text[offset + act.start : offset + act.end], start=offset + act.start, end=offset + act.end), type=act.type, mode=act.mode,
        status=Status(act.status) if spans else own.status if own else Status.ACTUAL,
        historical=act.historical if spans else bool(own and own.historical), confidence=1.0, roles=tuple(kept),
    )  # fmt: skip


def _role(document: Document, name: str, start: int, end: int, stance: str | None) -> Role:
    said = Stance(stance or "reports") if name == "speaker" else None
    return Role(name=name, text=document.text[start:end], start=start, end=end, confidence=1.0, stance=said)


def _tellings(events: Sequence[Event]) -> Iterator[Told]:
    for event in events:
        begin = event.sentence_start
        # The reason of a merged event may come from another telling.
        own = event.reason if event.reason and begin <= event.reason.start < begin + len(event.text) else None
        yield Told(event.trigger.start, event, event.status, own, (begin, begin + len(event.text)))
        for one in event.mentions:
            yield Told(one.trigger.start, event, one.status, one.reason, (one.sentence_start, one.sentence_start + len(one.text)))


def _compare(scores: DocumentScores, document: Document, events: Sequence[Event], *, show: bool) -> None:
    own = {told.start: told for told in _tellings(events)}
    gold = {offset + act.start: (act, offset) for act, offset in acts_of(document)}
    acts = {start: act for start, _, act in document.tellings}
    scores.tellings.add(set(gold), set(own))
    for start in sorted(set(gold) & set(own)):
        act, offset = gold[start]
        told = own[start]
        scores.statuses.add({act.status}, {told.status.value})
        if show and act.status != told.status.value:
            words, sentence = document.text[start : offset + act.end], document.text[told.sentence[0] : told.sentence[1]]
            print(f"  {document.id} status {act.status} not {told.status.value}: {words!r} in {sentence!r}")
        voices = [(one.start, one.end) for one in told.event.attribution if told.sentence[0] <= one.start < told.sentence[1]]
        _spans(scores.speakers, document, act, offset, "speaker", voices, show=show)
        _spans(scores.reasons, document, act, offset, "reason", [(told.reason.start, told.reason.end)] if told.reason else [], show=show)
    both = {start: acts[start] for start in gold if start in own and start in acts}
    _clusters(scores, both, {start: told.event.id for start, told in own.items()}, document, show=show)
    _links(scores, document, acts, own, show=show)


def _spans(counts: Counts, document: Document, act: Act, offset: int, name: str, found: Sequence[tuple[int, int]], *, show: bool) -> None:
    gold = [(offset + role.start, offset + role.end) for role in act.roles if role.name == name]
    right = sum(any(start < end and first < last for first, last in gold if start < last and first < end) for start, end in found)
    right = min(right, len(gold))
    counts.right += right
    counts.found += len(found)
    counts.expected += len(gold)
    if show and (right < len(gold) or right < len(found)):
        expected, own = ([document.text[first:last] for first, last in spans] for spans in (gold, found))
        print(f"  {document.id} {name} of {document.text[offset + act.start : offset + act.end]!r}: {expected} found {own}")


def _clusters(scores: DocumentScores, gold: dict[int, str], own: dict[int, str], document: Document, *, show: bool) -> None:
    for start, act in gold.items():
        same = {other for other, its in gold.items() if its == act}
        mine = {other for other in gold if own[other] == own[start]}
        scores.b3_precision.append(len(same & mine) / len(mine))
        scores.b3_recall.append(len(same & mine) / len(same))
        if show and same != mine:
            expected, found = ([document.text[one : one + 14] for one in sorted(starts)] for starts in (same, mine))
            print(f"  {document.id} same act {act}: {expected} found {found}")


def _links(scores: DocumentScores, document: Document, acts: dict[int, str], own: dict[int, Told], *, show: bool) -> None:
    votes: dict[str, Counter[str]] = {}
    for start, told in own.items():
        if start in acts:
            votes.setdefault(told.event.id, Counter())[acts[start]] += 1
    name = {event_id: counted.most_common(1)[0][0] for event_id, counted in votes.items()}
    found = {(name.get(told.event.id, told.event.id), name.get(answer, answer)) for told in own.values() for answer in told.event.response_to}
    scores.links.add(set(document.answers), found)
    if show and found != set(document.answers):
        print(f"  {document.id} links missed {sorted(set(document.answers) - found)} wrong {sorted(found - set(document.answers))}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("test", "dev", "train"), default="test")
    parser.add_argument("--show", action="store_true", help="print what is wrong")
    arguments = parser.parse_args()
    documents = [document for document in read_documents() if part_of(document) == arguments.part]
    coder = load()
    for given in Given:
        scores = score(coder, documents, given, show=arguments.show)
        print(f"{arguments.part}, {len(documents)} reports, {given.value}: " + ", ".join(f"{name} {value:.3f}" for name, value in scores.table().items()))


if __name__ == "__main__":
    main()
