"""Costs of each person by category and wave, before they are added up: undiscounted, in the money of the price year.

Each category is one table, people by waves (the first wave holds the costs before the start), NaN where what it is
computed from was not answered. A category that the study does not measure has no table.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from opstap.domain.costing import ITEMS
from opstap.domain.work.spells import Kind, Spell
from opstap.economics.productivity import hours_lost, losses
from opstap.economics.reading import CostError
from opstap.economics.resources import (
    CARE,
    REPORTED_AS,
    WORK_CARE,
    Asked,
    Delivered,
    asked,
    car_km,
    delivered,
    less_reported,
    medicine_weeks,
    reintegration_contacts,
    scores,
    within,
)
from opstap.economics.setting import Setting, answered_days

Tables = dict[str, pd.DataFrame]


def measured(made: Setting) -> dict[str, list[str]]:
    """List the categories that the study can cost, each with the items whose price it needs."""
    items: dict[str, list[str]] = {}
    care, lost, work = _asked(made)
    plan = made.plan
    if care is not None:
        for item in CARE:
            items.setdefault(ITEMS[item].category, []).append(item)
        items |= {"medication": ["medicine"], "travel": ["car"]}
    if work is not None:
        items.setdefault("employer", []).append("reintegration_consultant")
    given = [*plan.intervention.values(), *([plan.workplace_visit] if plan.workplace_visit else [])]
    if given:
        items["intervention"] = list(dict.fromkeys(given))
    if plan.productivity is not None:
        items["absenteeism"] = ["paid_work"]
        items.setdefault("employer", []).append("paid_work")
        if lost is not None:
            items |= {"presenteeism": ["paid_work"], "unpaid_work": ["unpaid_work"]}
    return items


def components(made: Setting, categories: list[str]) -> Tables:
    """Compute the cost of each of the categories named, by wave; CostError for a negative one."""
    wanted = set(categories)
    care, lost, work = _asked(made)
    sessions = delivered(made.protocol, made.data)
    found: Tables = {}
    if care is not None:
        found |= _care(made, care, sessions, wanted)
    if wanted & {"intervention"}:
        found["intervention"] = _intervention(made, sessions)
    if "employer" in wanted:
        found["employer"] = _employer(made, found.get("employer"), work, sessions)
    if made.plan.productivity is not None:
        found |= _lost_work(made, lost, wanted)
    for category, table in found.items():
        wrong = np.argwhere(table.to_numpy(dtype=float) < 0)
        if len(wrong):
            person, wave = table.index[wrong[0][0]], table.columns[wrong[0][1]]
            raise CostError(f"{category}, person {person}, wave {wave}: a cost below 0; mend the answer behind it.")
    return {category: found[category] for category in categories if category in found}


def _asked(made: Setting) -> tuple[Asked | None, Asked | None, Asked | None]:
    protocol = made.protocol
    return asked(protocol, score="care_use"), asked(protocol, score="productivity"), asked(protocol, name=WORK_CARE)


def _held(made: Setting, one: Asked) -> Asked:
    if one.waves[-1] != made.waves[-1]:
        raise CostError(
            f"study.waves: {one.name} is last asked at {one.waves[-1]}, and costs count up to {made.waves[-1]}; ask it "
            "there too."
        )
    made.note("recall_held", recall=one.recall, questionnaire=one.name)
    return one


def _care(made: Setting, care: Asked, sessions: Delivered, wanted: set[str]) -> Tables:
    people, quantities = made.people.index, dict[str, pd.DataFrame]()
    columns = {item: column for item, column in CARE.items() if ITEMS[item].category in wanted}
    counted = scores(made.data, list(columns.values()), people, care.waves)
    for item, column in columns.items():
        quantities[item] = _without_own(made, item, counted[column], care, sessions)
    if "medication" in wanted:
        quantities["medicine"] = medicine_weeks(made.data, care, people)
    if "travel" in wanted:
        made.note("car")
        quantities["car"] = car_km(made.data, care, people)
    cost: dict[str, Any] = {}
    for item, quantity in quantities.items():
        priced = made.price_of(item).to_numpy()[:, None] * quantity.to_numpy()
        cost[ITEMS[item].category] = cost.get(ITEMS[item].category, 0.0) + priced
    if "travel" in cost:
        cost["travel"] += scores(made.data, ["care_travel_cost"], people, care.waves)["care_travel_cost"].to_numpy()
    if cost:
        _held(made, care)
    tables = {category: pd.DataFrame(euros, people, list(care.waves)) for category, euros in cost.items()}
    return {category: made.spread(table, care.days) for category, table in tables.items()}


def _without_own(made: Setting, item: str, reported: pd.DataFrame, one: Asked, sessions: Delivered) -> pd.DataFrame:
    """Take the programme's sessions out of reported contacts of the same kind, over the days that were asked about."""
    professions = [who for who in made.protocol.programme.professions if REPORTED_AS.get(who) == item]
    if not professions or sessions.frame.empty:
        return reported
    if made.plan.overlap == "keep":
        made.note("kept")
        return reported
    made.note("subtracted")
    days = answered_days(made)
    own = {}
    for wave in reported.columns:
        ends = days[wave] + 1
        own[wave] = within(sessions.frame, professions[0], ends - one.days, ends)
    return less_reported(reported, own)


def _by_wave(made: Setting, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Sum dated rows over the planned time of each wave; before the start there was nothing."""
    out = {made.base: pd.Series(0.0, index=made.people.index)}
    previous = pd.Series(0.0, index=made.people.index)
    for wave in made.waves:
        out[wave] = within(rows, column, previous, made.edges[wave])
        previous = made.edges[wave]
    return pd.DataFrame(out)


def _intervention(made: Setting, sessions: Delivered) -> pd.DataFrame:
    rows, plan = sessions.frame, made.plan
    if made.data.permuted:
        made.note("withheld", "S")
    else:
        made.note("bottom_up", sessions=len(rows))
        made.note("shared_sessions")
    if sessions.no_minutes:
        made.note("no_minutes", count=sessions.no_minutes)
    late = int(((rows["day"] < 0) | (rows["day"] >= made.horizon)).sum())
    if late:
        made.note("late_sessions", "S", count=late, days=round(made.horizon))
    known = rows[rows["person"].isin(made.people.index)]
    cost = pd.Series(0.0, index=known.index)
    for profession, item in plan.intervention.items():
        price = known["person"].map(made.price_of(item))
        amount = known["hours"] if ITEMS[item].unit == "hour" else 1.0
        cost = cost + known[profession] * amount * price
    if plan.workplace_visit is not None:
        cost = cost + known["visit"] * known["person"].map(made.price_of(plan.workplace_visit))
    return _by_wave(made, known.assign(cost=cost), "cost")


def _employer(made: Setting, care: pd.DataFrame | None, work: Asked | None, sessions: Delivered) -> pd.DataFrame:
    zero = pd.DataFrame(0.0, index=made.people.index, columns=[made.base, *made.waves])
    cost = zero if care is None else made.by_wave(care)
    if work is not None:
        _held(made, work)
        made.note("shared_contacts")
        made.note("adjustments", "S")
        contacts = reintegration_contacts(made.data, work, made.people.index)
        contacts = _without_own(made, "reintegration_consultant", contacts, work, sessions)
        spread = made.priced("reintegration_consultant", made.spread(contacts, work.days))
        cost = cost + made.by_wave(spread)
    if made.plan.productivity is not None:
        made.note("supervisor")
        rows = sessions.frame.assign(talk=sessions.frame["hours"] * sessions.frame["visit"])
        cost = cost + made.priced("paid_work", _by_wave(made, rows, "talk"))
    return cost


def _lost_work(made: Setting, lost: Asked | None, wanted: set[str]) -> Tables:
    found: Tables = {}
    if "absenteeism" in wanted:
        found["absenteeism"] = made.priced("paid_work", absent_hours(made)) * _elasticity(made)
    if lost is not None:
        columns = {
            "presenteeism": ("productivity_hindered_hours", "paid_work", _elasticity(made)),
            "unpaid_work": ("productivity_unpaid_hours", "unpaid_work", 1.0),
        }
        for category, (column, item, factor) in columns.items():
            if category in wanted:
                _held(made, lost)
                hours = scores(made.data, [column], made.people.index, lost.waves)[column]
                found[category] = made.priced(item, made.spread(hours, lost.days)) * factor
        if "presenteeism" in wanted:
            made.note("presenteeism")
    return found


def _elasticity(made: Setting) -> float:
    return made.plan.productivity.elasticity if made.plan.productivity else 1.0


def absent_hours(made: Setting) -> pd.DataFrame:
    """Count the hours of paid work lost, by person and wave, from the spells that participants reported themselves.

    A wave is known where it or a later one was answered: what is reported later tells of the time before.
    """
    plan = made.plan.productivity
    assert plan is not None  # only asked for with a method
    friction = _friction(made)
    rows = made.data["spells"]
    rows = rows[(rows["source"] == "questionnaire") & rows["person"].isin(made.people.index)]
    spells: dict[str, list[Spell]] = {}
    for row in rows.to_dict("records"):
        spells.setdefault(row["person"], []).append(
            Spell(
                person=row["person"],
                start=row["start"],
                end=row["end"] if pd.notna(row["end"]) else None,
                contract_hours=float(row["contract_hours"]),
                actual_hours=float(row["actual_hours"]),
                sick_percent=float(row["sick_percent"]),
                kind=Kind(row["kind"]),
                job=row["job"],
            )
        )
    edges = pd.DataFrame({wave: made.alive(made.edges[wave]) for wave in made.waves})
    lost = []
    origins = made.people["origin"].tolist()
    for person, origin, ends in zip(made.people.index, origins, edges.to_numpy(dtype=float), strict=True):
        days = [-made.before, 0.0, *np.maximum(ends, 0.0)]
        found = losses(spells.get(person, []), plan.joins_within_days)
        lost.append(hours_lost(found, origin, days, friction))
    table = pd.DataFrame(lost, index=made.people.index, columns=[made.base, *made.waves], dtype=float)
    return table.where(_known(made, edges))


def _known(made: Setting, edges: pd.DataFrame) -> pd.DataFrame:
    work = made.data["work"]
    work = work[work["source"] == "questionnaire"]
    reported = work.assign(there=True).set_index(["person", "wave"])["there"].unstack("wave")
    order = [made.base, *made.waves]
    there = reported.reindex(index=made.people.index, columns=order).notna()
    known = there.iloc[:, ::-1].cummax(axis=1).iloc[:, ::-1]
    previous = pd.Series(0.0, index=made.people.index)
    for wave in made.waves:
        known[wave] |= edges[wave] <= previous
        previous = edges[wave]
    return known


def _friction(made: Setting) -> float | None:
    plan = made.plan.productivity
    assert plan is not None  # only asked for with a method
    made.note("therapeutic")
    made.note("spells_held")
    if plan.method == "human_capital":
        made.note("human_capital", elasticity=plan.elasticity)
        return None
    made.note("joins", days=plan.joins_within_days)
    if plan.friction_days is not None:
        made.note("friction", "M", "study.economics.productivity", days=plan.friction_days, elasticity=plan.elasticity)
        return plan.friction_days
    assert plan.friction_year is not None  # a plan for friction costs has one of both
    period = made.rules.friction_period(plan.friction_year)
    said = f"{period.source}, {period.year}"
    made.note("friction", period.certainty, said, days=period.days, elasticity=plan.elasticity)
    return period.days
