"""The tables in the database are those of the models, and the guards come and go with their migration."""

import io
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection

from opstap.store import triggers
from opstap.store.models import ChainHead


def guards() -> set[str]:
    if connection.vendor == "postgresql":
        question = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    else:
        question = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(question)
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_no_model_waits_for_a_migration():
    call_command("makemigrations", "store", check=True, dry_run=True, verbosity=0, stdout=io.StringIO())


@pytest.mark.django_db
def test_the_chain_has_its_head_from_the_start():
    assert (ChainHead.objects.get().number, ChainHead.objects.get().digest) == (0, "0" * 64)


@pytest.mark.django_db
def test_every_table_that_only_grows_is_guarded():
    for table in (*triggers.APPEND_ONLY, *triggers.LATER, *triggers.TRIAL, *triggers.REPORTS, triggers.LOT):
        assert len([name for name in guards() if name.startswith(f"{table}_")]) >= (
            2 if connection.vendor == "sqlite" or table != triggers.LOT else 1
        )


@pytest.mark.django_db
def test_guards_can_be_taken_away_and_put_back():
    before = guards()
    with connection.cursor() as cursor:
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)
        triggers.remove_trial(None, editor)
        later = [triggers.growing(tables) for tables in (triggers.CONSENTING, triggers.MONITORING, triggers.REPORTS)]
        for _make, undo in later:
            undo(None, editor)
        triggers.keep_corrections(None, editor)
        triggers.remove_later(None, editor)
        triggers.remove(None, editor)
        assert guards() == set()
        triggers.install(None, editor)
        triggers.install_later(None, editor)
        for make, _undo in later:
            make(None, editor)
        triggers.let_corrections_be_erased(None, editor)
        triggers.install_trial(None, editor)
    assert guards() == before
