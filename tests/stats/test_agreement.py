"""The table in the docs is what the estimators give, and the tutorial gives what it says."""

from __future__ import annotations

import re
from contextlib import chdir, redirect_stdout
from io import StringIO

from tests.stats import agreement


def test_the_table_in_the_docs_is_what_is_seen() -> None:
    page = agreement.PAGE.read_text(encoding="utf-8")
    inside = page.partition(agreement.START)[2].partition(agreement.END)[0]
    assert inside.strip() == agreement.table()


def test_the_tutorial_runs_and_gives_the_lines_that_it_shows() -> None:
    folder = agreement.ROOT / "docs" / "tutorials"
    page = (folder / "primary-result.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL))
    shown = "\n".join(re.findall(r"```text\n(.*?)```", page, flags=re.DOTALL))
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    out = StringIO()
    with chdir(folder), redirect_stdout(out):
        exec(compile(code, "primary-result.md", "exec"), {})
    assert out.getvalue().split() == shown.split()
