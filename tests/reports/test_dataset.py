import dataclasses

import pandas as pd
import pytest

from opstap.stats.dataset import TABLES, packed, table, unpacked, withheld
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


RATIO = {"steps": 1, "usual_care": 1}


@pytest.fixture
def blind():
    data = trial(
        hours(size=48),
        sessions=[
            {"person": f"{n:04d}", "number": 1, "kind": "intake", "state": "held", "day": n} for n in range(1, 49, 2)
        ],
        answers=[item(n, "t6", "process-participant", "harm", 0) for n in range(1, 49, 2)],
    )
    return data, withheld(data.tables, ["process-participant"], RATIO, 11)


def test_made_up_arms_follow_the_ratio_in_each_site(blind):
    _before, after = blind
    for _site, at_site in after["participants"].groupby("site"):
        counts = at_site["arm"].value_counts()
        assert abs(counts["steps"] - counts["usual_care"]) <= 1


def test_made_up_arms_have_nothing_to_do_with_the_true_ones(blind):
    before, after = blind
    own = before["participants"].set_index("person")["arm"]
    assert 0.2 < (own == after["participants"].set_index("person")["arm"]).mean() < 0.8
    other = {"steps": "usual_care", "usual_care": "steps"}
    swapped = {
        **before.tables,
        "participants": before["participants"].assign(arm=before["participants"]["arm"].map(other)),
    }
    again = withheld(swapped, ["process-participant"], RATIO, 11)
    for name in TABLES:
        pd.testing.assert_frame_equal(after[name], again[name])


def test_what_gives_an_arm_away_is_withheld(blind):
    _, after = blind
    assert after["sessions"].empty
    assert after["answers"].empty
    assert after["participants"]["in_programme"].isna().all()


def test_nobody_gets_a_made_up_arm_before_the_lot():
    people = [person(1, arm=None, allocated_on=None), person(2, arm="steps")]
    after = withheld(dataset("steps", participants=people).tables, [], RATIO, 3)["participants"]
    assert after.set_index("person")["arm"].isna().tolist() == [True, False]


def test_a_dataset_that_was_written_down_comes_back_with_the_same_hash(blind):
    before, _ = blind
    back = unpacked(packed(before))
    assert back.hash == before.hash
    for name in TABLES:
        pd.testing.assert_frame_equal(before[name], back[name], check_dtype=False)


def test_what_gives_no_arm_away_stays(blind):
    before, after = blind
    pd.testing.assert_frame_equal(before["work"], after["work"])


def test_measurements_around_someone_are_withheld():
    people = [person(n, arm="steps" if n % 2 else "usual_care") for n in range(1, 9)]
    around = [
        {"person": "0001", "wave": "t6", "respondent": "coach", "due_on": CUT, "state": "submitted", "answered_on": CUT}
    ]
    assert withheld(dataset("steps", participants=people, measurements=around).tables, [], RATIO, 3)[
        "measurements"
    ].empty


def test_dealing_anew_is_the_same_for_the_same_seed(blind):
    before, after = blind
    again = withheld(before.tables, ["process-participant"], RATIO, 11)
    pd.testing.assert_frame_equal(after["participants"], again["participants"])
