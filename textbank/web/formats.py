"""How pages write times, amounts and phone numbers: in the reader's language and zone."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import (
    format_date,
    format_datetime,
    format_skeleton,
    format_time,
    format_timedelta,
    get_timezone_name,
)
from babel.numbers import format_decimal
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from textbank import clock
from textbank.sms.phone_number import national
from textbank.web.language import LOCALES
from textbank.web.qr import qr_svg

_NARROW_NO_BREAK = "\u202f"
_NEAR = timedelta(days=6)


@pass_context
def moment(context: Context, when: datetime | None, zone: str = "", *, named: bool = False) -> str:
    """Short, in the reader's zone or the one named; the whole of it as a title. `named`: with the zone."""
    if when is None:
        return ""
    words = _short(context, when, _zone(context, zone))
    if named:
        words = f"{words} {_abbreviation(when, _zone(context, zone))}"
    return _time(context, when, words, zone)


@pass_context
def zone(context: Context, visitor: Any) -> str:
    """The zone in which a page tells somebody the time: "Eastern Time (EST)"."""
    of = _zone(context, getattr(visitor, "time_zone", ""))
    short = _abbreviation(clock.now(), of)
    if short == "UTC":
        return short
    name = get_timezone_name(of, width="long", zone_variant="generic", locale=_locale(context))
    return name if short.startswith(("+", "-")) else f"{name} ({short})"


@pass_context
def ago(context: Context, when: datetime | None) -> str:
    """How long since (or until): "5 min. ago"."""
    if when is None:
        return ""
    distance = when - clock.now()
    words = format_timedelta(
        distance, granularity="second", add_direction=True, format="short", locale=_locale(context)
    )
    return _time(context, when, words)


@pass_context
def waited(context: Context, since: datetime | None) -> str:
    """For how long somebody has waited, as a length of time: "13 seconds"."""
    if since is None:
        return ""
    length = max(clock.now() - since, timedelta(seconds=1))
    words = format_timedelta(length, granularity="second", format="long", locale=_locale(context))
    return _time(context, since, words)


@pass_context
def day(context: Context, when: datetime | None) -> str:
    """The date alone, in the reader's zone."""
    if when is None:
        return ""
    local = when.astimezone(_zone(context))
    return _time(context, when, format_date(local, "medium", locale=_locale(context)))


@pass_context
def number(context: Context, value: float | None) -> str:
    """With thousands set apart."""
    return "" if value is None else str(format_decimal(value, locale=_locale(context)))


def phone(value: str | None) -> str:
    """A number as people here write it; one that is none stays as it is."""
    if not value:
        return ""
    try:
        return national(value)
    except ValueError:
        return value


FILTERS: Mapping[str, Callable[..., Any]] = {
    "moment": moment,
    "ago": ago,
    "waited": waited,
    "day": day,
    "number": number,
    "phone": phone,
    "zone": zone,
    "qr": qr_svg,
}


def _short(context: Context, when: datetime, zone: tzinfo) -> str:
    locale = _locale(context)
    local, today = when.astimezone(zone), clock.now().astimezone(zone)
    time = format_time(local, "short", locale=locale)
    if local.date() == today.date():
        words = time
    elif abs(local - today) < _NEAR:
        words = f"{format_skeleton('E', local, locale=locale)} {time}"
    elif local.year == today.year:
        words = f"{format_skeleton('MMMd', local, locale=locale)}, {time}"
    else:
        words = format_date(local, "medium", locale=locale)
    return str(words)


def _time(context: Context, when: datetime, words: str, zone: str = "") -> Markup:
    local = when.astimezone(_zone(context, zone))
    full = format_datetime(local, "full", locale=_locale(context)).replace(_NARROW_NO_BREAK, " ")
    words = words.replace(_NARROW_NO_BREAK, " ")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(when.isoformat(), full, words)


def _locale(context: Context) -> Any:
    return LOCALES[context.get("language", "en")]


def _abbreviation(when: datetime, zone: tzinfo) -> str:
    """EST or PDT, as people in the United States know them; "+05" for places without letters."""
    return when.astimezone(zone).strftime("%Z")


def _zone(context: Context, named: str = "") -> tzinfo:
    name = named or getattr(context.get("visitor"), "time_zone", "") or "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
