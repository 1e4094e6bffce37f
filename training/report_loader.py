"""Read the corpus's whole reports, `training/corpus/reports/NUMBER-topic.txt`: the inline markup with the truth of the document on top.

    # date: 2018-03-26
    # title: Poland and Italy expel Russian envoys
    # e1: POL GOV | Jacek Czaputowicz
    # e2: RUS GOV | Russia
    # a1: SANCTION/expel announced | POL > RUS | count 4 | deadline 2018-04-03
    [Poland](actor1 e3) [ordered](t1 SANCTION/expel announced a1 >a2) … || diplomatic

An `eN` on a span (which may have no other label) is a mention of entity N: every mention of it, pronouns too. The header gives its
country and sector (`-` where the report and common knowledge do not tell) and its name. An `aN` on a trigger is the act of the document
that it tells: two triggers with the same `aN` tell one act; `>aN` says which act it answers. The header of an act says what the ledger
should: type, status, actor and recipient countries (`,` between several, `-` for none), then any of count, dead, injured, arrested, date,
deadline. Triggers are numbered anew in each sentence. A blank line begins a paragraph. Reports whose number ends in 3 or 7 are the
test part, in 5 the dev part.

`python -m training.report_loader [FILE…]` checks files and prints what they hold.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.errors import DragomanError, InputError
from dragoman.ontology import load_ontology
from dragoman.records import parse_date
from training.corpus_loader import CORPUS, STATUSES, Example, build_acts, check_contexts, read_markup, summarise

REPORTS = CORPUS / "reports"
PARTS = {"3": "test", "7": "test", "5": "dev"}
FIELDS = ("count", "dead", "injured", "arrested", "date", "deadline")

_HEADER = re.compile(r"# (date|title|[ea]\d+): (.+)$")
_ENTITY = re.compile(r"(\S+) (\S+) \| (.+)$")
_DOCUMENT_LABEL = re.compile(r"(e\d+|a\d+|>a\d+)$")


@dataclass(frozen=True, slots=True)
class Entity:
    """Who a chain of mentions is; None where nobody could tell."""

    id: str
    country: str | None
    sector: str | None
    name: str


@dataclass(frozen=True, slots=True)
class LedgerAct:
    """What the ledger should say of an act. `values` holds count, dead, injured, arrested, date and deadline as written."""

    id: str
    type: str
    mode: str | None
    status: str
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """A report with its truth. Offsets are into `text`; `offsets[i]` is where `sentences[i]` begins in it.

    `mentions` are (start, end, entity id), `tellings` (trigger start, trigger end, act id), `answers` (act id, act id answered).
    """

    id: str
    date: dt.date
    title: str
    text: str
    sentences: tuple[Example, ...]
    offsets: tuple[int, ...]
    entities: Mapping[str, Entity]
    acts: Mapping[str, LedgerAct]
    mentions: tuple[tuple[int, int, str], ...]
    tellings: tuple[tuple[int, int, str], ...]
    answers: frozenset[tuple[str, str]]


def read_documents(paths: Sequence[Path] | None = None) -> list[Document]:
    """Every report, in name order; raise `InputError` naming file, line and reason at the first fault."""
    return [read_document(path) for path in (sorted(REPORTS.glob("*.txt")) if paths is None else paths)]


def part_of(document: Document) -> str:
    """`test` (nobody trains or tunes on it), `dev` (thresholds) or `train`, by the last digit of the report's number."""
    return PARTS.get(document.id.split("-")[0][-1], "train")


def report_examples(documents: Sequence[Document], part: str) -> list[Example]:
    """The sentences of the reports of a part."""
    return [example for document in documents if part_of(document) == part for example in document.sentences]


class _Draft:
    """A document as far as it has been read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head: dict[str, str] = {}
        self.entities: dict[str, Entity] = {}
        self.acts: dict[str, LedgerAct] = {}
        self.text = ""
        self.sentences: list[Example] = []
        self.offsets: list[int] = []
        self.mentions: list[tuple[int, int, str]] = []
        self.tellings: list[tuple[int, int, str]] = []
        self.answers: set[tuple[str, str]] = set()
        self.new_paragraph = False

    def take_header(self, line: str) -> None:
        match = _HEADER.match(line)
        if not match:
            raise InputError(f"cannot read the header {line!r}")
        key, value = match[1], match[2]
        if key in self.head or key in self.entities or key in self.acts:
            raise InputError(f"{key} is given twice")
        if key[1:].isdigit() and key[0] == "e":
            self.entities[key] = _entity(key, value)
        elif key[1:].isdigit():
            self.acts[key] = _act(key, value)
        else:
            self.head[key] = value

    def take_sentence(self, line: str, number: int) -> None:
        body, bar, context_part = line.rpartition("||")
        if not bar:
            raise InputError("no '||' before the contexts")
        draft = read_markup(body.strip())
        sentence = "".join(draft.text)
        joint = "" if not self.text else "\n" if self.new_paragraph else " "
        begin = len(self.text) + len(joint)
        spans = list(self._without_document_labels(draft.spans, begin))
        example = Example(sentence, build_acts(spans, sentence), check_contexts(context_part.split()), f"{self.path.name}:{number}")
        if len(example.acts) > sum(begin <= start < begin + len(sentence) for start, _, _ in self.tellings):
            raise InputError("a trigger has no act of the document (aN)")
        self.text += joint + sentence
        self.sentences.append(example)
        self.offsets.append(begin)
        self.new_paragraph = False

    def _without_document_labels(self, spans: Sequence[tuple[int, int, str]], begin: int) -> Iterator[tuple[int, int, str]]:
        for start, end, labels in spans:
            own = [label for label in labels.split() if _DOCUMENT_LABEL.match(label)]
            acts = [label for label in own if label[0] == "a"]
            for label in own:
                known = self.entities if label[0] == "e" else self.acts
                if label.removeprefix(">") not in known:
                    raise InputError(f"{label} is not in the header")
                if label[0] == "e":
                    self.mentions.append((begin + start, begin + end, label))
                elif label[0] == "a":
                    self.tellings.append((begin + start, begin + end, label))
                else:
                    self.answers.update((act, label[1:]) for act in acts)
            rest = [label for label in labels.split() if label not in own]
            if acts:
                self._check_act(acts[0], rest)
            if rest:
                yield start, end, " ".join(rest)

    def _check_act(self, act: str, labels: Sequence[str]) -> None:
        kind = self.acts[act].type
        if len(labels) < 2 or labels[1].split("/")[0] != kind:
            raise InputError(f"{act} is {kind} in the header, not {' '.join(labels)}")

    def finish(self) -> Document:
        for key in ("date", "title"):
            if key not in self.head:
                raise InputError(f"no {key} in the header")
        told = {act for _, _, act in self.tellings}
        mentioned = {entity for _, _, entity in self.mentions}
        if idle := sorted((set(self.acts) - told) | (set(self.entities) - mentioned)):
            raise InputError(f"{idle[0]} is in the header but nowhere in the text")
        return Document(
            id=self.path.stem, date=parse_date(self.head["date"]), title=self.head["title"], text=self.text, sentences=tuple(self.sentences),
            offsets=tuple(self.offsets), entities=self.entities, acts=self.acts, mentions=tuple(sorted(self.mentions)),
            tellings=tuple(sorted(self.tellings)), answers=frozenset(self.answers),
        )  # fmt: skip


def read_document(path: Path) -> Document:
    """Read one report; raise `InputError` naming file, line and reason."""
    draft = _Draft(path)
    number = 0
    try:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not line.strip():
                draft.new_paragraph = bool(draft.text)
            elif line.startswith("#"):
                draft.take_header(line)
            else:
                draft.take_sentence(line, number)
        return draft.finish()
    except DragomanError as error:
        raise InputError(f"{path}:{number}: {error}") from error


def _entity(key: str, value: str) -> Entity:
    match = _ENTITY.match(value)
    if not match:
        raise InputError(f"{key}: not 'COUNTRY SECTOR | name': {value!r}")
    country, sector = (None if code == "-" else code for code in match.group(1, 2))
    if sector is not None and sector not in load_ontology().sectors:
        raise InputError(f"{key}: no such sector: {sector!r}")
    if country is not None and not re.fullmatch(r"[A-Z]{3}", country):
        raise InputError(f"{key}: no country code: {country!r}")
    return Entity(key, country, sector, match[3])


def _act(key: str, value: str) -> LedgerAct:
    what, *rest = (part.strip() for part in value.split("|"))
    code, _, status = what.partition(" ")
    found, mode = load_ontology().parse(code)
    if status not in STATUSES:
        raise InputError(f"{key}: no such status: {status!r}")
    if not rest or ">" not in rest[0]:
        raise InputError(f"{key}: no 'ACTORS > RECIPIENTS'")
    actors, recipients = (_codes(side) for side in rest[0].split(">"))
    values = dict(field.split(" ", 1) for field in rest[1:])
    if strange := sorted(set(values) - set(FIELDS)):
        raise InputError(f"{key}: no such field: {strange[0]!r}")
    return LedgerAct(key, found.name, mode.name if mode else None, status, actors, recipients, values)


def _codes(side: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in side.split(",") if code.strip() not in ("", "-"))


def main(arguments: Sequence[str]) -> int:
    """Check each file, say what is wrong with each bad one, and print a summary; 1 if any is bad."""
    documents, bad = [], 0
    for path in [Path(argument) for argument in arguments] or sorted(REPORTS.glob("*.txt")):
        try:
            documents.append(read_document(path))
        except InputError as error:
            bad += 1
            print(error, file=sys.stderr)
    words = sum(len(document.text.split()) for document in documents)
    print(f"{len(documents)} reports, {words} words, {sum(part_of(document) == 'test' for document in documents)} in the test part")
    print(summarise([example for document in documents for example in document.sentences]))
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
