"""What all commands share: errors as messages with an exit status, and the voice of the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from dragoman.errors import DragomanError

if TYPE_CHECKING:
    from dragoman.store import Store

# Exit statuses besides those of the errors: some items were rejected, nothing could be read.
PARTIAL, NOTHING = 1, 3

Jobs = Annotated[int, typer.Option(min=1, max=64, help="Processes that code where there are many reports; each takes about 170 MB.")]
DEFAULT_JOBS = min(2, os.cpu_count() or 1)


@contextmanager
def errors(interrupted: str = "interrupted; what was written is whole lines") -> Iterator[None]:
    """A message and an exit status instead of a stack trace."""
    try:
        yield
    except DragomanError as error:
        say(f"dragoman: {error}")
        raise typer.Exit(error.exit_status) from None
    except BrokenPipeError:
        # The reader of our output has gone (head, less): no error of ours.
        sys.stderr.close()
        raise typer.Exit(0) from None
    except KeyboardInterrupt:
        say(interrupted)
        raise typer.Exit(130) from None


def say(message: str) -> None:
    """A line on standard error."""
    print(message, file=sys.stderr)


@contextmanager
def opened_store(where: str, *, create: bool = False) -> Iterator[Store]:
    """The store, closed at the end whatever happens."""
    from dragoman.store import open_store

    store = open_store(where, create=create)
    try:
        yield store
    finally:
        store.close()
