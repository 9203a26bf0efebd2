"""The addresses of the reading choices and of the small picture of a tab; include them at the root."""

from django.urls import path

from opstap.web.shared import reading

urlpatterns = [path("reading/", reading.choose, name="reading"), path("favicon.ico", reading.icon, name="icon")]
