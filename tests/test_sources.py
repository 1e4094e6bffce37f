"""Sources: every kind is read, and whatever is broken comes out with its reason, in bounded time and memory."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
import time
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dragoman.errors import ConfigError, InputError
from dragoman.sources import Found, Known, Rejected, RejectKind, SourceError, SourceOptions, find_reports, parse_columns
from dragoman.sources.encoding import decode
from dragoman.sources.parser import Parser
from dragoman.sources.read import guess_kind

FIRST = "Poland expelled four Russian diplomats on Monday, the foreign ministry said."
SECOND = "Russia said that it would answer the decision of the Polish government in kind."
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Warsaw acts</title>
<meta property="article:published_time" content="2018-03-26T10:00:00Z"><meta property="og:site_name" content="The Paper">
</head><body><nav><a href="/">Home</a></nav><article><h1>Warsaw acts</h1><p>{FIRST}</p><p>{SECOND}</p></article></body></html>""".encode()
FEED = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>
<item><title>One</title><guid>a1</guid><link>http://example.org/1</link><pubDate>Mon, 26 Mar 2018 10:00:00 GMT</pubDate>
<description>&lt;p&gt;{FIRST}&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</description></item>
<item><title>Two</title><link>http://example.org/2</link><description>{SECOND}</description></item></channel></rss>""".encode()
ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title><entry><id>x</id><title>One</title>
<updated>2018-03-26T10:00:00Z</updated><content type="html">{FIRST}</content></entry></feed>""".encode()
ROWS = [{"id": "1", "text": FIRST, "date": "2018-03-26"}, {"id": "2", "text": SECOND, "date": "2018-03-27"}]
JSONL = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
CSV = f'id,text,date\n1,"{FIRST}",2018-03-26\n2,"{SECOND}",2018-03-27\n'.encode()
# Far above what is needed: what is claimed is that it comes to an end.
SECONDS, MEGABYTES = 600.0, 300


def read(path: Path, **options: Any) -> list[Any]:
    return list(find_reports([str(path)], SourceOptions(**options)))


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def texts(items: list[Any]) -> list[str]:
    return [item.report.text for item in items if isinstance(item, Found)]


def rejects(items: list[Any]) -> list[Rejected]:
    return [item for item in items if isinstance(item, Rejected)]


def response(body: bytes, *, url: str = "http://example.org/x", status: str = "200 OK", media: str = "text/html; charset=utf-8") -> bytes:
    """A WARC record of an HTTP response."""
    http = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2018-03-26T10:00:00Z\r\n"
    return f"{head}Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n".encode() + http + b"\r\n\r\n"


def warc(pages: int = 3, *, packed: bool = True) -> bytes:
    """An archive of pages that differ in a word."""
    records = [response(PAGE.replace(b"four", word), url=f"http://example.org/{number}") for number, word in enumerate([b"four", b"five", b"six"][:pages])]
    return b"".join(gzip.compress(record, mtime=0) if packed else record for record in records)


def parquet(folder: Path) -> bytes:
    path = folder / "made.parquet"
    duckdb.sql("SELECT 1 AS id, $text AS text, DATE '2018-03-26' AS date", params={"text": FIRST}).write_parquet(str(path))
    return path.read_bytes()


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One good file of each kind."""
    return {
        "a.txt": FIRST.encode(), "a.html": PAGE, "a.rss": FEED, "a.atom": ATOM, "a.jsonl": JSONL, "a.csv": CSV, "a.jsonl.gz": gzip.compress(JSONL),
        "a.csv.zst": zstandard.compress(CSV), "a.parquet": parquet(tmp_path_factory.mktemp("parquet")), "a.warc": warc(packed=False), "a.warc.gz": warc(),
    }  # fmt: skip


KINDS = ("a.txt", "a.html", "a.rss", "a.atom", "a.jsonl", "a.csv", "a.jsonl.gz", "a.csv.zst", "a.parquet", "a.warc", "a.warc.gz")


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_read_by_its_name_and_by_its_content(samples: dict[str, bytes], tmp_path: Path, name: str) -> None:
    by_name = read(put(tmp_path, name, samples[name]))
    assert rejects(by_name) == []
    assert any(FIRST in text for text in texts(by_name))
    if not name.startswith("a.csv"):  # nothing tells a table without a name from a text
        by_content = read(put(tmp_path, "nameless", samples[name]))
        assert texts(by_content) == texts(by_name)


def test_a_page_gives_title_date_and_site(tmp_path: Path) -> None:
    (found,) = read(put(tmp_path, "a.html", PAGE))
    assert (found.report.title, found.report.date, found.report.source) == ("Warsaw acts", dt.date(2018, 3, 26), "The Paper")
    assert "Home" not in found.report.text


def test_a_feed_gives_an_entry_a_report_without_its_markup(tmp_path: Path) -> None:
    one, two = read(put(tmp_path, "a.xml", FEED), date=dt.date(2018, 1, 1))
    assert (one.report.id, one.report.text, one.report.date, one.report.source) == ("a1", FIRST, dt.date(2018, 3, 26), "Wire")
    assert (two.report.url, two.report.date) == ("http://example.org/2", dt.date(2018, 1, 1))


def test_an_archive_gives_address_and_offset(tmp_path: Path) -> None:
    items = read(put(tmp_path, "a.warc.gz", warc()))
    assert [item.report.url for item in items] == [f"http://example.org/{number}" for number in range(3)]
    assert [item.where.rpartition("@")[0] for item in items] == [str(tmp_path / "a.warc.gz")] * 3


def test_a_page_that_was_read_before_is_not_parsed_again(tmp_path: Path) -> None:
    path = put(tmp_path, "a.html", PAGE)
    (found,) = read(path)
    (known,) = read(path, known=lambda page: page == found.page)
    assert isinstance(known, Known)
    assert isinstance(read(path, known=lambda page: page == found.page, source="Other")[0], Found)


@pytest.mark.parametrize("name", ["t.jsonl", "t.csv", "t.tsv", "t.parquet"])
def test_columns_are_mapped(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    row = {"key": 7, "body": FIRST, "day": "2018-03-26", "outlet": "Wire"}
    if name.endswith("parquet"):
        duckdb.sql("SELECT 7 AS key, $body AS body, '2018-03-26' AS day, 'Wire' AS outlet", params={"body": FIRST}).write_parquet(str(path))
    elif name.endswith("jsonl"):
        path.write_text(json.dumps(row), "utf-8")
    else:
        cells = [str(value) if name.endswith("tsv") else f'"{value}"' for value in row.values()]
        mark = "\t" if name.endswith("tsv") else ","
        path.write_text(mark.join(row) + "\n" + mark.join(cells) + "\n", "utf-8")
    (found,) = read(path, columns=parse_columns(["id=key", "text=body", "date=day", "source=outlet"]))
    assert (found.report.id, found.report.text, found.report.date, found.report.source) == ("7", FIRST, dt.date(2018, 3, 26), "Wire")


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    (item,) = read(put(tmp_path, "t.csv", b"id,body\n1,x\n"))
    assert "no column 'text'" in item.reason
    assert "id, body" in item.reason


@pytest.mark.parametrize("pair", ["text", "words=x", "text="])
def test_a_mapping_that_cannot_be_meant_is_refused(pair: str) -> None:
    with pytest.raises(InputError, match="column mapping"):
        parse_columns([pair])


def test_a_directory_is_read_in_the_order_of_names_without_hidden_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    put(tmp_path, "b.txt", SECOND.encode())
    put(tmp_path / "sub", "a.txt", FIRST.encode())
    put(tmp_path, ".hidden.txt", b"no")
    assert texts(read(tmp_path)) == [SECOND, FIRST]
    (tmp_path / "empty").mkdir()
    assert rejects(read(tmp_path / "empty"))[0].kind is RejectKind.EMPTY


def test_an_unknown_kind_is_a_wrong_option(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="choose from"):
        read(tmp_path, kind="pdf")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfcaf\xc3\xa9", "café"), ("café “x”".encode("utf-16"), "café “x”"),
        (b"The caf\xe9 in the old town \x93was\x94 full.", "The café in the old town “was” full."),
        ("Правительство Польши выслало четырёх российских дипломатов в понедельник, сообщило министерство. ".encode("cp1251") * 3, "Правительство Польши"),
        (b"a\r\nb", "a\nb"),
    ],
)  # fmt: skip
def test_encodings_are_detected(data: bytes, text: str) -> None:
    assert decode(data).startswith(text)


@pytest.mark.parametrize(("data", "kind"), [(b"\0\1\2", RejectKind.BINARY), (b"\xff\xfea", RejectKind.ENCODING), (bytes(range(128, 256)), RejectKind.ENCODING)])
def test_what_is_no_text_is_refused_with_its_kind(data: bytes, kind: RejectKind) -> None:
    with pytest.raises(SourceError) as caught:
        decode(data)
    assert caught.value.kind is kind


def test_one_bad_row_costs_itself_alone(tmp_path: Path) -> None:
    rows = [b'1,"%s",2018-03-26' % FIRST.encode(), b"2,caf\xe9 \xc3\xa9\xc3\xa9,2018-03-26", b"3,x", b"4,y,yesterday", b'5,"%s",2018-03-26' % SECOND.encode()]
    items = read(put(tmp_path, "t.csv", b"id,text,date\n" + b"\n".join(rows)))
    assert texts(items) == [FIRST, SECOND]
    assert [item.where.rpartition(":")[2] for item in rejects(items)] == ["3", "4", "5"]
    assert [item.kind for item in rejects(items)] == [RejectKind.ENCODING, RejectKind.DAMAGED, RejectKind.INVALID]


def test_a_truncated_archive_says_so(tmp_path: Path) -> None:
    for packed in (True, False):
        data = warc(packed=packed)
        items = read(put(tmp_path, "t.warc", data[: len(data) - 200]))
        assert len(texts(items)) == 2
        assert "cut off" in rejects(items)[-1].reason


@pytest.mark.parametrize("packed", [True, False])
def test_a_corrupt_record_costs_itself_alone(tmp_path: Path, packed: bool) -> None:
    data = bytearray(warc(packed=packed))
    second = data.index(b"\x1f\x8b\x08", 10) if packed else data.index(b"WARC/1.0", 10)
    data[second + 4 : second + 60] = bytes(56) if packed else b"x" * 56
    items = read(put(tmp_path, "t.warc", bytes(data)))
    assert [("four" in text, "six" in text) for text in texts(items)] == [(True, False), (False, True)]
    assert [item.kind for item in rejects(items)] == [RejectKind.DAMAGED] * len(rejects(items))
    assert rejects(items)


def test_a_record_that_is_longer_than_it_says_is_damaged(tmp_path: Path) -> None:
    data = warc(packed=False)
    short = data.replace(b"Content-Length: ", b"Content-Length: 1", 1)
    assert any(item.kind is RejectKind.DAMAGED for item in rejects(read(put(tmp_path, "t.warc", short))))


def test_what_is_no_page_in_an_archive_is_named(tmp_path: Path) -> None:
    records = [response(b"x", media="image/png"), response(b"x", status="404 Not Found")]
    items = read(put(tmp_path, "t.warc.gz", b"".join(gzip.compress(record) for record in records)))
    assert [item.kind for item in items] == [RejectKind.NO_REPORT] * 2
    assert "image/png" in items[0].reason
    assert "404" in items[1].reason


BOMBS = {
    "b.txt.gz": lambda: gzip.compress(bytes(150_000_000), 9), "b.jsonl.gz": lambda: gzip.compress(b"[" * 150_000_000, 9),
    "b.txt.zst": lambda: zstandard.compress(bytes(400_000_000)), "b.csv.zst": lambda: zstandard.compress(b"id,text\n" + b'"' * 150_000_000),
    "b.warc.gz": lambda: gzip.compress(b"WARC/1.0\r\n" + bytes(150_000_000), 9),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_bounded_memory(tmp_path: Path, name: str) -> None:
    path = put(tmp_path, name, BOMBS[name]())
    started = time.monotonic()
    tracemalloc.start()
    items = read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert texts(items) == []
    assert {item.kind for item in rejects(items)} <= {RejectKind.TOO_LARGE, RejectKind.BINARY, RejectKind.DAMAGED}
    assert rejects(items)
    assert peak < MEGABYTES * 1_000_000
    assert time.monotonic() - started < SECONDS


NESTED = {
    "n.html": b"<div>" * 50_000 + FIRST.encode(), "n.jsonl": b'{"text":' + b"[" * 200_000, "n.rss": b"<?xml version='1.0'?><rss>" + b"<a>" * 50_000,
    "n.xml": b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a0 'x'>"
    + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)) + b"]><rss>&a11;</rss>",
}  # fmt: skip


@pytest.mark.parametrize("name", NESTED)
def test_deep_nesting_comes_to_an_end_with_a_reason(tmp_path: Path, name: str) -> None:
    started = time.monotonic()
    items = read(put(tmp_path, name, NESTED[name]))
    assert items
    assert all(isinstance(item, Rejected) and item.reason for item in items) or name == "n.html"
    assert time.monotonic() - started < SECONDS


def test_a_feed_opens_no_file(tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.txt", b"the secret words")
    entity = f"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY x SYSTEM 'file://{secret}'>]><rss><channel><item><title>&x;</title><description>{FIRST}</description></item></channel></rss>"
    named = read(put(tmp_path, "named.rss", str(secret).encode()))
    inside = read(put(tmp_path, "inside.rss", entity.encode()))
    assert "secret words" not in str([*named, *inside])


def test_a_parser_that_hangs_is_ended_and_the_next_page_is_read() -> None:
    with Parser(seconds=0.000_01) as parser:
        parser.parse("html", PAGE)
        with pytest.raises(SourceError, match="not done after") as caught:
            parser.parse("html", PAGE)
        assert caught.value.kind is RejectKind.TOO_SLOW
        # A new worker has the time that starting takes.
        assert parser.parse("html", PAGE)


def test_a_parser_that_dies_is_started_again() -> None:
    with Parser() as parser:
        parser.parse("html", PAGE)
        assert parser._process is not None
        parser._process.kill()
        with pytest.raises(SourceError, match="died of it"):
            parser.parse("html", PAGE)
        assert parser.parse("html", PAGE)


def test_a_page_beyond_the_limit_is_not_handed_over() -> None:
    with Parser() as parser, pytest.raises(SourceError, match="limit"):
        parser.parse("html", bytes(20_000_000))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("harm", ["cut", "flip"])
def test_any_damage_gives_reports_or_reasons_and_never_an_error(samples: dict[str, bytes], tmp_path: Path, name: str, harm: str) -> None:
    rng = random.Random(f"{name}{harm}")
    good = samples[name]
    files = []
    for number in range(8):
        data = bytearray(good)
        if harm == "cut":
            data = data[: rng.randrange(len(data))]
        else:
            for _ in range(rng.choice((1, 3, 20))):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        files.append(str(put(tmp_path, f"{number}-{name}", bytes(data))))
    started = time.monotonic()
    items = list(find_reports(files, SourceOptions()))
    assert all(item.reason for item in rejects(items))
    named = {item.where for item in items}
    for file in files:
        assert any(where.startswith(file) for where in named) or _says_nothing(Path(file)), file
    assert time.monotonic() - started < SECONDS


def _says_nothing(path: Path) -> bool:
    """Whether a damaged table lost every row without leaving half of one: cut at a line's end, it is whole."""
    data = path.read_bytes()
    packed = path.suffix in (".gz", ".zst")
    return not data or (not packed and path.suffix in (".csv", ".jsonl") and data.count(b"\n") <= 1)


@given(data=st.binary(max_size=400))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(data=b"\x1f\x8b")
@example(data=b"WARC/1.0\r\nContent-Length: 99999999999\r\n\r\n")
@example(data=b"PAR1PAR1")
@example(data=zlib.compress(b"x"))
@example(data=b"\r\x01")
@example(data=b"\x01\x01\n\x01\x01 \x01\x01\x01\xac")
def test_no_bytes_are_an_error(tmp_path: Path, data: bytes) -> None:
    for kind in ("text", "jsonl", "csv", "parquet", "warc"):
        for item in read(put(tmp_path, "any", data), kind=kind):
            assert isinstance(item, Found | Rejected)


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("x.csv.gz", b"", "csv"), ("x", b"<rss>", "feed"), ("x", b"<?xml version='1.0'?><html>", "html"), ("x", b'{"a":1}', "jsonl"),
        ("x", b"{a", "text"), ("x.XML", b"", "feed"),
    ],
)  # fmt: skip
def test_kinds_are_guessed(name: str, head: bytes, kind: str) -> None:
    assert guess_kind(name, head) == kind
