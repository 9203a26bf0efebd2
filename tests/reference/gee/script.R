# Makes expected_*.csv from data.csv (which data.R makes). R 4.2.2.
# gee (4.13-25): n - p in the dispersion; complete outcomes, exchangeable with as many pairs as rows. Elsewhere it divides
# by pairs * (n - p) / n, where Liang and Zeger and SAS have pairs - p.
# geepack (1.3.9): plain n; complete outcomes, and outcomes with visits missing (its `waves` say which).
suppressMessages({library(gee); library(geepack)})
d <- read.csv("data.csv", stringsAsFactors = FALSE)
d$visit <- factor(d$visit, levels = c("T0", "T6", "T12")); d$t <- as.integer(d$visit)
d <- d[order(d$person, d$t), ]
outcome <- c(gaussian = "hours", binomial = "working", poisson = "visits_gp")
terms <- list(); fits <- list()
keep <- function(source, family, corr, missing, scale, b, robust, naive, phi, R) {
  terms[[length(terms) + 1]] <<- data.frame(source, family, corr, missing, scale, term = names(b), estimate = unname(b),
                                            robust = unname(robust), naive = unname(naive))
  fits[[length(fits) + 1]] <<- data.frame(source, family, corr, missing, scale, dispersion = phi,
                                          row = c(2, 3, 3), column = c(1, 1, 2), correlation = R)
}
for (f in names(outcome)) for (k in c("independence", "exchangeable")) {
  form <- as.formula(paste(outcome[f], "~ arm * visit + age"))
  invisible(capture.output(m <- suppressMessages(gee(form, id = person, data = d, family = f, corstr = k, tol = 1e-12, maxiter = 200))))
  keep("gee", f, k, 0, "n-p", coef(m), sqrt(diag(m$robust.variance)), sqrt(diag(m$naive.variance)), m$scale,
       m$working.correlation[lower.tri(diag(3))])
}
# geepack's unstructured crashes (waves with visits missing) or mistakes the visit (without waves): complete data only.
for (missing in 0:1) for (f in names(outcome)) for (k in c("independence", "exchangeable", if (!missing) "unstructured")) {
  y <- paste0(outcome[f], if (missing) "_seen" else "")
  e <- d[!is.na(d[[y]]), ]
  m <- geeglm(as.formula(paste(y, "~ arm * visit + age")), id = person, waves = t, data = e, family = f, corstr = k,
              control = geese.control(epsilon = 1e-12, maxit = 500))
  a <- summary(m)$corr$Estimate
  keep("geepack", f, k, missing, "n", coef(m), sqrt(diag(m$geese$vbeta)), sqrt(diag(m$geese$vbeta.naiv)),
       unname(m$geese$gamma), switch(k, independence = 0, exchangeable = rep(a, 3), a))
}
# What neither package offers, written out person by person from Liang and Zeger 1986: moments with visits missing.
link <- list(gaussian = gaussian(), binomial = binomial(), poisson = poisson())
for (scale in c("n-p", "n")) for (f in names(outcome)) for (k in c("ar1", "unstructured")) {
  y <- paste0(outcome[f], "_seen"); e <- d[!is.na(d[[y]]), ]; fam <- link[[f]]
  X <- model.matrix(~ arm * visit + age, e); Y <- e[[y]]; who <- split(seq_len(nrow(e)), e$person)
  b <- coef(glm(Y ~ X - 1, family = fam)); lost <- if (scale == "n-p") ncol(X) else 0
  for (iteration in 1:200) {
    mu <- fam$linkinv(c(X %*% b)); v <- fam$variance(mu); r <- (Y - mu) / sqrt(v); phi <- sum(r^2) / (length(Y) - lost)
    sums <- pairs <- matrix(0, 3, 3)
    for (i in who) for (p in i) for (q in i) if (p != q) {
      sums[e$t[p], e$t[q]] <- sums[e$t[p], e$t[q]] + r[p] * r[q]; pairs[e$t[p], e$t[q]] <- pairs[e$t[p], e$t[q]] + 1 }
    if (k == "unstructured") { R <- sums / (pairs - lost) / phi; diag(R) <- 1 }
    else { a <- (sums[1, 2] + sums[2, 3]) / (pairs[1, 2] + pairs[2, 3] - lost) / phi; R <- a^abs(outer(1:3, 1:3, "-")) }
    B <- 0; U <- 0; M <- 0
    for (i in who) { s <- sqrt(v[i]); W <- solve(phi * R[e$t[i], e$t[i]] * outer(s, s)); D <- v[i] * X[i, , drop = FALSE]
      u <- t(D) %*% W %*% (Y[i] - mu[i]); B <- B + t(D) %*% W %*% D; U <- U + u; M <- M + u %*% t(u) }
    step <- c(solve(B, U)); b <- b + step
    if (max(abs(step)) < 1e-12) break
  }
  names(b) <- colnames(X)
  keep("definition", f, k, 1, scale, b, sqrt(diag(solve(B) %*% M %*% solve(B))), sqrt(diag(solve(B))), phi, R[lower.tri(R)])
}
write.csv(do.call(rbind, terms), "expected_terms.csv", row.names = FALSE)
write.csv(do.call(rbind, fits), "expected_correlation.csv", row.names = FALSE)
