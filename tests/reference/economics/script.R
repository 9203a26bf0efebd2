# Makes data.csv (invented people) and the expected values beside it. R 4.2, systemfit 1.1-28, boot 1.3-28, mvtnorm.
# Rscript script.R, from this folder; takes some minutes.
suppressMessages({library(systemfit); library(boot); library(mvtnorm)})
options(digits = 17)
set.seed(20260)
n <- 90
d <- data.frame(person = 1:n, arm = rep(c("usual", "steps"), c(50, 40)), site = sample(c("a", "b", "c"), n, TRUE, c(.6, .3, .1)),
                age = round(rnorm(n, 50, 8)), base_utility = round(pmin(1, rnorm(n, .7, .15)), 3))
d$base_cost <- round(rgamma(n, 1.5, scale = 800), 2)
t <- d$arm == "steps"
shock <- rnorm(n)
d$cost <- round(rgamma(n, 2, scale = 1500) + 0.6 * d$base_cost + 500 * t + 600 * pmax(shock, -1) + 900, 2)
d$qaly <- round(.2 + .6 * d$base_utility + .03 * t - .05 * shock + rnorm(n, 0, .07), 4)
write.csv(d, "data.csv", row.names = FALSE)
d$arm <- relevel(factor(d$arm), "usual"); d$site <- factor(d$site)
models <- list(
  both   = list(cost ~ arm + base_cost + age + site, qaly ~ arm + base_utility + age),
  shared = list(cost ~ arm + age, qaly ~ arm + age),
  one    = list(cost ~ arm + base_cost, qaly ~ arm),
  none   = list(cost ~ arm, qaly ~ arm))
fit <- function(m, data) { f <- coef(systemfit(setNames(m, c("c", "e")), "SUR", data = data)); unname(f[c("c_armsteps", "e_armsteps")]) }
rows <- do.call(rbind, lapply(names(models), function(k) { v <- fit(models[[k]], d); data.frame(model = k, cost = v[1], effect = v[2]) }))
write.csv(rows, "expected_sur.csv", row.names = FALSE)
m <- models$both
without <- t(sapply(1:n, function(i) fit(m, d[-i, ])))
write.csv(data.frame(person = 1:n, cost = without[, 1], effect = without[, 2]), "expected_without.csv", row.names = FALSE)
# BCa by R's boot, on the same model by least squares in matrices (systemfit is too slow for 100,000 samples); its jackknife.
X1 <- model.matrix(m[[1]], d); X2 <- model.matrix(m[[2]], d); k1 <- ncol(X1); k2 <- ncol(X2); W <- cbind(X1, X2)
quick <- function(data, i) {
  A <- X1[i, ]; B <- X2[i, ]; y1 <- d$cost[i]; y2 <- d$qaly[i]
  r <- cbind(qr.resid(qr(A), y1), qr.resid(qr(B), y2))
  S <- crossprod(r) / sqrt(outer(c(length(i) - k1, length(i) - k2), c(length(i) - k1, length(i) - k2))); V <- solve(S)
  M <- rbind(cbind(V[1, 1] * crossprod(A), V[1, 2] * crossprod(A, B)), cbind(V[2, 1] * crossprod(B, A), V[2, 2] * crossprod(B)))
  v <- c(crossprod(A, V[1, 1] * y1 + V[1, 2] * y2), crossprod(B, V[2, 1] * y1 + V[2, 2] * y2))
  s <- sqrt(diag(M)); solve(M / outer(s, s), v / s)[c(2, k1 + 2)] / s[c(2, k1 + 2)] }
stopifnot(max(abs(quick(d, 1:n) / fit(m, d) - 1)) < 1e-9)
L <- apply(without, 2, function(x) mean(x) - x)
a <- colSums(L^3) / (6 * colSums(L^2)^1.5)
set.seed(1)
good <- function(data, i) tryCatch(quick(data, i), error = function(e) c(NA, NA))
b <- boot(d, good, 100000, stype = "i")
ci <- sapply(1:2, function(k) { x <- boot.ci(b, index = k, type = c("perc", "bca"), L = L[, k]); c(x$percent[4:5], x$bca[4:5]) })
set.seed(2)
bs <- boot(d, good, 50000, stype = "i", strata = d$arm)
st <- sapply(1:2, function(k) boot.ci(bs, index = k, type = "perc")$percent[4:5])
out <- data.frame(what = c("cost", "effect"), acceleration = a, percentile_low = ci[1, ], percentile_high = ci[2, ], bca_low = ci[3, ], bca_high = ci[4, ],
                  stratified_low = st[1, ], stratified_high = st[2, ], se = apply(b$t, 2, sd, na.rm = TRUE))
write.csv(out, "expected_intervals.csv", row.names = FALSE)
# The normal plane and the unit normal loss.
cases <- data.frame(mc = c(300, -50, 0, 1200, 20), me = c(.02, -.01, 0, .06, -.03), sc = c(400, 60, 1, 500, 30), se = c(.03, .01, 1, .011, .02), r = c(-.3, .5, .95, .05, -.99))
out <- do.call(rbind, lapply(seq_len(nrow(cases)), function(i) with(cases[i, ], {
  p <- function(north, east) pmvnorm(c(-Inf, -Inf), c(north * mc / sc, east * me / se), corr = matrix(c(1, north * east * r, north * east * r, 1), 2), algorithm = TVPACK(abseps = 1e-14))[1]
  k <- 20000; mean <- k * me - mc; sd <- sqrt(k^2 * se^2 + sc^2 - 2 * k * r * sc * se)
  loss <- integrate(function(x) pmax(x, 0) * dnorm(x, mean, sd), 0, max(mean, 0) + 12 * sd, rel.tol = 1e-12, subdivisions = 2000)$value - max(mean, 0)
  data.frame(mc, me, sc, se, r, ne = p(1, 1), nw = p(1, -1), sw = p(-1, -1), chance = pnorm(mean / sd), evpi = loss) })))
write.csv(out, "expected_normal.csv", row.names = FALSE)
