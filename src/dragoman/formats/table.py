"""Events as a table for the terminal: one act a row, its sentence beneath with the evidence marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dragoman.formats.incidents import incident_row, step_words
from dragoman.records import Actor, Event, Quantity

if TYPE_CHECKING:
    from dragoman.ledger.incidents import Incident, Party

# Styles of the evidence in the sentence.
_MARKS = {"trigger": "bold reverse", "actors": "bold cyan", "recipients": "bold magenta", "other": "underline"}


def print_table(events: Iterable[Event], console: Console) -> None:
    """Print the events as they come."""
    table = Table(show_lines=True, expand=True)
    for name, width in (("actor", 3), ("type", 3), ("recipient", 3), ("count", 2), ("status", 2), ("date", 2), ("sentence", 9)):
        table.add_column(name, ratio=width, overflow="fold")
    for event in events:
        table.add_row(
            _parties(event.actors), _type(event), _parties(event.recipients), _counts(event), _status(event), _dates(event), marked_sentence(event)
        )
    console.print(table)


def marked_sentence(event: Event) -> Text:
    """The sentence with trigger, actors, recipients and the other evidence marked."""
    text = Text(event.text)
    offset = event.sentence_start
    spans = [("other", span.start, span.end) for span in (event.reason, event.place, event.count, event.joint, event.dead, event.injured) if span]
    spans += [("other", dating.text_start, dating.text_end) for dating in (event.date, event.deadline) if dating]
    spans += [("other", one.start, one.end) for one in event.attribution]
    spans += [("actors", actor.start, actor.end) for actor in event.actors if actor.start is not None and actor.end is not None]
    spans += [("recipients", actor.start, actor.end) for actor in event.recipients if actor.start is not None and actor.end is not None]
    for name, start, end in [*spans, ("trigger", event.trigger.start, event.trigger.end)]:
        if offset <= start and end <= offset + len(event.text):
            text.stylize(_MARKS[name], start - offset, end - offset)
    return text


def _parties(actors: tuple[Actor, ...]) -> str:
    return "\n".join(f"{actor.text} [{actor.country or '?'} {actor.sector or '?'}]" for actor in actors).replace("[", "\\[")


def _type(event: Event) -> str:
    return "/".join([event.type, *event.modes])


def _counts(event: Event) -> str:
    named = (("", event.count), ("dead ", event.dead), ("injured ", event.injured), ("arrested ", event.arrested))
    return "\n".join(label + amount(quantity) for label, quantity in named if quantity)


def amount(quantity: Quantity) -> str:
    """60, ~500, ≥17, ≤40, 3–9, or the words where they give no number ("all")."""
    if quantity.value is not None:
        return f"{'~' if quantity.approximate else ''}{quantity.value:g}"
    if quantity.min is not None and quantity.max is not None:
        return f"{quantity.min:g}–{quantity.max:g}"
    if quantity.min is not None:
        return f"≥{quantity.min:g}"
    return f"≤{quantity.max:g}" if quantity.max is not None else quantity.text


def _status(event: Event) -> str:
    return event.status.value + (" (recalled)" if event.historical else "")


def _dates(event: Event) -> str:
    lines = []
    if event.date:
        start, end = event.date.start, event.date.end
        lines.append(f"{start}" if start == end else f"{start or ''}…{end or ''}")
    if event.deadline:
        lines.append(f"by {event.deadline.end}")
    return "\n".join(lines)


def print_incidents(incidents: Iterable[Incident], console: Console) -> None:
    """Print incidents as they come: one act a row, reported values side by side."""
    table = Table(show_lines=True, expand=True)
    columns = (("actor", 3), ("type", 3), ("recipient", 3), ("days", 2), ("timeline", 3), ("values", 5), ("sources", 2), ("id", 2))
    for name, width in columns:
        table.add_column(name, ratio=width, overflow="fold")
    for incident in incidents:
        row = incident_row(incident)
        values = [f"{name} {row[name]}" for name in ("count", "dead", "injured", "arrested") if row[name]]
        told = f"{incident.independent} of {len(incident.reports)} reports" + (", disputed" if incident.disputed else "")
        days = f"{incident.first_day or '?'}" + (f"…{incident.last_day}" if incident.last_day != incident.first_day else "")
        cells = (
            _named(incident.actors), "/".join([incident.type, *incident.modes]), _named(incident.recipients), days,
            "\n".join(map(step_words, incident.timeline)), "\n".join(values), told, incident.id,
        )  # fmt: skip
        table.add_row(*map(Text, cells))
    console.print(table)


def _named(parties: Sequence[Party]) -> str:
    return "\n".join(f"{one.name or one.text} [{one.country or '?'} {one.sector or '?'}]" for one in parties)
