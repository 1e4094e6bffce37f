"""Several processes that code batches of reports, each with a model of its own; the order is kept and memory stays flat.

Python resolves one report at a time whatever the number of threads, so that a second core helps most as a second process.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from dragoman.errors import InternalError
from dragoman.records import Report

if TYPE_CHECKING:
    from dragoman.coder import Coded, Coder

# Batches of each process that are coded ahead of the caller: one in work, one waiting, one done.
AHEAD = 3
_coder: Coder


class Workers:
    """A pool of `jobs` processes, started when first needed and kept until closed."""

    def __init__(self, folder: Path, actors: Path | None, jobs: int) -> None:
        self._settings = (folder, actors)
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def stream(self, batches: Iterator[Sequence[Report]]) -> Iterator[Coded]:
        """What came of each report, in order; raise `InternalError` if a process dies."""
        waiting: deque[Future[bytes]] = deque(self._submit(batch) for batch in islice(batches, self._jobs * AHEAD))
        try:
            while waiting:
                coded = _read(waiting.popleft().result())
                waiting.extend(self._submit(batch) for batch in islice(batches, 1))
                yield from coded
        except BrokenProcessPool as error:
            self._pool = None
            raise InternalError("a coding process died, perhaps for lack of memory; --jobs 1 codes in one process") from error
        finally:
            for future in waiting:
                future.cancel()

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _submit(self, batch: Sequence[Report]) -> Future[bytes]:
        if self._pool is None:
            # A forked process would inherit the model's threads half alive.
            spawned = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._jobs, spawned, initializer=_start, initargs=self._settings)
        return self._pool.submit(_code, batch)


def _start(folder: Path, actors: Path | None) -> None:
    from dragoman.coder import load

    global _coder
    # An interrupt is the caller's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _coder = load(folder, threads=1, actors=actors)


def _code(batch: Sequence[Report]) -> bytes:
    return msgspec.msgpack.encode(list(_coder.stream(batch)))


def _read(coded: bytes) -> list[Coded]:
    from dragoman.coder import Coded

    return msgspec.msgpack.decode(coded, type=list[Coded])
