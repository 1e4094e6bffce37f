"""Filters: the predicate, its SQL on both databases, and the queries made of it."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.errors import ConfigError, InputError
from dragoman.formats.bundle import check_bundle
from dragoman.formats.export import NAMES, read_export
from dragoman.formats.jsonlines import event_of
from dragoman.records import Actor, Dating, Event, Report, Span, Status
from dragoman.store import Store, open_store, schema
from dragoman.store import queries as q
from dragoman.store.exports import ExportOptions, checked, export_bundle, export_store
from dragoman.store.filters import EventFilter, Facts, compile_filter, lower, make_filter, parse_dyad, parse_party
from dragoman.store.rows import content_id, event_rows, report_row
from dragoman.store.writes import Batch, CodedReport, Incoming, Run, start_run, write_batch
from tests.strategies import SOURCES, events, filters
from tests.test_formats import TEXT, made, party

POSTGRES = os.environ.get("DRAGOMAN_TEST_POSTGRES")
RUN = {"id": 1, "started": "2026-01-01T00:00:00.000000Z", "command": "ingest", "options": "{}"}
CODER = {"id": 1, "name": "c", "code_version": "0", "model_version": "0", "model_checksum": "0", "first_run": 1}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An empty store on each database."""
    if request.param == "sqlite":
        yield from closing(open_store(tmp_path_factory.mktemp("store") / "ledger.db"))
        return
    if POSTGRES is None:
        pytest.skip("no PostgreSQL: DRAGOMAN_TEST_POSTGRES is not set (.ci/run sets it)")
    name = f"dragoman_{uuid.uuid4().hex}"
    server = sa.create_engine(sa.make_url(POSTGRES).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with server.connect() as conn:
        conn.execute(sa.text(f"CREATE DATABASE {name}"))
    yield from closing(open_store(sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)))
    with server.connect() as conn:
        conn.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def closing(store: Store) -> Iterator[Store]:
    yield store
    store.close()


def insert(conn: sa.Connection, event: Event, facts: Facts) -> None:
    """The event, its report and its incident, row by row: no invariant of ingestion may help the query."""
    report = Report(id=event.id, text=" " * event.sentence_start + event.text, date=event.report_date, source=facts.source)
    row = report_row(report, "here", keep_text=True) | {"id": event.report_id, "seq": int(event.id, 16), "run_id": 1, "added": RUN["started"]}
    conn.execute(schema.clusters.insert(), {"id": event.report_id, "reports": 1})
    conn.execute(schema.reports.insert(), row | {"cluster_id": event.report_id})
    found = event_rows(event, report, keep_text=True)
    conn.execute(schema.events.insert(), found.event | {"coder_id": 1, "run_id": 1, "added": RUN["started"], "current": True})
    for table, rows in ((schema.event_modes, found.modes), (schema.event_contexts, found.contexts)):
        if rows:
            conn.execute(table.insert(), rows)
    for one in found.actors:
        if conn.execute(sa.select(schema.actors.c.id).where(schema.actors.c.id == one["id"])).first() is None:
            conn.execute(schema.actors.insert(), one)
    if found.event_actors:
        conn.execute(schema.event_actors.insert(), found.event_actors)
    if facts.incident:
        incident = {
            "id": facts.incident, "component": "c", "type": event.type, "quad": event.quad, "status": event.status.value, "events": 1, "reports": 1,
            "independent": facts.independent, "disputed": False, "record": "{}", "updated": RUN["started"],
        }  # fmt: skip
        conn.execute(schema.incidents.insert(), incident)
        conn.execute(schema.incident_events.insert(), {"event_id": event.id, "incident_id": facts.incident})


def facts() -> st.SearchStrategy[Facts]:
    told = st.builds(Facts, source=st.none() | st.sampled_from(SOURCES), incident=st.just("i"), independent=st.integers(1, 4))
    return told | st.builds(Facts, source=st.none() | st.sampled_from(SOURCES))


def selected(conn: sa.Connection, chosen: EventFilter) -> set[str]:
    return set(conn.execute(sa.select(schema.events.c.id).where(compile_filter(chosen))).scalars())


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=st.lists(st.tuples(events(), facts()), min_size=1, max_size=4), wanted=st.lists(filters(), min_size=6, max_size=6))
def test_the_filter_in_sql_finds_what_the_predicate_finds(database: Store, told: list[tuple[Event, Facts]], wanted: list[EventFilter]) -> None:
    numbered = [
        (msgspec.structs.replace(event, id=f"{number:016x}", report_id=f"r{number}"), msgspec.structs.replace(one, incident=one.incident and f"i{number}"))
        for number, (event, one) in enumerate(told)
    ]
    with database.engine.connect() as conn, conn.execution_options(dragoman_writes=True).begin() as transaction:
        conn.execute(schema.runs.insert(), RUN)
        conn.execute(schema.coders.insert(), CODER)
        for event, one in numbered:
            insert(conn, event, one)
        for chosen in wanted:
            assert selected(conn, chosen) == {event.id for event, one in numbered if chosen.matches(event, one)}, chosen
        transaction.rollback()


def test_an_empty_filter_means_every_event() -> None:
    assert EventFilter().is_empty()
    assert EventFilter().matches(made())
    assert not make_filter(actors=["POL"]).is_empty()


@pytest.mark.parametrize(
    ("conditions", "meant"),
    [
        ({"actors": ["POL"]}, True), ({"actors": ["RUS"]}, False), ({"actors": ["POL/GOV"]}, True), ({"actors": ["POL/MIL"]}, False),
        ({"actors": ["*/GOV"]}, True), ({"actors": ["poland"]}, True), ({"actors": ["name=POLAND"]}, True), ({"recipients": ["RUS", "USA"]}, True),
        ({"parties": ["RUS"]}, True), ({"dyads": ["POL,RUS"]}, True), ({"dyads": ["RUS,POL"]}, False), ({"dyads": ["RUS,POL"], "directed": False}, True),
        ({"types": ["sanction"]}, True), ({"types": ["SANCTION/expel"]}, True), ({"types": ["SANCTION/withdraw"]}, False), ({"modes": ["expel"]}, True),
        ({"quads": [4]}, True), ({"quads": [1, 2]}, False), ({"statuses": ["actual"]}, True), ({"historical": True}, False), ({"sectors": ["GOV"]}, True),
        ({"start": "2018-03-26"}, True), ({"start": "2018-03-27"}, False), ({"end": "2018-03-26"}, True), ({"end": "2018-03-25"}, False),
        ({"text": "FOUR russian"}, True), ({"text": "five"}, False), ({"min_confidence": 0.9}, True), ({"max_confidence": 0.9}, False),
        ({"contexts": ["diplomatic"]}, True), ({"places": ["POL"]}, False), ({"sources": ["Example Wire"]}, True), ({"min_sources": 3}, False),
    ],
)  # fmt: skip
def test_a_condition_means_what_it_says(conditions: dict[str, object], meant: bool) -> None:
    assert make_filter(**conditions).matches(made(), Facts(source="Example Wire", incident="i", independent=2)) is meant


def test_open_dates_meet_every_day_on_their_open_side() -> None:
    before = made(date=Dating(start=None, end=dt.date(2018, 4, 3), precision="day", text="", text_start=0, text_end=0))
    assert make_filter(start="2018-04-01").matches(before)
    assert make_filter(end="2000-01-01").matches(before)
    assert not make_filter(start="2018-04-04").matches(before)
    assert not make_filter(start="2000-01-01").matches(made(date=None, report_date=None))


def test_a_summit_is_an_undirected_dyad_of_its_participants_but_two_recipients_are_none() -> None:
    both = (party("Poland", "POL", 0), party("Germany", "DEU", 9))
    undirected = make_filter(dyads=["DEU,POL"], directed=False)
    assert undirected.matches(made(actors=both, recipients=()))
    assert not undirected.matches(made(actors=(), recipients=both))
    assert not make_filter(dyads=["POL,POL"], directed=False).matches(made(actors=both[:1], recipients=()))


@pytest.mark.parametrize(
    ("conditions", "says"),
    [
        ({"actors": ["RSU"]}, "no such country: 'RSU'; a name goes in as name=RSU"),
        ({"actors": ["RUS/XXX"]}, "no such sector"), ({"actors": ["*"]}, "everybody"),
        ({"actors": ["name="]}, "no name"), ({"dyads": ["RUS"]}, "not a dyad"), ({"dyads": ["RUS,"]}, "not a dyad"), ({"types": ["WAR"]}, "no such event type"),
        ({"types": ["SANCTION/drone"]}, "has no mode 'drone'"), ({"modes": ["xx"]}, "no such mode"), ({"quads": [5]}, "choose from 1, 2, 3, 4"),
        ({"statuses": ["real"]}, "choose from actual, announced"), ({"contexts": ["x"]}, "no such context"), ({"sectors": ["govt"]}, "no such sector"),
        ({"places": ["UK"]}, "no such country"), ({"start": "2018-02-30"}, "not a filter"), ({"start": "2018-03-02", "end": "2018-03-01"}, "no day is both"),
        ({"min_confidence": 80}, "between 0 and 1"), ({"min_confidence": 0.9, "max_confidence": 0.1}, "no confidence is both"),
        ({"min_sources": 0}, "one source"),
        ({"text": ""}, "give 1 to 1000"), ({"text": "a\0"}, "no report can"), ({"actor": ["POL"]}, "unknown field"), ({"quads": ["1"]}, "Expected `int`"),
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_meant_is_refused_with_the_reason(conditions: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make_filter(**conditions)
    assert says in str(caught.value)


def test_a_filter_survives_json() -> None:
    chosen = make_filter(start="2018-03-01", dyads=["RUS,POL"], directed=False, quads=[3, 4], text="“four”")
    assert msgspec.json.decode(msgspec.json.encode(chosen), type=EventFilter) == chosen


def test_parties_read_as_they_are_written() -> None:
    assert (parse_party("RUS/MIL").country, parse_party("RUS/MIL").sector) == ("RUS", "MIL")
    assert parse_party("Wagner Group").name == "wagner group"
    assert parse_dyad("RUS , name=PKK")[1].name == "pkk"
    assert lower("ÀB") == "Àb"


# Queries, on a store that was filled as ingestion fills it.


def told_by(given_id: str, source: str, day: int, event: Event, *, text: str | None = None) -> CodedReport:
    report = Report(id=given_id, text=text or f"{event.text} So says {source} in report {given_id}.", date=dt.date(2018, 3, day), source=source)
    key = content_id("report", report.text, report.date, report.title, report.url, report.source)
    own = msgspec.structs.replace(report, id=key)
    coded = msgspec.structs.replace(event, id=content_id(key, event.type, event.trigger.start), report_id=key, report_date=report.date)
    return CodedReport(incoming=Incoming(report=own, where="here", given_id=given_id), sentences=(), events=[coded])


def filled(store: Store, coded: Sequence[CodedReport], *, coder: str = "dragoman 0.1.0 model 1 abc", keep_text: bool = True) -> Run:
    run = start_run(store, "ingest", coder, {}, keep_text=keep_text)
    write_batch(store, run, Batch(coded=list(coded)))
    return run


def answer() -> Event:
    text = "Russia threatened Germany with a halt of all talks."
    return made(
        text=text, trigger=Span(text="threatened", start=7, end=17), type="THREATEN", modes=("relations",), quad=3, scale=-3.5, cameo="1313",
        actors=(party("Russia", "RUS", 0),), recipients=(party("Germany", "DEU", 18),), date=None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def ledger(database: Store) -> Store:
    """Two reports of one expulsion, one of an answer."""
    filled(database, [told_by("a", "Example Wire", 26, made()), told_by("b", "The Daily Example", 27, made()), told_by("c", "Example Wire", 29, answer())])
    return database


def test_events_come_by_day_with_what_their_report_adds(ledger: Store) -> None:
    items = list(q.find_events(ledger, EventFilter()))
    assert [(item.event.type, item.source) for item in items[2:]] == [("THREATEN", "Example Wire")]
    assert {item.source for item in items[:2]} == {"Example Wire", "The Daily Example"}
    assert all(item.report_sha256 and item.characters and item.added for item in items)
    assert all(chosen.matches(item.event, q.facts_of(item)) for chosen in [EventFilter()] for item in items)


def test_pages_follow_one_another_without_gap_or_repetition(ledger: Store) -> None:
    wanted = [item.event.id for item in q.find_events(ledger, EventFilter())]
    found: list[str] = []
    cursor = None
    while True:
        page = q.events_page(ledger, EventFilter(), size=1, after=cursor)
        found += [item.event.id for item in page.items]
        if (cursor := page.next) is None:
            break
    assert found == wanted
    assert q.count_events(ledger, EventFilter()) == len(wanted)
    with pytest.raises(ConfigError, match="cursor"):
        q.events_page(ledger, EventFilter(), size=1, after="x")


def test_an_incident_is_found_by_any_of_its_events(ledger: Store) -> None:
    found = list(q.find_incidents(ledger, make_filter(sources=["The Daily Example"])))
    assert [(incident.type, len(incident.events), incident.independent) for incident in found] == [("SANCTION", 2, 2)]
    assert not list(q.find_incidents(ledger, make_filter(actors=["USA"])))
    assert len(list(q.find_incidents(ledger, EventFilter()))) == 2


def test_an_act_is_told_once_and_mentioned_by_each_report(ledger: Store) -> None:
    acts = list(q.find_acts(ledger, EventFilter()))
    assert sorted((act.event.type, act.mentions, act.articles, act.sources) for act in acts) == [("SANCTION", 2, 2, 2), ("THREATEN", 1, 1, 1)]
    mentions = list(q.find_mentions(ledger, make_filter(types=["SANCTION"])))
    (lead,) = {item.lead.id for item in mentions if item.lead}
    assert len(mentions) == 2
    assert lead in {item.event.id for item in mentions}


def test_the_most_real_and_earliest_account_stands_for_an_act() -> None:
    from dragoman.formats.item import Item

    told = [
        Item(event=made(id="1", report_date=dt.date(2018, 3, 20), status=Status.PLANNED)),
        Item(event=made(id="2", report_date=dt.date(2018, 3, 28))),
        Item(event=made(id="3", report_date=dt.date(2018, 3, 26))),
        Item(event=made(id="4", report_date=dt.date(2018, 3, 1), historical=True)),
    ]
    assert q.lead_of(told).event.id == "3"


def test_min_sources_asks_for_the_incidents_sources(ledger: Store) -> None:
    assert {item.event.type for item in q.find_events(ledger, make_filter(min_sources=2))} == {"SANCTION"}


def test_coverage_counts_the_reports_of_each_day(ledger: Store) -> None:
    assert q.coverage(ledger) == {dt.date(2018, 3, 26): 1, dt.date(2018, 3, 27): 1, dt.date(2018, 3, 29): 1}


@pytest.mark.parametrize("layout", [name for name in NAMES if name != "tombstones"])
def test_every_layout_is_written_from_either_database(ledger: Store, tmp_path: Path, layout: str) -> None:
    tally = export_store(ledger, tmp_path / "out", layout=layout)
    assert tally.rows
    assert not checked(tmp_path / "out", layout, tally).problems


def test_a_bundle_is_whole_on_either_database(ledger: Store, tmp_path: Path) -> None:
    export_bundle(ledger, tmp_path / "b", layouts=["csv", "panel", "incidents"], chosen=make_filter(parties=["POL"]))
    assert not list(check_bundle(tmp_path / "b"))


def test_what_is_exported_with_text_is_what_the_store_holds(ledger: Store, tmp_path: Path) -> None:
    export_store(ledger, tmp_path / "out", layout="jsonl", options=ExportOptions(with_text=True))
    assert [event_of(row) for row in read_export(tmp_path / "out", "jsonl")] == [item.event for item in q.find_events(ledger, EventFilter())]


def test_coding_anew_leaves_tombstones_and_new_events(database: Store, tmp_path: Path) -> None:
    store = open_store(tmp_path / "own.db") if database.is_sqlite else database
    first = told_by("t", "Example Post", 20, made(actors=(Actor(text="Romania", start=0, end=7, name="Romania", country="ROU", sector="GOV"),)))
    run = filled(store, [first])
    since = q.time_of(store, str(run.id))
    again = msgspec.structs.replace(first.events[0], id="f" * 16, coder="dragoman 9 model 9 abc")
    filled(store, [CodedReport(incoming=first.incoming, sentences=(), events=[again])], coder="dragoman 9 model 9 abc")
    mine = make_filter(actors=["ROU"])
    assert [item.event.id for item in q.find_events(store, mine)] == ["f" * 16]
    assert len(list(q.find_events(store, mine, history=True))) == 2
    assert {item.event.id for item in q.find_new(store, mine, since)} >= {"f" * 16}
    late = max(item.added for item in q.find_events(store, mine) if item.added)
    gone = list(q.find_tombstones(store, late.strftime("%Y-%m-%dT%H:%M:%S.%fZ")))
    assert [tombstone.event.id for tombstone in gone] == [first.events[0].id]
    if store is not database:
        store.close()


def test_since_reads_runs_days_and_moments(ledger: Store) -> None:
    assert q.time_of(ledger, "2026-11-01") == "2026-11-01T00:00:00.000000Z"
    assert q.time_of(ledger, "2026-11-01T02:00:00+02:00") == "2026-11-01T00:00:00.000000Z"
    with pytest.raises(ConfigError, match="no such run"):
        q.time_of(ledger, "999")
    with pytest.raises(InputError, match="neither"):
        q.time_of(ledger, "last week")


def test_a_store_without_text_says_so_instead_of_finding_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "bare.db")
    filled(store, [told_by("a", "Example Wire", 26, made())], keep_text=False)
    with pytest.raises(ConfigError, match="keeps no text"):
        list(q.find_events(store, make_filter(text="expelled")))
    (item,) = q.find_events(store, EventFilter())
    assert (item.event.text, item.text_end) == ("", len(TEXT))
    with pytest.raises(ConfigError, match="without --with-text"):
        export_store(store, tmp_path / "out", layout="csv", options=ExportOptions(with_text=True))
    for layout in NAMES:
        if layout != "tombstones":
            assert not checked(tmp_path / "out", layout, export_store(store, tmp_path / "out", layout=layout)).problems, layout
    export_store(store, tmp_path / "out", layout="csv")
    (row,) = read_export(tmp_path / "out", "csv")
    assert (row["text_end"], row["text_sha256"], len(row["report_sha256"])) == (str(len(TEXT)), None, 64)
    store.close()
