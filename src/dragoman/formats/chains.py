"""Who is who, for people: the parties of a report and the decision on one actor, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dragoman.records import Actor
from dragoman.resolve.coreference import Chain

FIELDS = ("name", "country", "sector", "other_sectors", "office", "identifier", "confidence", "decided")


def print_chains(chains: Iterable[Chain]) -> None:
    """Write the lines to standard output."""
    for chain in chains:
        print("\n".join(chain_lines(chain)))


def chain_lines(chain: Chain) -> Iterator[str]:
    """A head line with what the report says of the party, then a line for each mention: offsets, kind, words, why."""
    actor = chain.actor
    codes = " ".join(code or "?" for code in (actor.country, actor.sector))
    members = f" members {', '.join(map(str, chain.members))}" if chain.members else ""
    yield f"# {chain.number} {codes} {actor.name or actor.text}{members} ({actor.decided})"
    for mention in chain.mentions:
        yield f"{chain.number}\t{mention.start}\t{mention.end}\t{mention.kind}\t{' '.join(mention.text.split())}\t{mention.reason}"


def print_actor(actor: Actor) -> None:
    """Write the decision field by field, unknown where there is none."""
    for name in FIELDS:
        value = getattr(actor, name)
        shown = "; ".join(value) if isinstance(value, tuple) else value
        print(f"{name:14}{'unknown' if shown in (None, '') else shown}")
