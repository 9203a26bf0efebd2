"""Makes the tables known to Django."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The room with tables."""

    name = "opstap.store"
    label = "store"
