"""Queries that rules raise: looked at when answers are handed in or corrected, and again whenever someone asks for it.

A rule asks once on the same values, whatever became of that query. A correction that satisfies it closes the query.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import SYSTEM, System, allow
from opstap.acts.protocols import protocol_of
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.journey import QUERY
from opstap.domain.protocol.checks import Given, Verdict, looks_back, verdicts
from opstap.store.models import AnswerSheet, Correction, Measurement, Participant, Query, QueryEntry, Study

#: How many people one act looks at: its locks are held for a second or two, not for a whole run.
BATCH = 200


def look(measurement: Measurement, given: Given) -> None:
    """Raise the queries that the answers just handed in ask for, within the act that hands them in."""
    protocol = protocol_of(measurement.participant.study)
    earlier: list[Given] = []
    if looks_back(protocol, measurement.wave, given):
        earlier = [one for row, one in _answered([measurement.participant_id]) if _before(row, measurement)]
    day = measurement.given_on
    assert day is not None  # it is handed in, in this very act
    found = verdicts(protocol, measurement.wave, given, day, earlier)
    _raise([(measurement, one) for one in found if one.holds is False])


def _before(row: Measurement, other: Measurement) -> bool:
    return row.pk != other.pk and row.respondent == other.respondent and row.due_on <= other.due_on


def look_again(participant: Participant, correction: Correction | None = None) -> Counter[str]:
    """Look at everything that someone handed in, within a running act; counts `raised` and `closed`."""
    return _look_at([participant], correction)


def run_checks(*, by: System = SYSTEM, study: Study) -> Counter[str]:
    """Look at all that was handed in in a study; a second run finds nothing left to do. Counts `raised`, `closed`."""
    people = Participant.objects.filter(study=study, measurements__submitted_at__isnull=False)
    numbers = list(people.order_by("pk").values_list("pk", flat=True).distinct())
    counts: Counter[str] = Counter()
    for begin in range(0, max(len(numbers), 1), BATCH):
        counts.update(_run(by=by, study=study, numbers=numbers[begin : begin + BATCH]))
    return counts


@act
def _run(*, by: System, study: Study, numbers: Collection[int]) -> Counter[str]:
    allow(by, Permission.RUN_CHECKS, study=study)
    # Two runs at once take turns, so that the second sees what the first raised.
    people = Participant.objects.select_for_update(of=("self",)).select_related("study__protocol")
    counts = _look_at(list(people.filter(pk__in=numbers).order_by("pk")))
    record(Event.QUERIES_RUN, by=by, study=study, raised=counts["raised"], closed=counts["closed"])
    return counts


def _look_at(people: Collection[Participant], correction: Correction | None = None) -> Counter[str]:
    whole: dict[tuple[int, str], list[tuple[Measurement, Given]]] = defaultdict(list)
    for row, given in _answered([one.pk for one in people]):
        whole[row.participant_id, row.respondent].append((row, given))
    asked: dict[tuple[int, str], list[Query]] = defaultdict(list)
    for query in Query.objects.filter(measurement__participant__in=people).exclude(rule="").order_by("pk"):
        asked[query.measurement_id, query.rule].append(query)
    protocols = {one.pk: protocol_of(one.study) for one in people}
    wanted: list[tuple[Measurement, Verdict]] = []
    satisfied: list[Query] = []
    for (pk, _respondent), rows in whole.items():
        for number, (row, given) in enumerate(rows):
            assert row.given_on is not None  # only what was handed in is looked at
            day, earlier = row.given_on, [one for _, one in rows[:number]]
            for verdict in verdicts(protocols[pk], row.wave, given, day, earlier):
                before = asked[row.pk, verdict.rule]
                waiting = next((one for one in before if QUERY.allows(one.state, "satisfy")), None)
                if verdict.holds is not False:
                    satisfied += [waiting] if waiting else []
                elif hash_of(verdict.values) in {one.values_hash for one in before}:
                    continue
                elif waiting is None:
                    wanted.append((row, verdict))
                else:
                    # Other values, the same question: it stays, and is not asked on these values once more.
                    waiting.values_hash = hash_of(verdict.values)
                    waiting.save(update_fields=["values_hash"])
    _raise(wanted)
    for query in satisfied:
        query.state = QUERY.after(query.state, "satisfy")
        query.save(update_fields=["state"])
    _write([(query, "satisfy") for query in satisfied], correction)
    return Counter(raised=len(wanted), closed=len(satisfied))


def _answered(people: Collection[int]) -> list[tuple[Measurement, Given]]:
    """List what these people handed in, each measurement with its answers, in the order of the waves."""
    rows = Measurement.objects.filter(participant__in=people, submitted_at__isnull=False).order_by("due_on", "pk")
    given: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for number, questionnaire, answers in AnswerSheet.objects.filter(measurement__in=rows.order_by()).values_list(
        "measurement_id", "questionnaire", "answers"
    ):
        given[number][questionnaire] = answers
    return [(row, given[row.pk]) for row in rows]


def _raise(found: Collection[tuple[Measurement, Verdict]]) -> None:
    if not found:
        return
    queries = Query.objects.bulk_create(
        Query(
            measurement=row, questionnaire=one.questionnaire, item=one.item, rule=one.rule,
            values_hash=hash_of(one.values), state=QUERY.start, raised_at=clock.now(),
        )
        for row, one in found
    )  # fmt: skip
    _write([(query, "raise") for query in queries])


def _write(steps: Iterable[tuple[Query, str]], correction: Correction | None = None) -> None:
    now = clock.now()
    QueryEntry.objects.bulk_create(
        QueryEntry(query=query, move=move, at=now, correction=correction) for query, move in steps
    )


def hash_of(values: Mapping[str, Any]) -> str:
    """Give what stands for the values that a rule looked at: SHA-256 over their canonical JSON."""
    return hashlib.sha256(json.dumps(dict(values), sort_keys=True).encode()).hexdigest()
