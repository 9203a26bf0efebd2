"""Use of care and help per person and wave, and the programme as it was delivered: quantities, not yet money.

What is asked over a recall period (such as "past 4 weeks") stands for the whole interval since the wave before: the
quantity times interval / recall, named as an assumption by whoever uses it. A quantity is NaN where a wave was not
answered, or not far enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from opstap.domain.protocol import Protocol
from opstap.economics.reading import CostError
from opstap.economics.rules import MONTH
from opstap.stats.dataset import Dataset

_RECALL = re.compile(r"past (\d+) (days|weeks|months)")
_LONG = {"days": 1.0, "weeks": 7.0, "months": MONTH}

#: The score of the questionnaire `care-use` that counts each item.
CARE: dict[str, str] = {
    **{
        one: f"care_{one}"
        for one in (
            "gp", "gp_nurse", "physiotherapist", "occupational_therapist", "dietician", "psychologist", "social_worker",
            "outpatient", "day_treatment", "emergency", "nights", "rehabilitation", "occupational_physician",
        )
    },
    "home_help": "care_home_help_hours",
    "informal_care": "care_informal_hours",
}  # fmt: skip
#: As which care a participant may report a session of the programme, by who gives it.
REPORTED_AS = {"therapist": "occupational_therapist", "coach": "reintegration_consultant"}
WORK_CARE = "work-care"


@dataclass(frozen=True)
class Asked:
    """A questionnaire of participants: at which waves it is asked, and over how many days it looks back."""

    name: str
    waves: tuple[str, ...]
    days: float
    recall: str


def recall_days(recall: str | None, name: str) -> float:
    """Read how far a questionnaire looks back, as "past 6 months"; CostError for words that give no length."""
    found = _RECALL.fullmatch(recall or "")
    if found is None:
        raise CostError(f"{name}: recall {recall!r} has no length; write `recall: past 6 months` (days, weeks).")
    return int(found[1]) * _LONG[found[2]]


def asked(protocol: Protocol, *, score: str | None = None, name: str | None = None) -> Asked | None:
    """Find the questionnaire of participants with a scoring rule or a name; None when none is asked."""
    for one in protocol.questionnaires.values():
        if (one.score == score) if score else (one.id == name):
            waves = tuple(wave.id for wave in protocol.study.waves if one.id in wave.asks.get("participant", []))
            if waves:
                return Asked(one.id, waves, recall_days(one.recall, one.id), one.recall or "")
    return None


def scores(data: Dataset, columns: Sequence[str], people: pd.Index, waves: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Give scores by name, each people by waves; NaN where one could not be computed."""
    if not columns:
        return {}
    rows = data["scores"]
    rows = rows[rows["score"].isin(list(columns))]
    wide = rows.set_index(["person", "score", "wave"])["value"].unstack(["score", "wave"])
    every = pd.MultiIndex.from_product([list(columns), list(waves)])
    counts = wide.reindex(index=people, columns=every).to_numpy(dtype=float)
    parts = np.split(counts, len(columns), axis=1)
    return {name: pd.DataFrame(part, people, list(waves)) for name, part in zip(columns, parts, strict=True)}


def answers(data: Dataset, questionnaire: str, item: str, people: pd.Index, waves: Iterable[str]) -> pd.DataFrame:
    """Give the answers to one item as they are, people by waves; None where there is none."""
    rows = data["answers"]
    rows = rows[(rows["questionnaire"] == questionnaire) & (rows["item"] == item)]
    wide = rows.set_index(["person", "wave"])["value"].unstack("wave")
    return wide.reindex(index=people, columns=list(waves)).astype(object)


def medicine_weeks(data: Dataset, one: Asked, people: pd.Index) -> pd.DataFrame:
    """Count weeks of use, summed over the medicines that someone listed; NaN where the weeks of one are not known."""
    rows = data["answers"]
    rows = rows[(rows["questionnaire"] == one.name) & rows["item"].astype(str).str.startswith("medicines.")]
    listed = answers(data, one.name, "medicines.count", people, one.waves).astype(float)
    weeks = rows[rows["item"].str.endswith(".weeks")]
    numbers = weeks.assign(value=weeks["value"].astype(float)).groupby(["person", "wave"])["value"]
    summed = numbers.sum().unstack("wave").reindex(index=people, columns=list(one.waves))
    known = numbers.count().unstack("wave").reindex(index=people, columns=list(one.waves))
    used = answers(data, one.name, "medicine", people, one.waves).astype(float)
    return summed.where(known == listed).astype(float).mask(used == 0, 0.0)


def car_km(data: Dataset, one: Asked, people: pd.Index) -> pd.DataFrame:
    """Give the kilometres for care where a car was among the means of travel; who did not travel has 0."""
    km = scores(data, ["care_km"], people, one.waves)["care_km"]
    means = answers(data, one.name, "travel_by", people, one.waves)
    by_car = means.map(lambda value: isinstance(value, str) and "car" in value.split(";"))
    return km.where(by_car | km.isna(), 0.0).mask((km > 0) & means.isna())


def reintegration_contacts(data: Dataset, one: Asked, people: pd.Index) -> pd.DataFrame:
    """Count contacts with a coach or consultant for work: all contacts, shared evenly over those who were named."""
    had = answers(data, one.name, "care", people, one.waves).astype(float)
    named = answers(data, one.name, "care_from", people, one.waves)
    contacts = answers(data, one.name, "care_contacts", people, one.waves).astype(float)

    def share(value: object) -> float:
        if not isinstance(value, str):
            return float("nan")
        providers = value.split(";")
        return ("reintegration" in providers) / len(providers)

    shares = named.map(share).astype(float)
    return (contacts * shares).mask(shares == 0, 0.0).mask(had == 0, 0.0)


@dataclass(frozen=True)
class Delivered:
    """The held sessions, a row each: `person`, `day`, `hours`, `visit` and the share of each profession.

    `no_minutes` counts sessions whose length was not written down: they count as the mean of their kind.
    """

    frame: pd.DataFrame
    no_minutes: int


def delivered(protocol: Protocol, data: Dataset) -> Delivered:
    """Take the held sessions from the record, with who gives each kind of session.

    The record of a session does not say which profession held it; where a kind may be held by several, each has an
    equal share. CostError when no session of any kind has its minutes.
    """
    rows = data["sessions"]
    rows = rows[rows["state"] == "held"].reset_index(drop=True)
    minutes = rows["minutes"].astype(float)
    unknown = minutes.isna()
    if unknown.any():
        if unknown.all():
            raise CostError("No held session has its minutes: what was delivered cannot be costed from the record.")
        minutes = minutes.fillna(minutes.groupby(rows["kind"]).transform("mean")).fillna(minutes.mean())
    kinds = protocol.session_kinds
    share: dict[str, list[float]] = {one: [] for one in protocol.programme.professions}
    for kind in rows["kind"]:
        holders: Sequence[str] = kinds[kind][1].professions if kind in kinds else list(share)
        for one in share:
            share[one].append((one in holders) / len(holders))
    frame = pd.DataFrame(
        {
            "person": rows["person"].astype(str),
            "day": rows["day"].astype(float),
            "hours": minutes / 60,
            "visit": rows["with_workplace"].eq(True).astype(float),
            **{one: np.array(values, dtype=float) for one, values in share.items()},
        }
    )
    return Delivered(frame, int(unknown.sum()))


def within(rows: pd.DataFrame, column: str, starts: pd.Series, ends: pd.Series) -> pd.Series:
    """Sum a column of dated rows (`person`, `day`) over each person's days from start up to, not including, end."""
    low, high = rows["person"].map(starts), rows["person"].map(ends)
    kept = rows[(rows["day"] >= low) & (rows["day"] < high)]
    return kept.groupby("person")[column].sum().reindex(starts.index, fill_value=0.0)


def less_reported(reported: pd.DataFrame, own: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Take the programme's own sessions out of what was reported, wave by wave, to 0 at the least."""
    out = reported.copy()
    for wave, sessions in own.items():
        out[wave] = (reported[wave] - sessions).clip(lower=0.0)
    return out
