"""Errors, by who can act on them.

DragomanError
├── InputError      the report, file or line given cannot be read (exit status 3)
├── ConfigError     an option, setting or table given by the user cannot be meant (exit status 2)
├── ResourceError   a file that ships with the package is missing or damaged (exit status 4)
├── ModelError      the model does not fit its checksums, labels or this version of the code (exit status 4)
└── InternalError   a broken invariant: a fault of ours (exit status 5)
"""

from __future__ import annotations


class DragomanError(Exception):
    """Base of every error that this package raises on purpose."""

    exit_status = 1


class InputError(DragomanError):
    """A report, a file or a line of it cannot be read; the message names file, line and reason."""

    exit_status = 3


class ConfigError(DragomanError):
    """An option or a setting cannot be meant."""

    exit_status = 2


class ResourceError(DragomanError):
    """A data file of the package is missing or damaged: reinstall."""

    exit_status = 4


class ModelError(DragomanError):
    """A model directory that does not match its checksums, labels or this version of the code."""

    exit_status = 4


class InternalError(DragomanError):
    """A broken invariant; please report it."""

    exit_status = 5
