"""One sitting of filling in: how pages are liked, which answers were given in it, and when to offer a pause.

All of it is kept by the server with the session, or on the device as a taste; no clock runs on a page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from opstap.acts import clock
from opstap.web.participant.frame import signed_in, with_code
from opstap.web.shared.reading import keep

#: How pages are liked: one question at a time, or a short page; and how many questions each has at most.
PACES = {"one": 1, "page": 5}
#: The cookie with the choice: like the size of letters, it says something about the reader's device and no more.
PACE = "opstap-pace"
#: In the session: which answers were given in this visit, and which visit that is; and since when someone fills in.
VISIT, SINCE = "opstap_answered", "opstap_filling"
#: After so long a pause is offered; after so long without an answer a new sitting begins.
LONG, AWAY = timedelta(minutes=10), timedelta(minutes=30)
#: How exactly it is known when the last answer came: a session is not written anew for each page.
OFTEN = timedelta(minutes=1)


def pace(request: HttpRequest) -> str:
    """Tell how pages are liked; one question at a time unless chosen otherwise."""
    chosen = request.COOKIES.get(PACE, "")
    return chosen if chosen in PACES else "one"


def keep_pace(response: HttpResponse, chosen: str) -> None:
    """Keep how pages are liked, for next time; a choice that is none changes nothing."""
    if chosen in PACES:
        keep(response, PACE, chosen)


def shown(request: HttpRequest, pk: int) -> Collection[str] | None:
    """Name the answers that may be shown: all of them with the code, else those of this visit."""
    return None if with_code(request) else _visit(request, pk)["answers"]


def answered(request: HttpRequest, pk: int, names: Iterable[str]) -> bool:
    """Take in that answers were saved; tells whether it is time to offer a pause."""
    if not with_code(request):
        visit = _visit(request, pk)
        if not visit["answers"] or not {*names} <= {*visit["answers"]}:
            request.session[VISIT] = {**visit, "answers": sorted({*visit["answers"], *names})}
    now, since = clock.now(), request.session.get(SINCE) or {}
    fresh = since.get("pk") != pk or now - datetime.fromisoformat(since["last"]) > AWAY
    began = now if fresh else datetime.fromisoformat(since["began"])
    tired = now - began >= LONG
    if fresh or tired or now - datetime.fromisoformat(since["last"]) >= OFTEN:
        request.session[SINCE] = {"pk": pk, "began": (now if tired else began).isoformat(), "last": now.isoformat()}
    return tired


def tag(request: HttpRequest) -> str:
    """Give the word that ties what the browser keeps to this sign-in: nobody who signs in later has the same."""
    return salted_hmac("opstap.kept", str(request.session.session_key), algorithm="sha256").hexdigest()[:24]


def _visit(request: HttpRequest, pk: int) -> dict[str, Any]:
    # A visit begins with a link. Someone who uses a new link in the same browser begins a new one: the moment of
    # signing in tells them apart.
    began = str(signed_in(request).last_login)
    visit = request.session.get(VISIT)
    if not visit or visit["began"] != began or visit["pk"] != pk:
        return {"began": began, "pk": pk, "answers": []}
    return visit


def sends_by_itself(request: HttpRequest) -> bool:
    """Tell whether the page's script sends, so that it must be told where to go on instead of being sent there."""
    return request.headers.get("X-Opstap") == "kept"
