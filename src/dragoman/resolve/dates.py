"""When: date words to intervals of days with their precision, resolved against the report's date.

`resolve_date` tries the rules of `_RULES` in turn; the first that can read the words decides. Where words are vague the interval is wide:
"three weeks ago" is the seven days around that day, "several" is 3 to 9 (as in `quantities`), a bare plural ("days", "weeks") 2 to 9.
The parts of a month are ten days each, of a year four months each, of a decade three or four years.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from dragoman.errors import ResourceError
from dragoman.records import Dating
from dragoman.resolve.quantities import read_amount
from dragoman.resolve.rows import data_rows

WEEKDAYS = {name.lower(): index for index, name in enumerate(calendar.day_name)}
MONTHS = {name.lower(): index for index, name in enumerate(calendar.month_name) if name}
MONTHS |= {name[:3]: index for name, index in list(MONTHS.items())} | {"sept": 9}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}

_MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAY_NAMES = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_MONTH = rf"\b(?P<month>{_MONTH_NAMES})\b\.?"
_YEAR_AFTER = r"(?:,? (?:of )?(?P<year>(?:1[5-9]|20)\d\d)\b)?"
_TO = r"(?:\s?-\s?| to | and | through | until | till )"
_NUMERIC = (
    re.compile(r"\b(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})\b"),
    re.compile(r"\b(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})\b"),
    re.compile(r"\b(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)\b"),
)
_MONTH_DAY = (
    re.compile(rf"{_MONTH} (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b{_YEAR_AFTER}"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH}{_YEAR_AFTER}"),
)
_MONTH_DAYS = (
    re.compile(rf"{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_TO}(?P<last>\d{{1,2}})(?:st|nd|rd|th)?\b(?! days| hours){_YEAR_AFTER}"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_TO}(?P<last>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH}{_YEAR_AFTER}"),
)
_WEEKDAY = re.compile(rf"\b(?P<weekday>{_WEEKDAY_NAMES})\b")
_UNIT = r"(?P<unit>hour|day|night|week|fortnight|month|year|decade)"
_LENGTH = re.compile(rf"(?P<before>(?:[\w,.]+[ -]){{0,5}}){_UNIT}(?P<plural>s?)\b")
_OPEN_START = re.compile(
    r"^(?:ever )?since\b |^(?:from|starting|beginning|effective|effective from|as of|as from|"
    r"with effect from)\b (?!now\b)(?:on )?(?!.*\b(?:to|until|till|through)\b)"
)
_PART = re.compile(
    r"^(?:at |in |by |around |towards? |during |on |since )?(?:the )?(?:very )?(?P<part>early|mid|late|beginning of|start of|middle of|end of|close of|"
    r"height of|"
    r"first half of|second half of|first days of|last days of|final days of)(?:-| in | on | )(?:the )?(?P<rest>.+)$"
)
_DAY_WORDS = (
    (re.compile(r"\bday before yesterday\b"), -2, -2),
    (re.compile(r"\bday after tomorrow\b"), 2, 2),
    (re.compile(r"\byesterday\b|\blast night\b|\blast evening\b"), -1, -1),
    (re.compile(r"\btomorrow\b"), 1, 1),
    (re.compile(r"\bovernight\b"), -1, 0),
    (re.compile(r"\btoday\b|\btonight\b|\b(?:this|later this|earlier this) (?:morning|afternoon|evening)\b|\b(?:earlier|later) in the day\b"), 0, 0),
)
_TIME_ALONE = re.compile(
    r"^(?:shortly |just |soon )?(?:at|before|after|around|until|by)? ?(?:midnight|noon|midday|dawn|dusk|sunset|sunrise|nightfall|"
    r"daybreak|\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m\.?)$"
)
_UNIT_DAYS = {"day": 1, "night": 1, "week": 7, "fortnight": 14}
_VAGUE_LENGTH = (2, 9)
_COUNTED = frozenset({"few", "couple", "dozen", "hundred", "thousand", "half", "quarter", "score", "handful", "further", "single"})


@dataclass(frozen=True, slots=True)
class DateRange:
    """First and last day, inclusive; None is open. `precision`: day, week, month, quarter, season, year, decade, century."""

    start: dt.date | None
    end: dt.date | None
    precision: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What words are read against: the report's day, the tense of the act, and the day of the act told before."""

    day: dt.date
    tense: str
    anchor: dt.date | None

    @property
    def past(self) -> bool:
        """Whether ambiguous words point back."""
        return self.tense == "past"


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time in units; least and most are equal unless the words are vague."""

    least: float
    most: float
    unit: str


def resolve_date(words: str, report_date: dt.date | None, *, tense: str = "past", anchor: dt.date | None = None) -> DateRange | None:
    """Read a date phrase. `tense` ("past" or "future") says which way an ambiguous weekday or month points; `anchor` is the day that
    "two days later" or "the same week" counts from.

    Returns None where the words cannot be read, or need a report date or an anchor that is not known. An act of the past has no day after
    the report's, one of the future none before it.
    """
    text = _normal(words)
    if report_date is None:
        return _without_report(text)
    found = _resolve(text, Setting(report_date, tense, anchor))
    return _capped(found, report_date, tense) if found else None


def resolve_deadline(words: str, report_date: dt.date | None, *, anchor: dt.date | None = None) -> DateRange | None:
    """Read a limit ("by Friday", "within 72 hours", "seven days to leave"): its end is the last day.

    A length counts from `anchor`, the day of the act that sets it, else from the report; then `start` is that day, else it is open.
    """
    text = _normal(words)
    day = anchor or report_date
    if day is None:
        found = _without_report(_LIMIT_WORDS.sub("", text))
        return DateRange(None, found.end, found.precision) if found else None
    return _limit_by_end(text, day) or _limit_before(text, day) or _limit_by_length(text, day) or _limit_by_date(text, day)


def dating(
    text: str, start: int, end: int, report_date: dt.date | None, *, tense: str = "past", deadline: bool = False, anchor: dt.date | None = None
) -> Dating | None:
    """The record for the words `text[start:end]`, or None where they cannot be read. "since", "from" and "late" before them are read with them."""
    if match := _BELONGS_BEFORE.search(text[max(0, start - 24) : start]):
        start -= len(match[0])
    words = text[start:end]
    found = resolve_deadline(words, report_date, anchor=anchor) if deadline else resolve_date(words, report_date, tense=tense, anchor=anchor)
    if found is None:
        return None
    return Dating(start=found.start, end=found.end, precision=found.precision, text=words, text_start=start, text_end=end)


_BELONGS_BEFORE = re.compile(
    r"\b(?:[Ss]ince|[Ll]ate on|[Ee]arly on|[Ll]ate|[Ee]arly|[Ll]ast|[Nn]ext|[Ee]arlier|[Bb]y|[Uu]ntil|[Bb]efore|[Ww]ithin|"
    r"[Nn]o later than)(?: the)?\s$"
)
_TITLED = re.compile(
    r"\b(?:Mrs|Mr|Ms|Sir|Lord|Lady|Theresa|Brian|Peter|Robert|Minister|President|Senator|General|Dr|Professor)\b\.? May\b|"
    r"\bMay'?s? (?:government|cabinet)\b"
)


def _normal(words: str) -> str:
    """Lower case, straight quotes, single blanks; months and weekdays that are none (a modal, a surname, a march) taken out."""
    text = re.sub(r"\s+", " ", words.replace("’", "'").replace("‘", "'").replace("–", "-").replace("—", "-")).strip()
    text = _TITLED.sub("", text)
    text = re.sub(r"\b(?:may|march|mar|jan|dec|oct|sun|sat)\b(?!\.? ?\d)", "", text)
    text = re.sub(rf"\b(?:{_WEEKDAY_NAMES})\b(?= (?!{_MONTH_NAMES}|morning|afternoon|evening|night)[A-Za-z]+$)", _unless_person, text, flags=re.IGNORECASE)
    return re.sub(r"'s?\b(?! ?\d)", lambda match: "" if match[0] == "'s" else match[0], text.lower()).strip(' ,.;:"“”')


def _unless_person(match: re.Match[str]) -> str:
    """A weekday before another capitalised word is a name ("Wednesday Addams")."""
    return "" if match.string[match.end() + 1].isupper() else match[0]


def _without_report(text: str) -> DateRange | None:
    """What can be read without a report's date: days with their year, years, decades, named periods. Lengths and bare weekdays cannot."""
    pivot = Setting(dt.date(1, 1, 1), "future", None)
    for pattern in (*_NUMERIC, *_MONTH_DAY):
        if (match := pattern.search(text)) and match.groupdict().get("year"):
            return _numeric(text, pivot) or _month_day(text, pivot)
    if re.search(r"(?:1[5-9]|20)\d\d", text):
        return _part(text, pivot) or _month(text, pivot) or _decade(text, pivot) or _year(text, pivot)
    return _period(text, pivot)


def _resolve(text: str, setting: Setting) -> DateRange | None:
    if match := _OPEN_START.match(text):
        found = _open_start(text[match.end() :], setting, since="since" in match[0])
        return DateRange(found.start, None, found.precision) if found else None
    return _first(text, setting)


def _open_start(rest: str, setting: Setting, *, since: bool) -> DateRange | None:
    if match := re.match(r"(?:the )?(?:end|close|fall|defeat) of (?:the )?(.+)$", rest):
        period = _named_period(match[1])
        if period:
            return DateRange(period[1], None, "day")
    if match := re.match(r"(?:the )?(?:start|beginning|height|heights|early days) of (?:the )?(.+)$", rest):
        return _period(match[1], setting) or _unit(f"this {match[1]}", setting) or _first(match[1], setting)
    return _first(rest, replace(setting, tense="past" if since else setting.tense))


def _first(text: str, setting: Setting) -> DateRange | None:
    for rule in _RULES:
        if found := rule(text, setting):
            return found
    return None


def _capped(found: DateRange, day: dt.date, tense: str) -> DateRange:
    if found.start is None or found.end is None or not found.start <= day <= found.end:
        return found
    return replace(found, end=day) if tense == "past" else replace(found, start=day)


# Rules. Each reads normalised words against a setting, or returns None.


def _numeric(text: str, setting: Setting) -> DateRange | None:
    for pattern in _NUMERIC:
        if match := pattern.search(text):
            day, month = int(match["day"]), int(match["month"])
            if pattern is _NUMERIC[1] and day <= 12 and month <= 12 and day != month:
                # 03/04/2021 is a day in March or in April.
                return None
            return _day(int(match["year"]), *((month, day) if month <= 12 else (day, month)))
    return None


def _day(year: int, month: int, day: int) -> DateRange | None:
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return None
    return DateRange(found, found, "day")


def _days_of_month(text: str, setting: Setting) -> DateRange | None:
    """ "March 15-17", "15 to 17 March 2016"."""
    for pattern in _MONTH_DAYS:
        if match := pattern.search(text):
            month = MONTHS[match["month"]]
            year = int(match["year"]) if match["year"] else _near_year(month, int(match["day"]), setting)
            first, last = _day(year, month, int(match["day"])), _day(year, month, int(match["last"]))
            if first and last and first.start and last.end and first.start <= last.end:
                return DateRange(first.start, last.end, "day")
    return None


def _range(text: str, setting: Setting) -> DateRange | None:
    """ "from 2014 to 2016", "between Monday and Thursday", "March 30 to April 2"."""
    match = re.match(r"(?:from |between )?(.+?)(?: to | and | through |-)(.+)$", text)
    if match is None or not (_is_dated(match[1]) and _is_dated(match[2])):
        return None
    last = _first(match[2], setting)
    if last is None or last.start is None or last.end is None:
        return None
    first = _first(match[1], replace(setting, day=last.start, tense="past"))
    if first is None or first.start is None or first.start > last.end:
        return None
    return DateRange(first.start, last.end, last.precision)


def _is_dated(text: str) -> bool:
    return bool(re.search(rf"\b(?:{_MONTH_NAMES}|{_WEEKDAY_NAMES}|(?:1[5-9]|20)\d\d)\b", text))


def _part(text: str, setting: Setting) -> DateRange | None:
    """ "mid-March", "late last year", "the early 1990s", "the end of January", "early on Thursday"."""
    match = _PART.match(text)
    if match is None:
        return None
    rest = match["rest"]
    whole = _unit(f"this {rest}", setting) if rest in ("week", "month", "year", "day") else None
    whole = whole or _first(rest, setting)
    if whole is None or whole.start is None or whole.end is None:
        return None
    if match["part"] == "end of" and (period := _named_period(rest)):
        return DateRange(period[1], period[1], "day")
    return _part_of(match["part"].removesuffix(" of"), whole, whole.start, whole.end)


def _part_of(part: str, whole: DateRange, start: dt.date, end: dt.date) -> DateRange:
    number = {"early": 0, "beginning": 0, "start": 0, "first days": 0, "mid": 1, "middle": 1}.get(part, 2)
    if part == "height" or whole.precision in ("day", "century"):
        return whole
    if part.endswith("half"):
        middle = start + dt.timedelta((end - start).days // 2)
        if whole.precision == "year":
            middle = dt.date(start.year, 6, 30)
        return replace(whole, end=middle) if part.startswith("first") else replace(whole, start=middle + dt.timedelta(1))
    if whole.precision == "week":
        return replace(whole, start=start + dt.timedelta((0, 2, 3)[number]), end=start + dt.timedelta((2, 4, 6)[number]))
    if whole.precision == "month":
        return replace(whole, start=start.replace(day=(1, 11, 21)[number]), end=end if number == 2 else start.replace(day=(10, 20)[number]))
    if whole.precision == "year" and start.year == end.year:
        first = (1, 5, 9)[number]
        return replace(whole, start=dt.date(start.year, first, 1), end=_calendar_unit(dt.date(start.year, first + 3, 1), "month").end)
    if whole.precision == "decade":
        low, high = ((0, 3), (4, 6), (7, 9))[number]
        return replace(whole, start=dt.date(start.year + low, 1, 1), end=dt.date(start.year + high, 12, 31))
    return whole


def _month_day(text: str, setting: Setting) -> DateRange | None:
    for pattern in _MONTH_DAY:
        if match := pattern.search(text):
            month, day = MONTHS[match["month"]], int(match["day"])
            return _day(int(match["year"]) if match["year"] else _near_year(month, day, setting), month, day)
    return None


def _near_year(month: int, day: int, setting: Setting) -> int:
    """The year that puts a bare month and day on the right side of the report."""
    later = (month, day) > (setting.day.month, setting.day.day)
    if setting.past:
        return max(1, setting.day.year - later)
    return setting.day.year + (not later and (month, day) != (setting.day.month, setting.day.day))


def _period(text: str, setting: Setting) -> DateRange | None:
    """Named wars, eras and days of history, and feasts; a year beside the name is the better guide."""
    found = None if re.search(r"\b(?:1[5-9]|20)\d\d\b", text) else _named_period(text)
    if found:
        precision = "year" if "cold war" in text or "era" in text else "day"
        return DateRange(found[0], found[1], precision)
    return _feast(text, setting)


def _named_period(text: str) -> tuple[dt.date, dt.date] | None:
    for name, days in load_periods().items():
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            return days
    return None


@cache
def load_periods() -> Mapping[str, tuple[dt.date, dt.date]]:
    """Named periods by lower-case name, longest first; raise `ResourceError` for a row that ends before it begins."""
    periods: dict[str, tuple[dt.date, dt.date]] = {}
    for names, first, last in data_rows("periods.tsv", 3):
        start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        if end < start:
            raise ResourceError(f"periods.tsv: {names!r} ends before it begins")
        periods |= dict.fromkeys(names.split("|"), (start, end))
    return dict(sorted(periods.items(), key=lambda item: -len(item[0])))


_FEASTS: Mapping[str, Callable[[int], dt.date]] = {
    "new year's eve": lambda year: dt.date(year, 12, 31), "new year eve": lambda year: dt.date(year, 12, 31),
    "new year's day": lambda year: dt.date(year, 1, 1), "new year day": lambda year: dt.date(year, 1, 1),
    "christmas eve": lambda year: dt.date(year, 12, 24), "christmas": lambda year: dt.date(year, 12, 25),
    "boxing day": lambda year: dt.date(year, 12, 26), "may day": lambda year: dt.date(year, 5, 1),
    "bastille day": lambda year: dt.date(year, 7, 14), "armistice day": lambda year: dt.date(year, 11, 11),
    "halloween": lambda year: dt.date(year, 10, 31), "good friday": lambda year: _easter(year) - dt.timedelta(2),
    "easter monday": lambda year: _easter(year) + dt.timedelta(1), "easter": lambda year: _easter(year),
}  # fmt: skip


def _feast(text: str, setting: Setting) -> DateRange | None:
    name = next((name for name in _FEASTS if re.search(rf"\b{name}\b", text)), None)
    if name is None:
        return None
    if match := re.search(r"\b(?:1[5-9]|20)\d\d\b", text):
        day = _FEASTS[name](int(match[0]))
        return DateRange(day, day, "day")
    years = (setting.day.year, setting.day.year - 1) if setting.past else (setting.day.year, setting.day.year + 1)
    days = [_FEASTS[name](year) for year in years if 1 <= year < dt.MAXYEAR]
    right = [day for day in days if (day <= setting.day if setting.past else day >= setting.day)]
    return DateRange(right[0], right[0], "day") if right else None


def _easter(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar (anonymous algorithm, as in Meeus, Astronomical Algorithms, ch. 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7  # noqa: E741
    m = (a + 11 * h + 19 * l) // 433
    month = (h + l - 7 * m + 90) // 25
    return dt.date(year, month, (h + l - 7 * m + 33 * month + 19) % 32)


def _day_words(text: str, setting: Setting) -> DateRange | None:
    for pattern, first, last in _DAY_WORDS:
        if pattern.search(text):
            return DateRange(_shift(setting.day, first, "day"), _shift(setting.day, last, "day"), "day")
    if re.search(r"\bhours ago\b|\bearlier in the day\b", text) and _length(text) is None:
        return DateRange(setting.day, setting.day, "day")
    return DateRange(setting.day, setting.day, "day") if _TIME_ALONE.match(text) else None


def _weekday(text: str, setting: Setting) -> DateRange | None:
    """The nearest such day on the side of the tense; the report's own weekday is its own day."""
    match = _WEEKDAY.search(text)
    if match is None:
        return None
    weekday = WEEKDAYS[match["weekday"]]
    if found := re.search(r"\b(last|this|next) week\b", text):
        monday = setting.day - dt.timedelta(setting.day.weekday())
        day = _shift(monday, weekday + {"last": -7, "this": 0, "next": 7}[found[1]], "day")
    elif setting.anchor and (found := re.search(r"\b(following|previous|preceding|next|that)\b", text)):
        forward = found[1] in ("following", "next", "that")
        gap = (weekday - setting.anchor.weekday() - 1) % 7 + 1 if forward else -((setting.anchor.weekday() - weekday - 1) % 7 + 1)
        day = _shift(setting.anchor, gap, "day")
    else:
        day = _shift(setting.day, _weekday_gap(weekday, text, setting), "day")
    return DateRange(day, day, "day")


def _weekday_gap(weekday: int, text: str, setting: Setting) -> int:
    ahead = (weekday - setting.day.weekday()) % 7
    if re.search(r"\b(?:next|coming)\b", text):
        return ahead or 7
    if re.search(r"\b(?:last|past|previous)\b", text):
        return ahead - 7
    return ahead if setting.tense == "future" or not ahead else ahead - 7


def _anchored(text: str, setting: Setting) -> DateRange | None:
    """Words that count from the act told before: "two days later", "the same day", "the following month", "earlier that week"."""
    if match := re.search(
        r"\b(?P<back>previous|preceding|prior) (?P<unit>day|night|week|month|year)\b|\b(?P<before>day|night|week|month|year) (?:before|"
        r"earlier)\b(?! last)",
        text,
    ):
        day = setting.anchor or setting.day
        if _length(text[: match.start()] + (match["before"] or "")) is None or match["back"]:
            unit = match["unit"] or match["before"]
            return _around(_shift(day, -1, unit), unit)
    if setting.anchor is None:
        return None
    day = setting.anchor
    if match := re.search(rf"\b(?:that|the same) (?P<unit>day|night|morning|evening|afternoon|week|month|year|{_MONTH_NAMES})\b", text):
        unit = match["unit"]
        if unit in MONTHS:
            return _calendar_unit(dt.date(day.year, MONTHS[unit], 1), "month")
        found = _calendar_unit(day, unit) if unit in ("week", "month", "year") else DateRange(day, day, "day")
        return replace(found, end=day) if "earlier" in text else found
    if match := re.search(r"\b(?:the )?(?:next|following) (?P<unit>day|night|morning|week|month|year)\b|\bthe day after\b", text):
        unit = match["unit"] or "day"
        return _around(_shift(day, 1, "day" if unit in ("night", "morning") else unit), "day" if unit in ("night", "morning") else unit, exact=True)
    return _later(text, day)


def _later(text: str, day: dt.date) -> DateRange | None:
    if not re.search(r"\b(?:later|afterwards?|after)\b", text):
        return None
    length = _length(text)
    if length is None or length.unit == "hour":
        return DateRange(day, day, "day") if re.search(r"\b(?:hours|minutes|moments) (?:later|after)", text) else None
    return _stretch(_move(day, length.least, length.unit), _move(day, length.most, length.unit), length.unit)


def _ago(text: str, setting: Setting) -> DateRange | None:
    if not re.search(r"\b(?:ago|earlier|before)\b(?! last)", text):
        return None
    length = _length(text)
    if length is None:
        return None
    day = setting.day if re.search(r"\bago\b", text) else setting.anchor or setting.day
    if length.unit == "hour":
        found = _shift(day, -round(length.least / 24), "day")
        return DateRange(found, found, "day")
    return _stretch(_move(day, -length.most, length.unit), _move(day, -length.least, length.unit), length.unit)


def _stretch(first: dt.date, last: dt.date, unit: str) -> DateRange:
    """The interval between two moved days, each as vague as its unit."""
    if unit in ("day", "night"):
        return DateRange(first, last, "day")
    if unit in ("week", "fortnight"):
        margin = 3 if first == last else 0
        return DateRange(_shift(first, -margin, "day"), _shift(last, margin, "day"), "week")
    if unit == "decade":
        return DateRange(dt.date(max(1, first.year - 5), 1, 1), dt.date(min(dt.MAXYEAR, last.year + 4), 12, 31), "decade")
    return DateRange(_calendar_unit(first, unit).start, _calendar_unit(last, unit).end, unit)


def _recent(text: str, setting: Setting) -> DateRange | None:
    """ "in recent weeks", "over the past two weeks", "for the last three days", "in the coming days", "over the next three months"."""
    match = re.search(r"\b(?P<which>recent|past|last|previous|next|coming)\b (?P<rest>.*)$", text)
    if match is None:
        return None
    length = _length(match["rest"])
    if length is None:
        # "the past month" counts from today, "last month" is the one before this.
        single = re.match(rf"{_UNIT}\b", match["rest"])
        counted = match["which"] in ("past", "coming") or (match["which"] == "next" and re.search(r"\b(?:over|within|during|in) the next", text))
        if not (single and counted):
            return None
        length = Length(1, 1, single["unit"])
    unit = {"hour": "day", "fortnight": "week", "night": "day"}.get(length.unit, length.unit)
    if match["which"] in ("next", "coming"):
        return DateRange(setting.day, _move(setting.day, length.most, length.unit), unit)
    return DateRange(_move(setting.day, -length.most, length.unit), setting.day, unit)


def _unit(text: str, setting: Setting) -> DateRange | None:
    """ "last week", "earlier this month", "the month before last", "the weekend"."""
    if match := re.search(r"\b(?:week|month|year|weekend) before last\b", text):
        unit = match[0].split()[0]
        return _weekend(setting, -2) if unit == "weekend" else _calendar_unit(_shift(setting.day, -2, unit), unit)
    if re.search(r"\bweekend\b", text):
        return _weekend(setting, -1 if "last" in text else 1 if "next" in text else 0)
    match = re.search(r"\b(?:(?P<half>earlier|later) )?(?P<which>last|next|this|past|coming|current|in the) (?P<unit>week|month|year|decade|century)\b", text)
    if match is None:
        return None
    step = {"last": -1, "past": -1, "next": 1, "coming": 1}.get(match["which"], 0)
    if match["unit"] == "century":
        first = (setting.day.year - 1) // 100 * 100 + step * 100 + 1
        return DateRange(dt.date(first, 1, 1), dt.date(first + 99, 12, 31), "century")
    if match["unit"] == "decade":
        first = setting.day.year // 10 * 10 + step * 10
        return DateRange(dt.date(first, 1, 1), dt.date(first + 9, 12, 31), "decade")
    found = _calendar_unit(_shift(setting.day, step, match["unit"]), match["unit"])
    if match["half"] == "earlier":
        return replace(found, end=setting.day)
    return replace(found, start=setting.day) if match["half"] == "later" else found


def _weekend(setting: Setting, step: int) -> DateRange:
    """Saturday and Sunday: in the past the last that has begun, in the future the next that has not ended."""
    weekday = setting.day.weekday()
    saturday = _shift(setting.day, 5 - weekday, "day")
    if weekday < 5 and (setting.past or step < 0):
        saturday = _shift(saturday, -7 if step >= -1 else -14, "day")
    elif weekday >= 5 or step > 0:
        saturday = _shift(saturday, 7 * (step if weekday >= 5 else 0), "day")
    return DateRange(saturday, _shift(saturday, 1, "day"), "day")


def _ahead(text: str, setting: Setting) -> DateRange | None:
    """ "in two weeks", "three days from now"."""
    if not re.search(r"^in (?!the (?:past|last)\b)|\bfrom now\b", text):
        return None
    length = _length(text)
    if length is None or length.unit == "hour":
        return None
    return _stretch(_move(setting.day, length.least, length.unit), _move(setting.day, length.most, length.unit), length.unit)


def _season(text: str, setting: Setting) -> DateRange | None:
    match = re.search(r"\b(?P<season>spring|summer|autumn|fall|winter)\b(?: of)?(?: (?P<year>(?:19|20)\d\d)\b)?(?! of\b)", text)
    if match is None or (match["season"] == "fall" and not (match["year"] or re.search(r"\b(?:last|this|next|in the) fall\b", text))):
        return None
    month = SEASONS[match["season"]]
    if match["year"]:
        return _season_of(int(match["year"]), month)
    years = range(max(1, setting.day.year - 2), min(dt.MAXYEAR - 1, setting.day.year + 2) + 1)
    seasons = [_season_of(year, month) for year in years]
    if re.search(r"\blast\b", text):
        return next((one for one in reversed(seasons) if one.end and one.end < setting.day), None)
    if re.search(r"\bnext\b", text):
        return next((one for one in seasons if one.start and one.start > setting.day), None)
    if setting.past:
        return next((one for one in reversed(seasons) if one.start and one.start <= setting.day), None)
    return next((one for one in seasons if one.end and one.end >= setting.day), None)


def _season_of(year: int, month: int) -> DateRange:
    last = dt.date(year + (month == 12), (month + 1) % 12 + 1, 1)
    return DateRange(dt.date(year, month, 1), _calendar_unit(last, "month").end, "season")


def _quarter(text: str, setting: Setting) -> DateRange | None:
    match = re.search(r"\b(?P<which>first|second|third|fourth|last) quarter\b(?: of)?(?: (?P<year>(?:19|20)\d\d))?(?P<last> last year)?", text)
    if match is None:
        return None
    month = _ORDINALS[match["which"]] * 3 - 2
    year = int(match["year"]) if match["year"] else setting.day.year - bool(match["last"])
    if not match["year"] and not match["last"] and setting.past and dt.date(year, month, 1) > setting.day:
        year = max(1, year - 1)
    return DateRange(dt.date(year, month, 1), _calendar_unit(dt.date(year, month + 2, 1), "month").end, "quarter")


def _month(text: str, setting: Setting) -> DateRange | None:
    match = re.search(rf"{_MONTH}(?! \d{{1,2}}\b){_YEAR_AFTER}", text)
    if match is None:
        return None
    month, day = MONTHS[match["month"]], setting.day
    if match["year"]:
        year = int(match["year"])
    elif re.search(r"\blast year\b|\blast\b", text):
        year = day.year - (1 if "last year" in text else month >= day.month)
    elif re.search(r"\bnext\b", text):
        year = day.year + (1 if "next year" in text else month <= day.month)
    else:
        year = day.year - (month > day.month) if setting.past else day.year + (month < day.month)
    found = _calendar_unit(dt.date(max(1, year), month, 1), "month")
    return replace(found, end=min(day, found.end or day)) if "earlier" in text and found.start and found.start <= day else found


def _decade(text: str, setting: Setting) -> DateRange | None:
    if match := re.search(r"\b(?P<century>\d{1,2})(?:st|nd|rd|th) century\b", text):
        first = (int(match["century"]) - 1) * 100 + 1
        return DateRange(dt.date(max(1, first), 1, 1), dt.date(first + 99, 12, 31), "century") if 0 < first < 9900 else None
    match = re.search(r"\b(?P<decade>[12]\d\d0)s\b|(?:^|\s)'?(?P<short>[2-9]0)s\b", text)
    if match is None:
        return None
    first = int(match["decade"]) if match["decade"] else 1900 + int(match["short"])
    return DateRange(dt.date(first, 1, 1), dt.date(first + 9, 12, 31), "decade")


def _year(text: str, setting: Setting) -> DateRange | None:
    """A bare year; a number of troops is none."""
    match = re.search(r"(?<![\d,.$€£])\b(?P<year>1[5-9]\d\d|20\d\d)\b(?![,.]?\d)", text)
    if match is None or (match.start() == 0 and re.match(r" [a-z]", text[match.end() :])):
        return None
    return _calendar_unit(dt.date(int(match["year"]), 1, 1), "year")


def _day_of_month(text: str, setting: Setting) -> DateRange | None:
    """ "the 14th": this month's, or that of the month before or after, by the tense."""
    match = re.search(r"\bthe (?P<day>\d{1,2})(?:st|nd|rd|th)$", text)
    if match is None:
        return None
    for step in (0, -1 if setting.past else 1):
        month = _shift(setting.day.replace(day=1), step, "month")
        found = _day(month.year, month.month, int(match["day"]))
        if found and found.start and (found.start <= setting.day if setting.past else found.start >= setting.day):
            return found
    return None


_RULES = (
    _numeric, _days_of_month, _range, _part, _month_day, _period, _day_words, _weekday, _anchored, _ago, _recent, _quarter, _season, _unit, _ahead,
    _month, _decade, _year, _day_of_month,
)  # fmt: skip


# Deadlines.

_LIMIT_WORDS = re.compile(r"^(?:by|until|till|up to|before|no later than|not later than|on or before|through|within|a deadline of|the)\b ?(?:the )?")
_END_OF = re.compile(
    r"\b(?P<end>end|close|last day) of (?P<rest>(?:the |this )?.+)$|\b(?P<short>week|month|year)(?:'s)?[- ]end\b|\bend of (?P<bare>week|month|year)\b"
)


def _limit_by_end(text: str, day: dt.date) -> DateRange | None:
    """ "by the end of next month", "by year's end": the last day of the whole."""
    match = _END_OF.search(text)
    if match is None or "business" in text:
        return None
    rest = re.sub(r"^(?:the|this) ", "", match["rest"] or match["short"] or match["bare"] or "")
    setting = Setting(day, "future", None)
    found = _unit(f"this {rest}", setting) if rest in ("week", "month", "year", "decade") else _first(rest, setting)
    if found is None:
        return None
    return DateRange(None, found.end, "season" if found.precision == "season" else "day")


def _limit_before(text: str, day: dt.date) -> DateRange | None:
    """ "before Friday" ends on Thursday; "before noon on Friday" does not."""
    match = re.match(r"before (?P<rest>.+)$", text)
    if match is None or re.search(r"\b(?:midnight|noon|dawn|dusk|sunset|[ap]\.?m)\b", text):
        return None
    found = _first(match["rest"], Setting(day, "future", None))
    if found is None or found.start is None or found.start <= day:
        return found and DateRange(None, found.end, "day")
    return DateRange(None, found.start - dt.timedelta(1), "day")


def _limit_by_length(text: str, day: dt.date) -> DateRange | None:
    if re.search(r"\bago\b", text) or _is_dated(text):
        return None
    length = _length(text)
    if length is None:
        single = re.search(rf"\b(?:next|coming|a|an|the) {_UNIT}\b", text)
        if single is None or not re.search(r"\b(?:within|next|coming)\b", text) or re.match(r"(?:by|until|till|before)\b", text):
            return None
        length = Length(1, 1, single["unit"])
    return DateRange(day, _move(day, length.most, length.unit), "day")


def _limit_by_date(text: str, day: dt.date) -> DateRange | None:
    found = _first(_LIMIT_WORDS.sub("", text), Setting(day, "future", None))
    return DateRange(None, found.end, found.precision) if found and found.end else None


# Lengths and the calendar.


def _length(text: str) -> Length | None:
    """A length of time: "72 hours", "a week", "two and a half years", "several months", "weeks", "a 72-hour ultimatum"."""
    match = _LENGTH.search(text)
    if match is None:
        return None
    words = _after_frame(match["before"].replace("-", " ").split())
    half = 0.5 if re.match(r"(?:-| )and a half\b", text[match.end() :]) else 0.0
    if words[-1:] == ["half"] or words[-2:] in (["half", "a"], ["half", "an"]):
        count, unit = _HALVES[match["unit"]]
        return Length(count, count, unit)
    for size in range(min(5, len(words)), 0, -1):
        # An article before other words ("a matter of days") is no number.
        amount = read_amount(" ".join(words[-size:])) if size == 1 or words[-size] not in ("a", "an") or words[1 - size] in _COUNTED else None
        if amount is not None and (amount.value or amount.min or amount.max):
            least, most = amount.value or amount.min or amount.max or 1, amount.value or amount.max or amount.min or 1
            return Length(least + half, most + half, match["unit"])
    if match["plural"] and not (words and words[-1] in ("the", "these", "those", "his", "their")):
        low, high = _VAGUE_LENGTH
        return Length(low, high, match["unit"])
    return None


# Half of a unit in whole units of a smaller one.
_HALVES = {
    "hour": (1, "hour"), "day": (12, "hour"), "night": (12, "hour"), "week": (4, "day"), "fortnight": (1, "week"), "month": (15, "day"),
    "year": (6, "month"), "decade": (5, "year"),
}  # fmt: skip
_FRAME = frozenset({"the", "next", "last", "past", "coming", "following", "previous", "recent", "within", "for"})


def _after_frame(words: list[str]) -> list[str]:
    """The words behind those that only frame a length: in "over the next two", "over" bounds no number."""
    last = max((index for index, word in enumerate(words) if word in _FRAME), default=-1)
    return words[last + 1 :]


def _move(day: dt.date, count: float, unit: str) -> dt.date:
    """`count` units later (earlier where negative); hours are rounded up to days, parts of years to months."""
    if unit == "hour":
        days = -(-abs(count) // 24)
        return _shift(day, int(days if count >= 0 else -days), "day")
    if unit in ("year", "decade"):
        return _shift(day, round(count * (120 if unit == "decade" else 12)), "month")
    return _shift(day, round(count * _UNIT_DAYS[unit]), "day") if unit in _UNIT_DAYS else _shift(day, round(count), unit)


def _shift(day: dt.date, count: int, unit: str) -> dt.date:
    """`count` units later, on the calendar for months and years; the ends of time stay in range."""
    try:
        if unit in _UNIT_DAYS:
            return day + dt.timedelta(count * _UNIT_DAYS[unit])
        months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
        year, month = divmod(months, 12)
        return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError):
        return dt.date.max if count > 0 else dt.date.min


def _around(day: dt.date, unit: str, *, exact: bool = False) -> DateRange:
    if unit in ("day", "night"):
        return DateRange(day, day, "day")
    return _calendar_unit(day, unit)


def _calendar_unit(day: dt.date, unit: str) -> DateRange:
    """The week (from Monday), month or year that holds the day."""
    if unit == "week":
        monday = _shift(day, -day.weekday(), "day")
        return DateRange(monday, _shift(monday, 6, "day"), "week")
    if unit == "month":
        return DateRange(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]), "month")
    return DateRange(dt.date(day.year, 1, 1), dt.date(day.year, 12, 31), "year")
