"""Prices, index and perspectives: against the figures that were published, and every fault named with its place."""

from pathlib import Path

import pytest

from opstap.domain.costing import ITEMS, PERSPECTIVES
from opstap.domain.protocol.economics import Price
from opstap.economics.notes import Note
from opstap.economics.price_lists import PriceList, lay, names, read_list, refuse_missing, shipped
from opstap.economics.reading import CostError
from opstap.economics.rules import discount, discounting, mean_discount, perspective, rules, words

NL = rules("nl")
#: As the same source gives them in money of 2024 (its own rounding), beside what the list holds in money of 2022.
PUBLISHED_2024 = {
    "gp": 33.12, "gp_nurse": 22.37, "physiotherapist": 41.73, "occupational_therapist": 26.10, "dietician": 26.50,
    "social_worker": 136.27, "outpatient": 128.76, "day_treatment": 359.46, "emergency": 276.83, "nights": 691.01,
    "rehabilitation": 372.33, "paid_work": 42.79, "unpaid_work": 20.17, "informal_care": 20.17,
}  # fmt: skip


def nl(year: int = 2024, *own: Price):
    return lay(NL, year, ("nl-2024", shipped("nl-2024").filled), ("own", own), sites=["here", "there"])


def price(item: str, amount: float, year: int = 2024, **more) -> Price:
    return Price(item=item, unit=ITEMS[item].unit, price=amount, year=year, source="own books", certainty="S", **more)


@pytest.mark.parametrize(("item", "amount"), PUBLISHED_2024.items())
def test_prices_of_2022_brought_to_2024_are_those_published_for_2024(item: str, amount: float) -> None:
    assert nl().of(item).price == pytest.approx(amount, abs=0.006)


def test_an_hour_of_paid_work_in_each_year() -> None:
    # 39.88 in 2022, 41.40 in 2023 (x 1.038), 42.79 in 2024 (x 1.073).
    assert [round(nl(year).of("paid_work").price, 2) for year in (2022, 2023, 2024)] == [39.88, 41.40, 42.79]


def test_money_goes_back_in_time_as_it_came() -> None:
    assert nl(2022, price("gp", 107.3)).of("gp").price == pytest.approx(100)


@pytest.mark.parametrize(("since", "to"), [(2021, 2024), (2024, 2025), (2022, 1999)])
def test_a_year_without_an_index_is_refused(since: int, to: int) -> None:
    with pytest.raises(CostError, match=f"No price index of nl from {since} to {to} .known: 2022 to 2023, "):
        NL.index(since, to)


def test_a_price_of_an_unknown_year_is_named_with_its_place() -> None:
    with pytest.raises(CostError, match=r"^own, gp: No price index of nl from 2019 to 2024"):
        nl(2024, price("gp", 30, 2019))


def test_an_own_price_lies_over_the_list_and_one_of_a_site_over_both() -> None:
    prices = nl(2024, price("gp", 40), price("gp", 50, site="there"), price("nights", 700, site="here"))
    assert [prices.of("gp", site).price for site in (None, "here", "there")] == [40, 40, 50]
    assert [round(prices.of("nights", site).price, 2) for site in ("here", "there")] == [700, 691.01]
    assert (prices.of("gp").place, prices.of("nights", "there").place) == ("own", "nl-2024")


def test_a_later_price_for_everywhere_takes_the_place_of_earlier_ones_of_sites() -> None:
    layers = [("one", [price("gp", 40, site="here")]), ("two", [price("gp", 60)])]
    assert lay(NL, 2024, *layers, sites=["here"]).of("gp", "here").price == 60


def test_a_price_of_an_unknown_site_is_refused() -> None:
    with pytest.raises(CostError, match=r"own, gp: no site nowhere; name one of here, there"):
        nl(2024, price("gp", 40, site="nowhere"))


def test_what_the_manual_lacks_is_missing_until_every_site_has_it() -> None:
    lacking = ["psychologist", "medicine", "occupational_physician", "reintegration_consultant", "programme_therapist",
               "programme_coach", "workplace_visit"]  # fmt: skip
    assert set(nl().missing(ITEMS, ["here", "there"])) == set(lacking)
    half = nl(2024, price("medicine", 3, site="here"))
    assert half.missing(["medicine"], ["here", "there"]) == ["medicine"]
    both = nl(2024, price("medicine", 3, site="here"), price("medicine", 4, site="there"))
    assert both.missing(["medicine"], ["here", "there"]) == []


def test_belgium_asks_for_every_item_in_one_message() -> None:
    prices = lay(rules("be"), 2024, ("be", shipped("be").filled))
    with pytest.raises(CostError) as caught:
        refuse_missing(prices.missing(ITEMS, []), "society", "be")
    assert all(f"{item} (per {one.unit})" in str(caught.value) for item, one in ITEMS.items())
    assert "year and source" in str(caught.value)


def test_every_item_stands_in_every_list_once() -> None:
    for name in names():
        assert [line.item for line in shipped(name).prices] == list(ITEMS)
    assert names() == ["be", "nl-2024"]


def test_an_unknown_list_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(CostError, match=r"no price list nl-1999; name one of be, nl-2024"):
        shipped("nl-1999")


SOUND = """id: ours
country: nl
currency: EUR
year: 2024
source: our own books
certainty: S
prices:
  - {item: gp, unit: contact, price: 30}
  - {item: workplace_visit, unit: visit, price: 75, site: here, year: 2023}
"""


def written(tmp_path: Path, old: str = "", new: str = "") -> Path:
    assert old in SOUND
    path = tmp_path / "ours.yaml"
    path.write_text(SOUND.replace(old, new) if old else SOUND, encoding="utf-8")
    return path


def test_an_institution_fills_in_a_list_of_its_own(tmp_path: Path) -> None:
    filled = read_list(written(tmp_path)).filled
    assert [(one.item, one.price, one.year, one.source, one.site) for one in filled] == [
        ("gp", 30, 2024, "our own books", None),
        ("workplace_visit", 75, 2023, "our own books", "here"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("year: 2024\n", "", 7, "prices.0: gp has a price without a year: give one here or for the list"),
        ("source: our own books\n", "", 7, "prices.0: gp has a price without a source"),
        ("certainty: S\n", "", 7, "prices.0: gp has a price without a certainty"),
        ("currency: EUR", "currency: USD", 3, "currency: two currencies: this list is in USD, the others in EUR"),
        ("price: 30", "price: 30, currency: GBP", 8, "two currencies, EUR for the list and GBP here"),
        ("price: 30", "price: -30", 8, "prices.0.price: Input should be greater than or equal to 0"),
        ("price: 30", "price: .nan", 8, "prices.0.price: "),
        ("item: gp", "item: barber", 8, "prices.0.item: no item barber: name one of gp, "),
        ("unit: contact", "unit: hour", 8, "prices.0.unit: gp is priced per contact, not per hour"),
        ("item: workplace_visit, unit: visit, price: 75, site: here", "item: gp, unit: contact, price: 31", 9,
         "prices.1.item: gp has a price already: keep one"),
        ("price: 30", "prise: 30", 8, "unknown key"),
    ],
)  # fmt: skip
def test_each_fault_of_a_list_is_told_with_file_line_and_mend(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    with pytest.raises(CostError) as caught:
        read_list(written(tmp_path, old, new))
    assert any(one.startswith(f"ours.yaml:{line}: ") and says in one for one in str(caught.value).splitlines())


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CostError, match=r"nothing\.yaml:1: : the file is not there"):
        read_list(tmp_path / "nothing.yaml")


def test_friction_periods_are_those_of_the_years() -> None:
    assert NL.friction_period(2023).days == 120.68
    assert NL.friction_period(2022).days / 7 == pytest.approx(16.48, abs=0.005)  # weeks, as published beside the days
    with pytest.raises(CostError, match=r"No friction period of nl for 2024 .known: 2019, 2020"):
        NL.friction_period(2024)
    with pytest.raises(CostError, match=r"No friction period of be for 2023 .known: none"):
        rules("be").friction_period(2023)


def test_nothing_is_discounted_in_the_first_year() -> None:
    rates = discounting("nl", "nl-2024")
    assert (rates.costs, rates.effects) == (0.03, 0.015)
    assert discount(365.2, 0.03) == 1
    assert discount(365.25, 0.03) == pytest.approx(1 / 1.03)
    assert mean_discount(0, 365.25, 0.03) == 1
    # Half of eighteen to thirty months lies in the second year, half in the third.
    assert mean_discount(1.5 * 365.25, 2.5 * 365.25, 0.03) == pytest.approx((1 / 1.03 + 1 / 1.03**2) / 2)
    assert mean_discount(800, 800, 0.03) == pytest.approx(1 / 1.03**2)


def test_rates_of_belgium_are_marked_and_unknown_ones_refused() -> None:
    assert discounting("be", "be").certainty == "M"
    assert (discounting("nl", "nl-before-2024").costs, discounting("nl", None).costs) == (0.04, 0)
    with pytest.raises(CostError, match=r"no set of rates nl-1980; name one of be, nl-2024, nl-before-2024"):
        discounting("nl", "nl-1980")


def test_society_counts_all_that_others_count() -> None:
    society = set(perspective("society").categories)
    assert all(set(perspective(one).categories) <= society for one in PERSPECTIVES)
    assert "informal_care" not in perspective("health_care").categories
    assert all(one.certainty == "M" for one in words().perspectives)


def test_a_perspective_with_an_unknown_category_is_refused(tmp_path: Path) -> None:
    from opstap.economics.reading import DATA, read
    from opstap.economics.rules import Words

    text = (DATA / "perspectives.yaml").read_text(encoding="utf-8")
    path = tmp_path / "perspectives.yaml"
    path.write_text(text.replace("categories: [intervention]", "categories: [parking]"), encoding="utf-8")
    with pytest.raises(CostError, match=r"no category parking"):
        read(path, Words)
    path.write_text(text.replace("  gp: {en: Family doctor, nl: Huisarts}\n", ""), encoding="utf-8")
    with pytest.raises(CostError, match=r"items: not alike with the product's own: gp"):
        read(path, Words)


def test_notes_speak_both_languages() -> None:
    note = Note("price", "C", "a manual", {"item": "gp", "price": 33.12351, "unit": "contact", "year": 2024,
                                           "given": 30.87, "given_year": 2022})  # fmt: skip
    assert note.text("nl") == "Huisarts: 33,12 euro per contact in geld van 2024 (a manual, gegeven als 30,87 in 2022)."
    assert note.text("en").startswith("Family doctor: EUR 33.12 per contact in money of 2024 (a manual, ")
    many = Note("not_measured", values={"categories": ["travel", "unpaid_work"]})
    assert many.text("fr") == "Not measured in this study: Travel for care, unpaid work lost."


def test_an_empty_list_has_no_price_at_all() -> None:
    assert shipped("be").filled == []
    assert PriceList.model_validate(shipped("be").model_dump()).year is None


def test_the_page_of_costs_is_in_step_with_the_data(tmp_path: Path) -> None:
    from opstap.economics import page

    published = Path(__file__).parents[2] / "docs" / "reference" / "costs.md"
    copy = tmp_path / "costs.md"
    copy.write_text(published.read_text(encoding="utf-8").replace("644.00", "1.00"), encoding="utf-8")
    page.write(copy)
    assert copy.read_text(encoding="utf-8") == published.read_text(encoding="utf-8")
    assert "| `nights` | Night in hospital | Health care | 644.00 | night | 2022 | C |" in page.tables()
