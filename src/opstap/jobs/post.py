"""Hands a letter to the mail server. In the demonstration nothing leaves: the outbox is shown in the browser."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage


class NoMailServer(Exception):
    """There is no mail server to hand letters to; they wait in the outbox until there is one."""


def send(letter: dict[str, str]) -> None:
    """Hand over one letter (`to`, `subject`, `text`); raises what the mail server says, for the caller to count."""
    if settings.DEMO:
        return
    EmailMessage(letter["subject"], letter["text"], to=[letter["to"]]).send()


def check() -> None:
    """Raise NoMailServer where letters cannot be sent."""
    if not settings.DEMO and not settings.EMAIL_HOST:
        raise NoMailServer
