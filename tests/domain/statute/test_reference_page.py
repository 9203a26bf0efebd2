"""The reference page says what the rule sets say."""

from __future__ import annotations

from opstap.domain.statute import Country, rule_sets
from tests.domain.statute.page import PAGE, page


def test_the_page_is_in_step_with_the_rule_sets() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.domain.statute.page"


def test_the_page_names_every_rule_of_every_set_with_its_sources_and_certainty() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for country in Country:
        for rules in rule_sets(country):
            for rule in rules.rules:
                passage = text.split(f"#### `{rule.id}`, {rules.id}\n")[1].split("\n#")[0]
                assert f"{rule.evidence.certainty} ({rule.evidence})" in passage
                assert all(source.url in passage for source in rule.sources)
