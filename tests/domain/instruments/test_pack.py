"""Text packs: read from YAML and CSV, every fault named with its line, and what a study still lacks."""

from datetime import date

import pytest

from opstap.domain.instruments.pack import Lack, PackError, dressed, lacks, read_pack
from opstap.domain.protocol.load import library

TODAY = date(2026, 3, 2)
INSTRUMENTS = {one.id: one for one in library()}

YAML = """instrument: work-ability
version: "1"
language: nl
licence:
  holder: Voorbeeldziekenhuis
  reference: "W-12"
  valid_until: 2027-01-31
words:
  "":
    text: De titel
    hint: De inleiding
  was:
    text: De vraag
"""
CSV = """item,code,text
instrument,,eq5d-5l
version,,1
language,,nl
holder,,Voorbeeldziekenhuis
reference,,E-7
valid_until,,
title,,De titel
introduction,,De inleiding
""" + "".join(
    f'{item},,"De vraag, {item}"\n' + "".join(f"{item},{code},antwoord {code}\n" for code in range(1, 6))
    for item in ("mo", "sc", "ua", "pd", "ad")
) + "vas,,De schaal\nvas,hint,Van 0 tot 100\n"  # fmt: skip


def read(text: str | bytes, name: str = "pack.yaml"):
    return read_pack(text.encode() if isinstance(text, str) else text, name, INSTRUMENTS, TODAY)


def faults(text: str | bytes, name: str = "pack.yaml") -> list[tuple[int, str, str]]:
    with pytest.raises(PackError) as caught:
        read(text, name)
    assert str(caught.value)
    return [(one.line, one.path, one.message) for one in caught.value.problems]


def test_a_yaml_pack_is_read():
    pack = read(YAML)
    assert (pack.instrument, pack.language, pack.licence.reference) == ("work-ability", "nl", "W-12")
    assert pack.licence.valid_until == date(2027, 1, 31)
    assert pack.words["was"].text == "De vraag"


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_csv_pack_is_read(separator):
    text = CSV if separator == "," else CSV.replace('"De vraag, ', '"De vraag; ').replace(",", ";")
    pack = read(("\ufeff" + text + "\n").encode(), "EQ.CSV")
    assert pack.licence.valid_until is None
    assert pack.words[""].hint == "De inleiding"
    assert pack.words["mo"].text == f"De vraag{separator} mo"
    assert pack.words["ad"].options == {str(code): f"antwoord {code}" for code in range(1, 6)}
    assert pack.words["vas"].hint == "Van 0 tot 100"


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "said"),
    [
        ("instrument: work-ability", "instrument: wai", 1, "instrument", "no instrument wai is asked here"),
        ("instrument: work-ability", "instrument: work-care", 1, "instrument", "comes with its words"),
        ('version: "1"', 'version: "2"', 2, "version", "asked in version 1, not 2"),
        ("language: nl", "language: fr", 3, "language", "is not asked in fr: name one of nl, en"),
        ("language: nl", "language: de", 3, "language", "Input should be"),
        ("2027-01-31", "2026-03-01", 7, "licence.valid_until", "the licence ended on 2026-03-01"),
        ("2027-01-31", "31-1-2027", 7, "licence.valid_until", "write YYYY-MM-DD"),
        ('  reference: "W-12"\n', "", 4, "licence.reference", "is needed and is not there"),
        ("  holder: Voorbeeldziekenhuis", "  holder: ''", 5, "licence.holder", "at least 1 character"),
        ("  was:\n    text: De vraag\n", "", 8, "words.was", "was: no text; add it"),
        ("text: De vraag", "text: ' '", 12, "words.was", "was: no text; add it"),
        ("text: De titel", "text: ''", 9, "words.", "title: no text; add it"),
        ("text: De vraag", "text: De vraag\n    options: {1: Ja}", 14, "words.was.options.1", "was has no answer 1"),
        ("  was:", "  wat: {text: x}\n  was:", 12, "words.wat", "work-ability has no item wat"),
        ("words:", "wrods:", 1, "words", "is needed and is not there"),
    ],
)
def test_a_fault_names_its_line_and_its_mend(old, new, line, path, said):
    assert old in YAML
    found = faults(YAML.replace(old, new))
    assert any(one[:2] == (line, path) and said in one[2] for one in found), found


def test_every_fault_of_the_answers_is_told_at_once():
    found = faults(CSV.replace("mo,3,antwoord 3\n", "").replace("sc,5,antwoord 5", "sc,6,antwoord 6"), "p.csv")
    assert [(path, message.split(";")[0]) for _line, path, message in found] == [
        ("words.mo.options.3", "mo: no text for answer 3"),
        ("words.sc.options.5", "sc: no text for answer 5"),
        ("words.sc.options.6", "sc has no answer 6"),
    ]
    assert found[2][0] == 20


@pytest.mark.parametrize(
    ("content", "name", "line", "said"),
    [
        (b"\xff", "p.yaml", 1, "not UTF-8"),
        (b"a: 1\nb: \xff", "p.csv", 2, "not UTF-8"),
        ("- a", "p.yaml", 1, "holds no mapping"),
        ("a: [", "p.yaml", 1, "not valid YAML"),
        ("", "p.csv", 1, "the header must be item,code,text"),
        ("item,code\n", "p.csv", 1, "the header must be item,code,text"),
        ("item,code,text\nmo,1\n", "p.csv", 2, "2 cells where the header has 3"),
        ("item,code,text\nmo,1,a\nmo,1,b\n", "p.csv", 3, "first in line 2"),
        ('item,code,text\nmo,1,"a\n', "p.csv", 2, "not CSV"),
        ("item,code,text\n\nmo,1,a\n", "p.csv", 1, "is needed"),
    ],
)
def test_a_file_that_is_no_pack(content, name, line, said):
    found = faults(content, name)
    assert found[0][0] == line
    assert any(said in message for _line, _path, message in found)


def test_the_words_take_the_place_of_our_labels_in_their_language_only():
    own = INSTRUMENTS["work-ability"]
    worded = dressed(own, "nl", read(YAML))
    assert worded.text_included
    assert worded.words["nl"]["was"].text == "De vraag"
    assert worded.words["en"] == own.words["en"]
    assert dressed(own, "nl", None) is own


def test_what_is_lacking_is_told_per_language():
    asked = {name: INSTRUMENTS[name] for name in ("work-ability", "work-care")}
    key = ("work-ability", "nl")
    assert lacks(asked, ["nl", "en"], {}, TODAY) == [
        Lack("work-ability", "nl", "missing"),
        Lack("work-ability", "en", "missing"),
    ]
    assert lacks(asked, ["nl"], {key: None}, TODAY) == []
    assert lacks(asked, ["nl"], {key: TODAY}, TODAY) == []
    assert lacks(asked, ["nl"], {key: date(2026, 3, 1)}, TODAY) == [Lack("work-ability", "nl", "expired")]
