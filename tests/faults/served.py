"""The real site on a real port, by the server that Opstap ships with, and people who fill in a questionnaire there.

Used by the test that kills it, and by the benchmarks: the workers share one listening socket, which stays open while
they are killed and started anew, as behind a web server.
"""

from __future__ import annotations

import http.client
import os
import queue
import random
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from opstap.acts.calendar import asked_of
from opstap.domain.instruments.model import Item
from opstap.store.models import AnswerSheet, AuditEvent, Measurement, User
from opstap.web.shared.entering import CODE, LINK
from tests.world import World

#: One worker: waitress as `opstap demo` starts it, at the world's moment, telling how long each answer took inside.
WORKER = """
import sys, time
from datetime import datetime
from pathlib import Path
from socket import socket

from django.conf import settings

fd, name, moment, threads = int(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3]), int(sys.argv[4])
settings.DATABASES["default"]["NAME"] = name
if not Path(settings.STATIC_ROOT, "staticfiles.json").exists():
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

from waitress import serve

from opstap.acts import clock
from opstap.config.wsgi import application

def site(environ, start_response):
    began = time.perf_counter()

    def start(status, headers, *more):
        took = 1000 * (time.perf_counter() - began)
        return start_response(status, [*headers, ("Server-Timing", f"app;dur={took:.3f}")], *more)

    with clock.at(moment):
        return application(environ, start)

import logging

logging.getLogger("waitress.queue").setLevel(logging.ERROR)
serve(site, sockets=[socket(fileno=fd)], threads=threads, ident="")
"""
#: What a page of one question can ask here: answers that one field holds, and that open or close nothing else.
SIMPLE = ("choice", "scale", "visual", "number")
WAIT = 30.0


class Site:
    """The site, served by processes that can be killed; `port` stays the same."""

    def __init__(self, moment: datetime, *, workers: int = 2, threads: int = 8) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._socket.getsockname()[1]
        name = str(connections.settings["default"]["NAME"])
        descriptor = self._socket.fileno()
        words = [str(descriptor), name, moment.isoformat(), str(threads)]
        self._command = [sys.executable, "-c", WORKER, *words]
        self._descriptor, self._count = descriptor, workers
        self._workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Site:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()
        self._socket.close()

    def start(self) -> None:
        """Start the workers; who connects before they are ready waits."""
        # What Python compiled is kept, so that a second start is as quick as on any server.
        compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": os.path.join(os.environ["OPSTAP_HOME"], "py")}
        environment = {**os.environ, **compiled, "DJANGO_SETTINGS_MODULE": "opstap.config.settings"}
        self._workers = [
            subprocess.Popen(self._command, env=environment, pass_fds=[self._descriptor]) for _ in range(self._count)
        ]

    def kill(self) -> None:
        """Kill the workers as a power cut would, in the middle of whatever they do."""
        for worker in self._workers:
            worker.send_signal(signal.SIGKILL)
        for worker in self._workers:
            worker.wait(WAIT)

    @contextmanager
    def line(self) -> Iterator[http.client.HTTPConnection]:
        """Give a connection to the site."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)) as connection:
            yield connection


@dataclass(frozen=True)
class Answer:
    """What the site answered: its status, where it sent on to, and the milliseconds it took inside the server."""

    status: int
    onward: str
    inside: float


@dataclass
class Save:
    """One answer that was sent: `acknowledged` when the site said that it was saved."""

    page: str
    value: Any
    acknowledged: bool = False


@dataclass
class Person:
    """Someone signed in, who fills in one measurement. `saves` holds everything that was sent, in order."""

    measurement: int
    cookie: str
    mark: str
    pages: dict[str, Item]
    chance: random.Random
    saves: list[Save] = field(default_factory=list)
    last: dict[str, Any] = field(default_factory=dict)

    def next(self) -> Save:
        """Choose the next page, and an answer other than the one before."""
        names = list(self.pages)
        page = names[len(self.saves) % len(names)]
        value = self.chance.choice([one for one in _possible(self.pages[page]) if one != self.last.get(page)])
        self.last[page] = value
        self.saves.append(Save(page, value))
        return self.saves[-1]

    def send(self, connection: http.client.HTTPConnection, save: Save) -> Answer:
        """Send the form of a page; OSError or HTTPException when the line breaks, and nobody knows."""
        form = urlencode({"csrfmiddlewaretoken": self.mark, "answer": save.value})
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"/me/questions/{self.measurement}/{save.page}/", form, headers)
        answer = _answer(connection)
        save.acknowledged = answer.status == 302 and answer.onward.startswith(f"/me/questions/{self.measurement}/")
        return answer

    def look(self, connection: http.client.HTTPConnection, path: str) -> Answer:
        """Get a page."""
        connection.request("GET", path, headers={"Cookie": self.cookie})
        return _answer(connection)


def _possible(item: Item) -> list[Any]:
    low, high = item.bounds
    return list(item.codes) or list(range(int(low or 0), int(high if high is not None else 100) + 1))


def _answer(connection: http.client.HTTPConnection) -> Answer:
    response = connection.getresponse()
    response.read()
    inside = (response.getheader("Server-Timing") or "app;dur=nan").rpartition("=")[2]
    return Answer(response.status, response.getheader("Location") or "", float(inside))


def people(world: World, count: int, seed: int = 1) -> list[Person]:
    """Make participants whose baseline is open, half of them signed in by link and half with their code."""
    begun, made, furthest = world.moment, [], world.moment
    for number in range(count):
        world.moment = begun
        participant = world.consented()
        measurement = world.measurement(participant, "t0")
        pages = {
            f"{questionnaire.id}/{item.id}": item
            for questionnaire in asked_of(measurement)
            for item in questionnaire.items
            if item.kind in SIMPLE and item.when is None and questionnaire.grid_of(item.id) is None
        }
        user = world.account_of(participant)
        session = _session(user, {LINK: measurement.pk} if number % 2 else {CODE: True})
        mark = secrets.token_hex(16)
        cookie = f"sessionid={session}; csrftoken={mark}"
        made.append(Person(measurement.pk, cookie, mark, pages, random.Random(f"{seed} {number}")))
        furthest = max(furthest, world.moment)
    world.moment = furthest
    return made


def _session(user: User, content: dict[str, Any]) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.update(content)
    session.create()
    return str(session.session_key)


def save_while_killed(site: Site, people: list[Person], total: int, kills: int, seed: int) -> Counter[str]:
    """Let everyone save, each one thing after the other, `total` in all, while the server is killed now and then.

    A save whose answer never came is sent again. Counts `acknowledged`, `broken` (no answer came) and `refused`.
    """
    chance = random.Random(seed)
    left: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(total):
        left.put(number)
    counts: Counter[str] = Counter()
    lock = threading.Condition()

    def fill(person: Person) -> None:
        while True:
            try:
                left.get_nowait()
            except queue.Empty:
                return
            save = person.next()
            while not save.acknowledged:
                try:
                    with site.line() as line:
                        while not save.acknowledged:
                            outcome = _outcome(person, line, save)
                            with lock:
                                counts[outcome] += 1
                                lock.notify_all()
                            if outcome == "refused":
                                return
                except (OSError, http.client.HTTPException):
                    with lock:
                        counts["broken"] += 1
                    save = Save(save.page, save.value)
                    person.saves.append(save)

    threads = [threading.Thread(target=fill, args=[person], daemon=True) for person in people]
    for thread in threads:
        thread.start()
    for moment in sorted(chance.sample(range(1, total - 1), kills)):
        with lock:
            if not lock.wait_for(lambda after=moment: counts["acknowledged"] >= after or counts["refused"], 300):
                break
        # Somewhere within the next save.
        time.sleep(chance.uniform(0, 0.05))
        site.kill()
        site.start()
        counts["kills"] += 1
    for thread in threads:
        thread.join(600)
    return counts


def _outcome(person: Person, line: http.client.HTTPConnection, save: Save) -> str:
    person.send(line, save)
    return "acknowledged" if save.acknowledged else "refused"


def faults(people: list[Person]) -> list[str]:
    """List what is wrong afterwards: an acknowledged answer that is gone, or an event too few or too many.

    What is kept must be the last acknowledged answer or one that was sent after it; the trail must hold an event for
    each acknowledged save and at most one for each whose answer never came.
    """
    found = []
    for person in people:
        measurement = Measurement.objects.get(pk=person.measurement)
        kept = {
            f"{sheet.questionnaire}/{item}": value
            for sheet in AnswerSheet.objects.filter(measurement=measurement)
            for item, value in sheet.answers.items()
        }
        for page in {save.page for save in person.saves}:
            sent = [save for save in person.saves if save.page == page]
            last = max((number for number, save in enumerate(sent) if save.acknowledged), default=-1)
            fitting = {str(save.value) for save in sent[max(last, 0) :]} | (set() if last >= 0 else {"None"})
            if str(kept.get(page)) not in fitting:
                found.append(f"measurement {person.measurement}, {page}: kept {kept.get(page)}, sent {sorted(fitting)}")
        acknowledged = sum(save.acknowledged for save in person.saves)
        events = AuditEvent.objects.filter(name="answers.saved", ids__measurement=person.measurement).count()
        if not acknowledged <= events <= len(person.saves):
            found.append(
                f"measurement {person.measurement}: {events} events for {acknowledged} acknowledged saves "
                f"and {len(person.saves) - acknowledged} whose answer never came"
            )
    return found
