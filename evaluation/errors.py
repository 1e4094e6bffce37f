"""Print the wrong outputs on a part of the real news, a row each, for reading and sorting by cause: `evaluation/error_book.md` holds what came of it.

    python -m evaluation.errors --data ../shared/data --part dev > errors.tsv

A row: document and sentence, what is wrong (missed, spurious, type, actor, recipient), what was annotated, what was found, the sentence.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from dragoman.model.session import Model
from dragoman.reading.reader import read_reports
from dragoman.records import Mention, Report, Sentence
from training.corpus_loader import Act, Example
from training.realnews import read_real

PARTIES = ("actor", "recipient")
SHIPPED = Path(__file__).parent.parent / "src" / "dragoman" / "model" / "shipped"


class Wrong(NamedTuple):
    """One wrong output. `expected` and `found` are empty where there is none."""

    source: str
    kind: str
    expected: str
    found: str
    text: str


def wrong_outputs(model: Model, examples: Sequence[Example]) -> Iterator[Wrong]:
    """Every act missed, invented or given the wrong type, and the parties of those found that differ."""
    read = read_reports(model, [Report(id=example.source, text=example.text) for example in examples])
    for example, sentences in zip(examples, read, strict=True):
        yield from _wrong_in(example, sentences)


def _wrong_in(example: Example, sentences: Sequence[Sentence]) -> Iterator[Wrong]:
    own = {mention.trigger.start: mention for sent in sentences for mention in sent.mentions}
    gold = {act.start: act for act in example.acts}
    for start in sorted(set(own) | set(gold)):
        act, mention = gold.get(start), own.get(start)
        expected = f"{act.type} {example.text[act.start : act.end]}" if act else ""
        found = f"{mention.type} {mention.trigger.text} {mention.confidence:.2f}" if mention else ""
        if act is None or mention is None:
            yield Wrong(example.source, "spurious" if act is None else "missed", expected, found, example.text)
        elif act.type != mention.type:
            yield Wrong(example.source, "type", expected, found, example.text)
        else:
            yield from _wrong_parties(example, act, mention)


def _wrong_parties(example: Example, act: Act, mention: Mention) -> Iterator[Wrong]:
    for name in PARTIES:
        expected = sorted(example.text[role.start : role.end] for role in act.roles if role.name == name)
        found = sorted(example.text[role.start : role.end] for role in mention.roles if role.name == name)
        if expected != found:
            yield Wrong(example.source, name, " / ".join(expected), " / ".join(found), f"[{mention.trigger.text}] {example.text}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part", default="dev", choices=("train", "dev", "test"))
    parser.add_argument("--model", type=Path, default=SHIPPED)
    arguments = parser.parse_args()
    rows = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    rows.writerow(Wrong._fields)
    rows.writerows(wrong_outputs(Model(arguments.model), read_real(arguments.data, arguments.part)))


if __name__ == "__main__":
    main()
