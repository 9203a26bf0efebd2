# Makes data and expected values for time to event. R 4.2.2; survival 3.5-3, cmprsk 2.2-11, survRM2 1.0-4.
# Public: survival::lung (North Central Cancer Treatment Group), survival::veteran, survival::heart (Stanford, with delayed
# entry by spell), survival::mgus2 (competing risks). Made: late.csv, Rentree-like, most enter in their second year.
suppressMessages({library(survival); library(cmprsk); library(survRM2)})
out <- function(x, f) write.csv(x, f, row.names = FALSE, na = "")
set.seed(20)
n <- 220
arm <- rbinom(n, 1, 0.5); age <- round(rnorm(n, 49, 8)); site <- sample(c("a", "b", "c"), n, TRUE)
entry <- round(ifelse(runif(n) < 0.57, runif(n, 365, 700), runif(n, 10, 364)))
back <- ceiling(entry + rexp(n, exp(0.3 * arm - 0.02 * (age - 49)) / 350)); stop <- entry + round(runif(n, 200, 500))
cause <- ifelse(runif(n) < 0.7, 1, 2)
late <- data.frame(who = 1:n, arm = arm, age = age, site = site, entry = entry, time = pmin(back, stop), event = 1 * (back <= stop))
late$time[seq(3, n, 4)] <- pmax(late$entry[seq(3, n, 4)] + 1, 10 * round(late$time[seq(3, n, 4)] / 10)) # ties
late$cause <- late$event * cause; late$clinic <- 1 + late$who %% 17
out(late, "late.csv")
lu <- na.omit(lung[, c("time", "status", "age", "sex", "ph.ecog", "inst")]); names(lu) <- c("time", "status", "age", "sex", "ecog", "inst")
lu$event <- lu$status - 1; lu$month <- ceiling(lu$time / 30); out(lu, "lung.csv")
ve <- veteran; names(ve)[5] <- "karno"; ve$celltype <- as.character(ve$celltype); out(ve, "veteran.csv")
he <- heart; he$transplant <- as.integer(as.character(he$transplant)); out(he, "heart.csv")
mg <- na.omit(mgus2[, c("id", "age", "sex", "mspike", "ptime", "pstat", "futime", "death")])
mg$time <- ifelse(mg$pstat == 1, mg$ptime, mg$futime); mg$cause <- ifelse(mg$pstat == 1, 1, 2 * mg$death); mg$male <- 1 * (mg$sex == "M")
mg <- mg[mg$time > 0, c("id", "age", "male", "mspike", "time", "cause")]; out(mg, "mgus.csv")

cox <- list(); add <- function(set, ties, model, f, z) {
  s <- summary(f)$coefficients
  cox[[length(cox) + 1]] <<- data.frame(set, ties, model, term = rownames(s), estimate = s[, "coef"],
    se = if ("robust se" %in% colnames(s)) s[, "robust se"] else s[, "se(coef)"], loglik = f$loglik[2], loglik0 = f$loglik[1],
    chisq = z$table[rownames(s), "chisq"], zp = z$table[rownames(s), "p"], global = z$table["GLOBAL", "chisq"])
}
for (t in c("efron", "breslow")) {
  k <- coxph.control(eps = 1e-12, iter.max = 50)
  f <- coxph(Surv(time, event) ~ age + sex + ecog, lu, ties = t, control = k); add("lung", t, "plain", f, cox.zph(f, terms = FALSE))
  f <- coxph(Surv(month, event) ~ age + sex + ecog, lu, ties = t, control = k); add("lung", t, "months", f, cox.zph(f, terms = FALSE))
  f <- coxph(Surv(month, event) ~ age + sex + strata(ecog), lu, ties = t, control = k); add("lung", t, "strata", f, cox.zph(f, terms = FALSE))
  f <- coxph(Surv(month, event) ~ age + sex, lu, ties = t, cluster = inst, control = k); g <- coxph(Surv(month, event) ~ age + sex, lu, ties = t, control = k); add("lung", t, "cluster", f, cox.zph(g, terms = FALSE))
  f <- coxph(Surv(start, stop, event) ~ age + year + transplant, he, ties = t, control = k); add("heart", t, "entry", f, cox.zph(f, terms = FALSE))
  f <- coxph(Surv(entry, time, event) ~ arm + age, late, ties = t, cluster = clinic, control = k); g <- coxph(Surv(entry, time, event) ~ arm + age, late, ties = t, control = k); add("late", t, "cluster", f, cox.zph(g, terms = FALSE))
  f <- coxph(Surv(entry, time, event) ~ arm + age + strata(site), late, ties = t, control = k); add("late", t, "strata", f, cox.zph(f, terms = FALSE))
}
out(do.call(rbind, cox), "expected_cox.csv")

d <- survdiff(Surv(time, event) ~ sex, lu); lr <- list(data.frame(set = "lung", by = "sex", statistic = d$chisq, df = 1))
d <- survdiff(Surv(time, status) ~ celltype, ve); lr[[2]] <- data.frame(set = "veteran", by = "celltype", statistic = d$chisq, df = 3)
# survdiff knows no delayed entry: the score test of a Cox model (Breslow's, whose variance with ties differs) is not the
# log-rank test with ties either, so observed, expected and hypergeometric variance are written out.
u <- sort(unique(late$time[late$event == 1])); O <- E <- V <- 0
for (t in u) { r <- late$entry < t & late$time >= t; y <- sum(r); y1 <- sum(r & late$arm == 1); d <- sum(late$time == t & late$event == 1)
  O <- O + sum(late$time == t & late$event == 1 & late$arm == 1); E <- E + d * y1 / y
  if (y > 1) V <- V + d * (y1 / y) * (1 - y1 / y) * (y - d) / (y - 1) }
lr[[3]] <- data.frame(set = "late", by = "arm", statistic = (O - E)^2 / V, df = 1)
out(do.call(rbind, lr), "expected_logrank.csv")

rm <- list(); for (tau in c(300, 700)) {
  r <- rmst2(lu$time, lu$event, 1 * (lu$sex == 2), tau = tau)
  rm[[length(rm) + 1]] <- data.frame(set = "lung", tau, rmst0 = r$RMST.arm0$rmst[1], se0 = r$RMST.arm0$rmst[2], rmst1 = r$RMST.arm1$rmst[1], se1 = r$RMST.arm1$rmst[2],
    difference = r$unadjusted.result[1, 1], low = r$unadjusted.result[1, 2], high = r$unadjusted.result[1, 3], p = r$unadjusted.result[1, 4])
}
out(do.call(rbind, rm), "expected_rmst.csv")
s <- survfit(Surv(entry, time, event) ~ 1, late, start.time = 365); tab <- summary(s, rmean = 900)$table
out(data.frame(tau = 900, rmst = tab["rmean"] - 0, se = tab["se(rmean)"]), "expected_rmst_late.csv")

cif <- list(); gray <- list(); fg <- list()
for (s in list(list("mgus", mg, "male"), list("late", late, "arm"))) {
  d <- s[[2]]; g <- cuminc(d$time, d$cause, d[[s[[3]]]])
  gray[[s[[1]]]] <- data.frame(set = s[[1]], cause = rownames(g$Tests), statistic = g$Tests[, "stat"], df = g$Tests[, "df"])
  at <- if (s[[1]] == "mgus") c(60, 120, 240) else c(300, 500, 800)
  p <- timepoints(g, at)
  for (i in seq_len(nrow(p$est))) { w <- strsplit(rownames(p$est)[i], " ")[[1]]
    cif[[length(cif) + 1]] <- data.frame(set = s[[1]], by = w[1], cause = w[2], time = at, estimate = p$est[i, ], se = sqrt(p$var[i, ])) }
  X <- as.matrix(d[, if (s[[1]] == "mgus") c("age", "male", "mspike") else c("arm", "age")])
  for (k in 1:2) { f <- crr(d$time, d$cause, X, failcode = k, gtol = 1e-12, maxiter = 50)
    fg[[length(fg) + 1]] <- data.frame(set = s[[1]], cause = k, term = colnames(X), estimate = f$coef, se = sqrt(diag(f$var)), entry = 0) }
}
# Delayed entry: survival's own curves and weights (finegray), whose robust errors leave out that censoring was estimated.
a <- survfit(Surv(entry, time, factor(cause)) ~ arm, late, id = who); sa <- summary(a, times = c(300, 500, 800))
for (k in 2:3) cif[[length(cif) + 1]] <- data.frame(set = "late-entry", by = sub("arm=", "", as.character(sa$strata)), cause = k - 1, time = sa$time, estimate = sa$pstate[, k], se = sa$std.err[, k])
for (k in 1:2) { w <- finegray(Surv(entry, time, factor(cause)) ~ ., late, id = who, etype = k)
  f <- coxph(Surv(fgstart, fgstop, fgstatus) ~ arm + age, w, weights = fgwt, cluster = who, ties = "breslow", control = coxph.control(eps = 1e-12, iter.max = 50))
  fg[[length(fg) + 1]] <- data.frame(set = "late", cause = k, term = names(coef(f)), estimate = coef(f), se = sqrt(diag(vcov(f))), entry = 1) }
out(do.call(rbind, cif), "expected_cif.csv"); out(do.call(rbind, gray), "expected_gray.csv"); out(do.call(rbind, fg), "expected_fine_gray.csv")
