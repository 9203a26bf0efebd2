"""What an event in between does to a value: the strategies of the protocol, on people made by hand."""

import dataclasses
from datetime import timedelta

import pytest

from opstap.domain.protocol import load
from opstap.domain.protocol.model import Estimand
from opstap.reports.values import Unanswerable, returns, values
from tests.reports.made import START, WAVES, answered, dataset, item, person, worked

STEPS, RENTREE = load("steps"), load("rentree")
MIDDLE = START + timedelta(days=250)  # between t6 and t12


def made(**more):
    return dataset(
        "steps",
        participants=[person(1, arm="steps"), person(2, arm="usual_care")],
        measurements=[answered(n, wave, day) for n in (1, 2) for wave, day in WAVES.items()],
        work=[worked(n, wave, day, 20.0) for n in (1, 2) for wave, day in WAVES.items()],
        **more,
    )


def hours_of(data, strategies=None):
    outcome = STEPS.study.outcome("working_hours")
    if strategies:
        estimand = Estimand(summary="mean_difference", intercurrent=strategies)
        outcome = outcome.model_copy(update={"estimand": estimand})
    found = values(STEPS, data, outcome)
    return found, {(row.person, row.wave): row.value for row in found.frame.itertuples()}


def event(kind, number=1, on=MIDDLE):
    return {"person": f"{number:04d}", "kind": kind, "on": on}


def test_without_an_event_every_answered_wave_counts():
    _, found = hours_of(made())
    assert set(found.values()) == {20.0}
    assert len(found) == 6


def test_a_wave_that_was_not_answered_has_no_value():
    data = made()
    fewer = dataclasses.replace(data, tables={**data.tables, "work": data["work"].iloc[:-1]})
    assert ("0002", "t12") not in hours_of(fewer)[1]


@pytest.mark.parametrize("kind", ["contract_end", "retirement"])
def test_composite_is_no_work_from_the_event_on(kind):
    found, hours = hours_of(made(life_events=[event(kind)]))
    assert hours["0001", "t12"] == 0.0
    assert hours["0001", "t6"] == 20.0
    assert hours["0002", "t12"] == 20.0
    assert found.composed == 1


def test_an_event_on_the_day_of_the_answer_counts_for_it():
    _, hours = hours_of(made(life_events=[event("contract_end", on=WAVES["t12"])]))
    assert hours["0001", "t12"] == 0.0


def test_recurrence_leaves_the_value_as_it_is():
    _, hours = hours_of(made(life_events=[event("recurrence")]))
    assert hours["0001", "t12"] == 20.0


def test_after_death_a_value_is_undefined_and_counted_apart():
    found, hours = hours_of(made(life_events=[event("death")]))
    assert ("0001", "t12") not in hours
    assert hours["0001", "t6"] == 20.0
    assert found.undefined == 1


def test_hypothetical_leaves_out_what_came_after():
    found, hours = hours_of(made(life_events=[event("recurrence")]), {"recurrence": "hypothetical"})
    assert ("0001", "t12") not in hours
    assert found.undefined == 1


@pytest.mark.parametrize("strategies", [{"death": "principal_stratum"}, {"stopped_programme": "hypothetical"}])
def test_what_cannot_be_carried_out_is_said_and_not_guessed(strategies):
    with pytest.raises(Unanswerable):
        hours_of(made(), strategies)


def test_at_work_is_no_after_the_contract_ended():
    found = values(STEPS, made(life_events=[event("contract_end")]), STEPS.study.outcome("employment_status"))
    late = found.frame[(found.frame["person"] == "0001") & (found.frame["wave"] == "t12")]
    assert late["value"].tolist() == [False]


def test_composite_leaves_a_score_alone():
    scores = [{"person": "0001", "wave": wave, "score": "work_ability", "value": 6.0} for wave in WAVES]
    found = values(STEPS, made(life_events=[event("contract_end")], scores=scores), STEPS.study.outcome("work_ability"))
    assert found.frame["value"].tolist() == [6.0, 6.0, 6.0]


def test_not_applicable_is_no_answer():
    outcome = RENTREE.study.outcome("satisfaction_phases")
    data = dataset(
        "rentree",
        participants=[person(1), person(2)],
        measurements=[answered(n, "t2", WAVES["t12"]) for n in (1, 2)],
        answers=[
            item(1, "t2", "satisfaction", "phase_introduction", 9),
            item(2, "t2", "satisfaction", "phase_introduction", 4),
        ],
    )
    assert values(RENTREE, data, outcome).frame["value"].tolist() == [4]


def back(number, days, kind="partial"):
    return {
        "person": f"{number:04d}", "source": "questionnaire", "last_wave": "t12", "observed_until": WAVES["t12"],
        "first_sick_day": START - timedelta(days=100), "return_kind": kind, "days_to_return": days,
    }  # fmt: skip


def test_who_retired_before_a_return_does_not_return():
    data = made(returns=[back(1, 200), back(2, 200)], life_events=[event("retirement", on=START + timedelta(days=50))])
    found = returns(data, STEPS.study.outcome("time_to_return")).set_index("person")
    assert found.loc["0001", "days_to_return"] is None
    assert found.loc["0001", "return_kind"] == "none"
    assert found.loc["0002", "days_to_return"] == 200


def test_who_retired_after_a_return_did_return():
    data = made(returns=[back(1, 120)], life_events=[event("retirement")])
    assert returns(data, STEPS.study.outcome("time_to_return"))["days_to_return"].tolist() == [120]
