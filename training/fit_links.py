"""Fit the weights by which an act is found to answer another: `python -m training.fit_links [--folds 5]`.

Logistic regression over the pairs of acts of the training part of `training/corpus/reports` that some meaning ties (`dragoman.resolve.links`), with
the annotated triggers, parties and statuses and the package's own resolving of them. Writes `src/dragoman/resolve/data/links.tsv`; with `--folds` it
writes nothing and prints the F1 of links by threshold, each report judged by weights fitted without it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dragoman.coder import Coder, load
from dragoman.records import Event, Report, Sentence
from dragoman.resolve import links
from evaluation.documents import Given, with_gold
from training.report_loader import Document, part_of, read_documents

OUT = Path(__file__).parent.parent / "src" / "dragoman" / "resolve" / "data" / "links.tsv"
# Weight decay (a Gaussian prior of this precision on each weight), chosen with --folds; steps of Newton's method, which converges in fewer. A feature
# seen in fewer pairs than RARE says nothing.
DECAY, STEPS, RARE = 3.0, 12, 4
# What the words mean, whether the few reports hold enough cases or not: the weights are drawn towards these, all others towards nothing.
PRIOR = {
    "answer holds": 4.0, "answer names": 4.0, "answer of its kind": 2.0, "cause holds": 3.0, "cause names": 3.0, "cause of its kind": 1.5,
    "after holds": 2.5, "after names": 1.5, "object holds": 1.5, "object names": 2.0, "object of its kind": 1.0, "taken up by a relative": 1.0,
    "reply": 1.5, "refusal of the last demand": 1.5, "sole object is its kind": 1.5, "sole object names": 0.5,
    "tit for tat": 0.5, "bare answer": 0.5, "nearest bare answer": 1.0, "nearest reply": 0.5, "nearest object of its kind": 0.5,
    "the words point elsewhere": -1.5, "object is its kind": 2.0, "nearest object is its kind": 0.5,
    "cause is its kind": 2.5, "answer is its kind": 3.0, "later": -1.5, "before the past": -1.0, "to before the past": 0.5, "to unreal": -1.5,
    "negated": -1.5, "bias": -3.0,
}  # fmt: skip
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)


@dataclass(frozen=True, slots=True)
class Pair:
    """Acts `answer` and `answered` of a report as annotated ("" where the coder's act is none of them), with what is true of the pair."""

    answer: str
    answered: str
    names: tuple[str, ...]
    true: bool


def pairs(coder: Coder, documents: Sequence[Document]) -> list[list[Pair]]:
    """The pairs of acts that some meaning ties, by report."""
    found = []
    for document in documents:
        report = Report(id=document.id, date=document.date, title=document.title, text=document.text)
        sentences = [with_gold(document, sent, Given.SPANS) for sent in coder.read([report])[0]]
        found.append(pairs_of(document, coder.resolve(report, sentences), sentences))
    return found


def pairs_of(document: Document, events: Sequence[Event], sentences: Sequence[Sentence]) -> list[Pair]:
    """The pairs of one report."""
    name = act_names(document, events)
    profiles = [links.profile(event, sentences) for event in events]
    found = []
    for one in profiles:
        for other, names in links.candidates(one, profiles, sentences):
            answer, answered = name.get(one.event.id, ""), name.get(other.event.id, "")
            found.append(Pair(answer, answered, tuple(names), (answer, answered) in document.answers))
    return found


def act_names(document: Document, events: Sequence[Event]) -> dict[str, str]:
    """The annotated act of each event: the one that most of its tellings are of."""
    acts = {start: act for start, _, act in document.tellings}
    names = {}
    for event in events:
        votes = Counter(acts[start] for start in (event.trigger.start, *(one.trigger.start for one in event.mentions)) if start in acts)
        if votes:
            names[event.id] = votes.most_common(1)[0][0]
    return names


def fit(chosen: Sequence[Pair]) -> dict[str, float]:
    """Weights by feature."""
    counts = Counter(name for pair in chosen for name in pair.names)
    names = sorted({name for name, count in counts.items() if count >= RARE} | set(PRIOR))
    column = {name: index for index, name in enumerate(names)}
    matrix = np.zeros((len(chosen), len(names)))
    for index, pair in enumerate(chosen):
        matrix[index, [column[name] for name in pair.names if name in column]] = 1.0
    target = np.array([pair.true for pair in chosen], float)
    prior = np.array([PRIOR.get(name, 0.0) for name in names])
    weights = prior.copy()
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-(matrix @ weights)))
        slope = matrix.T @ (likely - target) + DECAY * (weights - prior)
        bend = (matrix * (likely * (1 - likely))[:, None]).T @ matrix + DECAY * np.eye(len(names))
        weights -= np.linalg.solve(bend, slope)
    return {name: float(weight) for name, weight in zip(names, weights, strict=True) if abs(weight) >= 0.02}


def cross_validated(by_report: Sequence[Sequence[Pair]], documents: Sequence[Document], folds: int) -> dict[float, tuple[float, float]]:
    """F1 and precision of links by threshold."""
    expected = sum(len(document.answers) for document in documents)
    right: Counter[float] = Counter()
    found: Counter[float] = Counter()
    for fold in range(folds):
        weights = fit([pair for index, report in enumerate(by_report) if index % folds != fold for pair in report])
        for report in by_report[fold::folds]:
            for threshold in THRESHOLDS:
                for pair in chosen_links(report, weights, threshold):
                    right[threshold] += pair.true
                    found[threshold] += 1
    scores = {threshold: 2 * right[threshold] / (found[threshold] + expected) for threshold in THRESHOLDS}
    return {threshold: (score, right[threshold] / max(found[threshold], 1)) for threshold, score in scores.items()}


def chosen_links(report: Sequence[Pair], weights: dict[str, float], threshold: float) -> list[Pair]:
    """The links of a report: of each act the likeliest over the threshold."""
    chosen = []
    for answer in dict.fromkeys(pair.answer for pair in report):
        best = max((pair for pair in report if pair.answer == answer), key=lambda pair: sum(weights.get(name, 0.0) for name in pair.names))
        if 1 / (1 + np.exp(-sum(weights.get(name, 0.0) for name in best.names))) >= threshold:
            chosen.append(best)
    return chosen


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, help="measure by cross-validation and write nothing")
    arguments = parser.parse_args()
    documents = [document for document in read_documents() if part_of(document) == "train"]
    by_report = pairs(load(), documents)
    if arguments.folds:
        for threshold, (score, precision) in cross_validated(by_report, documents, arguments.folds).items():
            print(f"threshold {threshold}: F1 {score:.3f}, precision {precision:.3f}")
        return
    every = [pair for report in by_report for pair in report]
    weights = fit(every)
    head = "# feature\tlog-odds that one act answers another. Fitted by training/fit_links.py on the training part of training/corpus/reports.\n"
    OUT.write_text(head + "".join(f"{name}\t{weight:.3f}\n" for name, weight in sorted(weights.items())), "utf-8")
    print(f"{len(documents)} reports, {len(every)} pairs, {sum(pair.true for pair in every)} answers, {len(weights)} weights")


if __name__ == "__main__":
    main()
