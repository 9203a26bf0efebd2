"""The address of the reading choices; include it at the root."""

from django.urls import path

from opstap.web.shared import reading

urlpatterns = [path("reading/", reading.choose, name="reading")]
