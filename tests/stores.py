"""Stores for tests, on both databases, and events to put into them."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from dragoman.records import Actor, Dating, Event, Place, Quantity, Report, Span, Status
from dragoman.store import Store, open_store
from dragoman.store.rows import content_id, report_key
from dragoman.store.writes import Batch, CodedReport, Counts, Incoming, Run, finish_run, start_run, write_batch

POSTGRES = os.environ.get("DRAGOMAN_TEST_POSTGRES")
CODER = "dragoman 0.1.0 model 0.1.1 aaaaaaaaaaaa"
DATABASES = ("sqlite", "postgresql")
COUNTRIES = {"Poland": "POL", "Russia": "RUS", "France": "FRA", "Italy": "ITA", "Warsaw": "POL", "Moscow": "RUS"}


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The path or URL of a new database."""
    if kind == "sqlite":
        yield str(folder / f"{uuid.uuid4().hex}.db")
        return
    if POSTGRES is None:
        pytest.skip("no PostgreSQL: DRAGOMAN_TEST_POSTGRES is not set (.ci/run sets it)")
    name = f"dragoman_{uuid.uuid4().hex}"
    server = sa.create_engine(sa.make_url(POSTGRES).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with server.connect() as conn:
        conn.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as conn:
            conn.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


@contextmanager
def opened(where: str) -> Iterator[Store]:
    """A store that is closed at the end."""
    store = open_store(where)
    try:
        yield store
    finally:
        store.close()


def told(text: str, *, day: str = "2018-03-26", source: str | None = None, given_id: str | None = None, **fields: Any) -> CodedReport:
    """A report "ACTOR VERB [COUNT] RECIPIENT …" with the one event that it tells; `fields` are `event`'s."""
    report = Report(id="", text=text, date=dt.date.fromisoformat(day), source=source)
    report = msgspec.structs.replace(report, id=report_key(report))
    given = given_id or f"{source}/{day}/{text[:40]}"
    return CodedReport(Incoming(report, f"memory:{given}", given), (), (event(report, **fields),))


def event(
    report: Report, *, type: str = "SANCTION", mode: str | None = "expel", status: Status = Status.ACTUAL, on: str | None = None, count: float | None = None,
    place: str | None = None, trigger: str | None = None, answers: Sequence[str] = (), coder: str = CODER,
) -> Event:  # fmt: skip
    """An event whose actor is the first word of the report, whose trigger is the second, and whose recipient is the last country in it."""
    words = report.text.rstrip(".").split()
    verb = trigger or words[1]
    recipients = [word for word in words[1:] if word.rstrip(".,") in COUNTRIES]
    start = report.text.index(verb)
    when = dt.date.fromisoformat(on) if on else None
    return Event(
        id=content_id(report.id, coder, start, type), report_id=report.id, report_date=report.date, sentence=0, text=report.text, sentence_start=0,
        trigger=Span(text=verb, start=start, end=start + len(verb)), type=type, modes=(mode,) if mode else (), contexts=(), quad=4, scale=-5.5, cameo="166",
        actors=(party(report.text, words[0]),), recipients=tuple(party(report.text, word.rstrip(".,")) for word in recipients[-1:]), status=status,
        historical=False, count=amount(report.text, count), dead=None, injured=None, arrested=None,
        date=Dating(start=when, end=when, precision="day", text="", text_start=0, text_end=0) if when else None, deadline=None,
        place=None if place is None else Place(name=place, text=place, start=report.text.index(place), end=report.text.index(place) + len(place)),
        reason=None, attribution=(), joint=None, response_to=tuple(answers), confidence=0.9, coder=coder,
    )  # fmt: skip


def party(text: str, word: str) -> Actor:
    """The actor that a word of the text names."""
    start = text.index(word)
    country = COUNTRIES.get(word)
    return Actor(text=word, start=start, end=start + len(word), name=word if country else None, country=country, sector="GOV", identifier=country)


def amount(text: str, count: float | None) -> Quantity | None:
    """A count, whose words are its digits if the text has them."""
    if count is None:
        return None
    start = max(0, text.find(f"{count:g}"))
    words = f"{count:g}" if f"{count:g}" in text else ""
    return Quantity(value=count, text=words, start=start, end=start + len(words))


def begin(store: Store, *, coder: str = CODER, keep_text: bool = True) -> Run:
    """A run."""
    return start_run(store, "ingest", coder, {}, keep_text=keep_text)


def fill(store: Store, reports: Sequence[CodedReport], *, batch: int = 2, coder: str = CODER, keep_text: bool = True) -> Counts:
    """Write the reports in batches of so many, as one run."""
    run = begin(store, coder=coder, keep_text=keep_text)
    total = Counts()
    for index in range(0, len(reports), batch):
        total.add(write_batch(store, run, Batch(coded=list(reports[index : index + batch]))))
    finish_run(store, run, total)
    return total
