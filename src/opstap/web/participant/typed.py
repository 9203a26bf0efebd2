"""What was typed on the page of one question, as the acts take it."""

from __future__ import annotations

from django.http import QueryDict

from opstap.acts.sight.participant.filling import Question


def typed(question: Question, data: QueryDict) -> str | list[str] | None:
    """Read the answer to a question from a form; None or an empty list when nothing was filled in.

    A date comes as day, month and year; what is no date stays as typed, so that it is refused in words.
    """
    if question.kind == "multiple":
        return data.getlist("answer")
    if question.kind == "date":
        day, month, year = (data.get(name, "").strip() for name in ("day", "month", "year"))
        return f"{year}-{month:0>2}-{day:0>2}" if day or month or year else None
    return data.get("aside", "").strip() or data.get("answer", "").strip() or None
