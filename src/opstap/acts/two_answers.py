"""Two answers to one question: an older page sent after a newer one. Both are kept; the person says which holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.refusals import Refused
from opstap.store.models import AnswerSheet, Measurement, TwoAnswers

STANDING, OTHER, NEWER = "standing", "other", "newer"
#: Where a measurement that was read keeps its pairs that are not settled.
OPEN_PAIRS = "open_pairs"


@dataclass(frozen=True)
class Sorted:
    """What was typed on a page, sorted: what can be saved, what is second to a newer answer, what is passed over."""

    saved: dict[str, Any]
    second: dict[str, Any]


def fingerprint(measurement: int, questionnaire: str, item: str, answers: Mapping[str, Any]) -> str:
    """Give a word by which a page tells later which answer was kept when it was drawn; empty for none.

    It is keyed, so that it tells nobody what the answer was.
    """
    if answers.get(item) is None:
        return ""
    value = json.dumps([measurement, questionnaire, item, answers[item]], sort_keys=True)
    return salted_hmac("opstap.answer", value, algorithm="sha256").hexdigest()[:16]


def sort_out(
    sheet: AnswerSheet | None,
    questionnaire: str,
    *,
    typed: Mapping[str, Any],
    seen: Mapping[str, str],
    readable: Any,
    measurement: int,
) -> Sorted:
    """Tell what of a page may be saved over what is kept. `seen` says what the page knew; a question it does not name
    is saved over anything.

    `readable` gives an answer with its free text unsealed, so that the same words are the same answer. An answer that
    was emptied on an older page takes nothing newer back.
    """
    kept = sheet.answers if sheet else {}
    saved, second = {}, {}
    for item, value in typed.items():
        known = item not in seen or seen[item] == fingerprint(measurement, questionnaire, item, kept)
        if known or kept.get(item) is None:
            saved[item] = value
        elif value is not None and readable(item, value) != readable(item, kept[item]):
            second[item] = value
    return Sorted(saved, second)


def keep_both(sheet: AnswerSheet, second: Mapping[str, Any], since: datetime) -> None:
    """Keep what came from an older page beside the answer that stands, until the person says which holds."""
    TwoAnswers.objects.bulk_create(
        TwoAnswers(
            measurement=sheet.measurement,
            questionnaire=sheet.questionnaire,
            item=item,
            standing=sheet.answers[item],
            standing_at=since,
            other=value,
            other_at=clock.now(),
        )
        for item, value in second.items()
    )
    _changed(sheet.measurement)


def answered_anew(measurement: Measurement, questionnaire: str, items: list[str]) -> None:
    """Take it that an answer given after both of two is the one that holds."""
    anew = [pair.pk for pair in unsettled(measurement) if pair.questionnaire == questionnaire and pair.item in items]
    if anew:
        TwoAnswers.objects.filter(pk__in=anew).update(kept=NEWER, settled_at=clock.now())
        _changed(measurement)


def unsettled(measurement: Measurement) -> list[TwoAnswers]:
    """List the pairs of answers of which nobody has said yet which holds, the oldest first; read once for each row."""
    read = vars(measurement)
    if OPEN_PAIRS not in read:
        read[OPEN_PAIRS] = list(TwoAnswers.objects.filter(measurement=measurement, settled_at=None).order_by("pk"))
    return list(read[OPEN_PAIRS])


def _changed(measurement: Measurement) -> None:
    vars(measurement).pop(OPEN_PAIRS, None)


def pair_to_settle(measurement: Measurement, number: int) -> TwoAnswers:
    """Lock and give one pair of answers; Refused when it was settled before."""
    pairs = TwoAnswers.objects.filter(measurement=measurement, settled_at=None)
    found = pairs.select_for_update().filter(pk=number).first()
    if found is None:
        raise Refused(_("This was chosen before. The answers below are what we keep."))
    return found
