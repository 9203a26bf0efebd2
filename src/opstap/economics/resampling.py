"""Bootstrap and jackknife of both equations, by the weights of people instead of copies of their rows.

- Efron B, Tibshirani RJ. An Introduction to the Bootstrap. Chapman & Hall 1993. doi:10.1201/9780429246593
- Davison AC, Hinkley DV. Bootstrap Methods and their Application. Cambridge University Press 1997.
  doi:10.1017/CBO9780511802843 (strata: section 3.2)

A bootstrap sample is a count for each person. The sums of products of a sample are the counts times the products of
each person: one multiplication of matrices gives the moments of all samples.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from opstap.economics.model import Design
from opstap.economics.sur import fit
from opstap.stats.design import Array, Indices, StatsError

#: Counts held at once (samples × people): they stay in the processor's cache.
_CELLS = 50_000
#: Products of matrices up to this size run on one thread: waiting for another costs more than it gives.
_SMALL = 250_000
#: Moments held at once (samples × pairs of columns), 16 MB.
_MOMENTS = 2_000_000
#: Of a hundred samples, so many may lack what tells the arms apart.
_MOST_LOST = 5


def counts(sizes: Sequence[int], samples: int, random: np.random.Generator) -> Array:
    """Draw bootstrap samples as counts (samples × people); each stratum is drawn by itself to its own size."""
    people = sum(sizes)
    starts = np.cumsum([0, *sizes[:-1]])
    parts = [start + random.integers(0, size, (samples, size)) for start, size in zip(starts, sizes, strict=True)]
    place = np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]
    place += people * np.arange(samples)[:, None]
    return np.bincount(place.ravel(), minlength=samples * people).reshape(samples, people).astype(float)


def replicate(design: Design, samples: int, seed: np.random.SeedSequence, stratify: bool) -> Array:
    """Give the incremental cost and effect of bootstrap samples (2 × B), without those that have one arm alone.

    Raises `StatsError` where more than 5% of the samples do not tell the arms apart.
    """
    random = np.random.default_rng(seed)
    sizes = design.sizes if stratify else (design.people,)
    products, which = _products(design)
    found = np.empty((2, samples))
    share = max(1, _MOMENTS // which.size)
    step = max(1, _CELLS // design.people)
    for begin in range(0, samples, share):
        here = min(share, samples - begin)
        moments = np.empty((len(products), here))
        for first in range(0, here, step):
            weights = counts(sizes, min(step, here - first), random)
            moments[:, first : first + step] = _multiply(weights, products).T
        found[:, begin : begin + here] = fit(moments[which], design.layout, design.people)
    return sound(found) * design.scale[:, None]


def _multiply(weights: Array, products: Array) -> Array:
    """Counts (samples × n) times products (pairs × n), in pieces."""
    samples, people = weights.shape
    rows = max(1, _SMALL // products.size)
    whole = samples // rows * rows
    pieces = weights[:whole].reshape(-1, rows, people) @ products.T
    return np.concatenate([pieces.reshape(whole, len(products)), weights[whole:] @ products.T])


def sound(found: Array) -> Array:
    """Leave out the samples that do not tell the arms apart; `StatsError` where they are many."""
    known = np.isfinite(found).all(axis=0)
    if 100 * (~known).sum() > _MOST_LOST * known.size:
        raise StatsError(
            f"{int((~known).sum())} of {known.size} bootstrap samples do not tell the arms apart; draw by arm "
            "(stratify), or name fewer covariates."
        )
    return found[:, known]


def leave_one_out(design: Design) -> Array:
    """Give the incremental cost and effect without each person in turn (2 × n)."""
    products, which = _products(design)
    total = products.sum(axis=1)
    found = np.empty((2, design.people))
    step = max(1, _MOMENTS // which.size)
    for begin in range(0, design.people, step):
        part = slice(begin, begin + step)
        found[:, part] = fit((total[:, None] - products[:, part])[which], design.layout, design.people - 1)
    return found * design.scale[:, None]


def _products(design: Design) -> tuple[Array, Indices]:
    """Each person's products of all pairs of columns (pairs × n), and the place of each pair in the square (K × K)."""
    width = design.layout.width
    first, second = np.triu_indices(width)
    which = np.empty((width, width), dtype=np.intp)
    which[first, second] = which[second, first] = np.arange(len(first))
    columns = np.ascontiguousarray(design.values.T)
    return columns[first] * columns[second], which
