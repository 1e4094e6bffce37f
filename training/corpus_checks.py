"""What the loader cannot see in one line: balance, repeated and nearly repeated sentences, template smell, overlap with texts that are kept out.

    python -m training.corpus_checks --shared ../shared

Prints the shortfalls of types and modes and every offending sentence; exits 1 if a sentence offends. Shortfalls are gaps, not faults.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dragoman.ontology import load_ontology
from training.corpus_loader import Example, read_corpus
from training.realnews import ACTS, examples_of, read_annotations
from training.realnews import read_documents as read_real_documents
from training.report_loader import read_documents
from training.treebank import TREEBANKS, read_treebank

PER_TYPE, PER_MODE, QUIET = 250, 40, 1500
# Two sentences whose three-word runs overlap this much (Jaccard) count as one written twice.
NEAR = 0.65
# So many sentences that differ only in names and numbers are a template.
ALIKE = 4
# A run of so many words in a text that is kept out is a copy.
COPIED = 9

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_NAME_OR_NUMBER = re.compile(r"(?:\b[A-Z][\w.'’-]*|\b\d[\d.,]*)(?:\s+(?:[A-Z][\w.'’-]*|\d[\d.,]*))*")


def shortfalls(examples: Sequence[Example]) -> list[str]:
    """Types, modes and quiet sentences of which there are fewer than wanted."""
    types = Counter(act.type for example in examples for act in example.acts)
    modes = Counter(f"{act.type}/{act.mode}" for example in examples for act in example.acts if act.mode)
    quiet = sum(not example.acts for example in examples)
    wanted = {name: (types[name], PER_TYPE) for name in load_ontology().types} | {name: (modes[name], PER_MODE) for name in load_ontology().modes}
    wanted["sentences without an act"] = (quiet, QUIET)
    return [f"{name}: {have} of {want}" for name, (have, want) in wanted.items() if have < want]


def near_duplicates(examples: Sequence[Example]) -> Iterator[str]:
    """Pairs of sentences that are the same, or nearly; candidates share a rare run of three words."""
    runs = [set(_runs(example.text, 3)) or {(example.text.lower(),)} for example in examples]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, own in enumerate(runs):
        for run in own:
            holders[run].append(index)
    pairs = Counter((a, b) for places in holders.values() if 1 < len(places) <= 30 for i, a in enumerate(places) for b in places[i + 1 :])
    for (a, b), shared in pairs.items():
        if shared / (len(runs[a]) + len(runs[b]) - shared) >= NEAR:
            yield f"{examples[a].source} and {examples[b].source} are nearly the same: {examples[a].text!r}"


def templates(examples: Sequence[Example]) -> Iterator[str]:
    """Shapes that several sentences share once their names and numbers are taken out."""
    shapes: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        shapes[_NAME_OR_NUMBER.sub("X", example.text)].append(example)
    for shape, found in shapes.items():
        if len(found) >= ALIKE and len(_WORD.findall(shape)) > 4:
            yield f"{len(found)} sentences are {shape!r}: {', '.join(example.source for example in found)}"


def copies(examples: Sequence[Example], kept_out: Iterable[str]) -> Iterator[str]:
    """Sentences that share a long run of words with a text that is kept out."""
    own: dict[tuple[str, ...], Example] = {run: example for example in examples for run in _runs(example.text, COPIED)}
    for text in kept_out:
        for run in _runs(text, COPIED):
            if run in own:
                yield f"{own[run].source} repeats {' '.join(run)!r}"


def _runs(text: str, length: int) -> Iterator[tuple[str, ...]]:
    words = [word.lower() for word in _WORD.findall(text)]
    return (tuple(words[index : index + length]) for index in range(len(words) - length + 1))


def kept_out_texts(shared: Path) -> Iterator[str]:
    """The articles, the published pairs, the real news and the treebanks."""
    for path in sorted((shared / "articles").glob("*.txt")):
        yield path.read_text("utf-8")
    data = shared / "data"
    for line in (data / "dev_relations.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)["text"]
    for name in ("articles", "older"):
        with gzip.open(data / "wikinews" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            yield from (json.loads(line)["text"] for line in lines)
    for bank in TREEBANKS:
        for part in ("train", "dev", "test"):
            yield from (tree.text for tree in read_treebank(data / bank / f"{part}.conllu.gz"))


def real_examples(data: Path) -> list[Example]:
    """Every annotated sentence of real news, whatever its part."""
    documents = read_real_documents(data)
    return [example for annotation in read_annotations() for example in examples_of(annotation, documents[annotation.id].text)] if ACTS.exists() else []


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    arguments = parser.parse_args()
    invented = [*read_corpus(), *(example for document in read_documents() for example in document.sentences)]
    everything = [*invented, *real_examples(arguments.shared / "data")]
    print(f"{len(everything)} sentences, {len(invented)} of them invented")
    for line in shortfalls(everything):
        print("short:", line)
    faults = [*near_duplicates(invented), *templates(invented), *copies(invented, kept_out_texts(arguments.shared))]
    for line in sorted(set(faults)):
        print("fault:", line)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
