"""Several processes: the same records in the same order as one, and a clear end where one dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman.coder import FEW_BATCHES, REPORTS_AT_ONCE, Coder, load
from dragoman.errors import InternalError
from dragoman.records import Report

TINY = Path(__file__).parent / "tiny" / "model"
SENTENCES = [line for line in (TINY.parent / "sentences.txt").read_text("utf-8").splitlines() if line and not line.startswith("#")]
MANY = REPORTS_AT_ONCE * FEW_BATCHES * 2 + 5


def reports(count: int = MANY) -> list[Report]:
    texts = ["Poland expelled four Russian diplomats on Monday.", "  ", "a\0b", "Britain expelled a Russian diplomat."]
    return [Report(id=str(number), date="2021-04-23", text=texts[number % len(texts)]) for number in range(count)]


@pytest.fixture
def several() -> Iterator[Coder]:
    coder = load(TINY, jobs=2)
    yield coder
    coder.close()


def test_several_processes_give_what_one_gives_in_the_same_order(several: Coder) -> None:
    given = reports()
    together = list(several.stream(given))
    assert together == list(load(TINY).stream(given))
    assert {one.rejected for one in together} > {None}
    assert any(one.events for one in together)


def test_what_came_before_the_reports_failed_is_coded_by_several_processes_too(several: Coder) -> None:
    def failing() -> Iterator[Report]:
        yield from reports()
        raise OSError("the disk is gone")

    coded = []
    with pytest.raises(OSError, match="the disk is gone"):
        coded.extend(several.stream(failing()))
    assert [one.report_id for one in coded] == [str(number) for number in range(MANY)]


def test_a_process_that_dies_ends_the_stream_with_what_to_do_and_the_next_stream_works(several: Coder) -> None:
    stream = several.stream(reports())
    next(stream)
    assert several._workers is not None
    assert several._workers._pool is not None
    for worker in several._workers._pool._processes.values():
        os.kill(worker.pid or 0, signal.SIGKILL)
    with pytest.raises(InternalError, match="--jobs 1"):
        list(stream)
    assert len(list(several.stream(reports()))) == MANY


def test_a_few_reports_start_no_process(several: Coder) -> None:
    assert len(list(several.stream(reports(REPORTS_AT_ONCE)))) == REPORTS_AT_ONCE
    assert several._workers is not None
    assert several._workers._pool is None
