"""The same report twice: word triples, MinHash bands to find candidates, and the measure that verifies them. Pure functions.

MinHash: Broder, "On the resemblance and containment of documents" (1997); banding: Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", chapter 3.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# With 24 bands of 4, two reports that share 0.6, 0.7 or 0.8 of their triples meet with probability 0.96, 0.998 and 0.99999.
BANDS, ROWS = 24, 4
TRIPLE = 3
# Enough to compare a report of a thousand words exactly; of longer ones the smallest hashes are a fair sample.
SKETCH = 1024
# Set on the development archive of benchmarks/archive.py: below, two short accounts of different acts in like words begin to meet.
LEAST_LIKENESS = 0.6
# An update keeps the old text and adds to it.
LEAST_CONTAINMENT = 0.85
SHORTEST_CONTAINED = 20
# Copies run within days; a bulletin in the same words a month later is another report.
COPY_DAYS = 14

Hashes = NDArray[np.uint32]
_WORD = re.compile(r"\w+")
_EMPTY = np.zeros(0, np.uint32)
_generator = np.random.Generator(np.random.PCG64(20180326))
_FACTORS = _generator.integers(1, 2**63, size=BANDS * ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_TERMS = _generator.integers(0, 2**63, size=BANDS * ROWS, dtype=np.uint64)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two reports are: shared triples by all of theirs (Jaccard), and by those of the smaller one."""

    jaccard: float
    containment: float
    smaller: int

    @property
    def copies(self) -> bool:
        """Whether one is a near copy of the other."""
        return self.jaccard >= LEAST_LIKENESS or (self.containment >= LEAST_CONTAINMENT and self.smaller >= SHORTEST_CONTAINED)


def shingles(text: str) -> Hashes:
    """The sketch of a text: the smallest hashes of its word triples, sorted, without case, space and punctuation."""
    words = _WORD.findall(text.casefold())
    if not words:
        return _EMPTY
    triples = {" ".join(words[index : index + TRIPLE]) for index in range(max(1, len(words) - TRIPLE + 1))}
    hashes = np.fromiter((zlib.crc32(triple.encode()) for triple in triples), np.uint32, len(triples))
    return np.unique(hashes)[:SKETCH]


def bands(sketch: Hashes) -> list[int]:
    """The band hashes of a sketch, as signed 64-bit numbers; two near copies share at least one. None for an empty text."""
    if not len(sketch):
        return []
    products = sketch.astype(np.uint64)[None, :] * _FACTORS[:, None] + _TERMS[:, None]
    smallest = (products >> np.uint64(32)).min(axis=1).reshape(BANDS, ROWS)
    mixed = np.arange(1, BANDS + 1, dtype=np.uint64)
    for row in range(ROWS):
        mixed = (mixed ^ smallest[:, row]) * _MIX
        mixed ^= mixed >> np.uint64(29)
    return [int(number) for number in mixed.view(np.int64)]


def likeness(one: Hashes, other: Hashes) -> Likeness:
    """Compare two sketches; exact where both texts have at most `SKETCH` different triples, else an estimate."""
    if not len(one) or not len(other):
        return Likeness(0.0, 0.0, 0)
    smaller = min(len(one), len(other))
    if len(one) >= SKETCH or len(other) >= SKETCH:
        # What lies above the largest hash of a full sketch is not known to be missing from it.
        limit = min(int(sketch[-1]) for sketch in (one, other) if len(sketch) >= SKETCH)
        one, other = one[one <= limit], other[other <= limit]
    shared = len(np.intersect1d(one, other, assume_unique=True))
    least = max(1, min(len(one), len(other)))
    return Likeness(shared / max(1, len(one) + len(other) - shared), shared / least, smaller)


def pack(sketch: Hashes) -> bytes:
    """A sketch as bytes, little-endian."""
    return sketch.astype("<u4").tobytes()


def unpack(data: bytes) -> Hashes:
    """The sketch that `pack` wrote."""
    return np.frombuffer(data, "<u4").astype(np.uint32)
