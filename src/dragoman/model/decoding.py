"""From scores to what they say: trees, names, mentions of acts. Pure functions on numpy arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dragoman.model.session import Decisions, Labels, Scores
from dragoman.ontology import load_ontology

Array = NDArray[Any]

ROLES = (
    "actor", "recipient", "count", "dead", "injured", "arrested",
    "date", "deadline", "place", "reason", "speaker", "joint",
)  # fmt: skip
STANCES = ("claims", "estimates", "quotes", "denies")
# A trigger whose type is less likely than this is more often wrong than right, as read on the examples and one real report; not tuned further.
TRIGGER_THRESHOLD = 0.5
ROLE_THRESHOLD = 0.5
CONTEXT_THRESHOLD = 0.4
END_THRESHOLD = 0.5
# A name less likely than this is more often none: the best of nine steps on Universal NER's dev part, by kind of name. Places are told by few words.
NAME_THRESHOLD = 0.65
NAME_THRESHOLDS = {"GPE": 0.45, "LOC": 0.45, "FAC": 0.45, "PERSON": 0.55}
# Chosen by the likelihood of 530 marked pairs of the corpus's held-out parts: 1 would be too sure of itself, one expert alone was 4 points of macro-F1 worse.
PAIR_SHARPNESS = 0.65
LEAST = 0.01


@dataclass(frozen=True, slots=True)
class RoleSpan:
    """Words `start:end` of a sentence in a role."""

    name: str
    start: int
    end: int
    confidence: float
    stance: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """A trigger as decoded; `answers` are positions of other triggers."""

    position: int
    type: str
    mode: str | None
    status: str
    historical: bool
    confidence: float
    roles: tuple[RoleSpan, ...]
    answers: tuple[int, ...]


def softmax(scores: Array) -> Array:
    """Over the last axis."""
    shifted = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(-1, keepdims=True))


def sigmoid(scores: Array) -> Array:
    """Elementwise, safe for large scores."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30))))


def decode_heads(arc: Array) -> list[int]:
    """Head of each word (-1 the root) of the best tree with one root. `arc` [W, W + 1], root first."""
    words = arc.shape[0]
    if words == 0:
        return []
    scores = arc.astype(np.float64).copy()
    scores[np.arange(words), np.arange(1, words + 1)] = -np.inf
    heads = scores.argmax(-1)
    if (heads == 0).sum() != 1 or _has_cycle(heads):
        root = int(scores[:, 0].argmax())
        scores[np.arange(words) != root, 0] = -np.inf
        heads = _spanning_tree(scores, root)
    return [int(head) - 1 for head in heads]


def _has_cycle(heads: Array) -> bool:
    """Whether following the heads from any word fails to reach the root."""
    reached = heads.copy()
    # Pointer doubling: after log2(W) rounds every word of a tree points at the root.
    table = np.concatenate([[0], heads])
    for _ in range(max(1, len(heads).bit_length())):
        table = table[table]
    reached = table[1:]
    return bool((reached != 0).any())


def _spanning_tree(scores: Array, root: int) -> Array:
    """Chu-Liu-Edmonds over `scores` [W, W + 1]; word `root` hangs on the artificial root."""
    words = scores.shape[0]
    full = np.full((words + 1, words + 1), -np.inf)
    full[1:, :] = scores
    full[root + 1, :] = -np.inf
    full[root + 1, 0] = 0.0
    full[np.isneginf(full)] = -1e9
    np.fill_diagonal(full, -np.inf)
    return _edmonds(full)[1:]


def _edmonds(scores: Array) -> Array:
    """Best heads for nodes 1..n-1 of a dense graph, node 0 the root; `scores[dependent, head]`."""
    heads = scores.argmax(-1)
    heads[0] = 0
    cycle = np.array(_find_cycle(heads), dtype=np.int64)
    if not len(cycle):
        return np.asarray(heads)
    inside = np.zeros(len(heads), bool)
    inside[cycle] = True
    outside = np.flatnonzero(~inside)
    total = scores[cycle, heads[cycle]].sum()
    # The cycle becomes one node, the last of the smaller graph.
    small = np.full((len(outside) + 1, len(outside) + 1), -np.inf)
    small[:-1, :-1] = scores[np.ix_(outside, outside)]
    into = scores[np.ix_(cycle, outside)] - scores[cycle, heads[cycle]][:, None] + total
    out_of = scores[np.ix_(outside, cycle)]
    small[-1, :-1] = into.max(0)
    small[:-1, -1] = out_of.max(1)
    small[0, :] = -np.inf
    found = _edmonds(small)
    result = heads.copy()
    for index, node in enumerate(outside):
        if node == 0:
            continue
        head = int(found[index])
        result[node] = cycle[int(out_of[index].argmax())] if head == len(outside) else outside[head]
    entry_head = int(found[-1])
    entry = cycle[int(into[:, entry_head].argmax())]
    result[entry] = outside[entry_head]
    return np.asarray(result)


def _find_cycle(heads: Array) -> list[int]:
    seen: dict[int, int] = {}
    for start in range(1, len(heads)):
        node, path = start, []
        while node != 0 and node not in seen:
            seen[node] = start
            path.append(node)
            node = int(heads[node])
        if node != 0 and seen[node] == start:
            return path[path.index(node) :]
    return []


def decode_pair(scores: Scores) -> Array:
    """Probability of each type, 0 nothing, for the marked pair, [types].

    The pair's own head says whether anything passes between the two; what it is, it and the likeliest trigger of each type in the
    marked sentence say together, as a product of experts (Hinton 2002).
    """
    pair, trigger = softmax(scores.pair), softmax(scores.trigger).max(0)
    agreed = (np.maximum(pair[1:], LEAST) * np.maximum(trigger[1:], LEAST)) ** PAIR_SHARPNESS
    return np.concatenate((pair[:1], (1 - pair[0]) * agreed / agreed.sum()))


def decode_names(scores: Array, names: Sequence[str]) -> list[tuple[int, int, str]]:
    """Spans (first word, last word + 1, label) of the likeliest sequence in which an I- follows its own B- or I-."""
    if not len(scores):
        return []
    likely = softmax(scores)
    forbidden = _forbidden(tuple(names))
    path = likely.argmax(-1)
    if forbidden[np.concatenate(([-1], path[:-1])), path].any():
        path = np.array(_best_sequence(np.log(likely + 1e-9), forbidden))
    spans = _labelled_spans([names[label] for label in path])
    sure = likely[np.arange(len(path)), path]
    return [span for span in spans if sure[span[0] : span[1]].mean() >= NAME_THRESHOLDS.get(span[2], NAME_THRESHOLD)]


def _best_sequence(scores: Array, forbidden: Array) -> list[int]:
    """Viterbi over `scores` [W, labels]; `forbidden` [labels + 1, labels] is very negative where a label may not follow, its last row at the start."""
    best, choices = scores[0] + forbidden[-1], []
    for row in scores[1:]:
        reached = best[:, None] + forbidden[:-1]
        choice = reached.argmax(0)
        choices.append(choice)
        best = reached[choice, np.arange(len(row))] + row
    path = [int(best.argmax())]
    for choice in reversed(choices):
        path.append(int(choice[path[-1]]))
    return path[::-1]


@cache
def _forbidden(names: tuple[str, ...]) -> Array:
    """-1e9 where an I- would follow anything but its own B- or I-; the last row is the sentence's start."""
    inside = [name.startswith("I-") for name in names]
    table = np.zeros((len(names) + 1, len(names)))
    for column, name in enumerate(names):
        if inside[column]:
            table[[row for row in range(len(names) + 1) if row == len(names) or names[row][2:] != name[2:]], column] = -1e9
    return table


def _labelled_spans(labels: Sequence[str]) -> list[tuple[int, int, str]]:
    spans: list[tuple[int, int, str]] = []
    for index, label in enumerate(labels):
        if label.startswith("B-"):
            spans.append((index, index + 1, label[2:]))
        elif label.startswith("I-"):
            spans[-1] = (spans[-1][0], index + 1, spans[-1][2])
    return spans


def decode_ends(end: Array, allowed: Sequence[int]) -> list[int]:
    """Of the words that may end a sentence, those that the model says do."""
    return [index for index in allowed if end[index] > 0 and sigmoid(end[index]) > END_THRESHOLD]


def decode_contexts(context: Array, names: Sequence[str]) -> tuple[str, ...]:
    """Contexts over the threshold, likeliest first."""
    likely = sigmoid(context)
    order = np.argsort(-likely)
    return tuple(names[int(index)] for index in order if likely[index] > CONTEXT_THRESHOLD)


def decode_acts(scores: Scores, labels: Labels, decisions: Decisions) -> list[Act]:
    """The acts of a sentence in text order."""
    thresholds = decisions.thresholds
    probabilities = softmax(scores.trigger)
    chosen: list[tuple[int, int]] = []
    for rank, position in enumerate(scores.positions):
        row = probabilities[int(position)]
        best = int(row[1:].argmax()) + 1
        if row[best] >= thresholds.get(labels.types[best], thresholds.get("default", TRIGGER_THRESHOLD)):
            chosen.append((int(position), rank))
    positions = [position for position, _ in chosen]
    acts = (_decode_act(scores, labels, probabilities[position], position, rank, positions) for position, rank in sorted(chosen))
    return [replace(act, confidence=round(decisions.confidence(act.confidence), 4)) for act in acts]


def _decode_act(scores: Scores, labels: Labels, probabilities: Array, position: int, rank: int, positions: Sequence[int]) -> Act:
    best = int(probabilities[1:].argmax()) + 1
    roles = sigmoid(scores.roles[rank])
    answers = roles[:, labels.role_labels.index("answers")]
    return Act(
        position=position,
        type=labels.types[best],
        mode=_decode_mode(scores.mode[rank], labels, labels.types[best]),
        status=labels.statuses[int(scores.status[rank].argmax())],
        historical=bool(scores.historical[rank] > 0),
        confidence=float(probabilities[best]),
        roles=tuple(_decode_roles(roles, labels)),
        answers=tuple(other for other in positions if other != position and answers[other] > ROLE_THRESHOLD),
    )


def _decode_mode(scores: Array, labels: Labels, type_name: str) -> str | None:
    """The best mode of the type, or none."""
    candidates = [("NONE", 0), *((mode, labels.modes.index(f"{type_name}/{mode}")) for mode in load_ontology().types[type_name].modes)]
    best = max(candidates, key=lambda pair: float(scores[pair[1]]))[0]
    return None if best == "NONE" else best


def _decode_roles(roles: Array, labels: Labels) -> list[RoleSpan]:
    spans = []
    for name in ROLES:
        inside = roles[:, labels.role_labels.index(f"inside-{name}")]
        if not (inside > ROLE_THRESHOLD).any():
            continue
        begin = roles[:, labels.role_labels.index(f"begin-{name}")]
        for start, end in _runs(inside, begin):
            stance = _decode_stance(roles[start], labels) if name == "speaker" else None
            spans.append(RoleSpan(name, start, end, round(float(inside[start:end].mean()), 4), stance))
    return spans


def _runs(inside: Array, begin: Array) -> list[tuple[int, int]]:
    """Runs of words that are inside, cut where a new span begins."""
    spans: list[tuple[int, int]] = []
    start = -1
    for index in range(len(inside) + 1):
        on = index < len(inside) and inside[index] > ROLE_THRESHOLD
        if start >= 0 and (not on or begin[index] > ROLE_THRESHOLD):
            spans.append((start, index))
            start = -1
        if on and start < 0:
            start = index
    return spans


def _decode_stance(row: Array, labels: Labels) -> str:
    likely = {stance: float(row[labels.role_labels.index(f"stance-{stance}")]) for stance in STANCES}
    best = max(likely, key=lambda stance: likely[stance])
    return best if likely[best] > ROLE_THRESHOLD else "reports"
