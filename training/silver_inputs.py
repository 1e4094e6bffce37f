"""Write the sentences that the teacher of names is to label: `python -m training.silver_inputs --data FOLDER --out FOLDER`.

One JSONL file a part, with `words` and `spaces`; `training/silver_names.py` turns `X.words.jsonl` into `X.labels.jsonl`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from dragoman.reading.tokens import tokenise
from training.examples import training_examples
from training.treebank import TREEBANKS, read_treebank


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for bank in TREEBANKS:
        trees = read_treebank(arguments.data / bank / "train.conllu.gz")
        _write(arguments.out / f"{bank}_train.words.jsonl", ((tree.words, tree.spaces) for tree in trees))
    _write(arguments.out / "corpus.words.jsonl", (_own_words(example.text) for example in training_examples(arguments.data)))


def _own_words(text: str) -> tuple[Sequence[str], Sequence[bool]]:
    words = tokenise(text)
    following = [word.start for word in words[1:]] + [len(text)]
    return [word.text for word in words], [start > word.end for word, start in zip(words, following, strict=True)]


def _write(path: Path, rows: Iterable[tuple[Sequence[str], Sequence[bool]]]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for words, spaces in rows:
            stream.write(json.dumps({"words": words, "spaces": spaces}) + "\n")


if __name__ == "__main__":
    main()
