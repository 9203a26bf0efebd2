# Makes data and expected values for evidence synthesis. R 4.2.2, metafor 3.8-1 with threshold 1e-10 (it stops at 1e-5 by itself).
# Public: metadat::dat.bcg (Colditz and others 1994; with latitude), dat.normand1999 (means), dat.hine1989 made sparse ("sparse":
# two cells emptied, for 0.5 in that study only).
suppressMessages(library(metafor))
out <- function(x, f) write.csv(x, f, row.names = FALSE, na = "")
b <- dat.bcg; bcg <- data.frame(study = paste(b$author, b$year), events_1 = b$tpos, n_1 = b$tpos + b$tneg, events_2 = b$cpos, n_2 = b$cpos + b$cneg, subgroup = b$alloc, ablat = b$ablat)
h <- dat.hine1989; sparse <- data.frame(study = h$source, events_1 = h$ai, n_1 = h$n1i, events_2 = h$ci, n_2 = h$n2i); sparse$events_1[1] <- 0; sparse$events_2[4] <- 0
n <- dat.normand1999; norm <- data.frame(study = n$source, mean_1 = n$m1i, sd_1 = n$sd1i, n_1 = n$n1i, mean_2 = n$m2i, sd_2 = n$sd2i, n_2 = n$n2i)
out(bcg, "bcg.csv"); out(sparse, "sparse.csv"); out(norm, "normand.csv")
rows <- list(); studies <- list()
k <- list(threshold = 1e-10, maxiter = 10000, stepadj = 0.5)
for (s in list(list("bcg", bcg, c("RR", "OR", "RD")), list("sparse", sparse, c("RR", "OR", "RD")), list("normand", norm, c("MD", "SMD")))) for (m in s[[3]]) {
  d <- s[[2]]
  e <- if (m %in% c("MD", "SMD")) escalc(m, m1i = mean_1, sd1i = sd_1, n1i = n_1, m2i = mean_2, sd2i = sd_2, n2i = n_2, data = d) else
    escalc(m, ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = d, add = 1/2, to = "only0")
  studies[[length(studies) + 1]] <- data.frame(set = s[[1]], measure = tolower(m), study = d$study, yi = c(e$yi), vi = c(e$vi))
  for (method in c("FE", "DL", "REML", "PM")) for (test in c("z", "knha")) {
    if (method == "FE" && test == "knha") next
    f <- rma(yi, vi, data = e, method = method, test = test, control = if (method == "REML") k else if (method == "PM") list(tol = 1e-14, tau2.max = 1000) else list())
    p <- predict(f); se <- f$se; kk <- f$k
    reach <- qt(0.975, kk - 2) * sqrt(f$tau2 + se^2)
    rows[[length(rows) + 1]] <- data.frame(set = s[[1]], measure = tolower(m), method = tolower(if (method == "FE") "fixed" else method), ci = if (test == "z") "wald" else "hksj",
      estimate = c(f$beta), se, low = f$ci.lb, high = f$ci.ub, p = f$pval, tau2 = f$tau2, i2 = f$I2, q = f$QE, qp = f$QEp, plow = if (method == "FE") NA else c(f$beta) - reach, phigh = if (method == "FE") NA else c(f$beta) + reach)
  }
  if (!(m %in% c("MD", "SMD"))) {
    f <- rma.mh(ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = d, measure = m, add = c(1/2, 0), to = c("only0", "none"))
    rows[[length(rows) + 1]] <- data.frame(set = s[[1]], measure = tolower(m), method = "mh", ci = "wald", estimate = c(f$beta), se = f$se, low = f$ci.lb, high = f$ci.ub, p = f$pval, tau2 = 0, i2 = f$I2, q = f$QE, qp = f$QEp, plow = NA, phigh = NA)
  }
}
out(do.call(rbind, rows), "expected_pooled.csv"); out(do.call(rbind, studies), "expected_studies.csv")
e <- escalc("RR", ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = bcg)
reg <- list(); for (test in c("z", "knha")) { f <- rma(yi, vi, mods = ~ ablat, data = e, test = test, control = k)
  reg[[test]] <- data.frame(what = paste("regression", if (test == "z") "wald" else "hksj"), term = rownames(f$beta), estimate = c(f$beta), se = f$se, p = f$pval, tau2 = f$tau2, q = f$QE) }
g <- regtest(rma(yi, vi, data = e), model = "lm", predictor = "sei")
gf <- summary(g$fit)$coefficients
reg$egger <- data.frame(what = "egger", term = "asymmetry", estimate = gf[2, 1], se = gf[2, 2], p = g$pval, tau2 = NA, q = g$zval)
for (a in unique(bcg$subgroup)) { f <- rma(yi, vi, data = e, subset = bcg$subgroup == a, control = k); reg[[a]] <- data.frame(what = "subgroup", term = a, estimate = c(f$beta), se = f$se, p = f$pval, tau2 = f$tau2, q = f$QE) }
out(do.call(rbind, reg), "expected_more.csv")
