"""Looking for sites that differ from the others, over all that was handed in; what was found is kept as it was then."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict

from django.db.models import Count, Q

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.protocols import protocol_of
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.stats.monitoring import compare
from opstap.store.models import AnswerSheet, Measurement, SignalRun, Study


@act
def look_for_signals(*, by: Actor, study: Study) -> SignalRun:
    """Compare the sites of a study in what was missed and in the numbers that the protocol names.

    Only what every arm is asked alike is looked at, so that nothing found tells an arm.
    """
    allow(by, Permission.LOOK_FOR_SIGNALS, study=study)
    found = compare(_missed(study), _numbers(study))
    run = SignalRun.objects.create(study=study, at=clock.now(), found=[asdict(one) for one in found])
    record(Event.SIGNALS_RUN, by=by, study=study, run=run.pk)
    return run


def _missed(study: Study) -> dict[str, dict[str, tuple[int, int]]]:
    """Count per wave and site what closed without an answer, of all that was handed in or closed."""
    counted = (
        Measurement.objects.filter(participant__study=study, respondent="participant", voided_on=None)
        .filter(Q(submitted_at__isnull=False) | Q(closes_on__lt=clock.today()))
        .order_by()
        .values("wave", "participant__site__code")
        .annotate(asked=Count("pk"), missed=Count("pk", filter=Q(submitted_at=None)))
    )
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in counted:
        found[row["wave"]][row["participant__site__code"]] = (row["missed"], row["asked"])
    return found


def _numbers(study: Study) -> dict[str, dict[str, list[float]]]:
    """Gather the numbers that the protocol compares, per question and site, from what was handed in."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    wanted: dict[str, list[str]] = defaultdict(list)
    for name in protocol_of(study).study.monitoring.compares:
        questionnaire, _, item = name.partition(".")
        wanted[questionnaire].append(item)
    sheets = AnswerSheet.objects.filter(
        measurement__participant__study=study, measurement__respondent="participant",
        measurement__submitted_at__isnull=False, questionnaire__in=wanted,
    ).order_by("pk")  # fmt: skip
    for questionnaire, answers, site in sheets.values_list(
        "questionnaire", "answers", "measurement__participant__site__code"
    ).iterator():
        for item in wanted[questionnaire]:
            if isinstance(answers.get(item), int | float):
                found[f"{questionnaire}.{item}"][site].append(float(answers[item]))
    return found
