import dataclasses

import pandas as pd
import pytest

from opstap.stats.dataset import TABLES, deal_anew, table
from tests.reports.made import CUT, dataset, hours, item, person, trial


def test_hash_does_not_depend_on_the_order_of_rows():
    people = [person(1), person(2), person(3)]
    assert dataset("rentree", participants=people).hash == dataset("rentree", participants=people[::-1]).hash


@pytest.mark.parametrize(
    "change",
    [
        {"participants": [person(1), person(2, site="gent")]},
        {"participants": [person(1)]},
        {"permuted": True},
        {"cut": CUT.replace(day=2)},
        {"answers": [item(1, "t0", "background", "age", 50)]},
    ],
)
def test_hash_names_these_data_and_no_other(change):
    same = {"participants": [person(1), person(2)]}
    assert dataset("rentree", **{**same, **change}).hash != dataset("rentree", **same).hash


def test_a_value_in_another_column_is_another_dataset():
    one = dataset("steps", flow=[{"kind": "state", "id": "referred", "count": 1}])
    other = dataset("steps", flow=[{"kind": "referred", "id": "state", "count": 1}])
    assert one.hash != other.hash


def test_a_table_with_an_unknown_column_is_refused():
    with pytest.raises(ValueError, match="name"):
        table("participants", [{"name": "An Peeters"}])


def test_a_dataset_without_a_table_is_refused():
    whole = dataset("steps")
    with pytest.raises(ValueError, match="flow"):
        dataclasses.replace(whole, tables={name: whole[name] for name in TABLES if name != "flow"})


@pytest.fixture
def blind():
    data = trial(
        hours(size=48),
        sessions=[
            {"person": f"{n:04d}", "number": 1, "kind": "intake", "state": "held", "day": n} for n in range(1, 49, 2)
        ],
        answers=[item(n, "t6", "process-participant", "harm", 0) for n in range(1, 49, 2)],
    )
    return data, deal_anew(data.tables, ["process-participant"], 11)


def test_dealing_anew_keeps_the_counts_per_site_and_arm(blind):
    before, after = blind
    counts = [tables["participants"].groupby(["site", "arm"]).size().to_dict() for tables in (before, after)]
    assert counts[0] == counts[1]


def test_dealing_anew_separates_people_from_their_arm(blind):
    before, after = blind
    own = before["participants"].set_index("person")["arm"]
    dealt = after["participants"].set_index("person")["arm"]
    kept = (own == dealt).mean()
    assert 0.2 < kept < 0.8


def test_what_gives_an_arm_away_goes_with_the_dealt_arm(blind):
    _, after = blind
    dealt = after["participants"].set_index("person")["arm"]
    assert (after["sessions"]["person"].map(dealt) == "steps").all()
    assert (after["answers"]["person"].map(dealt) == "steps").all()
    assert (after["participants"]["in_programme"].astype(bool) == (after["participants"]["arm"] == "steps")).all()


def test_what_gives_no_arm_away_stays(blind):
    before, after = blind
    pd.testing.assert_frame_equal(before["work"], after["work"])


def test_measurements_around_someone_lose_their_dates():
    people = [person(n, arm="steps" if n % 2 else "usual_care") for n in range(1, 9)]
    around = [
        {"person": "0001", "wave": "t6", "respondent": "coach", "due_on": CUT, "state": "submitted", "answered_on": CUT}
    ]
    after = deal_anew(dataset("steps", participants=people, measurements=around).tables, [], 3)["measurements"]
    assert after["due_on"].isna().all()
    assert after["answered_on"].isna().all()


def test_dealing_anew_is_the_same_for_the_same_seed(blind):
    before, after = blind
    again = deal_anew(before.tables, ["process-participant"], 11)
    pd.testing.assert_frame_equal(after["participants"], again["participants"])
