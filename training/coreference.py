"""Learn the weights by which mentions choose their parties (src/dragoman/resolve/data/coreference.json).

    python -m training.coreference                prints the scores of held-out folds
    python -m training.coreference --write        learns from all and writes the weights

Examples are the choices that a reading of the corpus's train and dev reports meets, in our own parse: first the right choice is made each time,
then that of the weights learned so far, so that the last weights know the parties that a reading leaves. A choice is a softmax over the parties
in reach and "none of them"; a weight is a common one plus one of the mention's type, both held small. GUM's chains were tried as further
examples and made the held-out folds worse: it marks every noun phrase, of whatever it speaks.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import dragoman
from dragoman.records import Report, Sentence
from dragoman.resolve.coreference import Judge, Party, find_chains
from dragoman.resolve.ranking import Facts, Weights, score
from evaluation.coreference import Clusters, CoreferenceScores, by_heads, corpus_reports

TARGET = Path(dragoman.__file__).parent / "resolve" / "data" / "coreference.json"
# Set by held-out folds of the train and dev reports: rounds of reading, steps, rate, the penalties of common and typed weights, and how much less
# likely than learned "none" is taken to be, which gives as many links as the gold chains have.
ROUNDS, STEPS, RATE = 2, 80, 0.1
COMMON_PENALTY, TYPED_PENALTY = 4.0, 10.0
NEW_MARGIN = 1.0
FOLDS = 4


@dataclass(frozen=True, slots=True)
class Text:
    """A report as read, with its gold chains by heads. `heads` gives the chain of a mention by sentence and head word."""

    report: Report
    sentences: Sequence[Sentence]
    gold: Clusters
    heads: Mapping[tuple[int, int], int]


@dataclass(slots=True)
class Choices:
    """Examples: the type of each, its options' names (the last are those of "none"), which options are right, its weight."""

    types: list[str] = field(default_factory=list)
    options: list[list[Sequence[str]]] = field(default_factory=list)
    right: list[list[bool]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)


def read_text(report: Report, sentences: Sequence[Sentence], gold: Clusters) -> Text:
    """A text with its gold chains by the heads of our own parse."""
    clusters = by_heads(gold, sentences)
    places = {("", token.start, token.end): (sent.index, index) for sent in sentences for index, token in enumerate(sent.tokens)}
    heads = {places[place]: number for number, cluster in enumerate(clusters) for place in cluster if place in places}
    return Text(report, sentences, clusters, heads)


def gather(text: Text, *, weights: Weights | None) -> Choices:
    """Read a text and note every choice; take the right one, or with `weights` the best by them."""
    choices = Choices()

    def judge(facts: Facts, parties: Sequence[Party], names: Sequence[Sequence[str]], alone: Sequence[str]) -> int | None:
        right = [_is_right(party, facts, text) for party in parties]
        choices.types.append(facts.type)
        choices.options.append([*names, alone])
        choices.right.append([*right, not any(right)])
        choices.weights.append(1.0)
        if weights is None:
            return right.index(True) if True in right else None
        return best_of(facts, names, alone, weights)

    find_chains(text.report, text.sentences, judge=judge)
    return choices


def merged(parts: Sequence[Choices]) -> Choices:
    """All choices in one."""
    return Choices(*([one for part in parts for one in getattr(part, name)] for name in ("types", "options", "right", "weights")))


def best_of(facts: Facts, names: Sequence[Sequence[str]], alone: Sequence[str], weights: Weights) -> int | None:
    """The option with the highest score."""
    mine = weights.get(facts.type, {})
    scores = [*(score(one, mine) for one in names), score(alone, mine) - NEW_MARGIN]
    best = int(np.argmax(scores))
    return best if best < len(names) else None


def _is_right(party: Party, facts: Facts, text: Text) -> bool:
    """Whether most of the party's mentions are of the mention's chain; of even shares the last mention decides."""
    wanted = text.heads.get((facts.mention.sentence, facts.mention.head))
    if wanted is None:
        return False
    found = [text.heads.get((one.sentence, one.head)) for one, _ in party.mentions]
    count = found.count(wanted)
    rival = max((found.count(other) for other in set(found) - {wanted, None}), default=0)
    return count > rival or (count == rival > 0 and [one for one in found if one is not None][-1] == wanted)


def learn(choices: Choices, *, common: float = COMMON_PENALTY, typed: float = TYPED_PENALTY) -> dict[str, dict[str, float]]:
    """The weights that make the right choices likely (Adam on the whole, with weight decay as a penalty)."""
    keys, columns, rows = _index(choices)
    starts = np.cumsum([0, *(len(options) for options in choices.options)])[:-1]
    group = np.repeat(np.arange(len(starts)), np.diff([*starts, len(rows)]))
    offsets = np.concatenate([[0], np.cumsum(rows)])[:-1]
    right = np.array([one for flags in choices.right for one in flags], float)
    weight = np.array(choices.weights)[group]
    penalty = np.array([common if kind == "*" else typed for kind, _ in keys])
    owner = np.repeat(np.arange(len(rows)), rows)
    values, first, second = (np.zeros(len(keys)) for _ in range(3))
    for step in range(1, STEPS + 1):
        scores = np.add.reduceat(values[columns], offsets)
        likely = _softmax(scores, starts, group)
        among = likely * right
        target = among / np.maximum(np.add.reduceat(among, starts)[group], 1e-12)
        slope = np.bincount(columns, weights=((likely - target) * weight)[owner], minlength=len(keys)) + penalty * values
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        values -= RATE * (1 - step / (STEPS + 1)) * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return _by_type(keys, values)


def _index(choices: Choices) -> tuple[list[tuple[str, str]], np.ndarray, list[int]]:
    """Every (type, name) and ("*", name) with a number; the numbers of each option in a row; how many each option has."""
    numbers: dict[tuple[str, str], int] = {}
    columns: list[int] = []
    rows: list[int] = []
    for kind, options in zip(choices.types, choices.options, strict=True):
        for names in options:
            for name in names:
                columns.append(numbers.setdefault(("*", name), len(numbers)))
                columns.append(numbers.setdefault((kind, name), len(numbers)))
            rows.append(2 * len(names))
    return list(numbers), np.array(columns), rows


def _softmax(scores: np.ndarray, starts: np.ndarray, group: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
    return raised / np.add.reduceat(raised, starts)[group]


def _by_type(keys: Sequence[tuple[str, str]], values: np.ndarray) -> dict[str, dict[str, float]]:
    """The common weight and the type's own in one, for the names that the type has been seen with."""
    common = {name: value for (kind, name), value in zip(keys, values, strict=True) if kind == "*"}
    found: dict[str, dict[str, float]] = {}
    for (kind, name), value in sorted(zip(keys, values, strict=True)):
        if kind != "*":
            found.setdefault(kind, {})[name] = round(float(value + common[name]), 2)
    return found


def train(texts: Sequence[Text], known: Mapping[str, Choices]) -> dict[str, dict[str, float]]:
    """Read the texts as often as `ROUNDS` says and learn from all readings together. `known` gives the first reading's choices by report."""
    parts = [known[text.report.id] for text in texts]
    weights = learn(merged(parts))
    for _ in range(ROUNDS - 1):
        parts += [gather(text, weights=weights) for text in texts]
        weights = learn(merged(parts))
    return weights


def judge_of(weights: Weights) -> Judge:
    """The judge that goes by some weights."""
    return lambda facts, parties, names, alone: best_of(facts, names, alone, weights)


def score_texts(texts: Sequence[Text], weights: Weights, scores: CoreferenceScores) -> None:
    """Add the scores of some texts by heads."""
    for text in texts:
        chains = find_chains(text.report, text.sentences, judge=judge_of(weights))
        own = [frozenset(("", one.start, one.end) for one in chain.mentions) for chain in chains]
        scores.add(text.gold, by_heads(own, text.sentences))


def read_texts(coder: dragoman.Coder) -> list[Text]:
    """The train and dev reports."""
    return [read_text(report, coder.read([report])[0], gold) for report, gold in corpus_reports("rest")]


def fold_weights(texts: Sequence[Text]) -> list[dict[str, dict[str, float]]]:
    """For each fold (every `FOLDS`-th text) the weights learned from the others."""
    known = {text.report.id: gather(text, weights=None) for text in texts}
    return [train([text for index, text in enumerate(texts) if index % FOLDS != fold], known) for fold in range(FOLDS)]


def final_weights(texts: Sequence[Text]) -> dict[str, dict[str, float]]:
    """The weights learned from all texts, with the margin of "none" in them; those that round to nothing are left out."""
    weights = train(texts, {text.report.id: gather(text, weights=None) for text in texts})
    for mine in weights.values():
        mine["new"] = round(mine.get("new", 0.0) - NEW_MARGIN, 2)
    return {kind: {name: value for name, value in mine.items() if value} for kind, mine in weights.items()}


def main() -> None:
    """Print the scores of held-out folds, or write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    texts = read_texts(dragoman.load())
    if parser.parse_args().write:
        write_weights(TARGET, final_weights(texts))
        return
    scores = CoreferenceScores()
    for fold, weights in enumerate(fold_weights(texts)):
        score_texts(texts[fold::FOLDS], weights, scores)
    print(f"{FOLDS} held-out folds of the train and dev reports, by heads: {scores}")


def write_weights(path: Path, weights: Weights) -> None:
    """One line a kind, so that a change can be read."""
    lines = ",\n".join(f"{json.dumps(kind)}: {json.dumps(mine, sort_keys=True)}" for kind, mine in sorted(weights.items()))
    path.write_text(f'{{"weights": {{\n{lines}\n}}}}\n', "utf-8")


if __name__ == "__main__":
    main()
