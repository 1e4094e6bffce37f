"""Rates of exports and queries on a store: `python -m benchmarks.exports STORE`. Rows a second and peak memory, one process each."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dragoman.formats.export import NAMES
from dragoman.store import open_store
from dragoman.store.exports import export_store
from dragoman.store.filters import EventFilter, make_filter
from dragoman.store.queries import count_events, events_page

_QUERIES: dict[str, EventFilter] = {
    "everything": EventFilter(),
    "dyad": make_filter(dyads=["RUS,POL"]),
    "undirected dyad": make_filter(dyads=["RUS,POL"], directed=False),
    "sector and days": make_filter(sectors=["MIL"], start="2018-03-01", end="2018-03-31"),
    "phrase": make_filter(text="talks"),
    "three sources": make_filter(min_sources=3),
}


def time_export(where: str, layout: str) -> None:
    """Print how fast a layout is written and how much memory this process took."""
    store = open_store(where, create=False)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        tally = export_store(store, Path(folder) / "out", layout=layout)
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{layout:16}{tally.rows:9,} rows {seconds:7.2f} s {tally.rows / seconds:9,.0f} rows/s {peak:6.0f} MB")
    store.close()


def time_queries(where: str) -> None:
    """Print how long counting, and the first page, take for some filters."""
    store = open_store(where, create=False)
    for name, chosen in _QUERIES.items():
        started = time.perf_counter()
        found = count_events(store, chosen)
        counted = time.perf_counter()
        events_page(store, chosen, size=50)
        page = time.perf_counter() - counted
        print(f"{name:16}{found:9,} events counted in {(counted - started) * 1000:7.1f} ms, first page in {page * 1000:7.1f} ms")
    store.close()


def main() -> None:
    """Each layout in a process of its own, then the queries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store")
    parser.add_argument("--layout", help="only this one, in this process")
    options = parser.parse_args()
    if options.layout:
        time_export(options.store, options.layout)
        return
    for layout in NAMES:
        if layout != "tombstones":
            subprocess.run([sys.executable, "-m", "benchmarks.exports", options.store, "--layout", layout], check=True)
    time_queries(options.store)


if __name__ == "__main__":
    main()
