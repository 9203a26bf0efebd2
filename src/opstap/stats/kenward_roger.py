"""Kenward and Roger's covariance of the coefficients and their degrees of freedom, for repeated measures.

- Kenward MG, Roger JH. Small sample inference for fixed effects from restricted maximum likelihood.
  Biometrics 1997;53:983-997. doi:10.2307/2533558
- Kenward MG, Roger JH. An improved approximation to the precision of fixed effects from restricted maximum
  likelihood. Comput Stat Data Anal 2009;53:2583-2595. doi:10.1016/j.csda.2008.12.013

Two variants. `kenward-roger` leaves out the second derivatives of the covariance; it does not depend on the
coordinates, and for an unstructured covariance it is SAS's (whose elements are linear) and mmrm's
"Kenward-Roger-Linear". `kenward-roger-2` keeps them, in the coordinates of R's mmrm ("Kenward-Roger").
The parameters' covariance is the inverse of the observed information, as in mmrm and SAS; R's pbkrtest takes the
expected one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from opstap.stats.covariances import mmrm_derivatives
from opstap.stats.design import Array
from opstap.stats.reml import Likelihood, Maximum


@dataclass(frozen=True)
class KenwardRoger:
    """The adjusted covariance (p × p), and what degrees of freedom of a contrast need."""

    cov: Array
    model_cov: Array
    slopes: Array
    parameter_cov: Array

    def degrees_of_freedom(self, weights: Array) -> float:
        """Degrees of freedom of one linear combination (p weights): Kenward and Roger's for one contrast.

        With one contrast their scaling is 1 and the degrees of freedom are those of Satterthwaite on the
        model's own covariance.
        """
        variance = weights @ self.model_cov @ weights
        gradient = np.einsum("p,lpq,q->l", weights, self.slopes, weights)
        return float(2 * variance**2 / (gradient @ self.parameter_cov @ gradient))


def kenward_roger(likelihood: Likelihood, maximum: Maximum, parameter_cov: Array, second: bool) -> KenwardRoger:
    """Adjust the covariance of the first trial's coefficients (on the likelihood's own scale)."""
    cov = maximum.state.cov[0]
    structure, theta = likelihood.structure, maximum.theta
    slope = structure.first(theta)[0]
    weights = parameter_cov
    bend = None
    if second:
        # In mmrm's coordinates; the covariance of the parameters goes with them.
        other, bend = mmrm_derivatives(structure.kind, maximum.sigma[0])
        flat = slope.reshape(len(slope), -1).T
        back = np.linalg.lstsq(other.reshape(len(other), -1).T, flat, rcond=None)[0]
        weights, slope = back @ parameter_cov @ back.T, other
    p, size = likelihood.p, len(slope)
    once, twice, bent = np.zeros((size, p, p)), np.zeros((size, size, p, p)), np.zeros((size, size, p, p))
    for one, products, inverses in zip(likelihood.panels, likelihood.products, maximum.state.inverses, strict=True):
        places = (one.visits[:, None], one.visits[None, :])
        x = products[0, ..., :-1, :-1]
        for kind in range(len(one.patterns)):
            inverse = inverses[0, kind]
            inside = inverse @ slope[(slice(None), *places)] @ inverse
            once += np.einsum("lij,ijpq->lpq", inside, x[kind])
            both = np.einsum("aij,bjk->abik", inside, slope[(slice(None), *places)] @ inverse)
            twice += np.einsum("abij,ijpq->abpq", both, x[kind])
            if bend is not None:
                curve = inverse @ bend[(slice(None), slice(None), *places)] @ inverse
                bent += np.einsum("abij,ijpq->abpq", curve, x[kind])
    inner = twice - np.einsum("apq,qr,brs->abps", once, cov, once) - bent / 4
    added = cov @ np.einsum("ab,abpq->pq", weights, inner) @ cov
    adjusted = cov + added + added.T
    return KenwardRoger((adjusted + adjusted.T) / 2, cov, cov @ once @ cov, weights)
