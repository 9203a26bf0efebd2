"""The lot: allocation lists made from a secret seed, and the commitment by which they can be verified later."""

from opstap.domain.allocation.blocks import Row, permuted_blocks, simple
from opstap.domain.allocation.minimisation import Minimiser, draws
from opstap.domain.allocation.plan import commitment
from opstap.domain.allocation.stream import SeedError

__all__ = ["Minimiser", "Row", "SeedError", "commitment", "draws", "permuted_blocks", "simple"]
