"""Every address of Opstap. Each one stands in the table of `tests/access`, or a test fails."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from opstap.web.research import joining
from opstap.web.shared import signing_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("", signing_in.home, name="home"),
    path("healthz", signing_in.health, name="health"),
    path("", include("opstap.web.shared.urls")),
    path("accounts/", include("opstap.web.shared.account_urls")),
    path("join/<slug:slug>/", joining.join, name="join"),
    path("link/<str:token>/", signing_in.link, name="link"),
    path("me/", include("opstap.web.participant.urls")),
    path("care/", include("opstap.web.coach.urls")),
    path("work/", include("opstap.web.workplace.urls")),
    path("study/", include("opstap.web.research.urls")),
    path("house/", include("opstap.web.steward.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("opstap.web.shared.demo_urls")))

handler400 = "opstap.web.shared.errors.bad_request"
handler403 = "opstap.web.shared.errors.not_there"
handler404 = "opstap.web.shared.errors.not_there"
handler500 = "opstap.web.shared.errors.our_fault"
