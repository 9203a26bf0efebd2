"""What the database itself refuses, whoever asks: changing the audit trail, a consent, a used lot.

The same rules in the words of SQLite and of PostgreSQL. PostgreSQL also refuses TRUNCATE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

APPEND_ONLY = ("store_auditevent", "store_consent", "store_correction", "store_readevent")
#: Tables that came later, and only grow as well.
LATER = ("store_queryentry",)
#: What stands beside a consent.
CONSENTING = ("store_comprehensionanswer", "store_signature", "store_consentevidence")
#: What is said about incidents, and what was found when sites were compared.
MONITORING = ("store_incidententry", "store_signalrun")
LOT = "store_allocationrow"
#: A correction keeps its values for good, unless they are erased at the wish of the person whom they are about.
CORRECTION = "store_correction"
_ERASED = (
    "NEW.old IS NULL AND NEW.new IS NULL AND NEW.id = OLD.id AND NEW.sheet_id = OLD.sheet_id "
    "AND NEW.item = OLD.item AND NEW.reason_sealed = OLD.reason_sealed AND NEW.by_id = OLD.by_id AND NEW.at = OLD.at"
)
#: Tables of the conduct of a trial, that only grow.
TRIAL = ("store_stratumcorrection",)
#: What was fixed before anybody knew the outcome, and what was told of it.
REPORTS = ("store_fixedplan", "store_reportfile")


def _grows_sqlite(tables: Iterable[str]) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        for table in tables
        for verb in ("UPDATE", "DELETE")
    ]


def _sqlite() -> list[str]:
    return [
        *_grows_sqlite(APPEND_ONLY),
        *_lot_sqlite("NEW.arm <> OLD.arm"),
    ]


def _lot_sqlite(changed: str) -> list[str]:
    return [
        f"CREATE TRIGGER {LOT}_update BEFORE UPDATE ON {LOT} "
        f"WHEN OLD.participation_id IS NOT NULL OR {changed} OR NEW.number <> OLD.number "
        "OR NEW.stratum <> OLD.stratum BEGIN SELECT RAISE(ABORT, 'a lot is drawn once'); END",
        f"CREATE TRIGGER {LOT}_delete BEFORE DELETE ON {LOT} "
        "WHEN OLD.participation_id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a lot is drawn once'); END",
    ]


def _grows_postgresql(tables: Iterable[str]) -> list[str]:
    made = []
    for table in tables:
        made += [
            f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION opstap_refuse()",
            f"CREATE TRIGGER {table}_all BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION opstap_refuse()",
        ]
    return made


def _postgresql() -> list[str]:
    made = [
        "CREATE OR REPLACE FUNCTION opstap_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' only grows'; END $$",
        _lot_postgresql("NEW.arm <> OLD.arm"),
    ]
    return [
        *made,
        *_grows_postgresql(APPEND_ONLY),
        f"CREATE TRIGGER {LOT}_rows BEFORE UPDATE OR DELETE ON {LOT} FOR EACH ROW EXECUTE FUNCTION opstap_lot()",
    ]


def _lot_postgresql(changed: str) -> str:
    return (
        "CREATE OR REPLACE FUNCTION opstap_lot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF OLD.participation_id IS NOT NULL THEN RAISE EXCEPTION 'a lot is drawn once'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; "
        f"IF {changed} OR NEW.number <> OLD.number OR NEW.stratum <> OLD.stratum "
        "THEN RAISE EXCEPTION 'a lot is drawn once'; END IF; RETURN NEW; END $$"
    )


def install(_apps: Any, schema_editor: Any) -> None:
    """Make the triggers; run by a migration."""
    vendor = schema_editor.connection.vendor
    for statement in _postgresql() if vendor == "postgresql" else _sqlite():
        schema_editor.execute(statement)


Change = Callable[[Any, Any], None]


def growing(tables: Iterable[str]) -> tuple[Change, Change]:
    """Give the two halves of a migration by which these tables only grow from now on."""

    def make(_apps: Any, schema_editor: Any) -> None:
        postgresql = schema_editor.connection.vendor == "postgresql"
        for statement in _grows_postgresql(tables) if postgresql else _grows_sqlite(tables):
            schema_editor.execute(statement)

    def undo(_apps: Any, schema_editor: Any) -> None:
        _drop(schema_editor, tables)

    return make, undo


def let_corrections_be_erased(_apps: Any, schema_editor: Any) -> None:
    """Let the values of a correction be emptied, and nothing else of it be changed."""
    _drop(schema_editor, (CORRECTION,))
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION opstap_correction() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'UPDATE' AND {_ERASED} THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION 'store_correction only grows'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {CORRECTION}_rows BEFORE UPDATE OR DELETE ON {CORRECTION} "
            "FOR EACH ROW EXECUTE FUNCTION opstap_correction()"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {CORRECTION}_all BEFORE TRUNCATE ON {CORRECTION} "
            "FOR EACH STATEMENT EXECUTE FUNCTION opstap_refuse()"
        )
        return
    for verb, unless in (("UPDATE", f" WHEN NOT ({_ERASED})"), ("DELETE", "")):
        schema_editor.execute(
            f"CREATE TRIGGER {CORRECTION}_{verb.lower()} BEFORE {verb} ON {CORRECTION}{unless} "
            f"BEGIN SELECT RAISE(ABORT, '{CORRECTION} only grows'); END"
        )


def keep_corrections(_apps: Any, schema_editor: Any) -> None:
    """Let nothing of a correction be changed, as before; run only when that migration is undone."""
    _drop(schema_editor, (CORRECTION,))
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in _grows_postgresql([CORRECTION]) if postgresql else _grows_sqlite([CORRECTION]):
        schema_editor.execute(statement)


def install_later(_apps: Any, schema_editor: Any) -> None:
    """Make the triggers of the tables that came later; run by the migration that makes those tables."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in _grows_postgresql(LATER) if postgresql else _grows_sqlite(LATER):
        schema_editor.execute(statement)


def remove_later(_apps: Any, schema_editor: Any) -> None:
    """Take those away again; run only when that migration is undone."""
    _drop(schema_editor, LATER)


def install_trial(_apps: Any, schema_editor: Any) -> None:
    """Let a line of a minimisation get its arm when it is used, and never its draw changed; guard the corrections."""
    changed = "(NEW.arm <> OLD.arm AND OLD.arm <> '') OR NEW.draw <> OLD.draw OR NEW.study_id <> OLD.study_id"
    _renew_lot(schema_editor, changed)
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in _grows_postgresql(TRIAL) if postgresql else _grows_sqlite(TRIAL):
        schema_editor.execute(statement)


def remove_trial(_apps: Any, schema_editor: Any) -> None:
    """Go back to the guards from before; run only when that migration is undone."""
    _drop(schema_editor, TRIAL)
    _renew_lot(schema_editor, "NEW.arm <> OLD.arm")


def _renew_lot(schema_editor: Any, changed: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_lot_postgresql(changed))
    else:
        # SQLite changes a column by making the table anew, without its triggers.
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {LOT}_{verb}")
        for statement in _lot_sqlite(changed):
            schema_editor.execute(statement)


def remove(_apps: Any, schema_editor: Any) -> None:
    """Take the triggers away; run only when a migration is undone."""
    _drop(schema_editor, (*APPEND_ONLY, LOT))


def _drop(schema_editor: Any, tables: Iterable[str]) -> None:
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in tables:
        for ending in ("rows", "all") if postgresql else ("update", "delete"):
            on = f" ON {table}" if postgresql else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{ending}{on}")
