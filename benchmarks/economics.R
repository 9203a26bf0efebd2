# The peers in R on the file named: the tutorial's way (systemfit in boot, 5 imputations) and one written by hand in matrices.
# Rscript economics.R IMPUTED.csv tutorial|matrix BOOTSTRAPS; prints seconds, then the numbers as CSV.
suppressMessages({library(systemfit); library(boot)})
words <- commandArgs(TRUE)
d <- read.csv(words[1]); R <- as.integer(words[3])
sets <- split(d, d$.imp)
tutorial <- function(data, i) {
  s <- data[i, ]
  f <- systemfit(list(costs = Tcosts ~ Tr + C + age + sex, effects = QALY ~ Tr + E + age + sex), "SUR", data = s)
  f$coefficients[c(2, 7)]
}
matrix_way <- function(X1, X2, y1, y2) {
  k1 <- ncol(X1); k2 <- ncol(X2)
  A <- crossprod(X1); B <- crossprod(X2); C <- crossprod(X1, X2)
  a1 <- crossprod(X1, y1); a2 <- crossprod(X1, y2); b1 <- crossprod(X2, y1); b2 <- crossprod(X2, y2)
  e1 <- y1 - X1 %*% solve(A, a1); e2 <- y2 - X2 %*% solve(B, b2)
  V <- solve(crossprod(cbind(e1, e2)) / sqrt(outer(c(length(y1) - k1, length(y1) - k2), c(length(y1) - k1, length(y1) - k2))))
  M <- rbind(cbind(V[1, 1] * A, V[1, 2] * C), cbind(V[2, 1] * t(C), V[2, 2] * B))
  s <- 1 / sqrt(diag(M))
  b <- s * solve(M * outer(s, s), s * rbind(V[1, 1] * a1 + V[1, 2] * a2, V[2, 1] * b1 + V[2, 2] * b2))
  b[c(2, k1 + 2)]
}
set.seed(1)
taken <- system.time(found <- lapply(sets, function(s) {
  if (words[2] == "tutorial") { b <- boot(s, tutorial, R); list(t0 = b$t0, t = b$t) } else {
    X1 <- cbind(1, s$Tr, s$C, s$age, s$sex); X2 <- cbind(1, s$Tr, s$E, s$age, s$sex); n <- nrow(s)
    t <- t(vapply(seq_len(R), function(b) { i <- sample.int(n, n, TRUE); matrix_way(X1[i, ], X2[i, ], s$Tcosts[i], s$QALY[i]) }, c(0, 0)))
    list(t0 = matrix_way(X1, X2, s$Tcosts, s$QALY), t = t)
  } }))[["elapsed"]]
estimates <- t(sapply(found, function(f) unname(f$t0)))
within <- Reduce(`+`, lapply(found, function(f) cov(f$t))) / length(found)
total <- within + (1 + 1 / length(found)) * cov(estimates)
m <- colMeans(estimates); z <- qnorm(.975) * sqrt(diag(total))
cat(taken, "\n", paste(sprintf("%.12g", c(m[1], m[1] - z[1], m[1] + z[1], m[2], m[2] - z[2], m[2] + z[2])), collapse = ","), "\n", sep = "")
