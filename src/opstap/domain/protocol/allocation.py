"""How the lot is drawn, as a protocol says it: method, ratio, blocks, strata or the factors of a minimisation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from opstap.domain.instruments.model import Misplaced, Shape
from opstap.domain.protocol.eligibility import Name


class Minimisation(Shape):
    """How a minimisation weighs: each factor with its weight, and how likely the preferred arm is.

    `measure` is what imbalance means: the range or the variance of the arms' counts (Pocock and Simon 1975).
    """

    factors: dict[Name, Annotated[float, Field(gt=0)]] = Field(min_length=1)
    probability: float
    measure: Literal["range", "variance"] = "range"


class Allocation(Shape):
    """How the lot is drawn: in which ratio, by which method, within which strata.

    A stratum or factor is `site`, or an answer at screening that is one of several or yes and no. Lists are made
    beforehand, `length_per_stratum` lines for each stratum; for a minimisation, that many draws in all.
    """

    method: Literal["simple", "permuted_blocks", "minimisation"]
    ratio: dict[Name, int] = Field(min_length=1)
    block_sizes: list[int] = []
    strata: list[Name] = []
    length_per_stratum: int = Field(ge=1)
    minimisation: Minimisation | None = None

    @model_validator(mode="after")
    def _fits(self) -> Allocation:
        for arm, weight in self.ratio.items():
            if not 1 <= weight <= 1000:
                raise Misplaced(("ratio", arm), f"{weight} is no weight: write 1 or more, at most 1000")
        unit = sum(self.ratio.values())
        for number, size in enumerate(self.block_sizes):
            if size < unit or size % unit:
                raise Misplaced(
                    ("block_sizes", number), f"a block of {size} cannot hold the ratio: use a multiple of {unit}"
                )
        if bool(self.block_sizes) != (self.method == "permuted_blocks"):
            raise Misplaced(("block_sizes",), "name block sizes for permuted blocks, and for no other method")
        if (self.minimisation is not None) != (self.method == "minimisation"):
            raise Misplaced(("minimisation",), "name factors for a minimisation, and for no other method")
        if self.minimisation is not None:
            self._minimises(self.minimisation)
        return self

    def _minimises(self, how: Minimisation) -> None:
        if self.strata:
            raise Misplaced(("strata",), "a minimisation has factors in place of strata: move them there")
        # Han, Enas and McEntegart 2009: under this, the arm that is preferred would be the less likely one.
        least = min(self.ratio.values()) / sum(self.ratio.values())
        if not least < how.probability < 1:
            raise Misplaced(
                ("minimisation", "probability"),
                f"{how.probability:g} leaves nothing to chance or prefers nobody: write more than {least:g}, under 1",
            )
