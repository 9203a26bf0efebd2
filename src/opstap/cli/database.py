"""Makes Django ready for a command, and says plainly what is missing when it cannot be."""

from __future__ import annotations

import os
from pathlib import Path

from opstap.cli.answer import BadInput


def ready(home: Path | None = None, *, migrated: bool = True) -> None:
    """Load Django on the data folder (`OPSTAP_HOME`, default `var`); BadInput when it has no usable database."""
    if home is not None:
        os.environ["OPSTAP_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opstap.config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise BadInput(str(error)) from None
    if migrated:
        _check_migrated()


def _check_migrated() -> None:
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import DatabaseError

    engine = settings.DATABASES["default"]
    if connection.vendor == "sqlite" and not Path(engine["NAME"]).exists():
        raise BadInput(f"{engine['NAME']}: no database there; start with `./run demo`, or set OPSTAP_HOME")
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        reason = str(error).splitlines()[0] if str(error) else "no answer"
        raise BadInput(f"the database cannot be used: {reason}") from None
    if waiting:
        raise BadInput("the database is older than the program; run `python -m django migrate` first")
