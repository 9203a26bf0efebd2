"""What a mail server can say, told apart: taken, not now, never, and nobody knows. Against a server made here."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest

from opstap.acts.due import NotAccepted, NotHandedOver
from opstap.jobs import post

LETTER = {"to": "sam@voorbeeld.example", "subject": "Onderwerp", "text": "Dag Sam", "id": "0123"}


class Server(socketserver.ThreadingTCPServer):
    """A mail server that answers each command as it was told; `mails` holds what it took."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.answers: dict[str, str] = {}
        self.mails: list[str] = []
        self.connections = 0


class Talk(socketserver.StreamRequestHandler):
    """One conversation, in the words of RFC 5321."""

    server: Server

    def handle(self) -> None:
        self.server.connections += 1
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].split(":")[0].upper()
            answer = self.server.answers.get(verb, "250 fine")
            if answer == "hang up":
                return
            if verb == "DATA":
                if not answer.startswith("250"):
                    self.say(answer)
                    continue
                self.say("354 go on")
                self.server.mails.append(self.mail())
                answer = self.server.answers.get("END", "250 taken")
                if answer == "hang up":
                    return
            self.say(answer)
            if verb == "QUIT":
                return

    def mail(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        return "\n".join(lines)

    def say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@pytest.fixture
def server(settings) -> Iterator[Server]:
    made = Server()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    settings.DEMO = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = made.server_address
    settings.EMAIL_USE_TLS = False
    yield made
    made.shutdown()
    made.server_close()


def hand_over(times: int = 1) -> None:
    with post.round_of_post() as send:
        for _ in range(times):
            send(LETTER)


def test_a_round_of_mails_takes_one_connection_and_each_is_known_by_its_id(server: Server, settings) -> None:
    settings.SITE_ADDRESS = "https://opstap.voorbeeld.example"
    hand_over(times=3)
    assert (server.connections, len(server.mails)) == (1, 3)
    assert "Message-ID: <0123@opstap.voorbeeld.example>" in server.mails[0]
    assert "Auto-Submitted: auto-generated" in server.mails[0]


@pytest.mark.parametrize(
    ("answers", "raised", "address"),
    [
        ({"RCPT": "550 no such box"}, NotAccepted, True),
        ({"END": "554 not this"}, NotAccepted, False),
        ({"RCPT": "450 busy"}, NotHandedOver, None),
        ({"END": "451 later"}, NotHandedOver, None),
        ({"MAIL": "421 too much"}, NotHandedOver, None),
        ({"MAIL": "553 who are you"}, NotHandedOver, None),
        ({"EHLO": "502 no", "HELO": "502 no"}, NotHandedOver, None),
    ],
)
def test_each_no_of_a_mail_server_is_told_apart(server: Server, answers: dict[str, str], raised, address) -> None:
    server.answers = answers
    with pytest.raises(raised) as told:
        hand_over()
    assert getattr(told.value, "address", None) is address


def test_a_connection_that_breaks_while_a_mail_is_under_way_leaves_it_unknown(server: Server) -> None:
    server.answers = {"END": "hang up"}
    with pytest.raises(Exception) as told:
        hand_over()
    assert not isinstance(told.value, NotHandedOver | NotAccepted)
    assert len(server.mails) == 1  # and indeed it had gone


def test_after_a_broken_connection_the_next_mail_goes_over_a_new_one(server: Server) -> None:
    with post.round_of_post() as send:
        server.answers = {"END": "hang up"}
        with pytest.raises(Exception, match="."):
            send(LETTER)
        server.answers = {}
        send(LETTER)
    assert (server.connections, len(server.mails)) == (2, 2)


def test_a_server_that_went_away_between_two_mails_leaves_no_doubt(server: Server) -> None:
    with post.round_of_post() as send:
        send(LETTER)
        server.answers = {"NOOP": "hang up"}
        send(LETTER)
    assert (server.connections, len(server.mails)) == (2, 2)


def test_no_server_at_all(server: Server, settings) -> None:
    server.server_close()
    settings.EMAIL_PORT = 9
    with pytest.raises(NotHandedOver):
        hand_over()


def test_without_a_mail_server_nothing_is_tried_and_in_the_demonstration_nothing_leaves(
    server: Server, settings
) -> None:
    settings.DEMO = True
    post.check()
    hand_over()
    assert server.connections == 0
    settings.DEMO, settings.EMAIL_HOST = False, ""
    with pytest.raises(post.NoMailServer):
        post.check()
