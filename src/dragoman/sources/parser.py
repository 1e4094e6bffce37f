"""The worker process from our side: hand it a page or a feed, wait no longer than allowed, start another one if it dies."""

from __future__ import annotations

import contextlib
import json
import os
import select
import struct
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from dragoman.errors import ResourceError
from dragoman.sources.found import RejectKind, SourceError

# The longest page of a newspaper is parsed in under a second; the first one also waits for the imports.
SECONDS = 30.0
START_SECONDS = 90.0
LARGEST_PAGE = 10_000_000
# A worker that has grown is replaced: parsers leak.
PAGES_A_WORKER = 2_000


class Parser:
    """Parses HTML and feeds in a process of its own. Close it, or use it in a `with` statement."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._pages = 0

    def __enter__(self) -> Parser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def parse(self, task: str, data: bytes, url: str | None = None) -> list[dict[str, Any]]:
        """The reports in a page (`html`) or feed (`feed`), as rows with the fields of a report; raise `SourceError` with the reason if there are none."""
        if len(data) > LARGEST_PAGE:
            raise SourceError(f"a page of {len(data):,} bytes; the limit is {LARGEST_PAGE:,}", RejectKind.TOO_LARGE)
        if self._pages >= PAGES_A_WORKER:
            self.close()
        limit = self._seconds if self._process else max(self._seconds, START_SECONDS)
        answer = self._ask({"task": task, "url": url}, data, time.monotonic() + limit)
        if answer.get("kind") == "missing":
            raise ResourceError(f"a library that parses pages is missing or damaged: {answer['error']}; reinstall dragoman")
        if "error" in answer:
            raise SourceError(f"cannot be parsed: {answer['error']}", RejectKind(answer["kind"]))
        rows: list[dict[str, Any]] = answer["reports"]
        return rows

    def close(self) -> None:
        """End the worker."""
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    with contextlib.suppress(OSError):
                        pipe.close()
        self._process, self._pages = None, 0

    def _ask(self, request: dict[str, Any], data: bytes, until: float) -> dict[str, Any]:
        process = self._started()
        self._pages += 1
        assert process.stdin
        assert process.stdout
        try:
            head = json.dumps(request).encode()
            process.stdin.write(struct.pack(">I", len(head)) + head + struct.pack(">I", len(data)) + data)
            process.stdin.flush()
            size = struct.unpack(">I", _receive(process.stdout.fileno(), 4, until))[0]
            answer: dict[str, Any] = json.loads(_receive(process.stdout.fileno(), size, until))
        except TimeoutError:
            self.close()
            raise SourceError(f"the parser was not done after {self._seconds:g} seconds", RejectKind.TOO_SLOW) from None
        except (BrokenPipeError, EOFError):
            code = process.wait()
            self.close()
            raise SourceError(f"the parser died of it (status {code})", RejectKind.DAMAGED) from None
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            script = Path(__file__).with_name("worker.py")
            # Isolated: the working directory must not lend it modules.
            command = [sys.executable, "-I", str(script)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return self._process


def _receive(number: int, size: int, until: float) -> bytes:
    """Exactly so many bytes of a pipe; raise `TimeoutError` or `EOFError`."""
    data = b""
    while len(data) < size:
        ready, _, _ = select.select([number], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(number, min(size - len(data), 1 << 20))
        if not part:
            raise EOFError
        data += part
    return data
