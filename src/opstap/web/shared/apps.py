"""The shared parts of the pages as a Django app, so that their templates and texts are found."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    """The frame and the parts of every page."""

    name = "opstap.web.shared"
    label = "shared"
