"""From a dataset to the values of one outcome, by its estimand: what an event in between does to a value.

- Every value exists only where that wave was answered.
- `treatment_policy`: the value counts as it is.
- `while_alive` and `hypothetical`: from the event on there is no value; it is counted apart, not as missing.
- `composite`: from the event on a work outcome is no work (0 hours, 0%, not at work), and someone who had not
  returned by then does not return. For other outcomes the protocol defines no value, and the observed one counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from opstap.domain.protocol import Protocol
from opstap.domain.protocol.model import Estimand, Outcome
from opstap.stats.dataset import Dataset

#: What "no work" is in each work outcome; sick days are counted as they were, also after the end of a contract.
NO_WORK: dict[str, Any] = {
    "hours_per_week": 0.0,
    "percent_of_contract": 0.0,
    "employed": False,
    "at_work": False,
    "status": "none",
}
#: Work outcomes that are one per person, not one per wave.
PER_PERSON = ("return_kind", "days_to_return", "days_to_full_return")


class Unanswerable(ValueError):
    """An outcome or analysis that cannot be computed; the reason is a sentence for the reader."""


@dataclass(frozen=True)
class Values:
    """The values of an outcome, one row per person and wave (`person`, `wave`, `value`), none missing.

    `undefined` counts answered values that an event made undefined; `composed` those that it set to no work.
    """

    frame: pd.DataFrame
    undefined: int = 0
    composed: int = 0


def values(protocol: Protocol, data: Dataset, outcome: Outcome, *, wave: str | None = None) -> Values:
    """Give the values of an outcome. For one that is per person, `wave` says whose: those who answered it.

    Raises Unanswerable for a strategy that this version cannot carry out.
    """
    kind, _, name = outcome.variable.partition(".")
    if kind == "work":
        frame = _per_person(data, outcome, name, wave) if name in PER_PERSON else _work(data, outcome, name)
    elif kind == "score":
        scores = data["scores"]
        frame = _dated(data, outcome, scores[scores["score"] == name])
    else:
        questionnaire, _, item = name.partition(".")
        answers = data["answers"]
        frame = _dated(data, outcome, answers[(answers["questionnaire"] == questionnaire) & (answers["item"] == item)])
        not_applicable = protocol.questionnaires[questionnaire].item(item).not_applicable
        if not_applicable is not None:
            frame = frame[frame["value"] != not_applicable]
    frame = frame[frame["value"].notna()]
    if kind == "work" and name in PER_PERSON:
        return Values(frame[["person", "wave", "value"]].sort_values("person").reset_index(drop=True))
    return _estimand(data, outcome.estimand, frame, NO_WORK.get(name) if kind == "work" else None)


def returns(data: Dataset, outcome: Outcome) -> pd.DataFrame:
    """Give the way back to work of each person, by the estimand; the table `returns` of the dataset, adapted.

    After an event with strategy `composite`, someone who had not returned does not return. Nothing is known beyond
    a person's last answer, so a death needs no rule. Raises Unanswerable for a strategy that this version cannot
    carry out.
    """
    rows = data["returns"]
    rows = rows[rows["source"] == outcome.source].reset_index(drop=True)
    for event, strategy in outcome.estimand.intercurrent.items():
        if strategy == "treatment_policy" or (event, strategy) == ("death", "while_alive"):
            continue
        if strategy != "composite" or event == "stopped_programme":
            raise Unanswerable(f"{event}: {strategy}")
        since = first_event(data, event)
        for column, kind in (("days_to_return", "none"), ("days_to_full_return", None)):
            too_late = [
                row["person"] in since
                and pd.notna(row[column])
                and row["first_sick_day"] + timedelta(days=int(row[column])) >= since[row["person"]]
                for _, row in rows.iterrows()
            ]
            rows.loc[too_late, column] = None
            if kind is not None:
                rows.loc[too_late, "return_kind"] = kind
    return rows


def _work(data: Dataset, outcome: Outcome, name: str) -> pd.DataFrame:
    work = data["work"]
    rows = work[(work["source"] == outcome.source) & work["wave"].isin(outcome.waves)]
    return pd.DataFrame({"person": rows["person"], "wave": rows["wave"], "on": rows["date"], "value": rows[name]})


def _per_person(data: Dataset, outcome: Outcome, name: str, wave: str | None) -> pd.DataFrame:
    rows = returns(data, outcome)
    if wave is not None:
        answered = data["work"]
        answered = answered[(answered["source"] == outcome.source) & (answered["wave"] == wave)]
        rows = rows[rows["person"].isin(answered["person"])]
    return pd.DataFrame(
        {"person": rows["person"], "wave": wave or rows["last_wave"], "on": rows["observed_until"], "value": rows[name]}
    )


def _dated(data: Dataset, outcome: Outcome, rows: pd.DataFrame) -> pd.DataFrame:
    """Add the day on which the outcome's respondent answered."""
    days = data["measurements"]
    days = days[days["answered_on"].notna() & (days["respondent"] == outcome.respondent)]
    found = rows.merge(days[["person", "wave", "answered_on"]], on=["person", "wave"], how="left")
    return found.rename(columns={"answered_on": "on"})[["person", "wave", "on", "value"]]


def _estimand(data: Dataset, estimand: Estimand, frame: pd.DataFrame, no_work: Any) -> Values:
    undefined = composed = 0
    for event, strategy in estimand.intercurrent.items():
        if strategy == "treatment_policy":
            continue
        if strategy == "principal_stratum" or event == "stopped_programme":
            raise Unanswerable(f"{event}: {strategy}")
        since = first_event(data, event)
        after = pd.Series(
            [_is_after(on, since.get(person)) for person, on in zip(frame["person"], frame["on"], strict=True)],
            index=frame.index,
            dtype=bool,
        )
        if strategy in ("while_alive", "hypothetical"):
            frame = frame[~after]
            undefined += int(after.sum())
        elif no_work is not None:
            frame = frame.assign(value=frame["value"].where(~after, no_work))
            composed += int(after.sum())
    kept = frame[["person", "wave", "value"]].sort_values(["person", "wave"]).reset_index(drop=True)
    return Values(kept, undefined, composed)


def first_event(data: Dataset, event: str) -> dict[str, date]:
    """Give the first day of an event for each person who had it."""
    rows = data["life_events"]
    return {str(person): min(days) for person, days in rows[rows["kind"] == event].groupby("person")["on"]}


def _is_after(on: Any, since: date | None) -> bool:
    return since is not None and isinstance(on, date) and on >= since


def numeric(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the values as numbers: yes and no count 1 and 0."""
    return frame.assign(value=pd.to_numeric(frame["value"].map(lambda one: float(one)), errors="coerce"))
