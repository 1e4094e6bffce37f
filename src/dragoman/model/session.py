"""Load a model directory, check it against its own manifest, and run it.

A model directory holds `model.onnx`, `tokenizer.json`, `labels.json` and `manifest.json`, which names the version of the layout, the SHA-256
of each other file, and the thresholds and the calibration.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from pathlib import Path
from typing import Any

import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Tokenizer

from dragoman.errors import ModelError
from dragoman.model.encoding import encode
from dragoman.version import __version__

LAYOUT = 2
FILES = ("model.onnx", "tokenizer.json", "labels.json")

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Labels:
    """Label sets by head, in the order of the scores; `types[0]`, `modes[0]` are NONE and `names[0]` is O."""

    tags: tuple[str, ...]
    fine_tags: tuple[str, ...]
    relations: tuple[str, ...]
    names: tuple[str, ...]
    types: tuple[str, ...]
    modes: tuple[str, ...]
    statuses: tuple[str, ...]
    contexts: tuple[str, ...]
    role_labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """The raw scores of one sentence of W words; K triggers are ranked, positions index the words.

    tag [W, tags], fine [W, fine tags], arc [W, W + 1] (root first), relation [W, relations], end [W], name [W, names],
    trigger [W, types], positions [K], mode [K, modes], status [K, statuses], historical [K], roles [K, W, role labels],
    context [contexts], pair [types] (of no rows where no pair was marked).
    """

    tag: Array
    fine: Array
    arc: Array
    relation: Array
    end: Array
    name: Array
    trigger: Array
    positions: Array
    mode: Array
    status: Array
    historical: Array
    roles: Array
    context: Array
    pair: Array


@dataclass(frozen=True, slots=True)
class Decisions:
    """What `training/calibrate.py` chose on the dev part: the least probability by type ("default" for the others), and the line on
    which a type's log-odds are mapped to those of its being right (Platt 1999)."""

    thresholds: Mapping[str, float]
    slope: float = 1.0
    offset: float = 0.0

    def confidence(self, probability: float) -> float:
        """The calibrated probability, 0 to 1."""
        kept = min(max(probability, 1e-6), 1 - 1e-6)
        return 1 / (1 + math.exp(-(self.slope * math.log(kept / (1 - kept)) + self.offset)))


class Model:
    """An ONNX session with its tokeniser and labels."""

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        manifest = _read_json(folder / "manifest.json")
        _check(folder, manifest)
        self.folder, self.version = folder, str(manifest["version"])
        self.checksum = str(manifest["files"]["model.onnx"])
        self.labels = _labels(_read_json(folder / "labels.json"))
        self.decisions = _decisions(manifest)
        options = ort.SessionOptions()
        # The threads share out sentences, not the work of one.
        options.intra_op_num_threads = 1
        self._pool = ThreadPoolExecutor(threads)
        options.inter_op_num_threads = 1
        # Sentences differ in length: the memory pattern and the arena would keep the largest of each.
        options.enable_mem_pattern = False
        options.enable_cpu_mem_arena = False
        self._session = ort.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    @cached_property
    def coder(self) -> str:
        """What wrote an event: package version, model version and the first 12 digits of its checksum."""
        return f"dragoman {__version__} model {self.version} {self.checksum[:12]}"

    def run(self, sentences: Sequence[Sequence[str]], marks: Sequence[Sequence[int]] | None = None) -> list[Scores]:
        """Scores of each sentence (a list of words), in the order given.

        Sentences run one by one on several threads and not in batches: int8 activations are scaled by the largest value of
        their batch, so that in a batch a sentence's scores would depend on its neighbours.
        """
        rows = zip(sentences, marks if marks is not None else repeat(None), strict=False)
        if len(sentences) == 1:
            return [self._run_one(*row) for row in rows]
        return list(self._pool.map(lambda row: self._run_one(*row), rows))

    def start(self, sentences: Sequence[Sequence[str]]) -> Iterator[Scores]:
        """As `run`, but at once back: the threads go through the sentences while the caller takes what is there and works on it."""
        return self._pool.map(lambda words: self._run_one(words, None), sentences)

    def _run_one(self, words: Sequence[str], marks: Sequence[int] | None) -> Scores:
        encoded = encode(self._tokenizer, [words], None if marks is None else [marks])
        arrays = zip(self._outputs, self._session.run(self._outputs, encoded.feed()), strict=True)
        return Scores(**{name: array[0] if len(array) else array for name, array in arrays})


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ModelError(f"not a model directory, {path.name} is missing: {path.parent}") from None
    except ValueError as error:
        raise ModelError(f"{path} is not JSON: {error}") from error
    return found


def _check(folder: Path, manifest: Mapping[str, Any]) -> None:
    if manifest.get("layout") != LAYOUT:
        raise ModelError(f"{folder}: model layout {manifest.get('layout')!r}, this version reads {LAYOUT}")
    for name in FILES:
        expected = manifest.get("files", {}).get(name)
        try:
            actual = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except FileNotFoundError:
            raise ModelError(f"not a model directory, {name} is missing: {folder}") from None
        if actual != expected:
            raise ModelError(f"{folder / name}: checksum {actual[:12]} is not the manifest's {str(expected)[:12]}; reinstall")


def _decisions(manifest: Mapping[str, Any]) -> Decisions:
    return Decisions(manifest.get("thresholds", {}), **manifest.get("calibration", {}))


def _labels(table: Mapping[str, Any]) -> Labels:
    try:
        return Labels(**{name: tuple(values) for name, values in table.items()})
    except TypeError as error:
        raise ModelError(f"labels.json does not fit this version: {error}") from error
