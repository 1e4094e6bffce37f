"""The ledger as a table for the terminal, as TSV, CSV or JSONL. A report's lines are written as soon as it is coded."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dragoman.formats.layout import clean, formula_safe
from dragoman.ledger.sheet import Kind, Line

COLUMNS = tuple(Line.__struct_fields__)
_STYLES = {Kind.ACT: "", Kind.PART: "dim", Kind.GROUP: "italic", Kind.TOTAL: "bold"}
_WIDTHS = (("", 1), ("by", 4), ("against", 4), ("what", 4), ("how many", 4), ("status", 3), ("when", 3), ("why", 5), ("says who", 4), ("evidence", 9))


def write_sheet(sheets: Iterable[Sequence[Line]], form: str, stream: TextIO) -> None:
    """Write the lines of each report. `form`: table, tsv, csv or jsonl."""
    if form == "table":
        _write_table(sheets, stream)
    elif form == "jsonl":
        for line in _lines(sheets):
            print(msgspec.json.encode(line).decode(), file=stream)
    else:
        writer = csv.writer(stream, lineterminator="\n", delimiter="\t" if form == "tsv" else ",")
        writer.writerow(COLUMNS)
        for line in _lines(sheets):
            writer.writerow([_cell(getattr(line, column)) for column in COLUMNS])


def _lines(sheets: Iterable[Sequence[Line]]) -> Iterable[Line]:
    for sheet in sheets:
        yield from sheet


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return "; ".join(str(one) for one in value)
    if isinstance(value, float):
        return f"{value:.10g}"
    return formula_safe(clean("" if value is None else str(value)))


def _write_table(sheets: Iterable[Sequence[Line]], stream: TextIO) -> None:
    console = Console(file=stream, width=None if stream.isatty() else 200)
    for sheet in sheets:
        if not sheet:
            continue
        table = Table(title=f"{sheet[0].report_id}: {sum(line.kind is Kind.ACT for line in sheet)} acts", expand=True, show_lines=True)
        for name, width in _WIDTHS:
            table.add_column(name, ratio=width, overflow="fold")
        for line in sheet:
            table.add_row(*_row(line), style=_STYLES[line.kind])
        console.print(table)


def _row(line: Line) -> list[Text]:
    """The cells; text from reports is never read as markup."""
    if line.kind is Kind.ACT:
        cells = [
            str(line.number), _party(line.by, line.by_countries), _party(line.against, line.against_countries), line.what, _many(line), line.status,
            _when(line), _why(line), line.says_who, line.evidence,
        ]  # fmt: skip
    else:
        title = {Kind.PART: "of these", Kind.GROUP: "together", Kind.TOTAL: "in all"}[line.kind]
        cells = [str(line.number), line.by or title, line.against_countries, line.what, _many(line), "", "", "", "", line.note]
    return [Text(cell) for cell in cells]


def _party(words: str, countries: str) -> str:
    return f"{words} [{countries}]" if words else ""


def _many(line: Line) -> str:
    return f"{line.how_many} {line.of_whom}".strip() if line.how_many else ""


def _when(line: Line) -> str:
    days = line.date_start if line.date_start == line.date_end else f"{line.date_start}…{line.date_end}"
    parts = [days, f"by {line.deadline}" if line.deadline else "", f"in {line.where}" if line.where else ""]
    return "\n".join(part for part in parts if part)


def _why(line: Line) -> str:
    answers = ", ".join(str(number) for number in line.answers)
    parts = [
        line.reason,
        f"answers {answers}" if answers else "",
        f"part of {line.joint}" if line.joint else "",
        f"told {line.tellings} times" if line.tellings > 1 else "",
    ]
    return "\n".join(part for part in parts if part)
