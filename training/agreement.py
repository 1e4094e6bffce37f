"""How far two independent annotations of the same real reports agree, layer by layer.

    python -m training.agreement --data ../shared/data FIRST SECOND

Both files are in the working notation of `training.realnews`; the documents that both hold are compared. F1 takes the first annotator as gold (it is
symmetric). Krippendorff's alpha (nominal, two annotators): for triggers and types over all words, for modes and status over the triggers that both mark,
for a role over the words of the sentences of those triggers.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dragoman.reading.tokens import tokenise
from dragoman.records import Report
from evaluation.scorer import Counts
from training.corpus_loader import ROLES, Act, Example
from training.realnews import convert, examples_of, number_sentences, read_documents

Pair = tuple[Hashable, Hashable]


@dataclass(slots=True)
class Layer:
    """One layer's spans as sets, and its units with both annotators' values."""

    counts: Counts = field(default_factory=Counts)
    units: list[Pair] = field(default_factory=list)


def alpha(units: Sequence[Pair]) -> float:
    """Krippendorff's alpha for nominal values of two annotators without gaps (Krippendorff 2011); 1 where all values are one."""
    values = Counter(value for pair in units for value in pair)
    total = sum(values.values())
    expected = total * total - sum(count * count for count in values.values())
    if not expected:
        return 1.0
    observed = 2 * sum(one != other for one, other in units)
    return 1 - (total - 1) * observed / expected


def compare(first: Sequence[Example], second: Sequence[Example]) -> dict[str, Layer]:
    """The layers of two annotations of the same sentences, in the same order."""
    layers = {name: Layer() for name in ("trigger", "type", "mode", "status", "historical", *ROLES)}
    for one, other in zip(first, second, strict=True):
        assert one.text == other.text
        own, theirs = ({act.start: act for act in example.acts} for example in (one, other))
        _compare_words(layers, one.text, own, theirs)
        for start in sorted(set(own) & set(theirs)):
            _compare_acts(layers, one.text, own[start], theirs[start])
    return layers


def _compare_words(layers: Mapping[str, Layer], text: str, own: Mapping[int, Act], theirs: Mapping[int, Act]) -> None:
    layers["trigger"].counts.add(set(own), set(theirs))
    layers["type"].counts.add({(start, act.type) for start, act in own.items()}, {(start, act.type) for start, act in theirs.items()})
    for word in tokenise(text):
        here = tuple(acts[word.start].type if word.start in acts else None for acts in (own, theirs))
        layers["trigger"].units.append((here[0] is not None, here[1] is not None))
        layers["type"].units.append((here[0], here[1]))


def _compare_acts(layers: Mapping[str, Layer], text: str, one: Act, other: Act) -> None:
    for name, values in (
        ("mode", (f"{one.type}/{one.mode}", f"{other.type}/{other.mode}")),
        ("status", (one.status, other.status)),
        ("historical", (one.historical, other.historical)),
    ):
        layers[name].counts.add({values[0]}, {values[1]})
        layers[name].units.append(values)
    words = tokenise(text)
    for name in ROLES:
        spans = [{(role.start, role.end) for role in act.roles if role.name == name} for act in (one, other)]
        if not any(spans):
            continue
        layers[name].counts.add(*spans)
        layers[name].units.extend(
            (any(start <= word.start < end for start, end in spans[0]), any(start <= word.start < end for start, end in spans[1])) for word in words
        )


def read(path: Path, documents: Mapping[str, Report]) -> dict[str, list[Example]]:
    """The sentences of every document of a file in the working notation."""
    lines = path.read_text("utf-8").splitlines()
    named = {line.removeprefix("===").strip() for line in lines if line.startswith("===")}
    sentences = number_sentences([documents[name] for name in sorted(named)])
    return {one.id: list(examples_of(one, documents[one.id].text)) for one in convert(lines, documents, sentences)}


def table(layers: Mapping[str, Layer]) -> Iterator[str]:
    """Markdown rows."""
    yield "| layer | first | second | both | F1 | alpha |"
    yield "|---|---|---|---|---|---|"
    for name, layer in layers.items():
        counts = layer.counts
        if counts.expected + counts.found:
            yield f"| {name} | {counts.expected} | {counts.found} | {counts.right} | {counts.f1:.3f} | {alpha(layer.units):.3f} |"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    documents = read_documents(arguments.data)
    first, second = read(arguments.first, documents), read(arguments.second, documents)
    shared = sorted(set(first) & set(second))
    layers = compare([example for name in shared for example in first[name]], [example for name in shared for example in second[name]])
    print(f"{len(shared)} documents, {sum(len(first[name]) for name in shared)} sentences annotated twice\n")
    print("\n".join(table(layers)))


if __name__ == "__main__":
    main()
