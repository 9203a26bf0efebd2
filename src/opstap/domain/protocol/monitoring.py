"""What is watched while a study runs, as data: kinds of deviation, own reports of harm, numbers compared by site."""

from __future__ import annotations

from pydantic import Field

from opstap.domain.instruments.model import Shape
from opstap.domain.protocol.eligibility import Name


class DeviationKind(Shape):
    """One kind of departure from the protocol. `tells_arm`: it can only happen where the programme is given.

    The words are `deviations.<id>`.
    """

    id: Name
    tells_arm: bool = False


class OwnReport(Shape):
    """The question in which a participant reports harm: `item` is `questionnaire.item`, `codes` the answers that do.

    `words` is the question in which they tell what it was, within the same questionnaire.
    """

    item: str = Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*$")
    codes: list[int | str] = Field(min_length=1)
    words: Name | None = None

    @property
    def place(self) -> tuple[str, str]:
        """Give the questionnaire and the item."""
        questionnaire, _, item = self.item.partition(".")
        return questionnaire, item


class Monitoring(Shape):
    """What is watched: deviations, own reports of harm, and numbers (`questionnaire.item`) compared between sites."""

    deviations: list[DeviationKind] = []
    own_reports: list[OwnReport] = []
    compares: list[str] = []
