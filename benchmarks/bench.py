"""Cold start, rate and peak memory: `make bench`. With `--baseline COMMAND`, another program is timed on the same reports for the ratio.

The reports are the repository's own examples, varied so that no two are the same. The baseline command reads JSONL on standard input
(`id`, `text`) and is timed as a whole.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dragoman.reading.sentences import split_sentences

EXAMPLES = Path(__file__).parent.parent / "examples"


def reports(count: int) -> list[dict[str, str]]:
    """`count` reports: the examples' paragraphs, turned round and numbered."""
    texts = [path.read_text("utf-8").splitlines() for path in sorted(EXAMPLES.glob("*.txt"))]
    made = []
    for number in range(count):
        paragraphs = texts[number % len(texts)]
        turn = number % len(paragraphs)
        made.append({"id": str(number), "date": "2021-04-23", "text": "\n".join([*paragraphs[turn:], *paragraphs[:turn], f"It was report number {number}."])})
    return made


def seconds(command: list[str], **options: object) -> float:
    """Wall-clock seconds of a command; its output is thrown away."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    return time.perf_counter() - started


def peak_memory(process: int) -> float:
    """MiB: the peak resident sets of a process and of all that it started, summed; 0 where there is no /proc."""
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
        children = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
    except OSError:
        return 0.0
    own = next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)
    return own + sum(peak_memory(int(child)) for child in children)


def watched(command: list[str]) -> tuple[float, float]:
    """Wall-clock seconds of a command and its peak memory in MiB, that of its processes together."""
    started, peak = time.perf_counter(), 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        while running.poll() is None:
            peak = max(peak, peak_memory(running.pid))
            time.sleep(0.2)
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    return time.perf_counter() - started, peak


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=2000)
    parser.add_argument("--baseline", help="a command that reads the same JSONL on standard input")
    arguments = parser.parse_args()
    code = [sys.executable, "-m", "dragoman", "code"]
    cold = min(seconds([*code, str(EXAMPLES / "expulsions.txt"), "--date", "2021-04-23"]) for _ in range(3))
    print(f"cold start, one report: {cold:.2f} s")
    rows = reports(arguments.reports)
    sentences = sum(len(split_sentences(row["text"])) for row in rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reports.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        for jobs in (1, 2):
            spent, peak = watched([*code, str(path), "--jobs", str(jobs)])
            print(f"{len(rows)} reports, {sentences} sentences, {jobs} processes: {sentences / spent:.0f} sentences/s end to end, peak {peak:.0f} MiB")
        if arguments.baseline:
            with path.open("rb") as stream:
                other = seconds(shlex.split(arguments.baseline), stdin=stream)
            print(f"baseline: {sentences / other:.0f} sentences/s; ratio to the last {other / spent:.2f}")


if __name__ == "__main__":
    main()
