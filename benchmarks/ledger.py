"""Ingest an archive and measure: rate and cost by thousand, memory, near copies found, and incidents against the truth.

    python -m benchmarks.archive --reports 20000 --seed 2 --wordings b --out FOLDER
    python -m benchmarks.ledger FOLDER --store FOLDER/ledger.db

B³ (Bagga and Baldwin 1998) is over the accounts that were coded with the type of their act; `--strict` figures count every account that was
not as an incident of its own. A duplicate is found if the copy is in one cluster with its original.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import dragoman
from dragoman.ingest import ingest
from dragoman.sources import SourceOptions, find_reports
from dragoman.store import Store, open_store, schema
from dragoman.store.writes import Counts, finish_run, start_run


def b_cubed(system: Mapping[str, str], truth: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of a grouping (item to group) against the true one, over the items of both."""
    items = sorted(set(system) & set(truth))
    ours, theirs, both = _sizes(system[item] for item in items), _sizes(truth[item] for item in items), _sizes((system[item], truth[item]) for item in items)
    precision = sum(both[system[item], truth[item]] / ours[system[item]] for item in items) / len(items)
    recall = sum(both[system[item], truth[item]] / theirs[truth[item]] for item in items) / len(items)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _sizes(keys: Any) -> dict[Any, int]:
    sizes: dict[Any, int] = {}
    for key in keys:
        sizes[key] = sizes.get(key, 0) + 1
    return sizes


def grouping(store: Store, truth: Mapping[str, dict[str, Any]]) -> tuple[dict[str, str], dict[str, str], set[str]]:
    """For each event of the right type in the characters of an account: its incident and its act; and the reports that have one."""
    events, reports, members = schema.events.c, schema.reports.c, schema.incident_events.c
    query = (
        sa.select(events.id, events.type, events.trigger_start, schema.sightings.c.given_id, members.incident_id)
        .join(schema.reports, reports.id == events.report_id)
        .join(schema.sightings, schema.sightings.c.report_id == reports.id)
        .join(schema.incident_events, members.event_id == events.id)
        .where(events.current)
    )
    system, acts, coded = {}, {}, set()
    with store.read() as conn:
        for row in conn.execute(query):
            account = truth[row.given_id]
            if row.type == account["type"] and account["start"] <= row.trigger_start < account["end"]:
                system[row.id], acts[row.id] = row.incident_id, account["act"]
                coded.add(row.given_id)
    return system, acts, coded


def copies_found(store: Store, truth: Mapping[str, dict[str, Any]]) -> tuple[float, float]:
    """Share of the copies that are in one cluster with their original; share of the clusters' pairs that tell of one act."""
    reports, sightings = schema.reports.c, schema.sightings.c
    query = sa.select(sightings.given_id, reports.cluster_id).join(schema.reports, reports.id == sightings.report_id)
    with store.read() as conn:
        home = {row.given_id: row.cluster_id for row in conn.execute(query)}
    copies = [row for row in truth.values() if row["copy_of"] and row["id"] in home]
    found = sum(home[row["id"]] == home.get(row["copy_of"]) for row in copies)
    groups: dict[str, list[str]] = {}
    for given, cluster in home.items():
        groups.setdefault(cluster, []).append(truth[given]["act"])
    pairs = [one == other for acts in groups.values() for index, one in enumerate(acts) for other in acts[:index]]
    return found / max(1, len(copies)), sum(pairs) / max(1, len(pairs))


class Meter:
    """Seconds and memory by thousand reports."""

    def __init__(self, every: int) -> None:
        self.every, self.marks = every, [(0, time.perf_counter(), time.process_time(), _peak())]

    def __call__(self, read: int, counts: Counts) -> None:
        """Take a mark when enough has been read."""
        if read - self.marks[-1][0] >= self.every:
            self.marks.append((read, time.perf_counter(), time.process_time(), _peak()))
            one, other = self.marks[-2:]
            wall, busy = (other[index] - one[index] for index in (1, 2))
            done = other[0] - one[0]
            print(
                f"{read:7} reports  {done / wall:6.1f}/s  {1000 * busy / done:6.2f} ms of processor each  peak {other[3]:.0f} MiB  {counts.events} events",
                flush=True,
            )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read_truth(path: Path) -> dict[str, dict[str, Any]]:
    """The truth by report id."""
    return {row["id"]: row for row in map(json.loads, path.read_text("utf-8").splitlines())}


def score(store: Store, truth: Mapping[str, dict[str, Any]]) -> None:
    """Print how the store compares with the truth."""
    system, acts, coded = grouping(store, truth)
    print(f"accounts coded with the type of their act: {len(coded)} of {len(truth)} ({len(coded) / len(truth):.1%})")
    print("incidents, B³: precision {:.3f}  recall {:.3f}  F1 {:.3f}".format(*b_cubed(system, acts)))
    missing = {f"missing {key}": row["act"] for key, row in truth.items() if key not in coded}
    print("incidents, B³, strict: precision {:.3f}  recall {:.3f}  F1 {:.3f}".format(*b_cubed(system | {key: key for key in missing}, acts | missing)))
    found, pure = copies_found(store, truth)
    print(f"copies in one cluster with their original: {found:.2%}; pairs of a cluster that tell of one act: {pure:.2%}")


def shuffled(path: Path, seed: int) -> Path:
    """The same reports in a random order."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    random.Random(seed).shuffle(lines)
    target = path.with_name(f"shuffled-{seed}.jsonl")
    target.write_text("".join(lines), "utf-8")
    return target


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--store", required=True, help="a path or URL; a store that is filled already is scored again")
    parser.add_argument("--every", type=int, default=2_000)
    parser.add_argument("--shuffle", type=int, help="ingest in a random order of this seed")
    chosen = parser.parse_args(arguments)
    store = open_store(chosen.store)
    coder = dragoman.load()
    source = chosen.folder / "reports.jsonl"
    if chosen.shuffle is not None:
        source = shuffled(source, chosen.shuffle)
    run = start_run(store, "ingest", coder.model.coder, {"sources": [str(source)]})
    started = time.perf_counter()
    counts = ingest(store, run, coder, find_reports([str(source)], SourceOptions()), progress=Meter(chosen.every))
    finish_run(store, run, counts)
    print(f"{counts.as_dict()}, {time.perf_counter() - started:.0f} s")
    score(store, read_truth(chosen.folder / "truth.jsonl"))


if __name__ == "__main__":
    main()
