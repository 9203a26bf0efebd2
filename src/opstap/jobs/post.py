"""Hands a letter to the mail server. In the demonstration nothing leaves: the outbox is shown in the browser.

What counts is to know whether a letter may have gone. So each way in which a mail server can say no is told apart:
not taken for now, never taken, and cannot tell.
"""

from __future__ import annotations

import contextlib
import smtplib
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from opstap.acts.due import NotAccepted, NotHandedOver, Send

#: What a mail server answers when it is still there.
STANDING = 250
#: From this code on a mail server says no for good (RFC 5321, 4.2.1).
FOR_GOOD = 500


class NoMailServer(Exception):
    """There is no mail server to hand letters to; they wait in the outbox until there is one."""


def check() -> None:
    """Raise NoMailServer where letters cannot be sent."""
    if not settings.DEMO and not settings.EMAIL_HOST:
        raise NoMailServer


@contextlib.contextmanager
def round_of_post() -> Iterator[Send]:
    """Give what hands over one letter (`to`, `subject`, `text`, `id`), over one connection for the whole round."""
    connection = get_connection()
    try:
        yield lambda letter: None if settings.DEMO else _send(connection, letter)
    finally:
        with contextlib.suppress(Exception):
            connection.close()


def _send(connection: BaseEmailBackend, letter: dict[str, str]) -> None:
    _ready(connection)
    host = urlsplit(settings.SITE_ADDRESS).hostname
    headers = {"Message-ID": f"<{letter['id']}@{host}>", "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(letter["subject"], letter["text"], to=[letter["to"]], headers=headers, connection=connection)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as no:
        codes = [code for code, _words in no.recipients.values()]
        raise NotAccepted(address=True) if min(codes) >= FOR_GOOD else NotHandedOver from None
    except smtplib.SMTPDataError as no:
        raise NotAccepted(address=False) if no.smtp_code >= FOR_GOOD else NotHandedOver from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPHeloError, smtplib.SMTPNotSupportedError):
        raise NotHandedOver from None
    except Exception:
        # The connection broke while the letter was under way: begin the next one on a new connection.
        with contextlib.suppress(Exception):
            connection.close()
        raise


def _ready(connection: BaseEmailBackend) -> None:
    """See that the connection stands before a letter is under way, so that a server gone away leaves no doubt."""
    open_one = getattr(connection, "connection", None)
    if open_one is not None:
        try:
            alive = open_one.noop()[0] == STANDING
        except (OSError, smtplib.SMTPException):
            alive = False
        if not alive:
            with contextlib.suppress(Exception):
                connection.close()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException):
        raise NotHandedOver from None
