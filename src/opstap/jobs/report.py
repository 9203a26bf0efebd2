"""Reports made apart from any page: each that waits is taken, computed and kept, by a process of its own.

python -m opstap.jobs.report         # what a page starts when a report is asked for; `opstap due` does it too
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from typing import Any

SAID = logging.getLogger("opstap.reports")


def begin() -> None:
    """Start a process that makes the reports that wait, and go on; it takes over where another was broken off."""
    made = subprocess.Popen(
        [sys.executable, "-m", "opstap.jobs.report"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    # Whoever starts a process has to see it end, or it stays in the system's list.
    threading.Thread(target=made.wait, daemon=True).start()


def make_waiting() -> int:
    """Make the reports that wait, one after the other, and count those that were made."""
    from opstap.acts.doors import SYSTEM, entering
    from opstap.acts.refusals import Refused
    from opstap.acts.reporting import take_report, waiting

    made = 0
    with entering(SYSTEM):
        for run in waiting():
            try:
                taken = take_report(by=SYSTEM, run=run)
            except Refused:
                # Another process took it meanwhile.
                continue
            except Exception as error:
                # Whoever asked may not see the data any more, or they could not be read. It must not wait for ever: no
                # other report would be made.
                _failed(run, error)
                continue
            made += _make(taken)
    return made


def _make(taken: object) -> bool:
    from opstap.acts.doors import SYSTEM
    from opstap.acts.protocols import protocol_of
    from opstap.acts.reporting import Taken, keep_report
    from opstap.reports import FixedPlan, evaluate
    from opstap.reports.writing import files

    assert isinstance(taken, Taken)
    run, plan = taken.run, taken.plan
    try:
        made = evaluate(
            protocol_of(run.study), taken.data, language=run.language, seed=run.seed,
            fixed=FixedPlan(plan.text, plan.digest, plan.at, "analyst") if plan else None,
            unblinded_at=run.study.unblinded_at,
        )  # fmt: skip
        content = files(made)
    except Exception as error:
        _failed(run, error)
        return False
    summary = content.get("summary.html", b"").decode()
    keep_report(by=SYSTEM, run=run, lead=made.lead, summary=summary, files=content)
    return True


def _failed(run: Any, error: Exception) -> None:
    """Keep that there is no report; what it said of its data is for the analyst.

    Of anything else only the kind is kept, since more could tell of a person.
    """
    from opstap.acts.doors import SYSTEM
    from opstap.acts.refusals import NotHere
    from opstap.acts.reporting import fail_report

    SAID.error("report %s could not be made: %s", run.pk, type(error).__name__)
    ours = type(error).__module__.startswith("opstap.") and not isinstance(error, NotHere)
    fail_report(by=SYSTEM, run=run, problem=str(error) if ours else "")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opstap.config.settings")
    import django

    django.setup()
    make_waiting()
