"""When: date words to intervals of days with their precision, resolved against the report's date."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from dragoman.records import Dating
from dragoman.resolve.quantities import read_amount

WEEKDAYS = {name.lower(): index for index, name in enumerate(calendar.day_name)}
WEEKDAYS |= {name[:3]: index for name, index in list(WEEKDAYS.items())} | {"tues": 1, "thurs": 3}
MONTHS = {name.lower(): index for index, name in enumerate(calendar.month_name) if name}
MONTHS |= {name[:3]: index for name, index in list(MONTHS.items())} | {"sept": 9}

_MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_ABSOLUTE = (
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b"),
    re.compile(rf"\b{_MONTH} {_DAY}(?:,? (?P<year>\d{{4}}))?\b"),
    re.compile(rf"\b{_DAY} (?:of )?{_MONTH}(?:,? (?P<year>\d{{4}}))?\b"),
)
_MONTH_YEAR = re.compile(rf"\b{_MONTH}(?:,? (?P<year>\d{{4}}))?\b")
_DECADE = re.compile(r"\b(?P<decade>[12]\d\d0)s\b")
_YEAR = re.compile(r"\b(?P<year>1[89]\d\d|20\d\d)\b")
_WEEKDAY = re.compile(r"\b(?P<weekday>" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + r")\b")
_SPAN = re.compile(r"\b(?P<amount>[\w-]+(?: [\w-]+)?)[ -](?P<unit>hour|day|week|month|year|decade)s?\b")
_NAMED_DAYS = {"today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "at dawn": 0, "at noon": 0,
               "midnight": 0, "overnight": 0, "yesterday": -1, "last night": -1, "tomorrow": 1, "the day before yesterday": -2}  # fmt: skip
# Days in a unit; months and years are counted on the calendar.
_UNIT_DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class DateRange:
    """First and last day, inclusive; None is open."""

    start: dt.date | None
    end: dt.date | None
    precision: str


def resolve_date(words: str, report_date: dt.date | None, *, tense: str = "past") -> DateRange | None:
    """Read a date phrase. `tense` ("past" or "future") says which way an ambiguous weekday or month points.

    Returns None where the words cannot be read, or need a report date that is not known.
    """
    text = re.sub(r"\s+", " ", words.lower().replace("’", "'")).strip()
    found = _absolute(text, report_date, tense)
    if found is None and report_date is not None:
        found = _relative(text, report_date, tense)
    if found is None:
        found = _coarse(text, report_date, tense)
    if found is None:
        return None
    return DateRange(found.start, None, found.precision) if text.startswith("since ") else found


def resolve_deadline(words: str, report_date: dt.date | None) -> DateRange | None:
    """Read a limit ("by Friday", "within 72 hours", "seven days to leave"): its end is the last day."""
    text = re.sub(r"\s+", " ", words.lower()).strip()
    span = _span(text)
    if span and report_date and not re.search(r"\bago\b", text):
        count, unit = span
        return DateRange(report_date, _shift(report_date, count, unit), "day")
    if report_date and (match := re.search(r"\bend of (?:the|this) (week|month|year)\b", text)):
        return DateRange(None, _calendar_unit(report_date, match[1]).end, "day")
    found = resolve_date(re.sub(r"^(?:by|until|till|before|no later than) ", "", text), report_date, tense="future")
    return DateRange(None, found.end, found.precision) if found else None


def dating(text: str, start: int, end: int, report_date: dt.date | None, *, tense: str = "past", deadline: bool = False) -> Dating | None:
    """The record for the words `text[start:end]`, or None where they cannot be read."""
    words = text[start:end]
    found = resolve_deadline(words, report_date) if deadline else resolve_date(words, report_date, tense=tense)
    if found is None:
        return None
    return Dating(start=found.start, end=found.end, precision=found.precision, text=words, text_start=start, text_end=end)


def _absolute(text: str, report_date: dt.date | None, tense: str) -> DateRange | None:
    for pattern in _ABSOLUTE:
        if match := pattern.search(text):
            month = match["month"]
            number = int(month) if month.isdigit() else MONTHS[month]
            year = int(match["year"]) if match["year"] else _near_year(number, int(match["day"]), report_date, tense)
            try:
                day = dt.date(year, number, int(match["day"])) if year else None
            except ValueError:
                return None
            return DateRange(day, day, "day") if day else None
    return None


def _near_year(month: int, day: int, report_date: dt.date | None, tense: str) -> int | None:
    """The year that puts a bare month and day on the right side of the report."""
    if report_date is None:
        return None
    later = (month, day) > (report_date.month, report_date.day)
    if tense == "past":
        return report_date.year - later
    return report_date.year + (not later and (month, day) != (report_date.month, report_date.day))


def _relative(text: str, report_date: dt.date, tense: str) -> DateRange | None:
    for words, offset in _NAMED_DAYS.items():
        if words in text:
            day = report_date + dt.timedelta(offset)
            return DateRange(day, day, "day")
    if match := re.search(r"\b(?P<which>last|next|this|past|coming|earlier this|later this) (?P<unit>week|month|year|weekend)\b", text):
        return _named_unit(match["which"], match["unit"], report_date)
    if match := _WEEKDAY.search(text):
        return _weekday(WEEKDAYS[match["weekday"]], text, report_date, tense)
    if (span := _span(text)) and re.search(r"\b(?:ago|earlier|before)\b", text):
        return _unit_range(_shift(report_date, -span[0], span[1]), span[1])
    if (span := _span(text)) and re.search(r"\b(?:next|coming|within|in)\b", text):
        return DateRange(report_date, _shift(report_date, span[0], span[1]), span[1])
    if (span := _span(text)) and re.search(r"\b(?:past|last|previous)\b", text):
        return DateRange(_shift(report_date, -span[0], span[1]), report_date, span[1])
    return None


def _weekday(weekday: int, text: str, report_date: dt.date, tense: str) -> DateRange:
    """The nearest such day on the side of the tense; the report's own weekday is its own day."""
    if re.search(r"\bnext\b", text):
        offset = (weekday - report_date.weekday() - 1) % 7 + 1
    elif re.search(r"\blast\b", text):
        offset = -((report_date.weekday() - weekday - 1) % 7 + 1)
    elif tense == "future":
        offset = (weekday - report_date.weekday()) % 7
    else:
        offset = -((report_date.weekday() - weekday) % 7)
    day = report_date + dt.timedelta(offset)
    return DateRange(day, day, "day")


def _named_unit(which: str, unit: str, report_date: dt.date) -> DateRange:
    if unit == "weekend":
        saturday = report_date + dt.timedelta((5 - report_date.weekday()) % 7 - (7 if which in ("last", "past") or report_date.weekday() < 5 else 0))
        return DateRange(saturday, saturday + dt.timedelta(1), "day")
    step = {"last": -1, "past": -1, "next": 1, "coming": 1}.get(which, 0)
    found = _calendar_unit(_shift(report_date, step, unit), unit)
    if which == "earlier this":
        return DateRange(found.start, report_date, unit)
    return DateRange(report_date, found.end, unit) if which == "later this" else found


def _coarse(text: str, report_date: dt.date | None, tense: str) -> DateRange | None:
    if match := _DECADE.search(text):
        first = int(match["decade"])
        return DateRange(dt.date(first, 1, 1), dt.date(first + 9, 12, 31), "decade")
    if (match := _MONTH_YEAR.search(text)) and (match["year"] or report_date):
        month = MONTHS[match["month"]]
        year = int(match["year"]) if match["year"] else _near_month(month, report_date, tense)
        if year:
            return _calendar_unit(dt.date(year, month, 1), "month")
    if (match := _YEAR.search(text)) and int(match["year"]) >= 1:
        return _calendar_unit(dt.date(int(match["year"]), 1, 1), "year")
    return None


def _near_month(month: int, report_date: dt.date | None, tense: str) -> int | None:
    if report_date is None:
        return None
    if tense == "past":
        return report_date.year - (month > report_date.month)
    return report_date.year + (month < report_date.month)


def _span(text: str) -> tuple[int, str] | None:
    """A length of time: (count, unit). A vague count has no length."""
    if match := re.search(r"\b(?:the )?(?:next|coming|within the next|within a|a) (hour|day|week|month|year)\b", text):
        return (1, "day") if match[1] == "hour" else (1, match[1])
    if match := _SPAN.search(text):
        amount = read_amount(match["amount"].split()[-1])
        if amount is None or amount.value is None:
            return None
        if match["unit"] == "hour":
            return int(-(-amount.value // 24)), "day"
        return (int(amount.value) * 10, "year") if match["unit"] == "decade" else (int(amount.value), match["unit"])
    return None


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


def _unit_range(day: dt.date, unit: str) -> DateRange:
    return DateRange(day, day, "day") if unit == "day" else DateRange(day, day, "week") if unit == "week" else _calendar_unit(day, unit)


def _calendar_unit(day: dt.date, unit: str) -> DateRange:
    """The week (from Monday), month or year that holds the day."""
    if unit == "week":
        monday = day - dt.timedelta(day.weekday())
        return DateRange(monday, monday + dt.timedelta(6), "week")
    if unit == "month":
        return DateRange(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]), "month")
    return DateRange(dt.date(day.year, 1, 1), dt.date(day.year, 12, 31), "year")
