"""A bundle: a folder that can be handed on by itself. Data, codebook, actors, query, versions, citation, checksums, `datapackage.json`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dragoman.errors import ConfigError, InputError
from dragoman.formats.codes import country, cow, cow_letters, gw
from dragoman.formats.export import LAYOUTS, PARQUET, check_export
from dragoman.formats.flat import COLUMNS
from dragoman.formats.layout import Column, Kind, Layout, Problem, Row
from dragoman.ontology import load_ontology
from dragoman.ontology.mappings import cameo_code, load_cameo
from dragoman.records import Record
from dragoman.version import __version__

CHECKSUMS = "SHA256SUMS"
PACKAGE = "datapackage.json"
_LICENCE_NOTE = "Codes and offsets are the exporter's own; reports belong to their publishers."
ACTORS = Layout(
    name="actors",
    doc="who occurs in the data, with codes and how often in which role",
    columns=(
        Column(name="id", doc="of the actor", required=True),
        Column(name="identifier", doc="row of the tables that names it"),
        Column(name="name", doc="its name there"),
        Column(name="country", doc="ISO 3166-1 alpha-3 with PLOVER's exceptions and groups"),
        Column(name="iso3", doc="ISO 3166-1 alpha-3"),
        Column(name="iso2", doc="ISO 3166-1 alpha-2"),
        Column(name="cow", doc="Correlates of War number, as it is now"),
        Column(name="cowc", doc="Correlates of War letters, as they are now"),
        Column(name="gw", doc="Gleditsch and Ward number, as it is now"),
        Column(name="sector", doc="PLOVER sector"),
        *(Column(name=f"as_{role}", kind=Kind.INTEGER, doc=f"events with it as {role}", required=True) for role in ("actor", "recipient", "speaker")),
    ),
    rows=lambda _item, _with_text: (),
    delimiter=",",
    suffix=".csv",
    unique=("id",),
)


class File(Record, frozen=True, kw_only=True):
    """A file of a bundle and the layout that it is in."""

    layout: str
    name: str


def actor_row(actor: Mapping[str, Any]) -> Row:
    """A row of the actor dictionary from its columns in the store."""
    codes = country(actor["country"])
    shared = {name: actor[name] for name in ("id", "identifier", "name", "country", "sector", "as_actor", "as_recipient", "as_speaker")}
    numbers = {"cow": cow(actor["country"]), "cowc": cow_letters(actor["country"]), "gw": gw(actor["country"])}
    return {**shared, **numbers, "iso3": codes.iso3 if codes else None, "iso2": codes.iso2 if codes else None}


def write_bundle(
    folder: Path, files: Sequence[File], *, query: Mapping[str, Any], versions: Mapping[str, Any], counts: Mapping[str, Any], created: str
) -> None:
    """Write what goes with the data files, which are in the folder already; raise `ConfigError` if it cannot be written."""
    texts = {
        "codebook.md": codebook([file.layout for file in files]),
        "query.json": _json(query),
        "versions.json": _json(versions),
        "CITATION.cff": citation(versions, counts, created),
    }
    try:
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8", newline="\n")
        package = datapackage(folder, [*files, File(layout="actors", name="actors.csv")], counts=counts, created=created)
        (folder / PACKAGE).write_text(_json(package), "utf-8", newline="\n")
        names = sorted(path.name for path in folder.iterdir())
        (folder / CHECKSUMS).write_text("".join(f"{sha256(folder / name)}  {name}\n" for name in names), "utf-8", newline="\n")
    except OSError as error:
        raise ConfigError(f"cannot write {folder}: {error.strerror}") from error


def check_bundle(folder: Path) -> Iterator[Problem]:
    """What is wrong with a bundle: checksums, missing or added files, and each data file by its layout."""
    try:
        lines = (folder / CHECKSUMS).read_text("utf-8").splitlines()
        sums = {line[66:]: line[:64] for line in lines}
        package = json.loads((folder / PACKAGE).read_text("utf-8"))
        files = {path.name for path in folder.iterdir()} - {CHECKSUMS}
    except (OSError, ValueError) as error:
        raise InputError(f"{folder} is no bundle: {error}") from error
    for name in sorted(files ^ set(sums)):
        yield Problem(line=0, column=None, reason=f"{name} is {'not in ' + CHECKSUMS if name in files else 'missing'}")
    for name in sorted(files & set(sums)):
        if sha256(folder / name) != sums[name]:
            yield Problem(line=0, column=None, reason=f"{name} is not what its checksum says")
    for resource in package.get("resources", ()):
        if (folder / resource["path"]).is_file() and resource["dragoman:layout"] in (*LAYOUTS, PARQUET):
            for problem in check_export(folder / resource["path"], resource["dragoman:layout"]).problems:
                yield Problem(line=problem.line, column=problem.column, reason=f"{resource['path']}: {problem.reason}")


def datapackage(folder: Path, files: Sequence[File], *, counts: Mapping[str, Any], created: str) -> dict[str, Any]:
    """The descriptor of Frictionless Data (Data Package 1, Table Schema)."""
    return {
        "profile": "data-package",
        "name": "dragoman-events",
        "title": "Political events coded from news reports by Dragoman",
        "description": f"{counts['reports']} reports from {counts['first_report']} to {counts['last_report']}. {_LICENCE_NOTE}",
        "version": __version__,
        "created": created,
        "sources": [{"title": load_ontology().version}],
        "resources": [resource(folder, file) for file in files],
    }


def resource(folder: Path, file: File) -> dict[str, Any]:
    """The descriptor of one file, with its hash, its size and, where it is a table, its schema."""
    path = folder / file.name
    found: dict[str, Any] = {
        "name": file.name.lower().replace(".", "-"), "path": file.name, "dragoman:layout": file.layout, "hash": f"sha256:{sha256(path)}",
        "bytes": path.stat().st_size,
    }  # fmt: skip
    if file.layout == PARQUET:
        return found | {"format": "parquet", "mediatype": "application/vnd.apache.parquet", "schema": table_schema(COLUMNS, missing="", key=("id",))}
    layout = ACTORS if file.layout == ACTORS.name else LAYOUTS[file.layout]
    found |= {"title": layout.doc, "encoding": "utf-8"}
    if not isinstance(layout, Layout):
        return found | {"format": "jsonl", "mediatype": "application/jsonl"}
    kind = ("csv", "text/csv") if layout.delimiter == "," else ("tsv", "text/tab-separated-values")
    dialect = {"delimiter": layout.delimiter, "header": layout.header, "lineTerminator": "\n"}
    # Only comma-separated files quote; elsewhere a quotation mark is a character like any other.
    quotes = {"quoteChar": '"', "doubleQuote": True} if layout.delimiter == "," else {"quoteChar": None}
    schema = table_schema(layout.columns, missing=layout.missing, key=layout.unique)
    return found | {"profile": "tabular-data-resource", "format": kind[0], "mediatype": kind[1], "dialect": dialect | quotes, "schema": schema}


def table_schema(columns: Sequence[Column], *, missing: str, key: Sequence[str]) -> dict[str, Any]:
    """Columns as a Table Schema."""
    fields = [_field(column) for column in columns]
    return {"fields": fields, "missingValues": sorted({"", missing}), **({"primaryKey": list(key)} if key else {})}


def codebook(layouts: Sequence[str]) -> str:
    """The codebook of what is in the data: types, modes, quads, contexts, sectors and the columns of each file."""
    ontology = load_ontology()
    lines = [f"# Codebook\n\nOntology: {ontology.version}. Types, modes and scores are PLOVER's, in Dragoman's words.\n"]
    lines += [f"Quad {quad}: {gloss}." for quad, gloss in ontology.quads.items()]
    lines.append("\n## Types and modes\n\n| code | quad | scale | CAMEO | what it is |\n|---|---|---|---|---|")
    for kind in ontology.types.values():
        lines.append(f"| {kind.name} | {kind.quad} | {kind.scale:+g} | {cameo_code(kind.name)} | {kind.gloss} |")
        for mode in kind.modes.values():
            lines.append(f"| {kind.name}/{mode.name} | {kind.quad} | {mode.scale:+g} | {cameo_code(kind.name, mode.name)} | {mode.gloss} |")
    lines.append(f"\n## Contexts\n\n{', '.join(ontology.contexts)}.\n\n## Sectors and groups\n")
    lines += [f"- {code}: {gloss}" for code, gloss in {**ontology.sectors, **ontology.groups}.items()]
    for name in dict.fromkeys(layouts):
        lines += _columns_of(name)
    if any(name in layouts for name in ("icews", "gdelt")):
        lines.append("\n## CAMEO codes and Goldstein scores\n\n| code | score | name |\n|---|---|---|")
        lines += [f"| {one.code} | {one.goldstein:+g} | {one.name} |" for one in load_cameo().values()]
    return "\n".join(lines) + "\n"


def citation(versions: Mapping[str, Any], counts: Mapping[str, Any], created: str) -> str:
    """A citation of the data (Citation File Format 1.2.0); quoted strings are JSON's, which YAML reads."""
    title = f"Political events coded from {counts['reports']} news reports, {counts['first_report']} to {counts['last_report']}"
    coders = "; ".join(versions["coders"]) or f"dragoman {__version__}"
    lines = [
        "cff-version: 1.2.0",
        'message: "If you use these data, please cite them and the software that coded them."',
        "type: dataset",
        f"title: {json.dumps(title)}",
        "authors:",
        '  - name: "The exporter of these data"',
        f"date-released: {created[:10]}",
        f"version: {json.dumps(created)}",
        f"notes: {json.dumps(f'Coded by {coders}.')}",
        "references:",
        "  - type: software",
        '    title: "Dragoman: a political event coder with evidence"',
        f"    version: {json.dumps(__version__)}",
        "    authors:",
        '      - name: "The Dragoman authors"',
    ]
    return "\n".join(lines) + "\n"


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _field(column: Column) -> dict[str, Any]:
    rules: dict[str, Any] = {"required": True} if column.required else {}
    if column.choices:
        rules["enum"] = [int(choice) if column.kind is Kind.INTEGER else choice for choice in column.choices]
    if column.pattern and column.kind is Kind.STRING:
        rules["pattern"] = column.pattern
    kind = {Kind.LIST: "string", Kind.COMPACT: "date"}.get(column.kind, column.kind.value)
    found: dict[str, Any] = {"name": column.name, "type": str(kind)}
    if column.kind is Kind.COMPACT:
        found["format"] = "%Y%m%d"
    if column.doc:
        found["description"] = column.doc + ("; several values are joined with '; '" if column.kind is Kind.LIST else "")
    return found | ({"constraints": rules} if rules else {})


def _columns_of(name: str) -> list[str]:
    layout = LAYOUTS.get(name)
    columns = COLUMNS if name == PARQUET else layout.columns if isinstance(layout, Layout) else ()
    if not columns or not any(column.doc for column in columns):
        return []
    return [f"\n## Columns of {name}\n", *(f"- `{column.name}` ({column.kind.value}): {column.doc}" for column in columns)]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"
