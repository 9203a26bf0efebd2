"""Words and states of the people around a participant."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opstap.web.shared import around
from opstap.web.shared.templatetags.opstap import pill

register = template.Library()


@register.filter
def named(value: str, what: str) -> str:
    """Say a stored name in words; `what` is party, channel, item, function, adjusts, arranger or letter."""
    return str(around.WORDS[what].get(value, value))  # type: ignore[attr-defined]  # tables of one shape


@register.simple_tag
def adjustment_pill(state: str, late: bool = False) -> SafeString:
    """Say how far an adjustment is."""
    if late and state in ("agreed", "confirmed"):
        return pill("warn", _("its day has passed"))
    look, word = around.ADJUSTMENT_STATES[state]
    return pill(look, str(word))


@register.simple_tag
def letter_pill(state: str) -> SafeString:
    """Say how far a letter is."""
    look, word = around.LETTER_STATES[state]
    return pill(look, str(word))
