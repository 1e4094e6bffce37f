"""Training samples: one form for treebank sentences, annotated sentences and marked pairs; any target may be missing."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dragoman.reading.tokens import tokenise
from training.corpus_loader import Act, Example, Role
from training.labels import STANCES_SCORED, Labels
from training.names import UNCLEAR, Span
from training.treebank import Tree

IGNORED = -100
# Share of marked spans that are cut to their names; set by judgement, not searched.
CUT_MARKS = 0.3
TITLES = frozenset({
    "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "dr", "dr.", "sir", "president", "senator", "sen.", "sen", "rep.", "gen.", "general",
    "prof.", "professor", "judge", "king", "queen", "prince",
})  # fmt: skip
# GUM's entity types that are names when their words are proper nouns, with the label they get.
ENTITY_NAMES = {"person": "PERSON", "organization": "ORG", "place": "GPE"}
PLACE_LABELS = ("GPE", "LOC", "FAC")
NAMED = frozenset({"PERSON", "ORG", *PLACE_LABELS})
# The types of our own stand-off labels, with the label that they train.
OWN_NAMES = {"PER": "PERSON", "ORG": "ORG", "LOC": "GPE"}


@dataclass(frozen=True, slots=True)
class Triggers:
    """The acts of a sentence by word index; `roles[k]` is a list of (role label index, word index) that are on."""

    positions: tuple[int, ...]
    types: tuple[int, ...]
    modes: tuple[int, ...]
    statuses: tuple[int, ...]
    historical: tuple[int, ...]
    roles: tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence with its targets. None where the source does not say."""

    words: tuple[str, ...]
    tags: tuple[int, ...] | None = None
    fine_tags: tuple[int, ...] | None = None
    heads: tuple[int, ...] | None = None
    relations: tuple[int, ...] | None = None
    names: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None
    triggers: Triggers | None = None
    contexts: tuple[int, ...] | None = None
    marks: tuple[int, ...] | None = None
    pair: int | None = None

    @property
    def has_acts(self) -> bool:
        """Whether an act is annotated."""
        return bool(self.triggers and self.triggers.positions)


def tree_sample(tree: Tree, labels: Labels, silver: Sequence[str] | None, own: Sequence[Span] | None = None) -> Sample:
    """A treebank sentence with its tree and, where given, silver name labels corrected by our own or by its proper nouns."""
    return Sample(
        words=tree.words,
        tags=_indices(tree.tags, labels.tags),
        fine_tags=_indices(tree.fine_tags, labels.fine_tags),
        # 0 is the root in the network's head scores.
        heads=tuple(head + 1 for head in tree.heads),
        relations=_indices(tree.relations, labels.relations),
        names=None if silver is None else name_targets(tree, silver, labels, own),
        ends=tuple(int(i == len(tree.words) - 1) for i in range(len(tree.words))),
    )


def name_targets(tree: Tree, silver: Sequence[str], labels: Labels, own: Sequence[Span] | None = None) -> tuple[int, ...]:
    """One label a word. With our own spans, the teacher keeps its other types (dates, nationalities, works) alone. Without,
    the teacher's spans lose articles and titles, a named span without a proper noun is dropped, and a proper noun
    that nobody labels is left out of the loss, since the teacher misses many in web text."""
    if own is not None:
        return _own_targets(silver, own, labels)
    targets = [0 if tag != "PROPN" else IGNORED for tag in tree.tags]
    for start, end, kind in [*bio_spans(silver), *_gum_names(tree, silver)]:
        if kind in NAMED:
            start, end = trim_name(tree.words, start, end, kind)
            if not any(tag == "PROPN" for tag in tree.tags[start:end]):
                continue
        _mark(targets, start, end, kind, labels)
    return tuple(targets)


def silver_targets(words: Sequence[str], silver: Sequence[str], labels: Labels) -> tuple[int, ...]:
    """The teacher's labels alone, its named spans trimmed as those of the trees are."""
    targets = [0] * len(words)
    for start, end, kind in bio_spans(silver):
        _mark(targets, *(trim_name(words, start, end, kind) if kind in NAMED else (start, end)), kind, labels)
    return tuple(targets)


def _own_targets(silver: Sequence[str], own: Sequence[Span], labels: Labels) -> tuple[int, ...]:
    targets = [0] * len(silver)
    for start, end, kind in bio_spans(silver):
        if kind not in NAMED:
            _mark(targets, start, end, kind, labels)
    for start, end, kind in own:
        if kind == UNCLEAR:
            # Acronyms, signatures and brands mostly: left out of the loss they came out as organisations.
            targets[start:end] = [0] * (end - start)
            continue
        teacher = silver[start][2:]
        _mark(targets, start, end, teacher if kind == "LOC" and teacher in PLACE_LABELS else OWN_NAMES[kind], labels)
    return tuple(targets)


def _mark(targets: list[int], start: int, end: int, kind: str, labels: Labels) -> None:
    # A span laid over a part of an earlier one takes its place whole.
    if end < len(targets) and targets[end] > 0 and labels.names[targets[end]].startswith("I-"):
        after = end
        while after < len(targets) and targets[after] > 0 and labels.names[targets[after]].startswith("I-"):
            targets[after] = 0
            after += 1
    for index in range(start, end):
        targets[index] = labels.names.index(f"{'B' if index == start else 'I'}-{kind}")


def trim_name(words: Sequence[str], start: int, end: int, kind: str) -> tuple[int, int]:
    """Without a leading article, a trailing possessive and, for persons, a leading title."""
    while start < end and words[start].lower() in ("the", "a", "an"):
        start += 1
    while start < end and words[end - 1] in ("'s", "’s", "'", "’", ".", ","):
        end -= 1
    while kind == "PERSON" and start < end and words[start].lower() in TITLES:
        start += 1
    return start, end


def _gum_names(tree: Tree, silver: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """GUM's gold entities that are made of proper nouns alone, but for articles, titles and possessives."""
    for start, end, entity in tree.entities:
        kind = ENTITY_NAMES.get(entity)
        if kind is None:
            continue
        start, end = trim_name(tree.words, start, end, kind)
        if start < end and all(tag == "PROPN" for tag in tree.tags[start:end]):
            teacher = silver[start][2:] if silver[start] != "O" else ""
            yield start, end, teacher if kind == "GPE" and teacher in PLACE_LABELS else kind


def bio_spans(labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """Spans of BIO labels as (first, last + 1, type); an I- without its B- begins a span."""
    spans: list[tuple[int, int, str]] = []
    start, kind = -1, ""
    for index, label in enumerate([*labels, "O"]):
        if kind and label != f"I-{kind}":
            spans.append((start, index, kind))
            kind = ""
        if label != "O" and not kind:
            start, kind = index, label[2:]
    return spans


def joined(samples: Sequence[Sample]) -> Sample:
    """Several treebank sentences as one input, so that the sentence-end head has something to find."""
    words: list[str] = []
    heads: list[int] = []
    for sample in samples:
        assert sample.heads is not None
        heads.extend(head + len(words) if head else 0 for head in sample.heads)
        words.extend(sample.words)
    return Sample(
        words=tuple(words),
        heads=tuple(heads),
        tags=_chain(samples, "tags"),
        fine_tags=_chain(samples, "fine_tags"),
        relations=_chain(samples, "relations"),
        names=_chain(samples, "names"),
        ends=_chain(samples, "ends"),
    )


def event_sample(example: Example, labels: Labels, silver: Sequence[str] | None) -> Sample:
    """An annotated sentence in the words of our own tokeniser."""
    tokens = tokenise(example.text)
    words = tuple(token.text for token in tokens)
    offsets = [(token.start, token.end) for token in tokens]
    positions = [_first_word(offsets, act.start, act.end) for act in example.acts]
    kept = [index for index, position in enumerate(positions) if positions.index(position) == index]
    by_number = {act.number: position for act, position in zip(example.acts, positions, strict=True)}
    acts = [example.acts[index] for index in kept]
    triggers = Triggers(
        positions=tuple(positions[index] for index in kept),
        types=tuple(labels.types.index(act.type) for act in acts),
        modes=tuple(labels.modes.index(f"{act.type}/{act.mode}") if act.mode else 0 for act in acts),
        statuses=tuple(labels.statuses.index(act.status) for act in acts),
        historical=tuple(int(act.historical) for act in acts),
        roles=tuple(tuple(_role_targets(act, offsets, by_number, labels)) for act in acts),
    )
    return Sample(
        words=words,
        names=None if silver is None else silver_targets(words, silver, labels),
        triggers=triggers,
        contexts=None if example.contexts is None else tuple(labels.contexts.index(context) for context in example.contexts),
    )


def _role_targets(
    act: Act, offsets: Sequence[tuple[int, int]], by_number: dict[int, int], labels: Labels
) -> Iterator[tuple[int, int]]:
    for role in act.roles:
        covered = words_in(offsets, role.start, role.end)
        for index in covered:
            yield labels.role_labels.index(f"inside-{role.name}"), index
        if covered:
            yield labels.role_labels.index(f"begin-{role.name}"), covered[0]
            if role.stance in STANCES_SCORED:
                yield labels.role_labels.index(f"stance-{role.stance}"), covered[0]
    for number in act.answers:
        yield labels.role_labels.index("answers"), by_number[number]


def pair_samples(example: Example, sample: Sample, labels: Labels, rng: random.Random) -> list[Sample]:
    """The sentence with an actor and a recipient marked, for every act that has both, and one pair that is nothing.

    Some marks are cut to the names in their span, since others mark less than our guidelines do.
    """
    offsets = [(token.start, token.end) for token in tokenise(example.text)]
    made = []
    related = set()
    for act in example.acts:
        actors = [role for role in act.roles if role.name == "actor"]
        recipients = [role for role in act.roles if role.name == "recipient"]
        related.update((a.start, r.start) for a in actors for r in recipients)
        related.update((a.start, b.start) for a in actors for b in actors)
        if actors and recipients and act.status != "negated":
            made.append(_marked(sample, offsets, actors, recipients, labels.types.index(act.type), rng))
    parties = [role for act in example.acts for role in act.roles if role.name in ("actor", "recipient", "speaker", "joint")]
    strangers = [
        (one, other)
        for one in parties
        for other in parties
        if one.end <= other.start or other.end <= one.start
        if (one.start, other.start) not in related
    ]
    if strangers:
        one, other = rng.choice(strangers)
        made.append(_marked(sample, offsets, [one], [other], 0, rng))
    return made


def _marked(
    sample: Sample, offsets: Sequence[tuple[int, int]], actors: Sequence[Role], recipients: Sequence[Role], pair: int, rng: random.Random
) -> Sample:
    marks = [0] * len(sample.words)
    for mark, roles in ((1, actors), (2, recipients)):
        for role in roles:
            covered = words_in(offsets, role.start, role.end)
            if rng.random() < CUT_MARKS:
                covered = [index for index in covered if sample.words[index][:1].isupper()] or covered[-1:]
            for index in covered:
                marks[index] = mark
    return Sample(words=sample.words, marks=tuple(marks), pair=pair, triggers=sample.triggers)


def words_in(offsets: Sequence[tuple[int, int]], start: int, end: int) -> list[int]:
    """Indices of the words that overlap the characters."""
    return [index for index, (first, last) in enumerate(offsets) if first < end and start < last]


def _first_word(offsets: Sequence[tuple[int, int]], start: int, end: int) -> int:
    return words_in(offsets, start, end)[0]


def _indices(values: Sequence[str], labels: Sequence[str]) -> tuple[int, ...]:
    known = {label: index for index, label in enumerate(labels)}
    return tuple(known.get(value, IGNORED) for value in values)


def _chain(samples: Sequence[Sample], field: str) -> tuple[int, ...] | None:
    parts = [getattr(sample, field) for sample in samples]
    return None if any(part is None for part in parts) else tuple(value for part in parts for value in part)
