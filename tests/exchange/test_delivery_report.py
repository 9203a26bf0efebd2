"""Delivery reports as mail servers write them (RFC 3464, its own first example among them, with our Message-ID)."""

from uuid import UUID

import pytest

from opstap.exchange.delivery_report import NotAReport, read

ID = UUID("6f1c1d0e-5a6b-4c3f-9a53-0d6b8c1f2a10")

REPORT = """\
From: Mail Delivery Subsystem <MAILER-DAEMON@example.net>
Subject: Returned mail: Cannot send message for 5 days
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="RAA14128.773615765/CS.UTK.EDU"

--RAA14128.773615765/CS.UTK.EDU

   ----- The following addresses had delivery problems -----
<someone@example.org>  (unrecoverable error)

--RAA14128.773615765/CS.UTK.EDU
content-type: message/delivery-status

Reporting-MTA: dns; cs.utk.edu

Original-Recipient: rfc822;someone@example.org
Final-Recipient: rfc822;someone@example.org
Action: {action}
Status: 4.0.0
Diagnostic-Code: smtp; 426 connection timed out

--RAA14128.773615765/CS.UTK.EDU
content-type: {kind}

From: Opstap <opstap@voorbeeld.example>
Message-ID: <{id}@opstap.voorbeeld.example>
Subject: Uw vragen staan klaar

--RAA14128.773615765/CS.UTK.EDU--
"""


def report(action: str = "failed", kind: str = "message/rfc822", message: object = ID) -> bytes:
    return REPORT.format(action=action, kind=kind, id=message).encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize("action", ["failed", "Delayed", "delivered"])
def test_a_report_says_of_which_mail_and_what(action: str, kind: str) -> None:
    found = read(report(action, kind))
    assert (found.message_id, found.action) == (ID, action.lower())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no delivery report"),
        (b"Subject: Hoi\n\nIk ben op vakantie.", "no delivery report"),
        (b"\xff\xfe\x00 not a mail at all", "no delivery report"),
        (report().replace(b"Action: failed\n", b""), "says no Action"),
        (report(message="20260401.elsewhere"), "does not hold the Message-ID"),
        (report(kind="text/plain"), "does not hold the Message-ID"),
    ],
)
def test_what_is_no_report_of_a_mail_from_here(content: bytes, said: str) -> None:
    with pytest.raises(NotAReport, match=said):
        read(content)
