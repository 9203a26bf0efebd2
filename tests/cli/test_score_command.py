"""`opstap score`: rows with score columns added, all else as it was, or one message that names column and row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from opstap.cli import main
from opstap.domain.instruments.scoring import RRTW_ITEMS, STAGES

EQ = "id,mo,sc,ua,pd,ad,note\n"
ROWS = "a,1,1,1,1,1,fine\nb,2,1,2,3,1, spaced \nc,,1,1,1,1,\n"


@pytest.fixture
def score(capsysbinary, tmp_path):
    def scored(instrument: str, content: str | bytes, *words: str) -> tuple[int, bytes, str]:
        path = tmp_path / "data.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        code = main(["score", instrument, str(path), *words])
        out, err = capsysbinary.readouterr()
        return code, out, err.decode()

    return scored


def test_a_column_per_tariff_or_the_one_asked_for(score) -> None:
    code, out, err = score("eq5d-5l", EQ + ROWS, "--country", "nl")
    assert (code, err) == (0, "")
    assert out.decode() == (
        "id,mo,sc,ua,pd,ad,note,eq5d_index_nl\n"
        "a,1,1,1,1,1,fine,1\nb,2,1,2,3,1, spaced ,0.787\nc,,1,1,1,1,,\n"
    )  # fmt: skip
    _, both, _ = score("eq5d-5l", EQ + ROWS)
    assert both.decode().splitlines()[0].endswith(",eq5d_index_nl,eq5d_index_be")


def test_what_is_not_scored_passes_through_byte_for_byte(score) -> None:
    content = '\ufeff"my ""id""",ad,mo,sc,ua,pd\r\n"x, y\r\nz","1",1,1,1,"1"\r\n\r\né,NA,1,1,1, 2.0 \r\n'
    code, out, err = score("eq5d-5l", content, "--country", "be")
    assert code == 0
    assert out.decode() == (
        '\ufeff"my ""id""",ad,mo,sc,ua,pd,eq5d_index_be\r\n"x, y\r\nz","1",1,1,1,"1",1\r\n\r\né,NA,1,1,1, 2.0 ,\r\n'
    )
    assert "NA was read as no answer" in err


def test_semicolons_and_decimal_commas_are_recognised_and_said(score) -> None:
    code, out, err = score("eq5d-5l", "mo;sc;ua;pd;ad;hours\n2;1;2,0;3;1;31,5\n", "--country", "nl")
    assert (code, out.decode()) == (0, "mo;sc;ua;pd;ad;hours;eq5d_index_nl\n2;1;2,0;3;1;31,5;0,787\n")
    assert "semicolon" in err
    assert "decimal comma" in err
    _, out, _ = score("eq5d-5l", 'mo,sc,ua,pd,ad,hours\n2,1,2,3,1,"31,5"\n', "--country", "nl")
    assert out.decode().endswith('"31,5","0,787"\n')


def test_a_file_or_a_document(score, tmp_path) -> None:
    target = tmp_path / "out.csv"
    code, out, err = score("eq5d-5l", EQ + ROWS, "-o", str(target), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "instrument": "eq5d-5l", "columns": ["eq5d_index_nl", "eq5d_index_be"], "count": 3, "output": str(target),
    }  # fmt: skip
    assert target.read_text().splitlines()[1] == "a,1,1,1,1,1,fine,1,1"
    code, out, err = score("eq5d-5l", EQ + ROWS, "--country", "nl", "--json")
    document = json.loads(out)
    assert [row["eq5d_index_nl"] for row in document["rows"]] == [1, pytest.approx(0.787), None]
    assert document["rows"][1]["note"] == " spaced "
    _, out, err = score("eq5d-5l", EQ + ROWS, "-o", str(target))
    assert (out, "3 rows" in err) == (b"", True)


def test_other_instruments(score, tmp_path) -> None:
    items = [f"i{number}" for number in range(1, 13)]
    worst = "5,1,1,1,1,1,1,5,6,6,1,1"
    _, out, _ = score("sf12-v1", f"{','.join(items)}\n{worst}\n")
    physical, mental, _ = out.decode().splitlines()[1].split(",")[12:]
    assert (float(physical), float(mental)) == (pytest.approx(23.99938), pytest.approx(19.06444))
    _, out, _ = score("work-ability", "was\n7\n")
    assert out == b"was,work_ability\n7,7\n"
    key = tmp_path / "key.yaml"
    key.write_text("".join(f"{stage}: [i{3 * n + 1}, i{3 * n + 2}]\n" for n, stage in enumerate(STAGES)))
    content = f"working,{','.join(RRTW_ITEMS)}\n0,{','.join(['3'] * 21)}\n"
    code, out, _ = score("rrtw", content, "--key", str(key))
    assert code == 0
    assert out.decode().splitlines()[1].endswith(",3,3,3,3,3,3,1,1")
    columns = "paid_work,week_hours.mon,week_hours.tue,week_hours.wed,week_hours.thu,week_hours.fri,week_hours.sat,"
    columns += "week_hours.sun,absent,absent_days,hindered,hindered_days,efficiency,unpaid,unpaid_hours"
    _, out, _ = score("productivity", f"{columns}\n1,8,8,,,,,,1,2,0,,,0,\n")
    assert out.decode().splitlines()[1].endswith(",16,16,0,0")


@pytest.mark.parametrize(
    ("instrument", "content", "words", "said"),
    [
        ("eq5d-5l", EQ + "a,1,1,1,1,6,\n", (), ["row 1 (line 2)", "column ad", "'6'", "from 1 to 5"]),
        ("eq5d-5l", EQ + ROWS + "d,1,x,1,1,1,\n", (), ["row 4 (line 5)", "column sc", "'x'"]),
        ("eq5d-5l", EQ + "a,1.5,1,1,1,1,\n", (), ["column mo"]),
        ("eq5d-5l", 'id,mo,sc,ua,pd,ad\n"a\nb",1,1,1,1,1\nc,0,1,1,1,1\n', (), ["row 2 (line 4)", "column mo"]),
        ("eq5d-5l", "mo,sc,ua,pd\n1,1,1,1\n", (), ["line 1", "column ad is missing"]),
        ("eq5d-5l", "mo,sc,ua,pd,ad,ad\n1,1,1,1,1,1\n", (), ["ad", "twice"]),
        ("eq5d-5l", "mo,sc,ua,pd,ad,eq5d_index_be\n1,1,1,1,1,1\n", (), ["eq5d_index_be", "already"]),
        ("eq5d-5l", EQ + "a,1,1\n", (), ["line 2", "3 cells", "7"]),
        ("eq5d-5l", EQ, (), ["no rows"]),
        ("eq5d-5l", EQ + "\n", (), ["no rows"]),
        ("eq5d-5l", "", (), ["empty"]),
        ("eq5d-5l", b"mo\xff\n", (), ["line 1", "UTF-8"]),
        ("eq5d-5l", 'mo,sc,ua,pd,ad\n"1,1,1,1,1\n', (), ["line 2", "quote"]),
        ("eq5d-5l", EQ + ROWS, ("--country", "fr"), ["--country fr"]),
        ("work-ability", "was\n7\n", ("--country", "nl"), ["--country nl"]),
        ("work-ability", "was\n7\n", ("--key", "k.yaml"), ["--key", "only rrtw"]),
        ("work-ability", "was\n7\n", ("-o", "/nowhere/x.csv"), ["cannot be written"]),
        ("rrtw", "working\n0\n", (), ["--key KEY.yaml", "precontemplation"]),
        ("rrtw", "working\n0\n", ("--key", "nowhere.yaml"), ["nowhere.yaml", "not there"]),
        ("sf-36", "q1\n1\n", (), ["sf-36", "eq5d-5l"]),
        ("productivity", "paid_work\n1\n", (), ["week_hours.mon"]),
        (
            "care-use",
            "care,care_gp,care_gp_nurse,care_occupational_physician,care_physiotherapist,care_occupational_therapist,"
            "care_dietician,care_psychologist,care_social_worker,hospital,hospital_outpatient,hospital_day_treatment,"
            "hospital_emergency,hospital_nights,hospital_rehabilitation,home_help,home_help_hours,home_help_weeks,"
            "informal,informal_hours,informal_weeks,travel,travel_times,travel_km,travel_cost\n"
            "gp,many,,,,,,,,,,,,,,,,,,,,,,,\n",
            (),
            ["row 1", "column care_gp", "'many'", "from 0 to 400"],
        ),
    ],
)  # fmt: skip
def test_bad_input_gets_one_message_and_exit_2(score, instrument, content, words, said) -> None:
    code, out, err = score(instrument, content, *words)
    assert (code, out) == (2, b"")
    assert len(err.strip().splitlines()) == 1
    for one in said:
        assert one in err


def test_a_key_that_is_no_key(score, tmp_path) -> None:
    key = tmp_path / "key.yaml"
    key.write_text("relapse: [i1]\n")
    code, _, err = score("rrtw", "working\n0\n", "--key", str(key))
    assert (code, "relapse is no stage" in err) == (2, True)


def test_the_file_that_is_read_is_not_written_over(score, tmp_path) -> None:
    code, _, err = score("work-ability", "was\n7\n", "-o", str(tmp_path / "data.csv"))
    assert (code, "another name" in err) == (2, True)
    assert Path(tmp_path / "data.csv").read_text() == "was\n7\n"


def test_a_file_that_is_not_there(capsysbinary) -> None:
    assert main(["score", "eq5d-5l", "nowhere.csv"]) == 2
    assert b"nowhere.csv" in capsysbinary.readouterr().err
