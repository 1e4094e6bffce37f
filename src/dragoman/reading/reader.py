"""Reports to sentences: words, trees, names and mentions of acts, one pass of the model over each sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dragoman.model.decoding import (
    Act,
    decode_acts,
    decode_contexts,
    decode_ends,
    decode_heads,
    decode_names,
)
from dragoman.model.session import Labels, Model, Scores
from dragoman.reading.phrases import distinct_acts, whole_phrases
from dragoman.reading.relatives import with_near_antecedents
from dragoman.reading.sentences import split_sentences
from dragoman.reading.tokens import Word, tokenise
from dragoman.records import Mention, Name, Report, Role, Sentence, Span, Stance, Status, Token

# Longer runs of words are cut at a comma or semicolon: no real sentence is longer, and the encoder's input is bounded.
LONGEST_SENTENCE = 128
_CLOSING = frozenset("\"'”’»)]")


def read_reports(model: Model, reports: Sequence[Report]) -> Iterator[tuple[Sentence, ...]]:
    """The sentences of each report. The model starts on all of them before the first is asked for, and goes on while one is decoded."""
    pieces = [list(_pieces(report.text)) for report in reports]
    scores = model.start([[word.text for word in words] for report in pieces for words in report])
    return (_decoded(report.text, words, scores, model) for report, words in zip(reports, pieces, strict=True))


def _decoded(text: str, pieces: Sequence[Sequence[Word]], scores: Iterator[Scores], model: Model) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    for words in pieces:
        found.extend(_sentences(text, words, next(scores), model, len(found)))
    return tuple(found)


def _pieces(text: str) -> Iterator[Sequence[Word]]:
    """Words that are read in one pass: a sentence, or several between which the rules saw no sure boundary."""
    for start, end in split_sentences(text):
        words = tokenise(text, start, end)
        while len(words) > LONGEST_SENTENCE:
            cut = _cut_point(words)
            yield words[:cut]
            words = words[cut:]
        if words:
            yield words


def _cut_point(words: Sequence[Word]) -> int:
    for mark in (";", ","):
        for index in range(LONGEST_SENTENCE, LONGEST_SENTENCE // 2, -1):
            if words[index - 1].text == mark:
                return index
    return LONGEST_SENTENCE


def _sentences(text: str, words: Sequence[Word], scores: Scores, model: Model, first_index: int) -> Iterator[Sentence]:
    labels = model.labels
    ends = decode_ends(scores.end, list(_possible_ends(words)))
    names = decode_names(scores.name, labels.names)
    acts = decode_acts(scores, labels, model.decisions)
    contexts = decode_contexts(scores.context, labels.contexts)
    begin = 0
    for index, end in enumerate([*(position + 1 for position in ends), len(words)]):
        tokens = with_near_antecedents(_tokens(words, scores, labels, begin, end))
        inside = distinct_acts([whole_phrases(act, tokens, names, begin) for act in acts if begin <= act.position < end], tokens, begin)
        yield Sentence(
            index=first_index + index,
            text=text[words[begin].start : words[end - 1].end],
            start=words[begin].start,
            end=words[end - 1].end,
            tokens=tokens,
            names=tuple(_name(text, words, *name) for name in names if begin <= name[0] and name[1] <= end),
            mentions=tuple(_mention(text, words, act, inside) for act in inside),
            contexts=contexts,
        )
        begin = end


def _possible_ends(words: Sequence[Word]) -> Iterator[int]:
    """Words but the last that a blank follows before a capital, a digit or a quotation mark."""
    for index in range(len(words) - 1):
        word, following = words[index], words[index + 1]
        if word.end < following.start and not following.text[0].islower() and following.text[0] not in _CLOSING:
            yield index


def _tokens(words: Sequence[Word], scores: Scores, labels: Labels, begin: int, end: int) -> tuple[Token, ...]:
    arc = scores.arc[begin:end]
    if end - begin < len(words):
        arc = arc[:, [0, *range(begin + 1, end + 1)]]
    heads = decode_heads(arc)
    tags = scores.tag[begin:end].argmax(-1)
    fine = scores.fine[begin:end].argmax(-1)
    relations = scores.relation[begin:end].argmax(-1)
    return tuple(
        Token(
            text=word.text,
            start=word.start,
            end=word.end,
            tag=labels.tags[tags[index]],
            fine=labels.fine_tags[fine[index]],
            head=heads[index],
            relation="root" if heads[index] < 0 else labels.relations[relations[index]],
        )
        for index, word in enumerate(words[begin:end])
    )


def _name(text: str, words: Sequence[Word], start: int, end: int, label: str) -> Name:
    first, last = words[start].start, words[end - 1].end
    return Name(text=text[first:last], start=first, end=last, label=label)


def _mention(text: str, words: Sequence[Word], act: Act, acts: Sequence[Act]) -> Mention:
    trigger = words[act.position]
    order = {other.position: index for index, other in enumerate(acts)}
    return Mention(
        trigger=Span(text=trigger.text, start=trigger.start, end=trigger.end),
        type=act.type,
        mode=act.mode,
        status=Status(act.status),
        historical=act.historical,
        confidence=act.confidence,
        roles=tuple(
            Role(
                name=role.name,
                text=text[words[role.start].start : words[role.end - 1].end],
                start=words[role.start].start,
                end=words[role.end - 1].end,
                confidence=role.confidence,
                stance=Stance(role.stance) if role.stance else None,
            )
            for role in act.roles
        ),
        answers=tuple(order[position] for position in act.answers if position in order),
    )
