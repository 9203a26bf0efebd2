"""Writes docs/reference/deadlines.md from the rule sets: python -m tests.domain.statute.page."""

from pathlib import Path

from opstap.domain.statute import Country, rule_sets
from opstap.domain.statute.load import calendar
from opstap.domain.statute.model import Rule, RuleSet, Source

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "deadlines.md"
COUNTRIES = {Country.NL: "The Netherlands", Country.BE: "Belgium"}


def page() -> str:
    """The page as the rule sets give it."""
    parts = [
        "# Deadlines",
        "Every term on the statutory clock, with its source and how sure it is. None of it is legal advice. "
        "`settled`: read in a source; `uncertain`: second-hand, or sources that differ; `unknown`: looked for and not "
        "found, so that no date is given. `due` is the last timely day, or the day itself of something that simply "
        "comes; `opens` is the first day on which something may be done. Day 0 is the first sick day; a week is seven "
        "days on from it; months are clipped at the month's end.",
        "A rule is *keyed by* the event whose day decides which set of rules holds for it. How to ask: "
        "[the terms for one sick leave](../how-to/deadlines.md).",
        "This page is made from `opstap.domain.statute`; a test refuses a page that is out of step.",
    ]
    for country, name in COUNTRIES.items():
        parts.append(f"## {name}")
        for rules in reversed(rule_sets(country)):
            parts += _set(rules)
        free = calendar(country)
        parts += [
            f"### Working days, {country}",
            f"Not Saturday, not Sunday, and not: {', '.join(day.name.en for day in free.holidays)}. "
            f"{free.professional.en} {_sources(free.sources)}",
        ]
    return "\n\n".join(parts) + "\n"


def _set(rules: RuleSet) -> list[str]:
    parts = [f"### {rules.title.en}: `{rules.id}`", f"For events from {rules.holds_from} on."]
    for rule in rules.rules:
        parts += [f"#### `{rule.id}`, {rules.id}", _rule(rule)]
    for merging in rules.merging:
        parts.append(
            f"**Sick leave after sick leave, for the {merging.counts}** ({merging.evidence.certainty}). "
            f"{merging.professional.en} {_sources(merging.sources)}"
        )
    return parts


def _rule(rule: Rule) -> str:
    start = rule.start.replace("_", " ")
    terms = [
        f"{name} {term.told(start)}"
        for name, term in (("opens", rule.opens), ("due", rule.due), ("again each", rule.every))
        if term is not None
    ]
    facts = [
        f"**{rule.title.en}** ({rule.title.nl})",
        f"{rule.kind} of {rule.who.replace('_', ' ')}",
        "; ".join(terms) or "no date",
        f"keyed by {rule.keyed_by.replace('_', ' ')}",
        *([f"for events from {rule.holds_from} on"] if rule.holds_from else []),
        *([f"from {rule.employees.at_least} employees"] if rule.employees else []),
        f"{rule.evidence.certainty} ({rule.evidence})",
    ]
    return f"{'; '.join(facts)}. {rule.professional.en} {_sources(rule.sources)}"


def _sources(sources: list[Source]) -> str:
    told = [f"[{source.law}{', ' + source.article if source.article else ''}]({source.url})" for source in sources]
    return f"Source: {'; '.join(told)}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
