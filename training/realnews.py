"""Real news, annotated stand-off: `training/corpus/real/acts.jsonl` holds offsets and a hash, the texts stay where they are.

The texts are English Wikinews (CC BY 2.5, Wikinews authors; `wikinews/articles.jsonl.gz` and `older.jsonl.gz` of the data folder, from
en.wikinews.org), news, speeches, interviews and lives of GUM's training part, and weblogs and newsgroups of EWT's. `parts.tsv` says which
document belongs to which part: 60 of Wikinews drawn at random are the test part, which nobody trains or tunes on; 24 are the dev part, for
thresholds and for reading errors; what is annotated of the rest is trained on.

Annotations are written in a working notation, one line a sentence in which something happens, and converted:

    === DOCUMENT ID
    4 | t1 SANCTION/expel = expelled | actor1 = Poland | count1 = four | recipient1 = four Russian diplomats || diplomatic
    7 | t1 ASSAULT hist = killed ##2 | dead1 = 12

The number is the sentence's, the labels are those of `GUIDELINES.md`, the words are the sentence's own; ` ##2` is their second occurrence.

    python -m training.realnews draw --data ../shared/data            # writes parts.tsv, once
    python -m training.realnews list --data ../shared/data --part dev # prints the numbered sentences
    python -m training.realnews check --data ../shared/data FILES     # reads working notation, writes nothing
    python -m training.realnews convert --data ../shared/data FILES   # working notation into acts.jsonl
    python -m training.realnews show --data ../shared/data --part dev # the sentences as annotated, each with its line
    python -m training.realnews revise --data ../shared/data FILES    # put the lines given in the place of theirs; `4 |` alone: no act there
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.coder import load
from dragoman.errors import InputError
from dragoman.records import Report, parse_date
from training.corpus_loader import Example, build_acts, check_contexts
from training.treebank import read_treebank

FOLDER = Path(__file__).parent / "corpus" / "real"
PARTS, ACTS = FOLDER / "parts.tsv", FOLDER / "acts.jsonl"
WIKINEWS = ("wikinews/articles.jsonl.gz", "wikinews/older.jsonl.gz")
TREEBANKS = {"ud_gum": ("GUM_news_", "GUM_speech_", "GUM_interview_", "GUM_bio_"), "ud_ewt": ("weblog-", "newsgroup-")}
TEST_SIZE, DEV_SIZE, SEED = 60, 24, 20261124

Mark = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Annotation:
    """One document: sentence spans in the text, and by sentence number its marks (offsets into the sentence) and contexts."""

    id: str
    sha256: str
    sentences: Sequence[tuple[int, int]]
    marks: Mapping[str, Sequence[Mark]]
    contexts: Mapping[str, Sequence[str]]


def read_documents(data: Path) -> dict[str, Report]:
    """Every document by id, from the data folder; raise `InputError` where a file is missing."""
    documents: dict[str, Report] = {}
    for name in WIKINEWS:
        path = data / name
        if not path.exists():
            raise InputError(f"{path} is missing: the texts of the real news are not in the repository")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                date = parse_date(row["date"]) if row.get("date") else None
                documents[row["id"]] = Report(id=row["id"], text=row["text"], date=date, title=row["title"])
    trees: dict[str, list[str]] = {}
    for bank, beginnings in TREEBANKS.items():
        for tree in read_treebank(data / bank / "train.conllu.gz"):
            if tree.document.startswith(beginnings):
                trees.setdefault(tree.document, []).append(tree.text)
    return documents | {name: Report(id=name, text="\n".join(texts)) for name, texts in trees.items()}


def text_hash(text: str) -> str:
    """SHA-256 of the text's UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def draw_parts(documents: Mapping[str, Report]) -> dict[str, str]:
    """Part by document: the test and dev parts from Wikinews, the treebanks' to train on."""
    treebanks = tuple(beginning for beginnings in TREEBANKS.values() for beginning in beginnings)
    wikinews = sorted(name for name in documents if not name.startswith(treebanks))
    random.Random(SEED).shuffle(wikinews)
    parts = dict.fromkeys(wikinews[:TEST_SIZE], "test")
    parts |= dict.fromkeys(wikinews[TEST_SIZE:TEST_SIZE + DEV_SIZE], "dev")
    return {name: parts.get(name, "train") for name in sorted(documents)}


def read_parts() -> dict[str, str]:
    """Part by document id."""
    rows = (line.split("\t") for line in PARTS.read_text("utf-8").splitlines() if not line.startswith("#"))
    return dict(rows)


def read_annotations() -> list[Annotation]:
    """What `acts.jsonl` holds."""
    return [Annotation(**json.loads(line)) for line in ACTS.read_text("utf-8").splitlines()]


def read_real(data: Path, part: str) -> list[Example]:
    """Every sentence of the annotated documents of a part; raise `InputError` where a text is not the one annotated."""
    documents, parts = read_documents(data), read_parts()
    return [
        example
        for annotation in read_annotations()
        if parts[annotation.id] == part
        for example in examples_of(annotation, documents[annotation.id].text)
    ]


def examples_of(annotation: Annotation, text: str) -> Iterator[Example]:
    """The document's sentences; contexts are None where the sentence tells no act, since nobody judged them there."""
    if text_hash(text) != annotation.sha256:
        raise InputError(f"{annotation.id}: the text is not the one that was annotated")
    for index, (start, end) in enumerate(annotation.sentences):
        sentence = text[start:end]
        marks = [(first, last, labels) for first, last, labels in annotation.marks.get(str(index), ())]
        contexts = annotation.contexts.get(str(index), ()) if marks else None
        yield Example(sentence, build_acts(marks, sentence), None if contexts is None else tuple(contexts), f"{annotation.id}#{index}")


def number_sentences(documents: Sequence[Report]) -> dict[str, list[tuple[int, int]]]:
    """The sentences that the shipped reader finds, by document."""
    read = load().read(documents)
    return {report.id: [(sent.start, sent.end) for sent in sentences] for report, sentences in zip(documents, read, strict=True)}


def convert(lines: Sequence[str], documents: Mapping[str, Report], sentences: Mapping[str, Sequence[tuple[int, int]]]) -> Iterator[Annotation]:
    """Working notation into annotations; raise `InputError` with line and reason at the first bad line."""
    current, marks, contexts = "", dict[str, list[Mark]](), dict[str, list[str]]()

    def finished() -> Iterator[Annotation]:
        if current:
            yield Annotation(current, text_hash(documents[current].text), list(sentences[current]), marks, contexts)

    for number, line in enumerate(lines, 1):
        try:
            if line.startswith("==="):
                yield from finished()
                current, marks, contexts = line.removeprefix("===").strip(), {}, {}
                if current not in documents:
                    raise InputError(f"no such document: {current!r}")
            elif line.strip() and not line.startswith("#"):
                _take_line(line, documents[current].text, sentences[current], marks, contexts)
        except (InputError, KeyError) as error:
            raise InputError(f"line {number}: {error}") from error
    yield from finished()


def _take_line(
    line: str, text: str, sentences: Sequence[tuple[int, int]], marks: dict[str, list[Mark]], contexts: dict[str, list[str]]
) -> None:
    body, _, context_part = line.partition("||")
    index, *fields = [field.strip() for field in f"{body} ".split(" | ")]
    if not index.isdigit() or int(index) >= len(sentences):
        raise InputError(f"no such sentence: {index!r}")
    if index in marks:
        raise InputError(f"sentence {index} is annotated twice")
    start, end = sentences[int(index)]
    sentence = text[start:end]
    found = [_mark(field, sentence) for field in fields if field]
    build_acts(found, sentence)
    marks[index] = sorted(found)
    contexts[index] = list(check_contexts(context_part.split()))


def _mark(field: str, sentence: str) -> Mark:
    labels, equals, words = field.partition(" = ")
    if not equals:
        raise InputError(f"no ' = ' between labels and words: {field!r}")
    words, _, nth = words.strip().partition(" ##")
    position = -1
    for _ in range(int(nth or 1)):
        position = _whole_word(sentence, words, position + 1)
    return position, position + len(words), labels.strip()


def _whole_word(sentence: str, words: str, begin: int) -> int:
    """Where the words stand next, not inside longer words; raise `InputError` where they do not."""
    position = sentence.find(words, begin)
    while position >= 0:
        after = sentence[position + len(words) : position + len(words) + 1]
        before = sentence[position - 1 : position] if position else ""
        if not (before.isalnum() and words[0].isalnum()) and not (after.isalnum() and words[-1].isalnum()):
            return position
        position = sentence.find(words, position + 1)
    raise InputError(f"the sentence does not hold {words!r}: {sentence!r}")


def notation(annotation: Annotation, text: str) -> Iterator[str]:
    """The document in working notation: every sentence with its number as a comment, then its line where it tells an act."""
    yield f"=== {annotation.id}"
    for index, (start, end) in enumerate(annotation.sentences):
        sentence = text[start:end]
        yield f"# {index} {' '.join(sentence.split())}"
        if marks := annotation.marks.get(str(index)):
            fields = [f"{labels} = {_named(sentence, first, last)}" for first, last, labels in marks]
            contexts = " ".join(annotation.contexts.get(str(index), ()))
            yield f"{index} | {' | '.join(fields)} || {contexts}".rstrip()


def _named(sentence: str, first: int, last: int) -> str:
    words, nth, position = sentence[first:last], 1, -1
    while (position := _whole_word(sentence, words, position + 1)) != first:
        nth += 1
    return words if nth == 1 else f"{words} ##{nth}"


def revise(kept: Mapping[str, Annotation], lines: Sequence[str], documents: Mapping[str, Report]) -> dict[str, Annotation]:
    """The annotations with the sentences named in `lines` annotated anew, the others as they were; raise `InputError` with line and reason."""
    numbered = {name: list(one.sentences) for name, one in kept.items()}
    revised = dict(kept)
    for new in convert(lines, documents, numbered):
        old = revised[new.id]
        marks = {index: found for index, found in {**old.marks, **new.marks}.items() if found}
        contexts = {index: found for index, found in {**old.contexts, **new.contexts}.items() if index in marks}
        revised[new.id] = Annotation(old.id, old.sha256, old.sentences, marks, contexts)
    return revised


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("draw", "list", "check", "convert", "show", "revise"))
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part")
    arguments = parser.parse_intermixed_args()
    documents = read_documents(arguments.data)
    if arguments.command == "draw":
        rows = [f"{name}\t{part}\n" for name, part in draw_parts(documents).items()]
        PARTS.write_text(f"# document, part; drawn by `training.realnews draw` with seed {SEED}\n" + "".join(rows), "utf-8")
        return 0
    parts = read_parts()
    if arguments.command == "show":
        for annotation in read_annotations():
            if arguments.part in (None, parts[annotation.id]):
                print("\n".join(notation(annotation, documents[annotation.id].text)))
        return 0
    if arguments.command == "revise":
        return _take_files(arguments.files, lambda kept, lines: revise(kept, lines, documents), write=True)
    named = {line.removeprefix("===").strip() for path in arguments.files for line in path.read_text("utf-8").splitlines() if line.startswith("===")}
    chosen = [report for report in documents.values() if (report.id in named if named else arguments.part in (None, parts[report.id]))]
    sentences = number_sentences(chosen)
    if arguments.command == "list":
        for report in chosen:
            print(f"=== {report.id}\n# date {report.date or 'not given'}; title: {report.title}")
            for index, (start, end) in enumerate(sentences[report.id]):
                print(index, " ".join(report.text[start:end].split()))
        return 0
    return _take_files(
        arguments.files,
        lambda kept, lines: kept | {one.id: one for one in convert(lines, documents, sentences)},
        write=arguments.command == "convert",
    )


def _take_files(files: Sequence[Path], take: Callable[[dict[str, Annotation], list[str]], dict[str, Annotation]], *, write: bool) -> int:
    """The annotations with what the files say; nothing is written unless every file is sound."""
    kept = {one.id: one for one in read_annotations()} if ACTS.exists() else {}
    for path in files:
        try:
            kept = take(kept, path.read_text("utf-8").splitlines())
        except InputError as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 1
    if write:
        write_annotations(kept.values())
    print(f"{len(kept)} documents, {sum(len(one.marks) for one in kept.values())} sentences with acts")
    return 0


def write_annotations(annotations: Iterable[Annotation]) -> None:
    """Write `acts.jsonl`, a document a line, by id."""
    rows = ({name: getattr(one, name) for name in Annotation.__slots__} for one in sorted(annotations, key=lambda one: one.id))
    ACTS.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
