# The peers in R, on the data that benchmarks/statistics.py wrote to the folder named: median seconds of each, as CSV.
folder <- commandArgs(TRUE)[1]
quiet <- function(x) suppressWarnings(suppressMessages(x))
has <- function(p) quiet(requireNamespace(p, quietly = TRUE))
timed <- function(what, times, f) { f(); s <- sapply(seq_len(times), function(i) system.time(f())[["elapsed"]]); cat(what, ",", median(s), "\n", sep = "") }
many <- function(what, times, f) { f(); s <- system.time(for (i in seq_len(times)) f())[["elapsed"]]; cat(what, ",", s / times, "\n", sep = "") }
read <- function(name) read.csv(file.path(folder, name), stringsAsFactors = TRUE)
for (kind in c("complete", "missing")) {
  d <- read(paste0("trial_", kind, ".csv")); d <- d[order(d$person, d$month), ]; d$visit <- factor(d$month); d$t <- as.integer(d$visit); d$person <- factor(d$person)
  e <- d[!is.na(d$hours), ]
  many(paste0("gee_", kind), 20, function() quiet(geepack::geeglm(hours ~ arm * visit + base, id = person, waves = t, data = e, corstr = "exchangeable")))
  if (has("mmrm")) many(paste0("mmrm_", kind), 10, function() quiet(mmrm::mmrm(hours ~ arm * visit + base + us(visit | person), d)))
  many(paste0("gls_", kind), 3, function() quiet(nlme::gls(hours ~ arm * visit + base, e, correlation = nlme::corSymm(form = ~ t | person), weights = nlme::varIdent(form = ~ 1 | visit))))
}
library(survival)
s <- read("survival.csv")
timed("km", 5, function() survfit(Surv(time, event) ~ 1, s))
timed("cox", 5, function() coxph(Surv(time, event) ~ a + b + c + d + e + f, s))
w <- read("wide.csv")
timed("mice", 1, function() quiet(mice::mice(w, m = 10, method = "pmm", maxit = 5, printFlag = FALSE)))
