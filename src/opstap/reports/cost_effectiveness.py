"""Cost-effectiveness in a report: by perspective and effect, its uncertainty, and what other choices would give.

- Husereau D, Drummond M, Augustovski F and others. Consolidated health economic evaluation reporting standards 2022
  (CHEERS 2022). BMJ 2022;376:e067975. doi:10.1136/bmj-2021-067975
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from opstap.domain.protocol.economics import Economics, Effect
from opstap.domain.protocol.model import Analysis, Outcome
from opstap.economics import rules
from opstap.economics.intervals import Interval
from opstap.economics.reading import CostError
from opstap.economics.trial import Totals, groups
from opstap.reports import costs_drawn
from opstap.reports.blocks import Answer, Block, Figure, Note, Pairs, Table, Text
from opstap.reports.context import Context
from opstap.reports.costs_made import Case, Runner, results
from opstap.reports.figures import twice
from opstap.reports.values import Unanswerable
from opstap.stats.design import StatsError


def answer(context: Context, analysis: Analysis, outcome: Outcome) -> Answer:
    """Execute the economic plan: every perspective with every effect, and the variations of the main ones.

    A perspective whose prices are not known is refused, and the answer says so; where none is left, the results hold
    what was refused and no number.
    """
    plan = context.protocol.study.economics
    if plan is None or not plan.effects:
        raise Unanswerable("the protocol has no economic plan")
    runner = Runner(context, plan)
    made, refused = runner.by_perspective()
    page = _Page(context, analysis, plan)
    blocks: list[Block] = [page.refusal(name, reason) for name, reason in refused.items()]
    if not made:
        return Answer({"method": analysis.method, "refused": refused, "cases": []}, "", [*blocks, page.facts(None)])
    cases = [runner.case(made[one], plan, one, effect) for one in made for effect in plan.effects]
    main = cases[0]
    varied = [
        *_scenarios(runner, plan, made[main.perspective], main),
        *_subgroups(runner, plan, made[main.perspective], main),
    ]
    swings = _swings(runner, plan, main)
    blocks += [
        Text(page.finding(main), of=f"{analysis.id}-differences"),
        page.differences(cases),
        page.thresholds(cases),
        page.plane(main),
        page.curve(main),
        page.categories(made[main.perspective], main.perspective),
        *page.variations(main, varied),
        *page.tornado(main, swings),
        page.facts(made[main.perspective]),
        page.notes(list(made.values())),
    ]
    found = {
        "method": analysis.method,
        "refused": refused,
        "cases": [results(one) for one in cases],
        "variations": [{"kind": kind, "id": name, "error": said} if isinstance(said, str)
                       else {"kind": kind, "id": name, **results(said)} for kind, name, _label, said in varied],
        "one_way": swings,
    }  # fmt: skip
    return Answer(found, page.finding(main), blocks)


#: What a scenario may change without changing what anyone cost or gained.
ANALYSIS = {"imputation", "ci", "bootstraps", "adjust_baseline"}
Variation = tuple[str, str, str, Case | str]


def _scenarios(runner: Runner, plan: Economics, planned: Totals, main: Case) -> Iterator[Variation]:
    for one in plan.scenarios:
        label = runner.context.text(f"economics.scenarios.{one.id}")
        try:
            other = plan.scenario(one)
            effect = next((each for each in other.effects if each.id == main.effect.id), main.effect)
            made = planned if set(one.changes) <= ANALYSIS else runner.totals(other, main.perspective, effect=effect)
            yield "scenario", one.id, label, runner.case(made, other, main.perspective, effect)
        except (CostError, StatsError, ValueError) as error:
            yield "scenario", one.id, label, str(error)


def _subgroups(runner: Runner, plan: Economics, made: Totals, main: Case) -> Iterator[Variation]:
    """Evaluate within groups the same imputed tables as all people were evaluated with."""
    tables = runner.completed(made, plan, main.perspective, main.effect)
    for one in plan.subgroups:
        member = groups(runner.context.protocol, runner.context.data, one.id, plan=plan)
        for group in sorted(member.dropna().unique(), key=str):
            label = f"{runner.context.text(f'economics.subgroups.{one.id}')}: {_group(runner.context, one, group)}"
            part = [table[member.reindex(table.index).eq(group).to_numpy()] for table in tables]
            name = f"{one.id}:{group}"
            try:
                found = runner.evaluated(part, plan, main.effect)
                yield "subgroup", name, label, Case(main.perspective, main.effect, plan, found)
            except StatsError as error:
                yield "subgroup", name, label, str(error)


def _group(context: Context, subgroup: Any, group: Any) -> str:
    _ = context.words.gettext
    if subgroup.split is not None:
        said = {"split": context.words.number(subgroup.split, 0)}
        return _("under %(split)s") % said if group == "below" else _("%(split)s or more") % said
    kind, _dot, rest = subgroup.variable.partition(".")
    if kind == "item":
        questionnaire, _dot, item = rest.partition(".")
        return context.code_label(questionnaire, item, group)
    return str(group)


def _swings(runner: Runner, plan: Economics, main: Case) -> list[dict[str, Any]]:
    """Move one value at a time; the estimates alone, since intervals would be as wide as those of the plan."""
    found: list[dict[str, Any]] = []
    wtp = main.effect.wtp[0]
    for one in plan.one_way:
        ends: dict[str, Any] = {"id": one.id, "about": one.about, "low": one.low, "high": one.high, "wtp": wtp}
        try:
            for end, value in (("low", one.low), ("high", one.high)):
                other, over = plan.varied(one, value)
                made = runner.totals(other, main.perspective, over, main.effect)
                tables = runner.completed(made, other, main.perspective, main.effect)
                cost, effect = runner.estimate(tables, other)
                ends[f"at_{end}"] = {"cost": cost, "effect": effect, "inmb": wtp * effect - cost}
        except (CostError, StatsError, ValueError) as error:
            ends["error"] = str(error)
        found.append(ends)
    return found


class _Page:
    """Tables, figures and sentences of one evaluation."""

    def __init__(self, context: Context, analysis: Analysis, plan: Economics) -> None:
        self.context, self.analysis, self.plan = context, analysis, plan
        self.words, self._ = context.words, context.words.gettext

    def refusal(self, perspective: str, reason: str) -> Note:
        """Say which perspective cannot be computed, and why."""
        said = {"perspective": self._perspective(perspective), "reason": reason}
        return Note(self._("The perspective “%(perspective)s” is not computed. %(reason)s") % said)

    def finding(self, case: Case) -> str:
        """Say the main comparison in two sentences."""
        found, _ = case.found, self._
        said = {
            "perspective": self._perspective(case.perspective).lower(),
            "arm": self._arm(found.intervention),
            "reference": self._arm(found.reference),
            "cost": self.money(found.cost.estimate),
            "costs": self._span(found.cost.low, found.cost.high),
            "effect": self.words.number(found.effect.estimate, self._digits(case.effect)),
            "effects": self.words.interval(found.effect.low, found.effect.high, self._digits(case.effect)),
            "unit": self._effect(case.effect),
            "ratio": self._ratio(case),
        }
        first = _(
            "By the perspective of %(perspective)s, “%(arm)s” compared with “%(reference)s”: difference in cost "
            "%(cost)s (95%% interval %(costs)s); difference in effect %(effect)s (%(effects)s; %(unit)s)."
        )
        second = _("Cost per unit of effect: %(ratio)s.")
        return f"{first} {second}" % said

    def differences(self, cases: list[Case]) -> Table:
        """Show cost, effect and their ratio, by perspective and effect."""
        _ = self._
        body: list[list[str]] = []
        rows = []
        for perspective, group in groupby(cases, key=lambda one: one.perspective):
            body.append([self._perspective(perspective), "", "", ""])
            for case in group:
                body.append([f"\t{self._effect(case.effect)}", *self._cells(case)])
                rows.append(self._row(case))
        return Table(
            f"{self.analysis.id}-differences",
            _("Difference in cost and effect, by perspective"),
            [_("Perspective and effect"), *self._heads()],
            body,
            pd.DataFrame(rows),
            note=f"{self._how(cases[0])} {self._positions()}",
        )

    def thresholds(self, cases: list[Case]) -> Table:
        """Show the net benefit, the chance of being cost-effective and the value of information at each threshold."""
        _, words = self._, self.words
        body, rows = [], []
        for case in cases:
            body.append([f"{self._perspective(case.perspective)}: {self._effect(case.effect)}", "", "", ""])
            for wtp, benefit in case.found.benefits.items():
                chance, worth = case.found.uncertain.probability(wtp), case.found.uncertain.evpi(wtp)
                body.append([
                    f"\t{self.money(wtp)}", self._euros(benefit), words.percent(chance), self.money(worth),
                ])  # fmt: skip
                rows.append({
                    "perspective": case.perspective, "effect": case.effect.id, "wtp": wtp, "inmb": benefit.estimate,
                    "low": benefit.low, "high": benefit.high, "probability": chance, "evpi": worth,
                })  # fmt: skip
        return Table(
            f"{self.analysis.id}-thresholds",
            _("Net benefit at each willingness to pay"),
            [_("Willingness to pay"), _("Net benefit (95% interval)"), _("Chance of being cost-effective"),
             _("Value of perfect information, a person")],
            body,
            pd.DataFrame(rows),
        )  # fmt: skip

    def plane(self, case: Case) -> Figure:
        """Draw the cost-effectiveness plane of the main comparison."""
        _, found, wtp = self._, case.found, case.effect.wtp[0]
        shares = found.uncertain.quadrants()
        finding = _("%(ne)s more effect and dearer, %(se)s more effect and cheaper, %(nw)s less effect and dearer, "
                    "%(sw)s less effect and cheaper.") % {
            one: self.words.percent(share) for one, share in shares.items()}  # fmt: skip
        name = f"{self.analysis.id}-plane"

        def draw(which: str, width: float) -> costs_drawn.Drawing:
            return costs_drawn.plane(
                which, width, finding, found.pairs, (found.cost.estimate, found.effect.estimate), wtp,
                self.words.number, self._effect(case.effect), _("Extra cost (€)"), self.money(wtp),
            )  # fmt: skip

        wide, narrow = twice(draw, name)
        caption = _(
            "Each dot is a bootstrap sample (a part of them); the ellipse holds 95%% of a normal around them; "
            "the square is the estimate; the dashed line is a willingness to pay of %(wtp)s."
        ) % {"wtp": self.money(wtp)}
        return Figure(name, _("Cost-effectiveness plane: %(perspective)s") % {
            "perspective": self._perspective(case.perspective)}, finding, wide, narrow, caption,
            of=f"{self.analysis.id}-thresholds")  # fmt: skip

    def curve(self, case: Case) -> Figure:
        """Draw the acceptability curve with its frontier."""
        _, found = self._, case.found
        wtp = [float(one) for one in np.linspace(0, 1.25 * max(*case.effect.wtp, 1.0), 61)]
        chance = [one["probability"] for one in found.ceac(wtp)]
        frontier = [one["probability"] for one in found.frontier(wtp)]
        said = {"arm": self._arm(found.intervention)}
        each = [(self.money(one), self.words.percent(found.uncertain.probability(one))) for one in case.effect.wtp]
        told = "; ".join(_("at %(wtp)s %(chance)s") % {"wtp": money, "chance": share} for money, share in each)
        finding = _("Chance that “%(arm)s” is cost-effective: ") % said + told + "."
        name = f"{self.analysis.id}-acceptability"
        arm = self._arm(found.intervention)

        def draw(which: str, width: float) -> costs_drawn.Drawing:
            title = _("Willingness to pay (€ per unit of effect)")
            return costs_drawn.acceptability(
                which, width, finding, wtp, chance, frontier, case.effect.wtp, arm, self.words.number, title
            )

        wide, narrow = twice(draw, name)
        caption = _(
            "Dashed, the frontier: the chance that the arm with the larger expected net benefit is the better "
            "choice. Dotted: the thresholds of the plan."
        )
        return Figure(name, _("Acceptability curve, in percent"), finding, wide, narrow, caption,
                      of=f"{self.analysis.id}-thresholds")  # fmt: skip

    def categories(self, made: Totals, perspective: str) -> Table:
        """Show the mean cost per category and arm, of those of whom it is known."""
        _, words = self._, self.words
        names, counted = rules.words().categories, rules.perspective(perspective).categories
        columns = {f"category_{one}": self._of(names[one]) for one in made.categories if one in counted}
        columns[f"cost_{perspective}"] = _("Total")
        arms = [arm.id for arm in self.context.arms]
        body, rows = [], []
        for column, label in columns.items():
            cells = [label]
            for arm in arms:
                values = made.frame.loc[made.frame["arm"] == arm, column].dropna()
                cells.append(f"{words.count(values.mean())} ({words.count(values.std())}) n {len(values)}")
                rows.append(
                    {"category": column, "arm": arm, "mean": values.mean(), "sd": values.std(), "n": len(values)}
                )
            body.append(cells)
        return Table(
            f"{self.analysis.id}-categories",
            _("Costs by category and arm: %(perspective)s") % {"perspective": self._perspective(perspective)},
            [_("Category"), *(self._arm(arm) for arm in arms)],
            body,
            pd.DataFrame(rows),
            note=_("Mean (standard deviation) in euros of those of whom it is known, before imputation."),
        )

    def variations(self, main: Case, varied: list[Variation]) -> Iterator[Block]:
        """Show scenarios and subgroups beside the plan."""
        _ = self._
        if not varied:
            return
        wtp = main.effect.wtp[0]
        body = [[_("As planned"), *self._cells(main), self.words.percent(main.found.uncertain.probability(wtp))]]
        rows = [{"kind": "plan", "id": "", **self._row(main)}]
        for kind, name, label, case in varied:
            if isinstance(case, str):
                yield Note(_("“%(name)s” could not be computed: %(reason)s") % {"name": label, "reason": case})
                continue
            chance = case.found.uncertain.probability(wtp)
            body.append([label, *self._cells(case), self.words.percent(chance)])
            rows.append({"kind": kind, "id": name, **self._row(case)})
        head = _("Chance at %(wtp)s") % {"wtp": self.money(wtp)}
        yield Table(
            f"{self.analysis.id}-variations", _("Scenarios and subgroups"), [_("Choice"), *self._heads(), head], body,
            pd.DataFrame(rows),
            note=_("Perspective: %(perspective)s. Declared in the protocol. A subgroup shows chance as well: no effect "
                   "in one and an effect in another is no proof that they differ.")
            % {"perspective": self._perspective(main.perspective)} + f" {self._positions()}",
        )  # fmt: skip

    def tornado(self, main: Case, swings: list[dict[str, Any]]) -> Iterator[Block]:
        """Draw what one value at a time does to the net benefit, with its table."""
        _ = self._
        for one in swings:
            if "error" in one:
                label = self.context.text(f"economics.one_way.{one['id']}")
                yield Note(_("“%(name)s” could not be computed: %(reason)s") % {"name": label, "reason": one["error"]})
        sound = [one for one in swings if "error" not in one]
        if not sound:
            return
        wtp, name = main.effect.wtp[0], f"{self.analysis.id}-one-way"
        base = main.found.benefits[wtp].estimate
        rows = [
            costs_drawn.Swing(
                self.context.text(f"economics.one_way.{one['id']}"), self._plain(one["low"]), self._plain(one["high"]),
                one["at_low"]["inmb"], one["at_high"]["inmb"],
            )
            for one in sound
        ]  # fmt: skip
        widest = max(rows, key=lambda row: abs(row.at_high - row.at_low))
        finding = _("“%(name)s” moves the net benefit most: %(low)s to %(high)s.") % {
            "name": widest.name, **{end: self.money(value) for end, value in zip(
                ("low", "high"), sorted((widest.at_low, widest.at_high)), strict=True)}}  # fmt: skip
        wide, narrow = twice(
            lambda which, width: costs_drawn.tornado(which, width, finding, base, rows, self.words.number), name
        )
        said = {"wtp": self.money(wtp), "base": self.money(base)}
        caption = _("Net benefit in euros at a willingness to pay of %(wtp)s; as planned it is %(base)s. Beside each "
                    "bar: the value it was moved to.") % said  # fmt: skip
        table = f"{name}-values"
        yield Figure(name, _("One value at a time"), finding, wide, narrow, caption, of=table)
        yield Table(
            table,
            _("One value at a time"),
            [_("Value"), _("Low"), _("High"), _("Net benefit at low"), _("Net benefit at high")],
            [[row.name, row.low, row.high, self.money(row.at_low), self.money(row.at_high)] for row in rows],
            pd.DataFrame([{"id": one["id"], "low": one["low"], "high": one["high"], "wtp": wtp,
                           "inmb_low": one["at_low"]["inmb"], "inmb_high": one["at_high"]["inmb"]} for one in sound]),
            folded=True,
        )  # fmt: skip

    def facts(self, made: Totals | None) -> Pairs:
        """Say what CHEERS asks of the methods: perspective, horizon, money, discounting, effects, handling of holes."""
        _, plan = self._, self.plan
        horizon = (
            self._("not computed") if made is None else _("%(days)s days") % {"days": self.words.count(made.horizon)}
        )
        order = {
            "bootstrap_within_imputation": _("bootstrap within each imputation"),
            "imputation_within_bootstrap": _("imputation within each bootstrap sample"),
        }[plan.imputation.order]
        holes = _("complete cases")
        if plan.imputation.count:
            holes = _("chained equations by arm, %(count)s times; %(order)s") % {
                "count": plan.imputation.count, "order": order}  # fmt: skip
        lost = plan.productivity.method if plan.productivity else ""
        methods = {"friction_cost": _("friction-cost method"), "human_capital": _("human-capital method"), "": "–"}
        return Pairs([
            (_("Perspectives"), ", ".join(self._perspective(one) for one in plan.perspectives)),
            (_("Time horizon"), horizon),
            (_("Money"), _("euros of %(year)s") % {"year": plan.price_year}),
            (_("Prices"), plan.prices),
            (_("Discounting"), plan.discounting or _("none")),
            (_("Lost work"), methods[lost]),
            (_("Effects"), "; ".join(self._effect(one) for one in plan.effects)),
            (_("Missing values"), holes),
            (_("Bootstrap"), _("%(count)s samples, each arm drawn to its own size; %(ci)s intervals") % {
                "count": self.words.count(plan.bootstraps), "ci": plan.ci}),
            (_("Seed"), str(self.context.seed)),
        ])  # fmt: skip

    def notes(self, made: list[Totals]) -> Table:
        """List what the calculation of costs and effects assumed, each once, with how sure it is."""
        _ = self._
        seen: dict[str, tuple[str, str, str]] = {}
        for one in (note for each in made for note in each.notes):
            text = one.text(self.words.language)
            seen.setdefault(text, (one.certainty, text, one.id))
        certainty = {"U": _("uncertain"), "NF": _("not found"), "M": _("general knowledge"), "S": _("from a source")}
        return Table(
            f"{self.analysis.id}-assumptions",
            _("What the calculation assumed"),
            [_("Certainty"), _("What is assumed")],
            [[certainty.get(sure, sure), text] for sure, text, _id in seen.values()],
            pd.DataFrame([{"id": name, "certainty": sure, "text": text} for sure, text, name in seen.values()]),
            left=2,
            folded=True,
        )

    def money(self, value: float) -> str:
        """Write euros without cents."""
        text = self.words.count(value)
        return f"−€ {text[1:]}" if text.startswith("−") else f"€ {text}"

    def _plain(self, value: float) -> str:
        return self.words.number(value, 0 if float(value).is_integer() else 1)

    def _span(self, low: float, high: float) -> str:
        return self._("%(low)s to %(high)s") % {"low": self.money(low), "high": self.money(high)}

    def _heads(self) -> list[str]:
        _ = self._
        return [_("Cost (95% interval)"), _("Effect (95% interval)"), _("Cost per unit of effect")]

    def _cells(self, case: Case) -> list[str]:
        found, digits = case.found, self._digits(case.effect)
        effect = self.words.number(found.effect.estimate, digits)
        interval = self.words.interval(found.effect.low, found.effect.high, digits)
        return [self._euros(found.cost), f"{effect} ({interval})", self._position(case)]

    def _euros(self, found: Interval) -> str:
        return f"{self.money(found.estimate)} ({self.words.interval(found.low, found.high, 0)})"

    def _row(self, case: Case) -> dict[str, Any]:
        found = case.found
        return {
            "perspective": case.perspective, "effect": case.effect.id, "cost": found.cost.estimate,
            "cost_low": found.cost.low, "cost_high": found.cost.high, "difference": found.effect.estimate,
            "effect_low": found.effect.low, "effect_high": found.effect.high, "icer": found.icer,
            **found.uncertain.quadrants(),
        }  # fmt: skip

    def _ratio(self, case: Case) -> str:
        _, found = self._, case.found
        if found.icer is None:
            return _("no difference in effect")
        if found.position == "se":
            return _("dominant: more effect, lower cost")
        if found.position == "nw":
            return _("dominated: less effect, higher cost")
        if found.position == "sw":
            return _("%(money)s saved per unit of effect lost") % {"money": self.money(found.icer)}
        return self.money(found.icer)

    def _position(self, case: Case) -> str:
        """Say the ratio in one word or number, as it stands in a table; `_positions` explains the words."""
        _, found = self._, case.found
        words = {"se": _("dominant"), "nw": _("dominated")}
        if found.icer is None:
            return "–"
        if found.position == "sw":
            return _("%(money)s saved") % {"money": self.money(found.icer)}
        return words.get(found.position, self.money(found.icer))

    def _positions(self) -> str:
        return self._(
            "Dominant: more effect at lower cost. Dominated: less effect at higher cost. Saved: less effect, and so "
            "much saved for each unit of it."
        )

    def _how(self, case: Case) -> str:
        found = case.found
        said = {"people": sum(found.sizes), "tables": len(found.estimates), "samples": found.pairs.shape[1]}
        return self._(
            "Seemingly unrelated regressions of cost and effect; %(people)s people, %(tables)s completed table(s), "
            "%(samples)s bootstrap samples in all. An effect of which less is better is turned round: more is better."
        ) % {key: self.words.count(value) for key, value in said.items()}

    def _digits(self, effect: Effect) -> int:
        return 3 if effect.measure == "qaly" else 1

    def _arm(self, arm: str) -> str:
        return self.context.text(f"arms.{arm}.title")

    def _effect(self, effect: Effect) -> str:
        return self.context.text(f"economics.effects.{effect.id}")

    def _perspective(self, name: str) -> str:
        return self._of(rules.perspective(name).title)

    def _of(self, texts: Mapping[str, str]) -> str:
        return texts.get(self.words.language, texts["en"])
