"""Coreference scores: MUC, B-cubed, CEAF-e and their mean (the CoNLL average), as in the CoNLL-2012 shared task.

    python -m evaluation.coreference --data ../shared/data --bank dev     GUM, every noun phrase
    python -m evaluation.coreference --reports                            the corpus's reports, parties alone

Mentions are compared by their characters, or (`--heads`) by the head word that our tree gives both, which forgives the edges of a phrase.
Chains of one mention count in neither side, as in the shared task.
"""

from __future__ import annotations

import argparse
import gzip
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import dragoman
from dragoman.records import Report, Sentence
from dragoman.resolve.coreference import find_chains

Place = tuple[str, int, int]
Clusters = Sequence[frozenset[Place]]


@dataclass(slots=True)
class Ratio:
    """Numerators and denominators of recall and precision, summed over documents."""

    recall: list[float] = field(default_factory=lambda: [0.0, 0.0])
    precision: list[float] = field(default_factory=lambda: [0.0, 0.0])

    @property
    def f1(self) -> float:
        recall, precision = (top / bottom if bottom else 0.0 for top, bottom in (self.recall, self.precision))
        return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


@dataclass(slots=True)
class CoreferenceScores:
    """The three measures of the shared task, and mentions."""

    mentions: Ratio = field(default_factory=Ratio)
    muc: Ratio = field(default_factory=Ratio)
    b_cubed: Ratio = field(default_factory=Ratio)
    ceaf: Ratio = field(default_factory=Ratio)

    @property
    def conll(self) -> float:
        return (self.muc.f1 + self.b_cubed.f1 + self.ceaf.f1) / 3

    def add(self, gold: Clusters, own: Clusters) -> None:
        """Add a document; chains of one mention are left out."""
        gold, own = [one for one in gold if len(one) > 1], [one for one in own if len(one) > 1]
        for score, pair in ((self.mentions, _mentions), (self.muc, _muc), (self.b_cubed, _b_cubed), (self.ceaf, _ceaf)):
            for side, (top, bottom) in zip((score.recall, score.precision), (pair(gold, own), pair(own, gold)), strict=True):
                side[0] += top
                side[1] += bottom

    def __str__(self) -> str:
        return (
            f"mentions {self.mentions.f1:.3f}, MUC {self.muc.f1:.3f}, B3 {self.b_cubed.f1:.3f}, CEAF-e {self.ceaf.f1:.3f}, CoNLL average {self.conll:.3f}"
        )


def _owners(clusters: Clusters) -> dict[Place, int]:
    return {place: number for number, cluster in enumerate(clusters) for place in cluster}


def _mentions(key: Clusters, response: Clusters) -> tuple[float, float]:
    mine, theirs = set(_owners(key)), set(_owners(response))
    return len(mine & theirs), len(mine)


def _muc(key: Clusters, response: Clusters) -> tuple[float, float]:
    """Links that the response keeps (Vilain et al., 1995)."""
    owners = _owners(response)
    top = bottom = 0.0
    for cluster in key:
        parts = {owners.get(place, place) for place in cluster}
        top += len(cluster) - len(parts)
        bottom += len(cluster) - 1
    return top, bottom


def _b_cubed(key: Clusters, response: Clusters) -> tuple[float, float]:
    """Of each mention, the share of its chain that shares its response chain (Bagga and Baldwin, 1998)."""
    owners = _owners(response)
    top = 0.0
    for cluster in key:
        counts: dict[int, int] = {}
        for place in cluster:
            if (owner := owners.get(place)) is not None:
                counts[owner] = counts.get(owner, 0) + 1
        top += sum(count * count for count in counts.values()) / len(cluster)
    return top, float(sum(map(len, key)))


def _ceaf(key: Clusters, response: Clusters) -> tuple[float, float]:
    """The best one-to-one matching of chains by phi-4 (Luo, 2005)."""
    if not key or not response:
        return 0.0, float(len(key))
    table = np.array([[2 * len(one & other) / (len(one) + len(other)) for other in response] for one in key])
    return float(best_matching(table)), float(len(key))


def best_matching(table: np.ndarray) -> float:
    """The greatest sum of cells with one from each row and column (the Hungarian method, on costs)."""
    if table.shape[0] > table.shape[1]:
        table = table.T
    rows, columns = table.shape
    cost = -table
    high, low, match, way = np.zeros(rows + 1), np.zeros(columns + 1), np.zeros(columns + 1, int), np.zeros(columns + 1, int)
    for row in range(1, rows + 1):
        match[0] = row
        column = 0
        least, used = np.full(columns + 1, np.inf), np.zeros(columns + 1, bool)
        while True:
            used[column] = True
            free = ~used[1:]
            current = cost[match[column] - 1] - high[match[column]] - low[1:]
            better = free & (current < least[1:])
            least[1:][better] = current[better]
            way[1:][better] = column
            following = 1 + int(np.argmin(np.where(free, least[1:], np.inf)))
            delta = least[following]
            high[match[used]] += delta
            low[used] -= delta
            least[1:][free] -= delta
            column = following
            if match[column] == 0:
                break
        while column:
            match[column] = match[way[column]]
            column = way[column]
    return float(sum(table[match[column] - 1, column - 1] for column in range(1, columns + 1) if match[column]))


# GUM


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A document's sentences as text and its chains as character places in the joined text."""

    id: str
    text: str
    clusters: Clusters


def read_gum(path: Path) -> Iterator[GoldDocument]:
    """The documents of a CoNLL-U file with `Entity=` in MISC (CorefUD's bracket notation)."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        blocks = re.split(r"(?m)^# newdoc id = ", stream.read())[1:]
    for block in blocks:
        yield _document(block)


def _document(block: str) -> GoldDocument:
    text, open_spans, clusters = "", [], {}
    for sentence in re.split(r"\n\s*\n", block.split("\n", 1)[1]):
        for line in sentence.splitlines():
            columns = line.split("\t")
            if len(columns) != 10 or not columns[0].isdigit():
                continue
            misc = dict(item.partition("=")[::2] for item in columns[9].split("|"))
            start, end = len(text), len(text) + len(columns[1])
            text += columns[1] + ("" if misc.get("SpaceAfter") == "No" else " ")
            _brackets(misc.get("Entity", ""), start, end, open_spans, clusters)
        text = text.rstrip() + "\n" if text else text
    return GoldDocument(block.split("\n", 1)[0].strip(), text, [frozenset(places) for places in clusters.values()])


def _brackets(cell: str, start: int, end: int, open_spans: list[tuple[str, int]], clusters: dict[str, set[Place]]) -> None:
    for opened, closed in _events(cell):
        if opened:
            open_spans.append((opened, start))
        if closed:
            place = next(index for index in range(len(open_spans) - 1, -1, -1) if open_spans[index][0] == closed)
            name, begin = open_spans.pop(place)
            clusters.setdefault(name, set()).add(("", begin, end))


def _events(cell: str) -> Iterator[tuple[str, str]]:
    """Openings and closings in order. A part of a split mention ("5[1/2]") is taken as one of its own chain's mentions."""
    for match in re.finditer(r"\(([^()]+)(\)?)|([^()]+)\)", cell):
        if match[1]:
            name = match[1].split("-")[0].split("[")[0]
            yield name, name if match[2] else ""
        else:
            yield "", match[3].split("-")[0].split("[")[0]


# Both sides


def own_clusters(coder: dragoman.Coder, report: Report, *, broad: bool) -> tuple[Clusters, Sequence[Sentence]]:
    """Our chains of a report."""
    sentences = coder.read([report])[0]
    chains = find_chains(report, sentences, broad=broad)
    return [frozenset(("", mention.start, mention.end) for mention in chain.mentions) for chain in chains], sentences


def by_heads(clusters: Clusters, sentences: Sequence[Sentence]) -> Clusters:
    """Each mention as the word of it that no other word of it governs; two mentions of a chain with one head are one."""
    return [frozenset(_head(place, sentences) for place in cluster) for cluster in clusters]


def _head(place: Place, sentences: Sequence[Sentence]) -> Place:
    _, start, end = place
    for sent in sentences:
        if sent.start <= start < sent.end:
            inside = {index for index, token in enumerate(sent.tokens) if start <= token.start and token.end <= end}
            for index in sorted(inside):
                if sent.tokens[index].head not in inside and sent.tokens[index].tag != "PUNCT":
                    return "", sent.tokens[index].start, sent.tokens[index].end
    return place


def score(coder: dragoman.Coder, documents: Iterable[tuple[Report, Clusters]], *, broad: bool, heads: bool) -> CoreferenceScores:
    """Score our chains of each report against its gold ones."""
    scores = CoreferenceScores()
    for report, gold in documents:
        own, sentences = own_clusters(coder, report, broad=broad)
        scores.add(*((by_heads(gold, sentences), by_heads(own, sentences)) if heads else (gold, own)))
    return scores


def gum_reports(data: Path, bank: str) -> Iterator[tuple[Report, Clusters]]:
    """GUM's documents as reports with their chains."""
    for document in read_gum(data / "ud_gum" / f"{bank}.conllu.gz"):
        yield Report(id=document.id, text=document.text), document.clusters


def corpus_reports(part: str) -> Iterator[tuple[Report, Clusters]]:
    """The corpus's reports of a part with the chains of their entities; "rest" is all but the test part."""
    from training.report_loader import part_of, read_documents

    for document in read_documents():
        if part == part_of(document) or (part == "rest" and part_of(document) != "test"):
            clusters: dict[str, set[Place]] = {}
            for start, end, entity in document.mentions:
                clusters.setdefault(entity, set()).add(("", start, end))
            yield Report(id=document.id, text=document.text, date=document.date), [frozenset(places) for places in clusters.values()]


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--bank", choices=["dev", "test", "train"], default="dev")
    parser.add_argument("--reports", choices=["train", "dev", "test", "rest"])
    options = parser.parse_args()
    coder = dragoman.load()
    for heads in (True, False):
        how = "by heads" if heads else "by characters"
        if options.data:
            print(f"GUM {options.bank}, {how}:", score(coder, gum_reports(options.data, options.bank), broad=True, heads=heads))
        if options.reports:
            print(f"reports ({options.reports}), {how}:", score(coder, corpus_reports(options.reports), broad=False, heads=heads))


if __name__ == "__main__":
    main()
