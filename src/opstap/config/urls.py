"""Every address of Opstap. Each one stands in the table of `tests/access`, or a test fails."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from opstap.web.shared import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("healthz", views.health, name="health"),
    path("reading/", include("opstap.web.shared.urls")),
    path("accounts/", include("opstap.web.shared.account_urls")),
    path("link/<str:token>/", views.link, name="link"),
    path("me/", include("opstap.web.participant.urls")),
    path("care/", include("opstap.web.coach.urls")),
    path("work/", include("opstap.web.workplace.urls")),
    path("study/", include("opstap.web.research.urls")),
    path("house/", include("opstap.web.steward.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("opstap.web.shared.demo_urls")))

handler400 = "opstap.web.shared.views.bad_request"
handler403 = "opstap.web.shared.views.not_here"
handler404 = "opstap.web.shared.views.not_here"
handler500 = "opstap.web.shared.views.broken"
