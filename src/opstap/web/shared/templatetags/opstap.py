"""Icons, states, dates and hours, as the look of Opstap has them."""

from datetime import date, datetime, time
from decimal import Decimal

from django import template
from django.conf import settings
from django.template import TemplateSyntaxError
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext

from opstap.acts import clock as acts_clock
from opstap.web.shared import once as once_only
from opstap.web.shared.icons import ICONS

register = template.Library()

SIGNS = {
    "good": "check",
    "warn": "clock",
    "stop": "alert",
    "todo": "hourglass",
    "rising": "rising",
    "plain": "",
}
"""The sign of each state: a state is a word and a sign before it is a colour."""

CERTAINTY = {"U": gettext_lazy("uncertain"), "NF": gettext_lazy("not found"), "M": gettext_lazy("general knowledge")}
"""How certain a value of a protocol is that no source settles."""

NOTES = {"success": "good", "warning": "warn", "error": "stop", "info": "plain", "debug": "plain"}
"""The note in which each level of Django's messages is shown."""


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """The drawing called `name`, for the eye only: the words beside it say the same."""
    if name not in ICONS:
        raise TemplateSyntaxError(f"There is no icon {name!r}; there are {', '.join(ICONS)}.")
    return format_html(
        '<svg class="{}" aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{}</svg>',
        f"icon {classes}".strip(),
        mark_safe(ICONS[name]),
    )


@register.simple_tag
def pill(state: str, words: str) -> SafeString:
    """A state: its sign, its words and a border of its own. `state` is one of `SIGNS`."""
    if state not in SIGNS:
        raise TemplateSyntaxError(f"There is no state {state!r}; there are {', '.join(SIGNS)}.")
    sign = icon(SIGNS[state]) if SIGNS[state] else ""
    classes = "pill" if state == "rising" else f"pill {state}"
    return format_html('<span class="{}">{}{}</span>', classes, sign, words)


@register.simple_tag
def certainty(mark: str) -> SafeString:
    """How certain an assumption of a protocol is, by its mark: U, NF or M."""
    return pill("warn", str(CERTAINTY[mark]))


@register.simple_tag
def demo_day() -> SafeString:
    """The day that a visitor of the demonstration lives on, where they let time pass; nothing otherwise."""
    if not settings.DEMO or timezone.localdate(acts_clock.now()) == timezone.localdate():
        return SafeString("")
    words = gettext("In this demonstration it is %(day)s for you.") % {"day": day_year(acts_clock.now())}
    return format_html('<p class="soft">{} <a href="{}">{}</a></p>', words, reverse("demo:index"), gettext("Change"))


@register.simple_tag
def once() -> SafeString:
    """The mark by which a form that is sent twice is known."""
    return format_html('<input type="hidden" name="{}" value="{}">', once_only.FIELD, once_only.mark())


@register.inclusion_tag("shared/along.html")
def along(words: str, done: float, total: float) -> dict[str, object]:
    """How far something is: in words, with a bar that repeats them."""
    share = 100 * min(max(done / total, 0), 1) if total else 0
    return {"words": words, "share": f"{share:.1f}"}


@register.filter
def note_class(level: str) -> str:
    """The class of the note that shows a message of this level."""
    return NOTES.get(level, "plain")


def local(value: date | datetime) -> date | datetime:
    """A moment on the clock of the reader; a date as it is."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def breakable(digest: str) -> SafeString:
    """A long digest that may go on on the next line, and is copied whole."""
    return format_html_join(mark_safe("<wbr>"), "{}", ((digest[at : at + 8],) for at in range(0, len(digest), 8)))


@register.filter
def day(value: date | datetime | None) -> str:
    """A day without its year: 6 April."""
    return formats.date_format(local(value), "j F") if value else ""


@register.filter
def day_year(value: date | datetime | None) -> str:
    """A day with its year: 6 April 2026."""
    return formats.date_format(local(value), "j F Y") if value else ""


@register.filter
def weekday(value: date | datetime | None) -> str:
    """A day with its name: Tuesday 17 March."""
    return formats.date_format(local(value), "l j F") if value else ""


@register.filter
def clock(value: datetime | time | None) -> str:
    """A time of day: 13:00, and 13.00 uur in Dutch."""
    if value is None:
        return ""
    # Translators: Django's format of a time of day; a backslash keeps a letter as it is.
    layout = pgettext("format of a time of day", "H:i")
    moment = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return formats.time_format(moment, layout)


@register.filter
def hours(value: float | Decimal | None) -> str:
    """A number of hours with its word: 4 hours, 4.5 hours, and "4,5 uur" in Dutch."""
    if value is None:
        return ""
    exact = Decimal(str(value)).quantize(Decimal("0.01"))
    number = formats.number_format(exact.normalize() + 0, use_l10n=True)
    return ngettext("%(number)s hour", "%(number)s hours", 1 if exact == 1 else 2) % {"number": number}
