"""Exports: tidy, labelled, read back from SPSS and Stata; nothing of who someone is, and no arm before unblinding."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from django_scopes import scopes_disabled

from opstap.acts import care, clock, consents, lot, recruitment
from opstap.acts.doors import SYSTEM
from opstap.acts.refusals import NotHere
from opstap.cli import main
from opstap.domain.access import Role
from opstap.domain.protocol import load
from opstap.jobs.export import export, zipped
from opstap.reports.flow_chart import flow_chart
from opstap.store.models import AuditEvent, Measurement, Participant
from tests.world import BEGIN, World


@pytest.fixture(autouse=True)
def _a_day(db):
    with clock.at(BEGIN), scopes_disabled():
        yield


@pytest.fixture
def world() -> World:
    """A STEPS study with people all along the way: not eligible, declining, left, dead, followed, in care."""
    made = World("steps")
    made.screened(histologically_confirmed=False)
    recruitment.decline(by=made.person(Role.COORDINATOR), participant=made.informed(), reason="too_ill")
    made.referred()
    made.enrolled()
    gone = made.allocated()
    with clock.at(made.moment):
        consents.withdraw(by=made.account_of(gone), participant=gone)
    cared = made.in_care()
    with clock.at(made.moment):
        session = care.plan_session(
            by=made.person(Role.COACH), participant=cared, kind="work_intake", planned_for=made.moment
        )
        care.hold_session(
            by=made.person(Role.COACH),
            session=session,
            on=made.moment.date(),
            minutes=50,
            modules=["goals_obstacles"],
            with_workplace=True,
        )
        care.record_life_event(by=made.person(Role.COACH), participant=cared, kind="recurrence", on=made.moment.date())
    lot.correct_stratum(
        by=made.person(Role.COORDINATOR), participant=cared, factor="site", level="utrecht", reason="Elders gezien."
    )
    made.later(days=184)
    made.fill(made.fresh(cared), "t6")
    return made


def taken(world: World, form: Any = "csv", language: str = "en", by: Any = SYSTEM) -> dict[str, bytes]:
    with clock.at(world.moment):
        return export(by, world.study, form, language)


def rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode())))


def back(files: dict[str, bytes], name: str, folder: Path) -> tuple[Any, Any]:
    path = folder / name
    path.write_bytes(files[name])
    return (pyreadstat.read_sav if name.endswith("sav") else pyreadstat.read_dta)(str(path))


def test_a_table_for_each_unit_under_study_numbers(world: World) -> None:
    world.unblinded()
    files = taken(world)
    assert {name for name in files if name.endswith(".csv")} == {
        f"{unit}.csv"
        for unit in ("persons", "measurements", "work", "returns", "spells", "sessions", "life_events", "strata",
                     "answers", "scores", "codebook", "flow", "partners", "gaps", "incidents")
    }  # fmt: skip
    persons = rows(files, "persons.csv")
    assert len(persons) == len({one["person"] for one in persons})
    assert {one["arm"] for one in persons} <= {"steps", "usual_care"}
    assert rows(files, "sessions.csv")[0]["minutes"] == "50"
    assert {"person", "wave", "background_age"} <= set(rows(files, "answers.csv")[0])
    assert [(one["at_lot"], one["corrected"]) for one in rows(files, "strata.csv") if one["corrected"]] == [
        ("amsterdam", "utrecht")
    ]
    assert json.loads(files["export.json"])["arms"] == "included"
    whole = b"".join(files.values()).decode()
    pseudonyms = Participant.objects.values_list("pseudonym", flat=True)
    for secret in ("Proef", "persoon1@", "gewoon antwoord", "Elders gezien", *pseudonyms):
        assert secret not in whole


def test_before_unblinding_nothing_tells_an_arm(world: World) -> None:
    for by in (SYSTEM, world.person(Role.ANALYST), world.person(Role.DATA_MANAGER)):
        files = taken(world, by=by)
        assert {(one["arm"], one["in_programme"]) for one in rows(files, "persons.csv")} == {("", "")}
        assert rows(files, "sessions.csv") == []
        assert not any("process_participant" in one for one in rows(files, "answers.csv")[0])
        assert "Allocated: all arms together" in files["flow.svg"].decode()
        assert {row["step"] for row in rows(files, "flow.csv")} & {"group.steps", "group.usual_care"} == set()
    with pytest.raises(NotHere):
        taken(world, by=world.person(Role.COORDINATOR))


def test_the_spss_and_stata_files_are_read_back_with_their_labels(world: World, tmp_path: Path) -> None:
    world.unblinded()
    protocol = load("steps")
    plain = rows(taken(world), "persons.csv")
    for form in ("sav", "dta"):
        files = taken(world, form, "nl")
        found, about = back(files, f"persons.{form}", tmp_path)
        assert list(found["person"]) == [one["person"] for one in plain]
        labels = about.variable_value_labels
        assert labels["arm"] == {
            1: protocol.text("arms.steps.title", "nl"),
            2: protocol.text("arms.usual_care.title", "nl"),
        }
        assert about.column_names_to_labels["arm"] == "Groep volgens de loting"
        numbers = {"steps": 1, "usual_care": 2}
        for value, one in zip(found["arm"], plain, strict=True):
            assert value == numbers[one["arm"]] if one["arm"] else value != value
        day = found["consented_on"].iloc[0]
        assert (day if isinstance(day, date) else day.date()).isoformat()[:10] == plain[0]["consented_on"]
        answers, told = back(files, f"answers.{form}", tmp_path)
        sex = protocol.questionnaires["background"].words["nl"]["sex"]
        assert told.column_names_to_labels["background_sex"] == sex.text
        assert told.variable_value_labels["background_sex"] == {
            number: sex.options[str(code)]
            for number, code in enumerate(protocol.questionnaires["background"].item("sex").codes, start=1)
        }
        ages = [one["background_age"] for one in rows(taken(world), "answers.csv") if one["background_age"]]
        assert sorted(answers["background_age"].dropna()) == sorted(map(float, ages))
        assert ages
        assert all(len(name) <= 32 for name in told.column_names)
        for name in files:
            if name.endswith(form):
                back(files, name, tmp_path)


def test_the_codebook_describes_every_column_and_every_code(world: World) -> None:
    files = taken(world)
    book = rows(files, "codebook.csv")
    described = Counter((one["table"], one["variable"]) for one in book if one["kind"])
    assert set(described.values()) == {1}
    for name in files:
        unit = name.removesuffix(".csv")
        if name.endswith(".csv") and unit not in ("codebook", "flow"):
            header = files[name].decode().splitlines()[0].split(",")
            assert [one["variable"] for one in book if one["table"] == unit and one["kind"]] == header
    codes = [one["value"] for one in book if (one["table"], one["variable"]) == ("persons", "site") and one["value"]]
    assert codes == list(load("steps").sites)
    choices = [one for one in book if one["variable"] == "care_use_care__gp"]
    assert [(one["value"], one["meaning"]) for one in choices[1:]] == [("0", "no"), ("1", "yes")]


def test_an_export_is_an_audited_act_and_the_same_data_give_the_same_files(world: World) -> None:
    before = AuditEvent.objects.filter(name="study.exported").count()
    once, again = taken(world), taken(world)
    assert AuditEvent.objects.filter(name="study.exported").count() == before + 2
    assert once == again
    assert zipped(once) == zipped(again)
    event = AuditEvent.objects.filter(name="study.exported").latest("number")
    assert event.ids == {"dataset": json.loads(once["export.json"])["dataset_hash"], "form": "csv"}


def test_the_counts_of_the_flow_equal_the_events(world: World) -> None:
    world.unblinded()
    found = {row["step"]: int(row["people"]) for row in rows(taken(world), "flow.csv")}

    def people(name: str) -> int:
        events = AuditEvent.objects.filter(name=name, study="steps").values_list("ids", flat=True)
        return len({ids["participant"] for ids in events})

    assert found["referred"] == people("participant.referred")
    assert found["screened"] == people("participant.screened")
    assert found["not_taking_part"] == people("participant.not_participating") + 1  # one was found not eligible
    assert found["not_eligible"] == found["criterion.cancer"] == found["reason.not_eligible"] == 1
    assert found["reason.too_ill"] == 1
    allocated = people("participant.allocated")
    assert found["group.steps"] + found["group.usual_care"] == allocated
    withdrawn = sum(n for step, n in found.items() if step.endswith("t12.withdrawn"))
    assert withdrawn == people("study.withdrawn")
    later = set(Measurement.objects.filter(wave="t6").values_list("pk", flat=True))
    handed_in = AuditEvent.objects.filter(name="answers.submitted").values_list("ids", flat=True)
    answered = sum(n for step, n in found.items() if step.endswith("t6.answered"))
    assert answered == len([ids for ids in handed_in if ids["measurement"] in later]) == 1


def test_the_flow_of_one_arm_is_drawn_too(world: World) -> None:
    from opstap.acts.dataset import whole_of

    flemish = World("rentree")
    flemish.baseline()
    with clock.at(flemish.moment):
        chart = flow_chart(load("rentree"), whole_of(flemish.study), language="nl", pooled=True)
    assert chart.alone.startswith("<svg")
    assert "<style>" in chart.alone
    assert chart.results["consented"] == 1


def test_the_command_writes_a_folder_and_refuses_what_it_cannot_use(
    world: World, tmp_path, capsys, monkeypatch
) -> None:
    from opstap.cli import database

    monkeypatch.setattr(database, "ready", lambda: None)
    folder = tmp_path / "out"
    for _time in range(2):
        assert main(["export", "steps", "-o", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out.partition("}\n{")[0] + "}")
    assert told["arms"] == "withheld"
    assert sorted(path.name for path in folder.iterdir()) == sorted(told["written"])
    assert main(["export", "steps", "--format", "sav", "-o", str(folder)]) == 0
    assert "withheld" in capsys.readouterr().out
    assert {path.suffix for path in folder.iterdir()} == {".sav", ".csv", ".svg", ".json"}
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("x")
    for words, said in (
        (["nowhere", "-o", str(folder)], "no such study"),
        (["steps", "--format", "xls", "-o", str(folder)], "csv, sav, dta"),
        (["steps", "-o", str(other)], "other files"),
        (["steps", "--language", "fr", "-o", str(folder)], "no texts"),
    ):
        assert main(["export", *words]) == 2
        assert said in capsys.readouterr().err
