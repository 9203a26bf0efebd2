"""Words and states of the end, and the small mark of what was written down for someone."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from opstap.web.shared import closing
from opstap.web.shared.templatetags.opstap import pill

register = template.Library()


@register.filter
def looked_back_on(value: str) -> str:
    """Say what is looked back on."""
    return str(closing.LOOKING_BACK[value])


@register.filter
def under(answers: dict[str, str], question: str) -> str:
    """Give the answer to one question."""
    return answers[question]


@register.filter
def mode_words(value: str) -> str:
    """Say how a contact takes place."""
    return str(closing.MODES[value])


@register.simple_tag
def aftercare_pill(state: str) -> SafeString:
    """Say how far a contact of aftercare is."""
    look, word = closing.AFTERCARE[state]
    return pill(look, str(word))


@register.simple_tag
def closing_steps(state: str, agreed: Any) -> list[dict[str, Any]]:
    """Give the steps of closing, each done, now or ahead. Closed without agreement is shown as it was."""
    steps = [
        {"id": name, "words": words, "done": state in states or (name == "agreed" and agreed is not None)}
        for name, words, states in closing.STEPS
    ]
    coming = next((step for step in steps if not step["done"]), None)
    return [{**step, "now": step is coming and state != "closed"} for step in steps]


@register.simple_tag
def by_way_of(marks: Any, event: str, thing: Any) -> SafeString | str:
    """Give the small mark of what was written down for someone; nothing where they did it themselves."""
    return channel_mark(marks.get((event, thing), "")) if marks else ""


@register.filter
def marked(marks: Any, event: str) -> SafeString | str:
    """Give the small mark of something of which there is one row at most."""
    return channel_mark(next((how for (name, _thing), how in marks.items() if name == event), "")) if marks else ""


@register.filter
def channel_mark(value: str) -> SafeString | str:
    """Show how something came in as a small mark; nothing for what someone did themselves."""
    return format_html('<span class="pill plain">{}</span>', closing.CHANNELS[value]) if value else ""
