"""What a mail server writes back about a mail: a delivery status notification (RFC 3464)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from uuid import UUID


class NotAReport(Exception):
    """This is no delivery report, or it is about a mail that did not come from here."""


@dataclass(frozen=True)
class Report:
    """One delivery report: about which mail, and what happened to it (RFC 3464, 2.3.3).

    Nothing else of it is kept: the rest of a report is about a person's mailbox.
    """

    message_id: UUID
    action: str


def read(content: bytes) -> Report:
    """Read a report as a mail server delivers it; NotAReport says what is missing."""
    message = message_from_bytes(content, policy=policy.default)
    parts = list(message.walk())
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        raise NotAReport("this mail is no delivery report (it has no part message/delivery-status)")
    actions = [str(block["Action"]).strip().lower() for block in status.walk() if block.get("Action")]
    if not actions:
        raise NotAReport("this delivery report says no Action")
    # One mail has one reader; a report with several blocks says the worst last.
    return Report(_original(parts), "failed" if "failed" in actions else actions[-1])


def _original(parts: Sequence[Message]) -> UUID:
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0)
            found = str(inner.get("Message-ID", "")) if isinstance(inner, Message) else ""
        elif part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            found = str(message_from_bytes(text if isinstance(text, bytes) else b"").get("Message-ID", ""))
        else:
            continue
        try:
            return UUID(found.strip().strip("<>").partition("@")[0])
        except ValueError:
            continue
    raise NotAReport("this report does not hold the Message-ID of a mail that came from here")
