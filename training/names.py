"""Our own labels of persons, organisations and places on treebank sentences, kept stand-off: `training/names/BANK_PART.tsv`.

A line is a sentence's index in the part and its spans in words, `first-end:TYPE`; `?` marks a name whose type the words
do not tell, which training takes for none. The first line holds the hash of the words, so that a different release is refused.
The candidates were the runs of proper nouns; each distinct run was judged once, in the first context it occurs in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from training.treebank import Tree

FOLDER = Path(__file__).with_name("names")
UNCLEAR = "?"
Span = tuple[int, int, str]


def read_names(name: str, trees: Sequence[Tree], folder: Path = FOLDER) -> Sequence[Sequence[Span]] | None:
    """The spans of every sentence of the part `name` ("ud_ewt_train"), or None where we have labelled none."""
    path = folder / f"{name}.tsv"
    if not path.exists():
        return None
    first, *lines = path.read_text("utf-8").splitlines()
    if first.removeprefix("# sha256 ") != words_hash(trees):
        raise ValueError(f"{path}: labelled on other words than these; is it another release of the treebank?")
    spans: Mapping[int, Sequence[Span]] = {int(line.split("\t")[0]): _spans(line.split("\t")[1]) for line in lines}
    return [spans.get(index, ()) for index in range(len(trees))]


def words_hash(trees: Sequence[Tree]) -> str:
    """SHA-256 over the words, a sentence a line."""
    return hashlib.sha256("\n".join(" ".join(tree.words) for tree in trees).encode()).hexdigest()


def _spans(field: str) -> list[Span]:
    found = []
    for item in field.split(" "):
        place, kind = item.split(":")
        first, end = place.split("-")
        found.append((int(first), int(end), kind))
    return found
