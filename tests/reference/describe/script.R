# Makes data.csv (40 invented people before and after) and expected.csv. R 4.2.2.
set.seed(20260304)
before <- round(rnorm(40, 38, 9), 1); after <- round(before + rnorm(40, 3, 7), 1)
after[c(4, 19)] <- NA
arm <- rep(c("care", "steps"), 20); stage <- sample(c("I", "II", "III"), 40, TRUE, c(.5, .3, .2))
write.csv(data.frame(before, after, arm, stage), "data.csv", row.names = FALSE)
out <- list()
add <- function(what, value) out[[length(out) + 1]] <<- data.frame(what, value)
t <- t.test(after, before, paired = TRUE)
add("change_n", sum(!is.na(after))); add("change_mean", t$estimate); add("change_sd", sd(after - before, na.rm = TRUE))
add("change_low", t$conf.int[1]); add("change_high", t$conf.int[2]); add("change_t", t$statistic)
add("change_df", t$parameter); add("change_p", t$p.value)
add("before_sd", sd(before)); for (q in c(.25, .5, .75)) add(paste0("before_q", 100 * q), quantile(before, q))
for (k in c(0, 1, 26, 100, 189)) { ci <- prop.test(k, 189, correct = FALSE)$conf.int
  add(paste0("wilson_low_", k), ci[1]); add(paste0("wilson_high_", k), ci[2]) }
g <- split(before, arm)
add("smd_before", (mean(g$steps) - mean(g$care)) / sqrt((var(g$steps) + var(g$care)) / 2))
# Yang and Dalton 2012, for a category of several levels
p <- prop.table(table(arm, stage), 1); T <- p["steps", -1]; C <- p["care", -1]
S <- -(outer(T, T) + outer(C, C)) / 2; diag(S) <- (T * (1 - T) + C * (1 - C)) / 2
add("smd_stage", sqrt(t(T - C) %*% solve(S) %*% (T - C)))
write.csv(do.call(rbind, out), "expected.csv", row.names = FALSE)
