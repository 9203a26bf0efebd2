"""Tables, lists and hidden questions: saved, sealed, corrected, and in the dataset as single values."""

import pytest

from opstap.acts import clock, dataset, measures
from opstap.acts.doors import SYSTEM
from opstap.acts.refusals import Refused
from opstap.acts.sight import answers as sight
from opstap.domain.access import Permission, Role
from opstap.store.models import AnswerSheet
from tests.world import World

CARE = {
    "care": ["gp"], "care_gp": "3", "medicine": "1",
    "medicines": [{"name": "Aspirine van Marijke", "per_day": "2"}, {"name": "Zalf", "weeks": "4"}],
}  # fmt: skip


def save(world: World, participant, **sheets):
    with clock.at(world.moment):
        return measures.save_answers(
            by=world.account_of(participant),
            measurement=world.measurement(participant, "t0"),
            answers={name.replace("_", "-"): given for name, given in sheets.items()},
        )


def test_free_text_in_a_list_is_sealed_and_comes_back(steps: World) -> None:
    participant = steps.consented()
    save(steps, participant, care_use=CARE)
    kept = AnswerSheet.objects.get(questionnaire="care-use").answers
    assert "Marijke" not in str(kept)
    assert [sorted(row) for row in kept["medicines"]] == [["name", "per_day"], ["name", "weeks"]]
    given = measures.answers_so_far(steps.measurement(participant, "t0"))["care-use"]
    assert given["medicines"] == [{"name": "Aspirine van Marijke", "per_day": 2}, {"name": "Zalf", "weeks": 4}]


@pytest.mark.parametrize(
    ("sheet", "field"),
    [
        ({"care": ["none", "gp"]}, "care-use.care"),
        ({"care": ["none"], "care_gp": "2"}, "care-use.care_gp"),
        ({"care_gp": "2"}, "care-use.care_gp"),
        ({"medicine": "1", "medicines": [{"per_day": "2"}]}, "care-use.medicines"),
        ({"travel": "1", "travel_cost": "1,005"}, "care-use.travel_cost"),
    ],
)
def test_what_does_not_fit_or_is_hidden_is_refused(steps: World, sheet, field) -> None:
    participant = steps.consented()
    with pytest.raises(Refused) as refusal:
        save(steps, participant, care_use=sheet)
    assert refusal.value.field == field
    assert str(refusal.value)
    assert not AnswerSheet.objects.exists()


def test_a_table_is_corrected_and_told_in_words(steps: World) -> None:
    participant = steps.consented()
    steps.fill(participant, "t0")
    coordinator = steps.person(Role.COORDINATOR)
    with clock.at(steps.moment):
        for item, value in (("week_hours", {"mon": "8", "tue": "4,5"}), ("week_hours", None)):
            measures.correct_answer(
                by=coordinator, measurement=steps.measurement(participant, "t0"), questionnaire="productivity",
                item=item, value=value, reason="Verkeerd overgenomen.",
            )  # fmt: skip
        measures.correct_answer(
            by=coordinator, measurement=steps.measurement(participant, "t0"), questionnaire="care-use",
            item="medicines", value=[{"name": "Zalf", "weeks": "4"}], reason="Verkeerd overgenomen.",
        )  # fmt: skip
        pk = steps.measurement(participant, "t0").pk
        _row, whole = sight.answered(coordinator, pk, Permission.CORRECT_ANSWERS)
    told = [(one.old, one.new) for one in whole.corrections]
    assert told == [
        ("een gewoon antwoord, 25, 13", "Zalf, 4"),
        ("Maandag 8, Dinsdag 4.5", ""),
        ("Maandag 4", "Maandag 8, Dinsdag 4.5"),
    ]
    question = whole.question("care-use.medicines")
    assert question.cells[:2] == [("1.name", "1. Naam van het medicijn"), ("1.per_day", "1. Hoeveel per dag")]
    assert question.answer_words == "Zalf, 4"


def test_the_dataset_has_single_values_and_no_free_text(steps: World) -> None:
    participant = steps.consented()
    steps.fill(participant, "t0")
    with clock.at(steps.moment):
        data = dataset.dataset_of(by=SYSTEM, study=steps.study)
    rows = data["answers"]
    values = {
        (row.questionnaire, row.item): row.value
        for row in rows.itertuples()
        if row.questionnaire in ("care-use", "productivity")
    }
    assert values["productivity", "week_hours.mon"] == 4
    assert values["productivity", "week_total"] == 4
    assert values["care-use", "medicines.count"] == 1
    assert values["care-use", "medicines.1.weeks"] == 13
    assert not any("name" in item for _questionnaire, item in values)
    scores = {row.score: row.value for row in data["scores"].itertuples()}
    assert scores["eq5d_index_nl"] == 1
    assert scores["productivity_week_hours"] == 4
    assert scores["care_gp"] == 200
