"""Who acts when an answer is alarming, such as thoughts of death, and when."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from opstap.domain.instruments.model import Misplaced, Shape
from opstap.domain.protocol.eligibility import Name


class Responder(Shape):
    """Who acts when an answer is alarming, such as thoughts of death: a role at the site, and when somebody looks.

    `days` are 1 (Monday) to 7; from `first` until `last` o'clock. `consent` is the item of the study's form under
    which the answer is passed on; without it the person is shown where to turn, and nobody is told.
    """

    role: Literal["coordinator"]
    consent: Name
    days: list[Annotated[int, Field(ge=1, le=7)]] = Field(min_length=1)
    first: int = Field(ge=0, le=23)
    last: int = Field(ge=1, le=24)

    @model_validator(mode="after")
    def _hours(self) -> Responder:
        if self.last <= self.first:
            raise Misplaced(("last",), f"the hours end at {self.last} before they begin at {self.first}: swap them")
        if self.days != sorted(set(self.days)):
            raise Misplaced(("days",), "name each day once, in rising order")
        return self
