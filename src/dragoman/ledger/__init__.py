"""From events to the analyst's sheet: the same act in one report, answers between acts, joint acts, rows and subtotals;
and the same act across reports (`incidents`)."""

from dragoman.ledger.sheet import Line, ledger

__all__ = ["Line", "ledger"]
