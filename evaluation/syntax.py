"""Score the reading on treebanks: tags and trees on gold words, and on raw text through our own tokeniser.

Raw text: words are matched to gold words by their characters; a word that has no match counts as wrong, and the figures are F1
over words as in the CoNLL 2018 shared task (Zeman and others 2018).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.model.decoding import decode_heads, decode_names
from dragoman.model.session import Model, Scores
from dragoman.reading.reader import read_reports
from dragoman.records import Report
from evaluation.scorer import Counts, SpanScores
from training.samples import bio_spans
from training.treebank import Tree, read_treebank

TO_UNER = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}


@dataclass(frozen=True, slots=True)
class SyntaxScores:
    """Shares of words, 0 to 1, all words counted (punctuation too)."""

    words: int
    tags: float
    fine_tags: float
    uas: float
    las: float


def score_gold_words(model: Model, trees: Sequence[Tree]) -> SyntaxScores:
    """Tags and trees on the treebank's own words and sentences."""
    found = model.run([tree.words for tree in trees])
    tags = fine = heads = both = total = 0
    for tree, scores in zip(trees, found, strict=True):
        own_heads = decode_heads(scores.arc)
        relations = _relations(model, scores, own_heads)
        for index in range(len(tree.words)):
            total += 1
            tags += model.labels.tags[int(scores.tag[index].argmax())] == tree.tags[index]
            fine += model.labels.fine_tags[int(scores.fine[index].argmax())] == tree.fine_tags[index]
            attached = own_heads[index] == tree.heads[index]
            heads += attached
            both += attached and relations[index] == tree.relations[index]
    return SyntaxScores(total, tags / total, fine / total, heads / total, both / total)


def _relations(model: Model, scores: Scores, heads: Sequence[int]) -> list[str]:
    best = scores.relation.argmax(-1)
    return ["root" if head < 0 else model.labels.relations[int(label)] for head, label in zip(heads, best, strict=True)]


@dataclass(frozen=True, slots=True)
class RawScores:
    """F1 of words, of sentences, and of words with their right head and relation."""

    words: float
    sentences: float
    las: float


def score_raw_text(model: Model, trees: Sequence[Tree], *, whole_documents: bool) -> RawScores:
    """From plain text: each sentence's own text, or whole documents (paragraphs on lines) so that sentences are found too."""
    documents = list(_documents(trees)) if whole_documents else [[tree] for tree in trees]
    texts = [_document_text(document) for document in documents]
    reports = [Report(id=str(index), text=text) for index, (text, _) in enumerate(texts)]
    words, ends, arcs = Counts(), Counts(), Counts()
    for (_, gold_words), document, sentences in zip(texts, documents, read_reports(model, reports), strict=True):
        gold = _gold_arcs(document, gold_words)
        own = {
            (token.start, token.end): (
                (sent.tokens[token.head].start, sent.tokens[token.head].end) if token.head >= 0 else None,
                token.relation,
            )
            for sent in sentences
            for token in sent.tokens
        }
        words.add(set(gold), set(own))
        arcs.add(set(gold.items()), set(own.items()))
        ends.add(_ends(gold_words, document), {(sent.tokens[0].start, sent.tokens[-1].end) for sent in sentences})
    return RawScores(words.f1, ends.f1, arcs.f1)


def _documents(trees: Sequence[Tree]) -> Iterator[list[Tree]]:
    current: list[Tree] = []
    for tree in trees:
        if current and tree.document != current[0].document:
            yield current
            current = []
        current.append(tree)
    if current:
        yield current


def _document_text(document: Sequence[Tree]) -> tuple[str, list[list[tuple[int, int]]]]:
    """The text of a document and the offsets of its words; a paragraph is a line."""
    text = ""
    offsets = []
    for tree in document:
        if text:
            text += "\n\n" if tree.starts_paragraph else "" if text.endswith(" ") else " "
        spans = []
        for word, space in zip(tree.words, tree.spaces, strict=True):
            spans.append((len(text), len(text) + len(word)))
            text += word + (" " if space else "")
        text = text.rstrip(" ")
        offsets.append(spans)
    return text, offsets


def _gold_arcs(
    document: Sequence[Tree], offsets: Sequence[Sequence[tuple[int, int]]]
) -> dict[tuple[int, int], tuple[tuple[int, int] | None, str]]:
    return {
        spans[index]: (spans[head] if head >= 0 else None, relation)
        for tree, spans in zip(document, offsets, strict=True)
        for index, (head, relation) in enumerate(zip(tree.heads, tree.relations, strict=True))
    }


def _ends(offsets: Sequence[Sequence[tuple[int, int]]], document: Sequence[Tree]) -> set[tuple[int, int]]:
    return {(spans[0][0], spans[-1][1]) for spans in offsets if spans}


def score_names(model: Model, trees: Sequence[Tree], gold: dict[str, list[str]]) -> SpanScores:
    """Persons, organisations and places against Universal NER's labels, by sentence id, on gold words."""
    found = model.run([tree.words for tree in trees])
    scores = SpanScores()
    for tree, one in zip(trees, found, strict=True):
        own = {(start, end, TO_UNER[kind]) for start, end, kind in decode_names(one.name, model.labels.names) if kind in TO_UNER}
        scores.add(set(bio_spans([label if label[2:] in ("PER", "ORG", "LOC") else "O" for label in gold[tree.id]])), own)
    return scores


def read_uner(path: Path) -> dict[str, list[str]]:
    """Universal NER's IOB2 file: labels by sentence id."""
    import gzip

    sentences: dict[str, list[str]] = {}
    current = ""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("# sent_id = "):
                current = line.rstrip("\n").partition(" = ")[2]
                sentences[current] = []
            elif line.strip() and not line.startswith("#"):
                sentences[current].append(line.split("\t")[2])
    return sentences


def read_trees(data: Path, bank: str, part: str) -> list[Tree]:
    """A part of a treebank: `read_trees(data, "ud_ewt", "test")`."""
    return list(read_treebank(data / bank / f"{part}.conllu.gz"))
