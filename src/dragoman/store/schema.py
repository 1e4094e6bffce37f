"""The tables of the store, in SQLAlchemy Core; what each column holds is told in docs/store.md.

Times are ISO 8601 strings in UTC with microseconds (`2018-03-26T14:05:00.000000Z`), so that both databases sort and print them alike.
Ids are derived from content, so that any order of ingestion gives the same rows; `seq` columns and run ids alone depend on the order.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

NAMES = {"ix": "ix_%(table_name)s_%(column_0_N_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"}
metadata = MetaData(naming_convention=NAMES)

# Content ids are the first digits of a SHA-256 in hexadecimal.
_ID = String(32)
_TIME = String(27)
_Big = BigInteger().with_variant(Integer, "sqlite")


def _event(name: str = "event_id", *, primary: bool = True) -> Column[str]:
    return Column(name, _ID, ForeignKey("events.id", ondelete="CASCADE"), primary_key=primary, nullable=False)


runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started", _TIME, nullable=False),
    Column("finished", _TIME),  # null while it runs, and for ever if it was killed
    Column("coder_id", Integer, ForeignKey("coders.id")),
    Column("command", String(32), nullable=False),  # ingest, repair, join, separate
    Column("options", Text, nullable=False),  # JSON
    Column("summary", Text),  # JSON: counts of what came in and what was skipped
)

coders = Table(
    "coders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),  # `Event.coder`: package version, model version, model checksum
    Column("code_version", String(40), nullable=False),
    Column("model_version", String(80), nullable=False),
    Column("model_checksum", String(64), nullable=False),
    Column("first_run", Integer, nullable=False),
)

clusters = Table(
    "clusters",
    metadata,
    Column("id", _ID, primary_key=True),  # the smallest report id in it
    Column("reports", Integer, nullable=False),
    sqlite_with_rowid=False,
)

reports = Table(
    "reports",
    metadata,
    Column("id", _ID, primary_key=True),  # of text, date, title, url and source
    Column("seq", _Big, nullable=False, unique=True),
    Column("given_id", Text, nullable=False),  # the id that the source gave, the first that was seen
    Column("date", Date),
    Column("title", Text),
    Column("url", Text),
    Column("source", Text),
    Column("where_found", Text, nullable=False),  # file, file:line or file@offset
    Column("text", Text),  # null with --no-text
    Column("text_hash", String(64), nullable=False),
    Column("characters", Integer, nullable=False),
    Column("shingles", LargeBinary, nullable=False),  # sorted little-endian uint32: the smallest hashes of its word triples
    Column("cluster_id", _ID, ForeignKey("clusters.id"), nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("added", _TIME, nullable=False),
    Index("ix_reports_cluster_id", "cluster_id"),
    Index("ix_reports_text_hash", "text_hash"),
    Index("ix_reports_date", "date"),
    Index("ix_reports_given_id", "given_id"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("report_id", _ID, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("given_id", Text, primary_key=True),
    Column("where_found", Text, nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    sqlite_with_rowid=False,
)

bands = Table(
    "bands",
    metadata,
    Column("band", BigInteger, primary_key=True),  # number of the band and its hash in one
    Column("report_seq", _Big, primary_key=True),
    sqlite_with_rowid=False,
)

copies = Table(
    "copies",
    metadata,
    Column("report_a", _ID, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),  # report_a < report_b
    Column("report_b", _ID, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("likeness", Float, nullable=False),  # Jaccard of the shingles
    Column("containment", Float, nullable=False),  # share of the smaller that stands in the larger
    Index("ix_copies_report_b", "report_b"),
    sqlite_with_rowid=False,
)

codings = Table(
    "codings",
    metadata,
    Column("report_id", _ID, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("coder_id", Integer, ForeignKey("coders.id"), primary_key=True),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("added", _TIME, nullable=False),
    Column("current", Boolean, nullable=False),  # false once a newer coder has coded the report
    Column("sentences", Integer, nullable=False),
    Column("mentions", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    sqlite_with_rowid=False,
)

sentences = Table(
    "sentences",
    metadata,
    Column("report_id", _ID, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("coder_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text_start", Integer, nullable=False),
    Column("text_end", Integer, nullable=False),
    sqlite_with_rowid=False,
)

mentions = Table(
    "mentions",
    metadata,
    Column("report_id", _ID, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("coder_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),  # in text order within the report
    Column("sentence", Integer, nullable=False),
    Column("trigger_start", Integer, nullable=False),
    Column("trigger_end", Integer, nullable=False),
    Column("type", String(16), nullable=False),
    Column("mode", String(40)),
    Column("status", String(16), nullable=False),
    Column("historical", Boolean, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("roles", Text, nullable=False),  # JSON list of [name, start, end, confidence]
    Column("event_id", _ID, ForeignKey("events.id", ondelete="CASCADE")),
    Index("ix_mentions_event_id", "event_id"),
    sqlite_with_rowid=False,
)

_SIZES = [Column(f"{what}_{bound}", Float) for what in ("count", "dead", "injured", "arrested") for bound in ("value", "min", "max")]

events = Table(
    "events",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("report_id", _ID, ForeignKey("reports.id", ondelete="CASCADE"), nullable=False),
    Column("coder_id", Integer, ForeignKey("coders.id"), nullable=False),
    Column("current", Boolean, nullable=False),
    Column("added", _TIME, nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("superseded", _TIME),
    Column("superseded_by", Integer, ForeignKey("runs.id")),
    Column("report_date", Date),
    Column("source", Text),  # the report's
    Column("sentence", Integer, nullable=False),
    Column("text_start", Integer, nullable=False),  # of the sentence
    Column("text_end", Integer, nullable=False),
    Column("trigger_start", Integer, nullable=False),
    Column("trigger_end", Integer, nullable=False),
    Column("type", String(16), nullable=False),
    Column("mode", String(40)),  # the first; all are in event_modes
    Column("quad", Integer, nullable=False),
    Column("scale", Float, nullable=False),
    Column("cameo", String(8)),
    Column("status", String(16), nullable=False),
    Column("historical", Boolean, nullable=False),
    Column("day_start", Date),  # first and last day it may have happened on: its own date, else the report's; may be open
    Column("day_end", Date),
    Column("date_start", Date),
    Column("date_end", Date),
    Column("date_precision", String(16)),
    Column("deadline_start", Date),
    Column("deadline_end", Date),
    *_SIZES,
    Column("count_approximate", Boolean),
    Column("count_unit", Text),
    Column("place_name", Text),
    Column("place_country", String(3)),
    Column("place_admin1", Text),
    Column("place_lat", Float),
    Column("place_lon", Float),
    Column("geonames_id", Integer),
    Column("joint_group", Text),
    Column("joint_size", Integer),
    Column("confidence", Float, nullable=False),
    Column("shape", _ID, nullable=False),  # shapes.id while it is current
    Column("record", Text, nullable=False),  # the whole event as JSON; with --no-text every `text` in it is empty
    Index("ix_events_report_id_coder_id", "report_id", "coder_id"),
    Index("ix_events_current_day_start", "current", "day_start"),
    Index("ix_events_current_type_mode", "current", "type", "mode"),
    Index("ix_events_added", "added"),
    Index("ix_events_superseded", "superseded"),
    Index("ix_events_shape", "shape"),
    Index("ix_events_joint_group", "joint_group"),
)

event_modes = Table("event_modes", metadata, _event(), Column("mode", String(40), primary_key=True), sqlite_with_rowid=False)

event_contexts = Table("event_contexts", metadata, _event(), Column("context", String(60), primary_key=True), sqlite_with_rowid=False)

actors = Table(
    "actors",
    metadata,
    Column("id", _ID, primary_key=True),  # of identifier, name, country and sector
    Column("identifier", Text),
    Column("name", Text),
    Column("country", String(3)),
    Column("sector", String(8)),
    sqlite_with_rowid=False,
)

event_actors = Table(
    "event_actors",
    metadata,
    _event(),
    Column("role", String(9), primary_key=True),  # actor, recipient, speaker
    Column("position", Integer, primary_key=True),
    Column("actor_id", _ID, ForeignKey("actors.id"), nullable=False),
    Column("text", Text),  # the words; null with --no-text
    Column("text_start", Integer),
    Column("text_end", Integer),
    Column("name", Text),
    Column("country", String(3)),
    Column("sector", String(8)),
    Column("other_sectors", Text, nullable=False),  # between semicolons, ";REB;MIL;", so that LIKE '%;REB;%' is exact; empty where none
    Column("office", Text),
    Column("identifier", Text),
    Column("stance", String(16)),  # speakers
    Index("ix_event_actors_role_country", "role", "country"),
    Index("ix_event_actors_actor_id", "actor_id"),
    sqlite_with_rowid=False,
)

links = Table(
    "links",
    metadata,
    _event("from_event"),
    _event("to_event"),
    Column("kind", String(16), primary_key=True),  # response: from_event answers to_event, in one report
    Index("ix_links_to_event", "to_event"),
    sqlite_with_rowid=False,
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", _ID, primary_key=True),  # of its smallest event id
    Column("component", _ID, nullable=False),  # shapes.component of its events
    Column("type", String(16), nullable=False),
    Column("mode", String(40)),
    Column("quad", Integer, nullable=False),
    Column("status", String(16), nullable=False),  # the furthest on its timeline
    Column("first_day", Date),
    Column("last_day", Date),
    Column("first_seen", Date),  # dates of the first and last report that tell of it
    Column("last_seen", Date),
    Column("events", Integer, nullable=False),
    Column("reports", Integer, nullable=False),
    Column("independent", Integer, nullable=False),  # sources, where a cluster of copies and an outlet count once
    Column("disputed", Boolean, nullable=False),  # whether reports contradict one another on a value
    Column("record", Text, nullable=False),  # dragoman.ledger.incidents.Incident as JSON
    Column("updated", _TIME, nullable=False),
    Index("ix_incidents_component", "component"),
    Index("ix_incidents_type_mode", "type", "mode"),
    Index("ix_incidents_first_day", "first_day"),
    Index("ix_incidents_updated", "updated"),
    sqlite_with_rowid=False,
)

incident_events = Table(
    "incident_events",
    metadata,
    _event(),  # an event is in one incident
    Column("incident_id", _ID, ForeignKey("incidents.id", ondelete="CASCADE"), nullable=False),
    Index("ix_incident_events_incident_id", "incident_id"),
    sqlite_with_rowid=False,
)

incident_links = Table(
    "incident_links",
    metadata,
    Column("from_incident", _ID, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True),
    Column("to_incident", _ID, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(16), primary_key=True),  # response, joint
    Column("event_id", _ID, ForeignKey("events.id", ondelete="CASCADE"), nullable=False),  # the event whose report says so
    Index("ix_incident_links_to_incident", "to_incident"),
    sqlite_with_rowid=False,
)

shapes = Table(
    "shapes",
    metadata,
    Column("id", _ID, primary_key=True),  # of everything by which events are compared: copies of one account share it
    Column("component", _ID, nullable=False),  # smallest shape id among all that are tied by decisions that say "same"
    Column("features", Text, nullable=False),  # dragoman.ledger.across.Features as JSON
    Index("ix_shapes_component", "component"),
    sqlite_with_rowid=False,
)

blocks = Table(
    "blocks",
    metadata,
    Column("block", BigInteger, primary_key=True),  # 63-bit hash of actor, recipient and type
    Column("day", Integer, primary_key=True),  # proleptic ordinal of the day, 0 where unknown
    Column("shape", _ID, ForeignKey("shapes.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_blocks_shape", "shape"),
    sqlite_with_rowid=False,
)

decisions = Table(
    "decisions",
    metadata,
    Column("shape_a", _ID, ForeignKey("shapes.id", ondelete="CASCADE"), primary_key=True),  # shape_a < shape_b
    Column("shape_b", _ID, ForeignKey("shapes.id", ondelete="CASCADE"), primary_key=True),
    Column("same", Boolean, nullable=False),
    Column("score", Float, nullable=False),
    Column("dates", Float),  # each from 0 (contradict) to 1 (agree), null where one of the two does not say
    Column("places", Float),
    Column("counts", Float),
    Column("names", Float),
    Column("wording", Float),
    Column("reason", Text, nullable=False),
    Index("ix_decisions_shape_b", "shape_b"),
    sqlite_with_rowid=False,
)

overrides = Table(
    "overrides",
    metadata,
    _event("event_a"),
    _event("event_b"),
    Column("same", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("added", _TIME, nullable=False),
    sqlite_with_rowid=False,
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("kind", String(16), primary_key=True),  # incident
    Column("id", _ID, primary_key=True),
    Column("replaced_by", _ID),
    Column("added", _TIME, nullable=False),
    Index("ix_tombstones_added", "added"),
    sqlite_with_rowid=False,
)

rejects = Table(
    "rejects",
    metadata,
    Column("id", _ID, primary_key=True),  # of where and reason
    Column("where_found", Text, nullable=False),
    Column("kind", String(16), nullable=False),  # dragoman.sources.RejectKind
    Column("reason", Text, nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("added", _TIME, nullable=False),
    sqlite_with_rowid=False,
)

pages = Table(
    "pages",
    metadata,
    Column("hash", String(64), primary_key=True),  # of the raw bytes and the options they were read with
    Column("report_id", _ID, ForeignKey("reports.id", ondelete="CASCADE"), nullable=False),
    sqlite_with_rowid=False,
)
