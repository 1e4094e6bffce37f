"""Kill `dragoman ingest` at random moments, again and again, and see that the store is whole each time and in the end equal to an undisturbed one.

    python -m benchmarks.kills --store FOLDER/kills.db --kills 200
    python -m benchmarks.kills --store postgresql://user@host/database --kills 50 --writers 2

The store must be new. When the archive has come in whole before all kills are done, its content is compared, the store is emptied and it begins again.
A writer is the command itself; with `--fork` it is a copy of this process that has the model loaded, so that less of its life is spent on starting.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import dragoman
from benchmarks.archive import write
from dragoman.ingest import ingest
from dragoman.sources import SourceOptions, find_reports
from dragoman.store import Store, open_store, schema
from dragoman.store.check import check, digest
from dragoman.store.writes import finish_run, start_run

BATCH = 8


class Forked:
    """A copy of this process that ingests. The model must be loaded, and not have run: its threads would stay behind."""

    def __init__(self, where: str, source: Path, coder: dragoman.Coder) -> None:
        self._process = multiprocessing.get_context("fork").Process(target=_fill, args=(where, source, coder))
        self._process.start()
        self.pid = self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """As in `subprocess.Popen`."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Its status, None while it lives."""
        return self._process.exitcode

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    def wait(self) -> int:
        """Until it has ended."""
        self._process.join()
        return self._process.exitcode or 0


def _fill(where: str, source: Path, coder: dragoman.Coder) -> None:
    store = open_store(where)
    run = start_run(store, "ingest", coder.model.coder, {})
    finish_run(store, run, ingest(store, run, coder, find_reports([str(source)], SourceOptions()), batch=BATCH))
    store.close()


Writer = Forked | subprocess.Popen[bytes]


class Torment:
    """Ingests one archive under kills. `sound` and `equal` say how it went."""

    def __init__(self, where: str, source: Path, *, rng: random.Random, writers: int = 1, longest: float = 3.0, coder: dragoman.Coder | None = None) -> None:
        self.where, self.source, self.writers, self.longest, self.coder = where, source, writers, longest, coder
        self.rng = rng
        self.kills = 0
        self.problems: list[str] = []

    def run(self, kills: int) -> bool:
        """Kill so many times or until all is in; whether all came in before."""
        while self.kills < kills:
            if self._attempt():
                return True
            self._check()
        return False

    def finish(self) -> None:
        """Let the ingestion come to its end."""
        for writer in [self._start() for _ in range(self.writers)]:
            writer.wait()
        self._check()

    def _start(self) -> Writer:
        if self.coder is not None:
            return Forked(self.where, self.source, self.coder)
        command = [sys.executable, "-m", "dragoman", "ingest", str(self.source), "--store", self.where, "--batch", str(BATCH)]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _attempt(self) -> bool:
        """Start the writers and kill each after so much work of its own; whether one came to its end before."""
        writers = {self._start(): self.rng.uniform(0.02, self.longest) for _ in range(self.writers)}
        done = False
        while writers:
            for writer, end in list(writers.items()):
                if writer.poll() is not None:
                    done |= writer.returncode == 0
                    del writers[writer]
                elif busy(writer.pid) >= end:
                    writer.kill()
                    writer.wait()
                    self.kills += 1
                    del writers[writer]
            time.sleep(0.003)
        return done

    def _check(self) -> None:
        store = open_store(self.where)
        self.problems += [f"after {self.kills} kills: {problem}" for problem in check(store)]
        store.close()


def busy(pid: int) -> float:
    """Seconds of processor that a process has used, which say how far it is on a busy machine too; by the clock where /proc is missing."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return time.monotonic() - _STARTED.setdefault(pid, time.monotonic())
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


_STARTED: dict[int, float] = {}


def empty(store: Store) -> None:
    """Delete all rows, so that another archive may come in."""
    with store.write() as conn:
        for table in reversed(schema.metadata.sorted_tables):
            conn.execute(table.delete())


def undisturbed(folder: Path, source: Path) -> str:
    """The content of a store into which the source came in one go; by a process of its own."""
    command = [sys.executable, "-m", "dragoman", "ingest", str(source), "--store", str(folder / "undisturbed.db")]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    store = open_store(folder / "undisturbed.db")
    content = digest(store)
    store.close()
    return content


def torment(where: str, *, kills: int, reports: int, seed: int, writers: int, folder: Path, longest: float = 3.0, fork: bool = False) -> tuple[int, list[str]]:
    """Kill so often, over as many rounds as it takes; the number of kills and everything that was wrong."""
    source, _ = write(folder, reports, seed, "b")
    wanted, rng = undisturbed(folder, source), random.Random(seed)
    coder = dragoman.load() if fork else None
    done, problems, number = 0, list[str](), 0
    while done < kills:
        one = Torment(where, source, rng=rng, writers=writers, longest=longest, coder=coder)
        one.run(kills - done)
        one.finish()
        store = open_store(where)
        equal = digest(store) == wanted
        problems += one.problems + ([] if equal else [f"round {number}: the content is not that of an undisturbed run"])
        done += one.kills
        verdict = "equal" if equal else "DIFFERENT"
        print(f"round {number}: {one.kills} kills, {len(one.problems)} problems, content {verdict}; {done} kills in all", flush=True)
        if done < kills:
            empty(store)
        store.close()
        number += 1
    return done, problems


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", required=True)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--reports", type=int, default=300, help="of the archive")
    parser.add_argument("--writers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--longest", type=float, default=3.0, help="seconds of processor that a writer may use")
    parser.add_argument("--fork", action="store_true")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        done, problems = torment(
            chosen.store, kills=chosen.kills, reports=chosen.reports, seed=chosen.seed, writers=chosen.writers, folder=Path(folder),
            longest=chosen.longest, fork=chosen.fork,
        )  # fmt: skip
    print(*problems, sep="\n")
    print(f"{done} kills, {len(problems)} problems")
    raise SystemExit(bool(problems))


if __name__ == "__main__":
    main()
