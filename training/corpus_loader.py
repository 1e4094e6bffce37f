"""Read the inline-annotated corpus of `training/corpus/*.txt` (layout: `training/corpus/GUIDELINES.md`).

`python -m training.corpus_loader [FILE…]` checks files and prints what they hold.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dragoman.errors import DragomanError, InputError
from dragoman.ontology import load_ontology

CORPUS = Path(__file__).parent / "corpus"
ROLES = (
    "actor", "recipient", "count", "dead", "injured", "arrested",
    "date", "deadline", "place", "reason", "speaker", "joint",
)  # fmt: skip
STATUSES = ("actual", "announced", "planned", "hypothetical", "negated")
STANCES = ("reports", "claims", "estimates", "quotes", "denies")

_ROLE = re.compile(rf"({'|'.join(ROLES)})(\d+)(?::({'|'.join(STANCES)}))?$")
_TRIGGER = re.compile(r"t(\d+)$")
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Role:
    """A span that plays a role: character offsets into the sentence's text."""

    name: str
    start: int
    end: int
    stance: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One annotated event of a sentence."""

    number: int
    start: int
    end: int
    type: str
    mode: str | None
    status: str
    historical: bool
    answers: tuple[int, ...]
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """An annotated sentence with where it stands (`file:line`). Contexts are None where nobody judged them."""

    text: str
    acts: tuple[Act, ...]
    contexts: tuple[str, ...] | None
    source: str


@dataclass(slots=True)
class Draft:
    """What one line's markup has been read into so far."""

    text: list[str] = field(default_factory=list)
    spans: list[tuple[int, int, str]] = field(default_factory=list)


def read_corpus(paths: Sequence[Path] | None = None) -> list[Example]:
    """Read every corpus file, in name order; raise `InputError` naming file, line and reason at the first bad line."""
    chosen = sorted(CORPUS.glob("*.txt")) if paths is None else paths
    return [example for path in chosen for example in read_file(path)]


def training_part(examples: Sequence[Example]) -> list[Example]:
    """Nine tenths; the held-out tenth is every tenth sentence of each file (see `held_out`)."""
    return [example for example in examples if not held_out(example)]


def held_out(example: Example) -> bool:
    """Whether a sentence belongs to the held-out tenth: its line number ends in 7."""
    return example.source.endswith("7")


def read_file(path: Path) -> Iterator[Example]:
    """Read one file, a sentence a line; blank lines and lines that start with `#` are passed over."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            yield parse_line(line, source=f"{path.name}:{number}")
        except InputError as error:
            raise InputError(f"{path}:{number}: {error}") from error


def parse_line(line: str, *, source: str = "") -> Example:
    """Parse one annotated sentence; raise `InputError` with the reason if it is malformed."""
    body, bar, context_part = line.rpartition("||")
    if not bar:
        raise InputError("no '||' before the contexts")
    contexts = check_contexts(context_part.split())
    draft = read_markup(body.strip())
    text = "".join(draft.text)
    return Example(text, build_acts(draft.spans, text), contexts, source)


def check_contexts(contexts: Sequence[str]) -> tuple[str, ...]:
    """The contexts as they are; raise `InputError` at one that the ontology does not know."""
    for context in contexts:
        if context not in load_ontology().contexts:
            raise InputError(f"no such context: {context!r}")
    return tuple(contexts)


def read_markup(body: str) -> Draft:
    """The words of a line without their markup, and every marked span with its labels."""
    draft = Draft()
    length = 0
    opened: list[int] = []
    position = 0
    while position < len(body):
        char = body[position]
        if char == "\\" and position + 1 < len(body) and body[position + 1] in "[]\\":
            draft.text.append(body[position + 1])
            length += 1
            position += 2
        elif char == "[":
            opened.append(length)
            position += 1
        elif char == "]":
            close = body.find(")", position)
            if not opened or body[position + 1 : position + 2] != "(" or close < 0:
                raise InputError(f"']' without '[' before it or '(labels)' behind it, near {body[position - 20 : position + 20]!r}")
            draft.spans.append((opened.pop(), length, body[position + 2 : close]))
            position = close + 1
        else:
            draft.text.append(char)
            length += 1
            position += 1
    if opened:
        raise InputError("a '[' is never closed")
    return draft


def build_acts(spans: Sequence[tuple[int, int, str]], text: str) -> tuple[Act, ...]:
    """Acts from spans with their labels; raise `InputError` at labels that cannot be meant."""
    heads: dict[int, tuple[int, int, list[str]]] = {}
    roles: dict[int, list[Role]] = {}
    for start, end, labels in spans:
        span = text[start:end]
        if not span or span != span.strip():
            raise InputError(f"span {span!r} is empty or begins or ends with a blank")
        words = labels.split()
        if not words:
            raise InputError(f"span {span!r} has no label")
        if trigger := _TRIGGER.match(words[0]):
            number = int(trigger[1])
            if number in heads:
                raise InputError(f"trigger t{number} is marked twice")
            heads[number] = (start, end, words[1:])
            continue
        for word in words:
            if not (match := _ROLE.match(word)):
                raise InputError(f"no such label: {word!r} on {span!r}")
            name, number, stance = match[1], int(match[2]), match[3]
            if stance and name != "speaker":
                raise InputError(f"only a speaker has a stance: {word!r}")
            if name == "speaker":
                stance = stance or "reports"
            roles.setdefault(number, []).append(Role(name, start, end, stance))
    if strays := sorted(set(roles) - set(heads)):
        raise InputError(f"roles of act {strays[0]} but no trigger t{strays[0]}")
    return tuple(
        _build_act(number, *heads[number], roles=roles.get(number, []), acts=set(heads), text=text)
        for number in sorted(heads)
    )


def _build_act(
    number: int, start: int, end: int, labels: list[str], *, roles: list[Role], acts: set[int], text: str
) -> Act:
    if len(_WORD.findall(text[start:end])) > 1:
        raise InputError(f"trigger {text[start:end]!r} is more than one word")
    if not labels:
        raise InputError(f"trigger t{number} has no type")
    try:
        found, mode = load_ontology().parse(labels[0])
    except DragomanError as error:
        raise InputError(str(error)) from error
    status, historical, answers = "actual", False, []
    for label in labels[1:]:
        if label in STATUSES:
            status = label
        elif label == "hist":
            historical = True
        elif label.startswith(">") and label[1:].isdigit() and int(label[1:]) in acts - {number}:
            answers.append(int(label[1:]))
        else:
            raise InputError(f"trigger t{number}: cannot read {label!r} (status, hist or >N of another act)")
    ordered = tuple(sorted(roles, key=lambda role: (role.start, role.end, role.name)))
    return Act(number, start, end, found.name, mode.name if mode else None, status, historical, tuple(answers), ordered)


def summarise(examples: Sequence[Example]) -> str:
    """Counts of sentences, acts by type and mode, statuses and roles, one line each."""
    types = Counter(act.type for example in examples for act in example.acts)
    modes = Counter(f"{act.type}/{act.mode}" for example in examples for act in example.acts if act.mode)
    statuses = Counter(act.status for example in examples for act in example.acts)
    roles = Counter(role.name for example in examples for act in example.acts for role in act.roles)
    empty = sum(not example.acts for example in examples)
    lines = [f"{len(examples)} sentences, {sum(types.values())} acts, {empty} without any"]
    for title, counter in (("types", types), ("modes", modes), ("status", statuses), ("roles", roles)):
        lines.append(f"{title}: " + ", ".join(f"{name} {count}" for name, count in counter.most_common()))
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Check each file, report every bad line, and print a summary; 1 if any line is bad."""
    paths = [Path(argument) for argument in arguments] or sorted(CORPUS.glob("*.txt"))
    examples: list[Example] = []
    bad = 0
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                examples.append(parse_line(line, source=f"{path.name}:{number}"))
            except InputError as error:
                bad += 1
                print(f"{path}:{number}: {error}", file=sys.stderr)
    print(summarise(examples))
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
