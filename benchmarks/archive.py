"""A synthetic archive with its truth: acts between states, each told by several outlets in their own words, with copies, updates and contradictions.

    python -m benchmarks.archive --reports 20000 --seed 2 --wordings b --out FOLDER

writes `reports.jsonl` (what `dragoman ingest` reads) and `truth.jsonl`: for each report its act, the characters that tell of it, and the report
that it is a copy of. Of all reports 5 % are exact copies under another outlet and 10 % near copies (a tag line, a word changed, a sentence more or
less). Of the other accounts some round the numbers, some contradict them, some leave number, day or place out; some come days later, and an act
is announced in one and carried out in another. Acts of one kind between the same two states may be as near as two days. Seed 1 with wordings
"a" is the development archive; figures are of other seeds and of wordings "b", which share no sentence with "a".
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START = dt.date(2019, 1, 1)
REPORTS_A_DAY = 50
EXACT, NEAR = 0.05, 0.10
# country, demonym, capital, two towns
STATES = [
    ("Poland", "Polish", "Warsaw", "Lublin", "Gdansk"),
    ("Germany", "German", "Berlin", "Hamburg", "Leipzig"),
    ("France", "French", "Paris", "Lyon", "Lille"),
    ("Italy", "Italian", "Rome", "Turin", "Bari"),
    ("Spain", "Spanish", "Madrid", "Seville", "Bilbao"),
    ("Russia", "Russian", "Moscow", "Kazan", "Omsk"),
    ("Ukraine", "Ukrainian", "Kyiv", "Odesa", "Lviv"),
    ("Turkey", "Turkish", "Ankara", "Izmir", "Adana"),
    ("Iran", "Iranian", "Tehran", "Shiraz", "Tabriz"),
    ("Iraq", "Iraqi", "Baghdad", "Basra", "Mosul"),
    ("Egypt", "Egyptian", "Cairo", "Luxor", "Suez"),
    ("Sudan", "Sudanese", "Khartoum", "Kassala", "Nyala"),
    ("Kenya", "Kenyan", "Nairobi", "Mombasa", "Kisumu"),
    ("Nigeria", "Nigerian", "Abuja", "Kano", "Jos"),
    ("Pakistan", "Pakistani", "Islamabad", "Quetta", "Multan"),
    ("India", "Indian", "New Delhi", "Pune", "Jaipur"),
    ("China", "Chinese", "Beijing", "Wuhan", "Xian"),
    ("Japan", "Japanese", "Tokyo", "Osaka", "Nagoya"),
    ("Indonesia", "Indonesian", "Jakarta", "Medan", "Makassar"),
    ("Thailand", "Thai", "Bangkok", "Phuket", "Chiang Mai"),
    ("Mexico", "Mexican", "Mexico City", "Puebla", "Tijuana"),
    ("Brazil", "Brazilian", "Brasilia", "Recife", "Manaus"),
    ("Chile", "Chilean", "Santiago", "Arica", "Temuco"),
    ("Peru", "Peruvian", "Lima", "Cusco", "Trujillo"),
    ("Canada", "Canadian", "Ottawa", "Calgary", "Halifax"),
    ("Australia", "Australian", "Canberra", "Perth", "Darwin"),
    ("Norway", "Norwegian", "Oslo", "Bergen", "Tromso"),
    ("Greece", "Greek", "Athens", "Patras", "Larissa"),
    ("Serbia", "Serbian", "Belgrade", "Nis", "Subotica"),
    ("Morocco", "Moroccan", "Rabat", "Agadir", "Fez"),
    ("Algeria", "Algerian", "Algiers", "Oran", "Annaba"),
    ("Ethiopia", "Ethiopian", "Addis Ababa", "Gondar", "Dessie"),
    ("Vietnam", "Vietnamese", "Hanoi", "Hue", "Da Nang"),
    ("Colombia", "Colombian", "Bogota", "Cali", "Pasto"),
    ("Venezuela", "Venezuelan", "Caracas", "Maracay", "Merida"),
    ("Hungary", "Hungarian", "Budapest", "Szeged", "Pecs"),
]
OUTLETS = [
    f"{first} {second}"
    for first in ("Harbour", "Northern", "Evening", "Capital", "Union", "River", "Island", "Morning")
    for second in ("Post", "Wire", "Herald", "Radio", "Courier")
]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

WORDINGS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
KINDS: dict[str, Any] = WORDINGS["kinds"]
AROUND: dict[str, list[str]] = WORDINGS["around"]


@dataclass(frozen=True, slots=True)
class Act:
    """What happened: once, on a day, with a number and in a town where the kind has them."""

    id: str
    kind: str
    actor: int
    recipient: int
    day: dt.date
    number: int
    town: str


def archive(reports: int, seed: int, wordings: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Reports with their truth, in the order of their dates."""
    rng = random.Random(seed)
    originals = int(reports * (1 - EXACT - NEAR))
    told: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for act in _acts(rng, max(3, reports // REPORTS_A_DAY)):
        for _ in range(min(originals - len(told), 1 + min(int(rng.expovariate(1 / 4.5)), 20))):
            told.append(_account(rng, act, wordings, len(told)))
        if len(told) >= originals:
            break
    copies = [_copy(rng, told[rng.randrange(len(told))], number, number < reports * EXACT) for number in range(reports - len(told))]
    yield from sorted([*told, *copies], key=lambda pair: (pair[0]["date"], pair[0]["id"]))


def _acts(rng: random.Random, days: int) -> Iterator[Act]:
    """Acts without end; a few pairs of states have most of them. Two of one kind between the same two are at least two days apart."""
    taken: dict[tuple[str, int, int], set[int]] = {}
    number = 0
    while True:
        kind = rng.choice(sorted(KINDS))
        actor, recipient = (min(int(rng.paretovariate(0.7)) - 1, 10**6) % len(STATES) for _ in range(2))
        day = rng.randrange(days)
        used = taken.setdefault((kind, actor, recipient), set())
        if actor == recipient or used & set(range(day - 1, day + 2)):
            if rng.random() < 0.5:
                days += 1
            continue
        used.add(day)
        low, high = KINDS[kind].get("range", (2, 9))
        amount = round(low * (high / low) ** rng.random())
        yield Act(f"act{number}", kind, actor, recipient, START + dt.timedelta(day), amount, rng.choice(STATES[actor if kind == "arrest" else recipient][3:]))
        number += 1


def _account(rng: random.Random, act: Act, wordings: str, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    lag = rng.choices((0, 1, 2, 3), (50, 32, 13, 5))[0]
    reported = act.day + dt.timedelta(lag)
    outlet = rng.choice(OUTLETS)
    lede = _fill(rng, rng.choice(KINDS[act.kind][wordings]), act, reported) + _around(rng, "tails", outlet) + "."
    rest = [_around(rng, "fillers", outlet) for _ in range(rng.choice((1, 2, 2)))]
    before = [_around(rng, "fillers", outlet)] if rng.random() < 0.15 else []
    text = " ".join([*before, lede, *rest])
    start = len(" ".join([*before, ""]))
    report = {"id": f"r{number}", "date": reported.isoformat(), "source": outlet, "text": text}
    return report, {"id": f"r{number}", "act": act.id, "type": KINDS[act.kind]["type"], "start": start, "end": start + len(lede), "copy_of": None}


def _fill(rng: random.Random, wording: str, act: Act, reported: dt.date) -> str:
    actor, recipient = STATES[act.actor], STATES[act.recipient]
    amount = _amount(rng, act.number)
    text = wording.format(a=actor[0], A=actor[1], c=actor[2], r=recipient[0], R=recipient[1], n=amount, t=act.town, d=_day(rng, act.day, reported))
    return text[0].upper() + text[1:]


def _amount(rng: random.Random, number: int) -> str:
    """The number in digits or words; sometimes rounded, sometimes another one."""
    chance = rng.random()
    if chance < 0.10 and number >= 10:
        return f"about {round(number, -1 if number < 200 else -2)}"
    if chance < 0.20:
        number = max(1, number + rng.choice((-1, 1)) * max(1, round(number * rng.uniform(0.05, 0.2))))
    if number == 1:
        number = 2
    return SMALL[number] if number < len(SMALL) else f"{number:,}"


def _day(rng: random.Random, day: dt.date, reported: dt.date) -> str:
    chance = rng.random()
    if chance < 0.15:
        return ""
    if chance < 0.3:
        return f" on {day.day} {MONTHS[day.month - 1]}"
    if reported > day and (reported - day).days == 1 and chance < 0.4:
        return " a day earlier"
    return f" on {DAYS[day.weekday()]}"


def _around(rng: random.Random, part: str, outlet: str) -> str:
    """A filler, or the end of a sentence."""
    words = {"w": "places", "h": "adjectives", "u": "subjects"}
    return rng.choice(AROUND[part]).format(o=outlet, m=rng.randrange(3, 900), **{key: rng.choice(AROUND[name]) for key, name in words.items()})


def _copy(rng: random.Random, pair: tuple[dict[str, Any], dict[str, Any]], number: int, exact: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same text under another outlet, as it is or touched up; the tag line says what no other does."""
    report, truth = pair
    key = f"c{number}"
    outlet = rng.choice([one for one in OUTLETS if one != report["source"]])
    text, shift = report["text"], 0
    if not exact:
        text, shift = _touched(rng, text, outlet)
    date = dt.date.fromisoformat(report["date"]) + dt.timedelta(rng.choice((0, 0, 1)) if not exact else 0)
    copied = {"id": key, "date": date.isoformat(), "source": outlet, "text": text}
    return copied, {"id": key, "act": truth["act"], "type": truth["type"], "start": truth["start"] + shift, "end": truth["end"] + shift, "copy_of": truth["id"]}


def _touched(rng: random.Random, text: str, outlet: str) -> tuple[str, int]:
    choice = rng.randrange(3)
    if choice == 0:
        tag = f"({outlet}) "
        return tag + text, len(tag)
    if choice == 1:
        return f"{text} {_around(rng, 'fillers', outlet)}", 0
    return f"{text} Read more at {outlet}.", 0


def write(folder: Path, reports: int, seed: int, wordings: str) -> tuple[Path, Path]:
    """Write the archive; its two files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "reports.jsonl", folder / "truth.jsonl"
    with paths[0].open("w", encoding="utf-8") as texts, paths[1].open("w", encoding="utf-8") as truths:
        for report, truth in archive(reports, seed, wordings):
            print(json.dumps(report), file=texts)
            print(json.dumps(truth), file=truths)
    return paths


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--wordings", choices=("a", "b"), default="b")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    print(*write(arguments.out, arguments.reports, arguments.seed, arguments.wordings), sep="\n")


if __name__ == "__main__":
    main()
