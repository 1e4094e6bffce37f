"""Every layout: exact columns, round trips, and validators that see what is wrong."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.errors import ConfigError, InputError
from dragoman.formats import codes
from dragoman.formats.export import LAYOUTS, NAMES, Tally, check_export, export, export_lines, export_panel, read_export
from dragoman.formats.flat import COLUMNS, CSV, values
from dragoman.formats.gdelt import GDELT, GDELT_MENTIONS
from dragoman.formats.icews import ICEWS
from dragoman.formats.item import Item, day_of, pairs_of, text_hash
from dragoman.formats.jsonlines import JSONL, PLOVER, PloverRecord, event_of, plover_record
from dragoman.formats.layout import Cell, Layout, Problem, clean, joined, plain, split_list
from dragoman.formats.panel import PANEL, PanelOptions, Period, label, make_panel
from dragoman.formats.polecat import POLECAT
from dragoman.ontology.mappings import load_cameo
from dragoman.records import Actor, Dating, Event, Span, Status
from dragoman.resolve.actors import resolve_actor
from tests.strategies import NASTY, items

TEXT = "Poland expelled four Russian diplomats on Monday."
FAST = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def made(**changes: object) -> Event:
    """An event of which only what a test is about is unusual."""
    fields: dict[str, object] = {
        "id": "00ab", "report_id": "r1", "report_date": dt.date(2018, 3, 26), "sentence": 0, "text": TEXT, "sentence_start": 0,
        "trigger": Span(text="expelled", start=7, end=15), "type": "SANCTION", "modes": ("expel",), "contexts": ("diplomatic",), "quad": 4,
        "scale": -5.5, "cameo": "166", "actors": (party("Poland", "POL", 0),), "recipients": (party("four Russian diplomats", "RUS", 16),),
        "status": Status.ACTUAL, "historical": False, "count": None, "dead": None, "injured": None, "arrested": None,
        "date": Dating(start=dt.date(2018, 3, 26), end=dt.date(2018, 3, 26), precision="day", text="on Monday", text_start=39, text_end=48),
        "deadline": None, "place": None, "reason": None, "attribution": (), "joint": None, "response_to": (), "confidence": 0.91, "coder": "c",
    }  # fmt: skip
    return Event(**(fields | changes))  # type: ignore[arg-type]


def party(text: str, country: str | None, start: int, sector: str | None = "GOV") -> Actor:
    names = {"POL": "Poland", "RUS": "Russia", "USA": "United States", "DEU": "Germany"}
    return Actor(text=text, start=start, end=start + len(text), name=names.get(country or ""), country=country, sector=sector)


def written(item: Item, layout: str, **options: bool) -> list[str]:
    return list(export_lines([item], layout, **options))


def row_of(item: Item, layout: Layout, **options: bool) -> dict[str, str | None]:
    lines = written(item, layout.name, **options)
    return next(layout.read(lines))


# What the field's files have, in their exact order.


def test_polecat_has_its_40_columns_with_a_header() -> None:
    header = written(Item(event=made()), "polecat")[0].split("\t")
    assert len(header) == 40
    assert header[:8] == ["Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name"]
    assert header[22:28] == ["Wikipedia Recipient ID", "Placename", "City", "District", "Province", "Country"]
    assert header[-3:] == ["Story Locations", "Language", "Version"]


def test_icews_has_its_20_columns_with_a_header() -> None:
    header = written(Item(event=made()), "icews")[0].split("\t")
    assert len(header) == 20
    assert header[4:8] == ["Source Country", "Event Text", "CAMEO Code", "Intensity"]
    assert header[-4:] == ["Province", "Country", "Latitude", "Longitude"]


def test_gdelt_has_61_and_16_columns_and_no_header() -> None:
    event, mention = written(Item(event=made()), "gdelt"), written(Item(event=made()), "gdelt-mentions")
    assert len(event) == len(mention) == 1
    assert (len(event[0].split("\t")), len(mention[0].split("\t"))) == (61, 16)
    assert (GDELT.names[25], GDELT.names[30], GDELT.names[51], GDELT.names[60]) == ("IsRootEvent", "GoldsteinScale", "ActionGeo_Type", "SOURCEURL")
    assert (GDELT_MENTIONS.names[6], GDELT_MENTIONS.names[11]) == ("SentenceID", "Confidence")


def test_polecat_writes_none_for_missing_and_joins_lists() -> None:
    event = made(modes=("expel", "withdraw"), contexts=("diplomatic", "legal"), recipients=(party("four", "RUS", 16), party("them", None, 30, None)))
    row = dict(zip(POLECAT.names, written(Item(event=event), "polecat")[1].split("\t"), strict=True))
    assert (row["Event Mode"], row["Contexts"]) == ("expel; withdraw", "diplomatic; legal")
    assert (row["Recipient Country"], row["Recipient COW"], row["Primary Recipient Sector"]) == ("RUS; None", "365; None", "GOV; None")
    assert (row["Wikipedia Actor ID"], row["Placename"], row["Source"]) == ("None", "None", "None")
    assert (row["Quad Code"], row["Intensity"]) == ("MATERIAL CONFLICT", "-5.5")


def test_cameo_layouts_keep_leading_zeros_and_carry_goldstein() -> None:
    item = Item(event=made(type="RETREAT", modes=("ceasefire",), quad=2, scale=7.5, cameo=None))
    icews, gdelt = row_of(item, ICEWS), row_of(item, GDELT)
    assert (icews["CAMEO Code"], icews["Intensity"], icews["Event Text"]) == ("0871", "9", "Declare truce, ceasefire")
    assert (gdelt["EventCode"], gdelt["EventBaseCode"], gdelt["EventRootCode"], gdelt["QuadClass"]) == ("0871", "087", "08", "2")
    assert gdelt["GoldsteinScale"] == "9"


def test_goldstein_scores_stand_in_no_other_layout() -> None:
    item = Item(event=made(cameo=None))
    score = str(int(load_cameo()["166"].goldstein))
    for name in ("polecat", "csv"):
        layout = LAYOUTS[name]
        assert isinstance(layout, Layout)
        assert score not in row_of(item, layout).values()
    assert PLOVER.row(item, False)["event_scale"] == -5.5


def test_gdelt_dates_actors_and_geography_are_in_its_own_codes() -> None:
    from dragoman.records import Place

    place = Place(name="Salisbury", country="GBR", admin1="ENG", lat=51.07, lon=-1.79, text="Salisbury", start=0, end=9)
    event = made(actors=(party("Romania", "ROU", 0),), recipients=(party("Kosovo", "KOS", 9),), place=place)
    row = row_of(Item(event=event), GDELT)
    assert (row["SQLDATE"], row["MonthYear"], row["Year"], row["FractionDate"]) == ("20180326", "201803", "2018", "2018.3178")
    assert (row["Actor1CountryCode"], row["Actor1Code"], row["Actor1Type1Code"], row["Actor2CountryCode"]) == ("ROM", "ROMGOV", "GOV", "KSV")
    assert (row["ActionGeo_Type"], row["ActionGeo_CountryCode"], row["ActionGeo_ADM1Code"]) == ("4", "UK", "UKENG")
    assert (row["ActionGeo_FullName"], row["ActionGeo_Lat"]) == ("Salisbury, ENG, United Kingdom", "51.07")


def test_gdelt_media_and_health_are_not_mixed_up() -> None:
    event = made(actors=(party("reporters", "POL", 0, "JRN"),), recipients=(party("doctors", "RUS", 9, "MED"),))
    row = row_of(Item(event=event), GDELT)
    assert (row["Actor1Type1Code"], row["Actor2Type1Code"]) == ("MED", "HLH")


def test_mentions_point_at_their_event_and_their_words() -> None:
    lead = made()
    told = made(id="00ac", report_id="r2", sentence=3, actors=(party("Warsaw", "POL", 40),), trigger=Span(text="x", start=60, end=61))
    event = row_of(Item(event=lead, incident="i1"), GDELT)
    mention = row_of(Item(event=told, lead=lead, incident="i1", url="https://example.org/1", characters=900), GDELT_MENTIONS)
    assert mention["GLOBALEVENTID"] == event["GLOBALEVENTID"]
    assert (mention["SentenceID"], mention["Actor1CharOffset"], mention["ActionCharOffset"]) == ("4", "40", "60")
    assert (mention["MentionType"], mention["MentionIdentifier"], mention["MentionDocLen"]) == ("1", "https://example.org/1", "900")
    assert mention["Confidence"] == "90"


def test_plover_has_the_fields_of_the_manual() -> None:
    row = PLOVER.row(Item(event=made()), True)
    assert (row["id"], row["date"], row["event"], row["mode"], row["quad_code"]) == ("00ab", "2018-03-26", "SANCTION", "expel", 4)
    known = {"code": "POL", "sector": "GOV", "entity_text": "Poland", "identifier_text": "Poland"}
    assert {name: value for name, value in row["actor"][0].items() if value is not None} == known
    assert row["text_info"] == {"sequence": 0, "start": 7, "end": 15, "text_story": None}
    assert list(row)[:-1] == [
        "id", "has_event", "date", "time", "enddate", "endtime", "actor", "recipient", "event", "event_loc", "event_text", "quad_code", "event_scale",
        "mode", "context", "link", "text", "text_info", "cite_info", "coder", "coded_date", "coded_time", "comment",
    ]  # fmt: skip
    assert list(row["actor"][0]) == [
        "code", "sector", "entity_text", "identifier_id", "identifier_text", "religion", "ethnicity", "office", "gender", "age",
    ]  # fmt: skip


def test_plover_names_an_unidentified_actor() -> None:
    row = PLOVER.row(Item(event=made(actors=())), False)
    assert [entity["sector"] for entity in row["actor"]] == ["UNK"]


@pytest.mark.parametrize(("status", "has"), [(Status.ACTUAL, True), (Status.ANNOUNCED, True), (Status.NEGATED, False), (Status.PLANNED, False)])
def test_plover_says_whether_there_was_an_event(status: Status, has: bool) -> None:
    assert PLOVER.row(Item(event=made(status=status)), False)["has_event"] is has


# One row an act, or one a pair.


def test_compound_actors_are_one_row_where_the_layout_has_lists() -> None:
    event = made(actors=(party("Poland", "POL", 0), party("Germany", "DEU", 8)))
    assert len(written(Item(event=event), "polecat")) == 2
    assert row_of(Item(event=event), CSV)["actor_countries"] == "POL; DEU"


def test_compound_actors_are_a_row_for_each_pair_where_the_layout_has_pairs() -> None:
    event = made(actors=(party("Poland", "POL", 0), party("Germany", "DEU", 8)))
    rows = list(ICEWS.read(written(Item(event=event), "icews")))
    assert [(row["Source Country"], row["Target Country"]) for row in rows] == [("Poland", "Russia"), ("Germany", "Russia")]
    assert len({row["Event ID"] for row in rows}) == 2


def test_a_summit_is_an_act_of_each_towards_the_other() -> None:
    both = (party("Poland", "POL", 0), party("Germany", "DEU", 8))
    pairs = pairs_of(made(type="CONSULT", modes=(), actors=both, recipients=()))
    assert [(one and one.country, other and other.country) for one, other in pairs] == [("POL", "DEU"), ("DEU", "POL")]


def test_an_act_towards_nobody_has_an_empty_target() -> None:
    row = row_of(Item(event=made(type="PROTEST", modes=("demo",), recipients=())), ICEWS)
    assert row["Target Name"] is row["Target Country"] is None


# What is left out, and why.


@pytest.mark.parametrize("layout", ["plover", "polecat", "icews", "gdelt", "gdelt-mentions"])
def test_an_act_that_did_not_happen_stays_out_of_layouts_that_cannot_say_so(layout: str) -> None:
    tally = Tally()
    denied = [Item(event=made(status=Status.NEGATED)), Item(event=made(historical=True))]
    lines = list(export_lines(denied, layout, tally=tally))
    assert lines == ([] if LAYOUTS[layout].head() is None else lines[:1])
    assert (tally.items, tally.rows, tally.left_out.total()) == (2, 0, 2)
    assert any("negated" in reason for reason in tally.left_out)
    assert len(list(export_lines(denied, layout, all_statuses=True))) - len(lines) == 2


@pytest.mark.parametrize("layout", ["plover", "polecat", "icews", "gdelt"])
def test_an_act_without_any_date_is_left_out_with_its_reason(layout: str) -> None:
    tally = Tally()
    list(export_lines([Item(event=made(date=None, report_date=None))], layout, tally=tally))
    assert tally.left_out == Counter({"neither the act nor its report has a date": 1})


def test_own_layouts_keep_every_status() -> None:
    denied = Item(event=made(status=Status.NEGATED))
    assert row_of(denied, CSV)["status"] == "negated"
    assert json.loads(written(denied, "jsonl")[0])["status"] == "negated"


# Text is written when asked for alone.


@pytest.mark.parametrize("layout", [name for name in NAMES if name not in ("panel", "parquet")])
def test_no_word_of_the_report_is_written_unasked(layout: str) -> None:
    secret = "Zyxwvut"
    event = made(
        text=f"{secret} expelled", trigger=Span(text=f"{secret}1", start=0, end=8), actors=(Actor(text=f"{secret}2", start=0, end=8, country="POL"),),
        reason=Span(text=f"{secret}3", start=0, end=8),
    )  # fmt: skip
    assert secret not in "\n".join(written(Item(event=event, title=secret), layout))


def test_offsets_and_hashes_stand_in_for_the_words() -> None:
    row = json.loads(written(Item(event=made()), "jsonl")[0])
    assert row["text_sha256"] == text_hash(TEXT)
    assert row["trigger"] == {"start": 7, "end": 15, "text_sha256": text_hash("expelled")}
    assert (row["actors"][0]["start"], row["actors"][0]["end"]) == (0, 6)
    flat = row_of(Item(event=made()), CSV)
    assert (flat["text_sha256"], flat["text"], flat["actor_spans"]) == (text_hash(TEXT), None, "0-6")


def test_text_is_written_on_demand() -> None:
    assert row_of(Item(event=made()), CSV, with_text=True)["text"] == TEXT
    assert event_of(json.loads(written(Item(event=made()), "jsonl", with_text=True)[0])) == made()


# Spreadsheets, separators, control characters.


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "'=1", "''=1", "\uff1d1", "\t=1"])
def test_no_cell_of_a_csv_is_a_formula(text: str) -> None:
    item = Item(event=made(), source=text)
    cells = next(csv.reader([written(item, "csv")[1]]))
    assert cells[CSV.names.index("source")].startswith("'")
    assert row_of(item, CSV)["source"] == clean(text)


def test_a_negative_number_is_no_formula() -> None:
    assert next(csv.reader([written(Item(event=made()), "csv")[1]]))[CSV.names.index("scale")] == "-5.5"


@given(NASTY)
def test_clean_text_stays_on_one_line_and_in_one_cell(text: str) -> None:
    flat = clean(text)
    assert not set(flat) & set("\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029\x00")
    assert clean(flat) == flat


@given(st.lists(NASTY.filter(lambda text: clean(text) != ""), min_size=1, max_size=4))
def test_a_list_in_a_cell_comes_apart_into_its_values(values: list[str]) -> None:
    parts = split_list(joined(values))
    assert len(parts) == len(values)
    assert parts == [clean(value).replace(";", ",") for value in values]


# Round trips.


@pytest.mark.parametrize("layout", [CSV, POLECAT, ICEWS, GDELT, GDELT_MENTIONS], ids=lambda layout: layout.name)
@FAST
@given(item=items(), with_text=st.booleans())
def test_a_delimited_row_reads_back_as_it_was_written(layout: Layout, item: Item, with_text: bool) -> None:
    if layout.why_not and layout.why_not(item):
        return
    lines = list(export_lines([item], layout.name, with_text=with_text, all_statuses=True))
    found = list(layout.scan(line + "\n" for line in lines))
    assert not [problem for problem in found if isinstance(problem, Problem)]
    wanted = list(layout.rows(item, with_text))
    assert len(found) == len(wanted)
    for got, row in zip(found, wanted, strict=True):
        assert isinstance(got, dict)
        for name in layout.names:
            assert got[name] == as_read(row.get(name), layout), name


def as_read(value: Cell, layout: Layout) -> str | None:
    """What a reader should see: text on one line, numbers and dates as text, nothing for the layout's word for missing."""
    found = value if value is None else clean(value) if isinstance(value, str) else plain(value)
    return None if found in ("", layout.missing) else found


@FAST
@given(item=items())
def test_a_record_reads_back_from_its_line_with_text(item: Item) -> None:
    (row,) = JSONL.read([next(JSONL.lines(item, with_text=True))])
    assert event_of(row) == item.event


@FAST
@given(item=items())
def test_a_line_without_text_is_right_and_keeps_the_rest(item: Item) -> None:
    (row,) = JSONL.read([next(JSONL.lines(item))])
    assert (row["id"], row["type"], row["confidence"]) == (item.event.id, item.event.type, item.event.confidence)
    with pytest.raises(InputError, match="no text"):
        event_of(row)


@FAST
@given(item=items(), with_text=st.booleans())
def test_plover_reads_back(item: Item, with_text: bool) -> None:
    lines = list(export_lines([item], "plover", with_text=with_text, all_statuses=True))
    rows = [msgspec.convert(row, PloverRecord) for row in PLOVER.read(lines)]
    assert rows == ([plover_record(item, with_text)] if day_of(item.event) else [])


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(many=st.lists(items(), max_size=5, unique_by=lambda item: item.event.id), with_text=st.booleans())
def test_parquet_reads_back_typed(tmp_path_factory: pytest.TempPathFactory, many: list[Item], with_text: bool) -> None:
    path = tmp_path_factory.mktemp("parquet") / "it's events.parquet"
    assert export(many, path, layout="parquet", with_text=with_text).rows == len(many)
    found = list(read_export(path, "parquet"))
    assert [row["id"] for row in found] == [item.event.id for item in many]
    for row, item in zip(found, many, strict=True):
        wanted = values(item, with_text)
        assert row["day"] == wanted["day"]
        assert row["scale"] == wanted["scale"]
        assert row["actor_countries"] == wanted["actor_countries"]
        assert row["text"] == (clean(wanted["text"]) if with_text else None)
    assert [path.name for path in path.parent.iterdir()] == [path.name]


def test_a_lone_surrogate_breaks_no_layout(tmp_path: Path) -> None:
    item = Item(event=made(text="\ud800 expelled", trigger=Span(text="expelled", start=2, end=10)), source="a\udfffb")
    for name in NAMES:
        if name != "panel":
            path = tmp_path / name
            export([item], path, layout=name, with_text=True)
            assert not check_export(path, name).problems, name


def test_a_packed_export_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    one, two = tmp_path / "a.csv.gz", tmp_path / "b.csv.gz"
    for path in (one, two):
        export([Item(event=made())], path, layout="csv")
    assert gzip.decompress(one.read_bytes()) == gzip.decompress(two.read_bytes())
    assert check_export(one, "csv").rows == 1


# Validators see what is wrong.


@pytest.mark.parametrize(
    ("layout", "break_it", "says"),
    [
        ("polecat", lambda text: text.replace("\tSANCTION\t", "\tSANCTION\t\t"), "41 columns, not 40"),
        ("polecat", lambda text: text.replace("Event Type", "Type"), "column 3 is 'Type', not 'Event Type'"),
        ("polecat", lambda text: text.replace("2018-03-26", "26/03/2018", 1), "is no date"),
        ("icews", lambda text: text.replace("\t166\t", "\t66\t"), "no CAMEO code; a lost leading zero?"),
        ("icews", lambda text: text + text.splitlines()[1] + "\n", "stands in an earlier line too"),
        ("gdelt", lambda text: text.replace("\t16\t4\t", "\t16\t2\t"), "does not go with the code 166"),
        ("gdelt", lambda text: text.replace("\t20180326\t", "\t20180230\t"), "is no compactdate"),
        ("gdelt-mentions", lambda text: text.replace("20180326000000", "2018032600", 1), "does not have the form"),
        ("csv", lambda text: text.replace(",SANCTION,", ",SANCTIONS,"), "is not one of"),
        ("csv", lambda text: text[:-9], "cut short"),
        ("csv", lambda text: text.replace(",POL,", ',"POL\r",', 1), "control character"),
        ("jsonl", lambda text: text.replace('"quad":4', '"quad":"4"'), "not an event record"),
        ("jsonl", lambda text: text.replace('"modes"', '"mode"'), "it is missing"),
        ("jsonl", lambda text: text[:-20] + "\n", "no JSON"),
        ("plover", lambda text: text.replace('"quad_code":4', '"quad_code":3'), "is not the quad of SANCTION"),
        ("plover", lambda text: text.replace('"expel"', '"drone"'), "has no mode 'drone'"),
    ],
)
def test_a_validator_names_the_fault(tmp_path: Path, layout: str, break_it: object, says: str) -> None:
    path = tmp_path / "file"
    export([Item(event=made())], path, layout=layout)
    assert not check_export(path, layout).problems
    text = path.read_text("utf-8")
    broken = break_it(text)  # type: ignore[operator]
    assert broken != text
    path.write_text(broken, "utf-8", newline="\n")
    assert any(says in str(problem) for problem in check_export(path, layout).problems)


@pytest.mark.parametrize("layout", [name for name in NAMES if name not in ("panel", "incidents", "tombstones")])
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_damage_to_a_file_is_more_than_a_fault(tmp_path_factory: pytest.TempPathFactory, layout: str, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("damage") / "file"
    export([Item(event=made(), source="Example Wire")], path, layout=layout)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))])
    with suppress(InputError):
        assert len(check_export(path, layout).problems) <= 100


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_damage_to_a_packed_file_is_more_than_a_fault(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("damage") / "file.csv.gz"
    export([Item(event=made())], path, layout="csv")
    raw = bytearray(path.read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))])
    with suppress(InputError):
        check_export(path, "csv")


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"caf\xe9\n")
    assert "not UTF-8" in str(check_export(path, "csv").problems[0])


def test_a_shifted_trigger_is_found() -> None:
    row = json.loads(written(Item(event=made()), "jsonl", with_text=True)[0])
    row["trigger"]["start"] += 1
    (problem,) = JSONL.scan([json.dumps(row)])
    assert isinstance(problem, Problem)
    assert problem.column == "trigger"


def test_parquet_of_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 but not really PAR1")
    with pytest.raises(InputError):
        check_export(path, "parquet")


def test_an_unknown_layout_is_refused_with_the_choices() -> None:
    with pytest.raises(ConfigError, match="choose from jsonl, csv"):
        list(export_lines([], "acled"))


# Panels.


def panel_rows(many: list[Event], **options: object) -> list[dict[str, str | None]]:
    coverage = {dt.date(2018, 3, day): 2 for day in range(20, 29)}
    made_panel = make_panel([Item(event=event) for event in many], PanelOptions(**options), coverage)  # type: ignore[arg-type]
    lines = [str(PANEL.head()), *(PANEL.line(row) for row in made_panel.rows())]
    return list(PANEL.read(lines))


def test_a_panel_writes_zeros_out_and_says_where_they_mean_something() -> None:
    rows = panel_rows([made()], period=Period.DAY, since=dt.date(2018, 3, 25), until=dt.date(2018, 3, 30))
    assert [row["events"] for row in rows] == ["0", "1", "0", "0", "0", "0"]
    assert [row["covered"] for row in rows] == ["true", "true", "true", "true", "false", "false"]
    assert [row["mean_scale"] for row in rows] == [None, "-5.5", None, None, None, None]


def test_a_panel_carries_the_codes_that_r_users_join_on() -> None:
    (row,) = panel_rows([made(recipients=(party("Germany", "DEU", 9),))], period=Period.MONTH)
    assert (row["actor_iso3"], row["actor_cow"], row["actor_cowc"], row["actor_gw"]) == ("POL", "290", "POL", "290")
    assert (row["recipient_iso3"], row["recipient_cow"], row["recipient_gw"]) == ("DEU", "255", "260")
    assert (row["period"], row["period_start"], row["period_end"]) == ("2018-03", "2018-03-01", "2018-03-31")
    assert (row["days"], row["days_covered"], row["reports"]) == ("9", "9", "18")


def test_an_undirected_panel_adds_both_directions_up() -> None:
    back = made(id="00ac", actors=(party("Russia", "RUS", 0),), recipients=(party("Poland", "POL", 9),))
    directed, undirected = panel_rows([made(), back]), panel_rows([made(), back], directed=False)
    assert [(row["actor"], row["recipient"], row["events"]) for row in directed] == [("POL", "RUS", "1"), ("RUS", "POL", "1")]
    assert [(row["actor"], row["recipient"], row["events"]) for row in undirected] == [("POL", "RUS", "2")]


def test_asked_dyads_stand_in_the_panel_without_any_act() -> None:
    rows = panel_rows([made()], dyads=(("USA", "RUS"), ("POL", "RUS")))
    assert [(row["actor"], row["events"]) for row in rows] == [("POL", "1"), ("USA", "0")]


def test_an_act_dated_by_the_month_is_in_no_day_but_in_its_month() -> None:
    vague = Dating(start=dt.date(2018, 3, 1), end=dt.date(2018, 3, 31), precision="month", text="in March", text_start=0, text_end=8)
    coverage = {dt.date(2018, 3, 1): 1, dt.date(2018, 3, 31): 1}
    by_day = make_panel([Item(event=made(date=vague))], PanelOptions(period=Period.DAY), coverage)
    assert by_day.left_out == Counter({"the act is dated more coarsely than a day": 1})
    assert panel_rows([made(date=vague)], period=Period.MONTH, since=dt.date(2018, 3, 1))[0]["events"] == "1"


def test_domestic_acts_and_denied_ones_are_left_out_with_their_reasons() -> None:
    at_home = made(recipients=(party("opponents", "POL", 9),))
    coverage = {dt.date(2018, 3, 26): 1}
    found = make_panel([Item(event=at_home), Item(event=made(status=Status.NEGATED))], PanelOptions(), coverage)
    assert found.left_out.total() == 2
    assert not found.pairs


@pytest.mark.parametrize(
    ("day", "period", "name"),
    [
        ("2018-12-31", Period.WEEK, "2019-W01"),
        ("2021-01-01", Period.WEEK, "2020-W53"),
        ("2018-03-01", Period.MONTH, "2018-03"),
        ("2018-01-01", Period.YEAR, "2018"),
    ],
)
def test_periods_are_named_as_iso_8601_does(day: str, period: Period, name: str) -> None:
    from dragoman.formats.panel import first_day

    assert label(first_day(dt.date.fromisoformat(day), period), period) == name


def test_a_panel_that_cannot_be_meant_is_refused() -> None:
    with pytest.raises(ConfigError, match="no days"):
        make_panel([], PanelOptions(), {})
    with pytest.raises(ConfigError, match="more than"):
        make_panel([], _huge(), {})


def _huge() -> PanelOptions:
    codes_ = [f"{a}{b}{c}" for a in "ABCD" for b in "ABCDEFG" for c in "ABCDEFGHIJ"]
    return PanelOptions(dyads=tuple((one, "RUS") for one in codes_), since=dt.date(1000, 1, 1), until=dt.date(1999, 12, 31), period=Period.DAY)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(many=st.lists(items(), max_size=4), period=st.sampled_from(Period), directed=st.booleans())
def test_a_panel_counts_every_act_once_for_each_of_its_pairs(many: list[Item], period: Period, directed: bool) -> None:
    coverage = {dt.date(2018, 1, 1) + dt.timedelta(days): 1 for days in range(90)}
    options = PanelOptions(period=period, directed=directed)
    found = make_panel(many, options, coverage)
    buffer = io.StringIO()
    tally = export_panel(many, buffer, options=options, coverage=coverage)
    rows = list(PANEL.read(io.StringIO(buffer.getvalue())))
    assert tally.rows == len(rows) == len(found.pairs) * len(found.periods)
    assert sum(int(row["events"] or 0) for row in rows) == sum(one.quads.total() for one in found.sums.values())


# Codes.


def test_every_country_with_codes_is_known_to_the_actor_tables_by_its_name() -> None:
    # Antarctica and Western Sahara are places; nobody acts for them.
    found = {code: resolve_actor(one.name).country for code, one in codes.load_countries().items() if code not in ("ATA", "ESH")}
    assert {code: country for code, country in found.items() if country != code} == {}


@pytest.mark.parametrize(
    ("code", "day", "cow", "gw"),
    [
        ("DEU", "1985-01-01", "260", "260"), ("DEU", "2018-01-01", "255", "260"), ("SRB", "2018-01-01", "345", "340"), ("YEM", "2018-01-01", "679", "678"),
        ("SSD", "2010-01-01", None, None), ("KOS", "2018-01-01", "347", "347"), ("HKG", "2018-01-01", None, None), ("USA", "2018-01-01", "2", "2"),
    ],
)  # fmt: skip
def test_state_numbers_are_those_of_the_day(code: str, day: str, cow: str | None, gw: str | None) -> None:
    date = dt.date.fromisoformat(day)
    assert (codes.cow(code, date), codes.gw(code, date)) == (cow, gw)


def test_kosovo_alone_has_another_code_in_iso() -> None:
    assert [one.code for one in codes.load_countries().values() if one.code != one.iso3] == ["KOS"]


def test_formats_import_neither_duckdb_nor_sqlalchemy() -> None:
    code = "import sys, dragoman.cli, dragoman.formats.export; sys.exit(any(name in sys.modules for name in ('duckdb', 'sqlalchemy', 'alembic')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_flat_columns_are_documented() -> None:
    assert all(column.doc for column in COLUMNS)
    assert all(column.doc for column in PANEL.columns)
