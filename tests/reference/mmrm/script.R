# Makes expected_*.csv for the mixed models, from data.csv (which data.R makes). R 4.2.2.
# - estimates, covariance of coefficients and visits, restricted log-likelihood: nlme::gls
# - Satterthwaite for compound symmetry: lmerTest, whose random intercept is the same model
# - Satterthwaite for unstructured and ar1: a likelihood of our own in R, on the plain variances and covariances,
#   differentiated numerically (numDeriv), so that it shares nothing with the program under test
# - marginal means: emmeans on the unstructured gls
suppressMessages({library(nlme); library(lmerTest); library(numDeriv); library(emmeans)})
d <- read.csv("data.csv", stringsAsFactors = FALSE)
d$visit <- factor(d$visit, levels = c("T0", "T6", "T12", "T18"))
d$t <- as.integer(d$visit)
d <- d[!is.na(d$hours), ]
d <- d[order(d$person, d$t), ]
form <- hours ~ arm * visit + base
fit <- list(
  us = gls(form, d, correlation = corSymm(form = ~ t | person), weights = varIdent(form = ~ 1 | visit), method = "REML",
           control = glsControl(tolerance = 1e-10, msTol = 1e-12, maxIter = 500, msMaxIter = 500)),
  cs = gls(form, d, correlation = corCompSymm(form = ~ 1 | person), method = "REML",
           control = glsControl(tolerance = 1e-10, msTol = 1e-12)),
  ar1 = gls(form, d, correlation = corAR1(form = ~ t | person), method = "REML",
            control = glsControl(tolerance = 1e-10, msTol = 1e-12)))
whole <- names(which(table(d$person) == 4))[1]

# The restricted likelihood from its definition.
X <- model.matrix(form, d); y <- d$hours; who <- split(seq_len(nrow(d)), d$person)
sigma_of <- list(
  us = function(th) { S <- matrix(0, 4, 4); S[lower.tri(S, TRUE)] <- th; S + t(S) - diag(diag(S)) },
  ar1 = function(th) th[1] * th[2]^abs(outer(1:4, 1:4, "-")),
  cs = function(th) th[1] * (th[2] + (1 - th[2]) * diag(4)))
parts <- function(S) {
  A <- 0; b <- 0; q <- 0; ld <- 0
  for (i in who) { W <- solve(S[d$t[i], d$t[i], drop = FALSE]); x <- X[i, , drop = FALSE]
    A <- A + t(x) %*% W %*% x; b <- b + t(x) %*% W %*% y[i]; q <- q + t(y[i]) %*% W %*% y[i]
    ld <- ld - log(det(W)) }
  list(A = A, beta = solve(A, b), q = c(q - t(b) %*% solve(A, b)), ld = ld)
}
reml <- function(S) { p <- parts(S)
  -0.5 * ((nrow(X) - ncol(X)) * log(2 * pi) + p$ld + log(det(p$A)) + p$q) }
estimates <- function(f) {
  b <- coef(f); V <- vcov(f)
  data.frame(term = names(b), estimate = unname(b), se = sqrt(diag(V)))
}
rows <- list(); covs <- list()
for (s in names(fit)) {
  e <- estimates(fit[[s]])
  S <- unclass(getVarCov(fit[[s]], individual = whole)); attributes(S) <- list(dim = c(4, 4))
  if (s == "cs") {
    m <- lmer(hours ~ arm * visit + base + (1 | person), d, REML = TRUE,
              control = lmerControl(optCtrl = list(ftol_abs = 1e-14, xtol_abs = 1e-12)))
    e$df <- coef(summary(m))[, "df"]
  } else {
    th <- if (s == "us") S[lower.tri(S, TRUE)] else c(S[1, 1], S[1, 2] / S[1, 1])
    best <- optim(th, function(x) -reml(sigma_of[[s]](x)), method = "BFGS",
                  control = list(reltol = 1e-15, maxit = 2000, parscale = abs(th)))
    H <- hessian(function(x) -reml(sigma_of[[s]](x)), best$par)
    C <- function(x) solve(parts(sigma_of[[s]](x))$A)
    J <- jacobian(function(x) diag(C(x)), best$par)
    e$df <- 2 * diag(C(best$par))^2 / rowSums((J %*% solve(H)) * J)
  }
  e$cov <- s; rows[[s]] <- e
  covs[[s]] <- data.frame(cov = s, loglik = as.numeric(logLik(fit[[s]])), loglik_definition = reml(S),
                          row = rep(1:4, 4), column = rep(1:4, each = 4), value = c(S))
}
write.csv(do.call(rbind, rows), "expected_terms.csv", row.names = FALSE)
write.csv(do.call(rbind, covs), "expected_covariance.csv", row.names = FALSE)
em <- emmeans(fit$us, ~ arm | visit, mode = "df.error")
one <- as.data.frame(em)[, c("arm", "visit", "emmean", "SE")]
two <- as.data.frame(contrast(em, "trt.vs.ctrl"))[, c("contrast", "visit", "estimate", "SE")]
names(two) <- names(one) <- c("arm", "visit", "estimate", "se")
write.csv(rbind(one, two), "expected_means.csv", row.names = FALSE)
