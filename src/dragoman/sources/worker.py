"""Runs apart from the rest, as a script: parses HTML pages and feeds that may be made to kill a parser, within limits of memory.

Reads requests and writes answers with a length of four bytes before each part. A request is a JSON object (`task`: html or feed, `url`)
and the bytes; an answer is a JSON object: `reports`, a list of objects, or `error`.
"""

from __future__ import annotations

import io
import json
import struct
import sys
from typing import Any, BinaryIO

MEMORY_BYTES = 1_500_000_000


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(4)
    if len(head) < 4:
        return None
    return stream.read(struct.unpack(">I", head)[0])


def _write(stream: BinaryIO, data: bytes) -> None:
    stream.write(struct.pack(">I", len(data)) + data)
    stream.flush()


def _page(data: bytes, url: str | None) -> list[dict[str, Any]]:
    import trafilatura

    # Only what the page states counts as its date: a guess from its text would date the acts in it wrong.
    dates = {"original_date": True, "extensive_search": False}
    found = trafilatura.bare_extraction(data, url=url, with_metadata=True, include_comments=False, include_tables=False, date_extraction_params=dates)
    if found is None or isinstance(found, dict) or not found.text:
        return []
    return [{"text": found.text, "title": found.title, "date": found.date, "url": found.url, "source": found.sitename or found.hostname}]


def _feed(data: bytes, url: str | None) -> list[dict[str, Any]]:
    import feedparser

    # A string or bytes would be taken for a file name or an address; a stream is only read.
    parsed = feedparser.parse(io.BytesIO(data))
    site = parsed.feed.get("title")
    entries = [_entry(entry, site) for entry in parsed.entries]
    if parsed.bozo and not entries:
        raise ValueError(f"not a feed: {parsed.get('bozo_exception')}")
    if parsed.bozo:
        entries.append({"error": f"the feed is damaged, and entries may be missing: {parsed.get('bozo_exception')}"})
    return entries


def _entry(entry: Any, site: str | None) -> dict[str, Any]:
    bodies = [one.get("value", "") for one in entry.get("content", [])] or [entry.get("summary", "")]
    when = entry.get("published_parsed") or entry.get("updated_parsed")
    return {
        "id": entry.get("id") or entry.get("link"), "text": _plain("\n".join(bodies)), "title": _plain(entry.get("title", "")) or None,
        "date": f"{when.tm_year:04}-{when.tm_mon:02}-{when.tm_mday:02}" if when else None, "url": entry.get("link"), "source": site,
    }  # fmt: skip


def _plain(markup: str) -> str:
    """The text of a piece of HTML, a line a block."""
    import lxml.html

    if "<" not in markup and "&" not in markup:
        return markup.strip()
    tree = lxml.html.fragment_fromstring(markup, create_parent="div")
    for element in tree.iter("script", "style"):
        element.text = None
    for element in tree.iter("p", "br", "div", "li", "h1", "h2", "h3", "h4", "blockquote", "tr"):
        element.tail = "\n" + (element.tail or "")
    return "\n".join(line for line in (" ".join(one.split()) for one in tree.text_content().splitlines()) if line)


TASKS = {"html": _page, "feed": _feed}


def main() -> None:
    """Answer until the input ends."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, ValueError, OSError):
        pass
    answers = sys.stdout.buffer
    # Libraries that print must not print into the answers.
    sys.stdout = sys.stderr
    while (head := _read(sys.stdin.buffer)) is not None:
        request, data = json.loads(head), _read(sys.stdin.buffer) or b""
        try:
            answer: dict[str, Any] = {"reports": TASKS[request["task"]](data, request.get("url"))}
        except ImportError as error:
            answer = {"error": str(error), "kind": "missing"}
        except MemoryError:
            answer = {"error": "it takes too much memory", "kind": "too-large"}
        except RecursionError:
            answer = {"error": "it is nested too deeply", "kind": "damaged"}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:300], "kind": "damaged"}
        _write(answers, json.dumps(answer).encode())


if __name__ == "__main__":
    main()
