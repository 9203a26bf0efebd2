"""The lot: allocation lists made from a secret seed, and the commitment by which they can be verified later."""

from opstap.domain.allocation.blocks import Row, SeedError, commitment, permuted_blocks

__all__ = ["Row", "SeedError", "commitment", "permuted_blocks"]
