"""Dragoman: who did what to whom in the news, each field with the characters that prove it."""

from dragoman.coder import Coder, load
from dragoman.errors import DragomanError
from dragoman.records import Event, Report
from dragoman.version import __version__

__all__ = ["Coder", "DragomanError", "Event", "Report", "__version__", "load"]
