"""Words to the arrays that the encoder takes. Training and inference share this one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

# The encoder's positions end at 512; the longest part of a sentence that the reader passes on is 128 words.
MAX_PIECES = 512
MAX_PIECES_PER_WORD = 4
CLS, SEP = 101, 102

SHAPES = ("none", "lower", "title", "upper", "initial", "mixed", "digit", "symbol")

ACTOR_MARK, RECIPIENT_MARK = 1, 2
MARKS = 3


@dataclass(frozen=True, slots=True)
class Encoded:
    """A padded batch.

    `ids`, `shapes`, `marks`: int64 `[batch, pieces]`; `mask`: int64 `[batch, pieces]`, 1 where there is a piece;
    `words`: int64 `[batch, words]`, the position of each word's first piece, 0 where there is no word.
    """

    ids: NDArray[np.int64]
    mask: NDArray[np.int64]
    shapes: NDArray[np.int64]
    marks: NDArray[np.int64]
    words: NDArray[np.int64]

    def feed(self) -> dict[str, NDArray[np.int64]]:
        """The arrays by the names of the model's inputs."""
        return {"ids": self.ids, "mask": self.mask, "shapes": self.shapes, "marks": self.marks, "words": self.words}


def word_shape(word: str) -> int:
    """The index in `SHAPES` of a word: the encoder's vocabulary has no case, this gives it back."""
    first = word[:1]
    if first.isdigit():
        return 6
    if not any(char.isalpha() for char in word):
        return 7
    if word.islower():
        return 1
    if word.isupper():
        return 4 if len(word.rstrip(".")) == 1 else 3
    return 2 if first.isupper() and word[1:].islower() else 5


def encode(
    tokenizer: Tokenizer, sentences: Sequence[Sequence[str]], marks: Sequence[Sequence[int]] | None = None
) -> Encoded:
    """Encode a batch of sentences, each a list of words; `marks` gives a mark per word (actor, recipient or 0)."""
    rows = [_encode_words(tokenizer, words) for words in sentences]
    width = max((len(ids) for ids, _ in rows), default=2)
    longest = max((len(words) for words in sentences), default=1)
    pieces, mask, shapes, pair_marks = (np.zeros((len(rows), width), np.int64) for _ in range(4))
    batch = Encoded(pieces, mask, shapes, pair_marks, np.zeros((len(rows), longest), np.int64))
    for row, (words, (ids, owners)) in enumerate(zip(sentences, rows, strict=True)):
        batch.ids[row, : len(ids)] = ids
        batch.mask[row, : len(ids)] = 1
        word_shapes = [word_shape(word) for word in words]
        word_marks = marks[row] if marks is not None else None
        for position, owner in enumerate(owners):
            if owner < 0:
                continue
            batch.shapes[row, position] = word_shapes[owner]
            if word_marks is not None:
                batch.marks[row, position] = word_marks[owner]
            if batch.words[row, owner] == 0:
                batch.words[row, owner] = position
    return batch


def _encode_words(tokenizer: Tokenizer, words: Sequence[str]) -> tuple[list[int], list[int]]:
    """Piece ids with the special pieces, and the word that each belongs to (-1 for none)."""
    encoding = tokenizer.encode(list(words), is_pretokenized=True, add_special_tokens=False)
    ids, owners = [CLS], [-1]
    taken = 0
    previous = -1
    for piece, word in zip(encoding.ids, encoding.word_ids, strict=True):
        owner = -1 if word is None else word
        taken = taken + 1 if owner == previous else 1
        previous = owner
        if taken <= MAX_PIECES_PER_WORD and len(ids) < MAX_PIECES - 1:
            ids.append(piece)
            owners.append(owner)
    ids.append(SEP)
    owners.append(-1)
    return ids, owners
