"""What the tables and the decisions about actors cost: `python -m benchmarks.actors`. CPU time, for a busy machine adds to wall time alone."""

from __future__ import annotations

import time

import dragoman
from dragoman.ontology import load_ontology
from dragoman.resolve import actors, tables
from dragoman.resolve.coreference import find_chains
from training.report_loader import part_of, read_documents


def main() -> None:
    """Print the time to load the tables and the share of the whole coding time that goes into chains and actors."""
    load_ontology()
    start = time.process_time()
    tables.load_tables()
    print(f"tables load: {1000 * (time.process_time() - start):.0f} ms of CPU")
    coder = dragoman.load()
    documents = [document for document in read_documents() if part_of(document) != "test"]
    reports = [dragoman.Report(id=document.id, text=document.text, date=document.date) for document in documents]
    coder.code(reports[0])
    actors._resolved.cache_clear()
    start = time.process_time()
    for report in reports:
        coder.code(report)
    whole = time.process_time() - start
    read = [coder.read([report])[0] for report in reports]
    actors._resolved.cache_clear()
    start = time.process_time()
    for report, sentences in zip(reports, read, strict=True):
        find_chains(report, sentences)
    chains = time.process_time() - start
    count = sum(map(len, read))
    print(f"{count} sentences, whole {1000 * whole / count:.2f} ms a sentence, chains and their actors {1000 * chains / count:.2f} ms: {chains / whole:.1%}")


if __name__ == "__main__":
    main()
