"""Fixtures: no network, and the shipped model loaded once."""

from __future__ import annotations

import socket
from typing import Any

import pytest

import dragoman


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anything but the loopback address is an error."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test reached for the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def coder() -> dragoman.Coder:
    """The shipped model."""
    return dragoman.load()
