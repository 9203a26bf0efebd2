# Makes fev.csv, orthodont.csv and expected_*.csv with R's mmrm 0.3.16 (R 4.2.2).
# Data: fev_data of the package mmrm (artificial, Apache licence 2.0; Sabanés Bové and others), and nlme::Orthodont
# (Potthoff and Roy 1964) with every ninth measurement left out.
# "Kenward-Roger-Linear" is our kenward-roger, "Kenward-Roger" our kenward-roger-2.
suppressMessages({library(mmrm)})
fev <- as.data.frame(fev_data)[, c("USUBJID", "AVISIT", "ARMCD", "RACE", "SEX", "FEV1_BL", "FEV1")]
write.csv(fev, "fev.csv", row.names = FALSE, na = "")
o <- as.data.frame(nlme::Orthodont); o <- data.frame(who = as.character(o$Subject), age = o$age, male = 1 * (o$Sex == "Male"), y = o$distance)
o$y[seq(5, nrow(o), 9)] <- NA
write.csv(o, "orthodont.csv", row.names = FALSE, na = "")
o$visit <- factor(o$age); o$who <- factor(o$who)
rows <- list(); fits <- list()
for (s in c("fev", "orthodont")) for (k in c("us", "cs", "ar1")) for (m in c("Satterthwaite", "Kenward-Roger", "Kenward-Roger-Linear")) {
  form <- if (s == "fev") as.formula(sprintf("FEV1 ~ RACE + SEX + ARMCD * AVISIT + %s(AVISIT | USUBJID)", k)) else
    as.formula(sprintf("y ~ male * age + %s(visit | who)", k))
  f <- if (m == "Satterthwaite") mmrm(form, if (s == "fev") fev_data else o, reml = TRUE, control = mmrm_control(method = m, optimizers = mmrm:::h_get_optimizers("BFGS", optimizer_control = list(reltol = 1e-15, maxit = 500)))) else
    mmrm(form, if (s == "fev") fev_data else o, reml = TRUE, control = mmrm_control(method = "Kenward-Roger", vcov = m, optimizers = mmrm:::h_get_optimizers("BFGS", optimizer_control = list(reltol = 1e-15, maxit = 500))))
  t <- coef(summary(f))
  rows[[paste(s, k, m)]] <- data.frame(set = s, cov = k, method = m, term = rownames(t), estimate = t[, 1], se = t[, 2], df = t[, 3], p = t[, 5])
  V <- component(f, "varcor")
  fits[[paste(s, k, m)]] <- data.frame(set = s, cov = k, method = m, loglik = as.numeric(logLik(f)), row = c(row(V)), column = c(col(V)), value = c(V))
}
write.csv(do.call(rbind, rows), "expected_terms.csv", row.names = FALSE)
write.csv(do.call(rbind, fits), "expected_covariance.csv", row.names = FALSE)
