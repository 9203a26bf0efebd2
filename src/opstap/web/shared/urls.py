"""The addresses of the reading choices, the small picture of a tab, and calendar feeds; include them at the root."""

from django.urls import path

from opstap.web.shared import calendars, reading

urlpatterns = [
    path("reading/", reading.choose, name="reading"),
    path("favicon.ico", reading.icon, name="icon"),
    path("calendar/<str:token>/talks.ics", calendars.feed, name="calendar"),
]
