"""Read the Universal Dependencies treebanks (CoNLL-U, gzip or plain): words, tags, trees, sentence ends and GUM's entities."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TREEBANKS = ("ud_ewt", "ud_gum")
# Subtypes that carry meaning for who did what to whom; all others are cut to their universal relation.
KEPT_SUBTYPES = frozenset(
    {"nsubj:pass", "aux:pass", "csubj:pass", "obl:agent", "nmod:poss", "acl:relcl", "obl:unmarked", "nmod:unmarked"}
)


@dataclass(frozen=True, slots=True)
class Tree:
    """One sentence of a treebank. `heads` are word indices, -1 at the root; `spaces[i]`: a blank follows word i."""

    id: str
    text: str
    words: tuple[str, ...]
    spaces: tuple[bool, ...]
    tags: tuple[str, ...]
    fine_tags: tuple[str, ...]
    heads: tuple[int, ...]
    relations: tuple[str, ...]
    entities: tuple[tuple[int, int, str], ...]
    document: str
    starts_paragraph: bool


@dataclass(slots=True)
class _Block:
    comments: dict[str, str] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)
    contracted: dict[int, bool] = field(default_factory=dict)


def read_treebank(path: Path) -> Iterator[Tree]:
    """Every sentence of a CoNLL-U file, multi-word tokens as their syntactic words."""
    document = ""
    for block in _blocks(path):
        document = block.comments.get("newdoc id", document)
        yield _tree(block, document)


def relation_label(relation: str) -> str:
    """The label that is trained: subtypes outside `KEPT_SUBTYPES` are dropped."""
    return relation if relation in KEPT_SUBTYPES else relation.split(":")[0]


def _blocks(path: Path) -> Iterator[_Block]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        block = _Block()
        for line in lines:
            line = line.rstrip("\n")
            if not line:
                if block.rows:
                    yield block
                    block = _Block()
            elif line.startswith("#"):
                key, _, value = line[1:].strip().partition(" = ")
                block.comments[key] = value
            else:
                _take_row(block, line.split("\t"))
        if block.rows:
            yield block


def _take_row(block: _Block, row: list[str]) -> None:
    if "-" in row[0]:
        # A multi-word token: its parts are glued, and its own SpaceAfter belongs to the last of them.
        first, last = (int(part) for part in row[0].split("-"))
        for number in range(first, last):
            block.contracted[number] = False
        block.contracted[last] = "SpaceAfter=No" not in row[9]
    elif "." not in row[0]:
        block.rows.append(row)


def _tree(block: _Block, document: str) -> Tree:
    rows = block.rows
    return Tree(
        id=block.comments.get("sent_id", ""),
        text=block.comments.get("text", ""),
        words=tuple(row[1] for row in rows),
        spaces=tuple(block.contracted.get(int(row[0]), "SpaceAfter=No" not in row[9]) for row in rows),
        tags=tuple(row[3] for row in rows),
        fine_tags=tuple(row[4] for row in rows),
        heads=tuple(int(row[6]) - 1 for row in rows),
        relations=tuple(relation_label(row[7]) for row in rows),
        entities=tuple(_entities(rows)),
        document=document,
        starts_paragraph=any(key.startswith(("newpar", "newdoc")) for key in block.comments),
    )


def _entities(rows: list[list[str]]) -> Iterator[tuple[int, int, str]]:
    """GUM's entity spans as (first word, last word + 1, type); spans may nest."""
    opened: list[tuple[str, int, str]] = []
    for index, row in enumerate(rows):
        value = next((part[7:] for part in row[9].split("|") if part.startswith("Entity=")), "")
        for piece in re.findall(r"\([^()]+\)?|[^()]+\)", value):
            if piece.startswith("("):
                fields = piece.strip("()").split("-")
                opened.append((fields[0], index, fields[1] if len(fields) > 1 else ""))
                if piece.endswith(")"):
                    _, start, kind = opened.pop()
                    yield start, index + 1, kind
            else:
                closing = piece.rstrip(")").split("-")[0]
                for position in range(len(opened) - 1, -1, -1):
                    if opened[position][0] == closing:
                        _, start, kind = opened.pop(position)
                        yield start, index + 1, kind
                        break
