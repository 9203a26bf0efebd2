# Makes data.csv (150 invented people, days to return to work, late entry in half) and expected_*.csv. R 4.2.2, survival.
library(survival)
set.seed(20260303)
n <- 150
time <- ceiling(rweibull(n, 1.2, 300)); censor <- ceiling(runif(n, 60, 720))
entry <- ifelse(runif(n) < .5, 0, floor(runif(n, 0, 200)))
d <- data.frame(entry, time = pmin(time, censor), event = as.integer(time <= censor), arm = rep(c("a", "b"), length.out = n))
d <- d[d$time > d$entry, ]
# Ties, and one event before which nobody has left: both are in real data.
d$time[d$time > 100] <- 10 * ceiling(d$time[d$time > 100] / 10)
write.csv(d, "data.csv", row.names = FALSE)
curves <- list(); medians <- list(); ats <- list()
days <- c(30, 90, 181, 365, 500)
for (late in 0:1) for (since in c(0, 120)) for (conf in c("log-log", "log", "plain")) {
  e <- d
  if (since > 0) { e <- e[e$time > since, ]; e$entry <- pmax(e$entry, since) }
  s <- if (late || since > 0) Surv(if (late) e$entry else rep(since, nrow(e)), e$time, e$event) else Surv(e$time, e$event)
  f <- survfit(s ~ 1, conf.type = conf)
  curves[[length(curves) + 1]] <- data.frame(late, since, conf, time = f$time, at_risk = f$n.risk, events = f$n.event,
                                             survival = f$surv, low = f$lower, high = f$upper)
  q <- quantile(f, 0.5)
  medians[[length(medians) + 1]] <- data.frame(late, since, conf, median = unname(q$quantile), low = unname(q$lower), high = unname(q$upper))
  z <- summary(f, times = days[days > since])
  ats[[length(ats) + 1]] <- data.frame(late, since, conf, time = z$time, survival = z$surv, low = z$lower, high = z$upper)
}
write.csv(do.call(rbind, curves), "expected_curves.csv", row.names = FALSE)
write.csv(do.call(rbind, medians), "expected_medians.csv", row.names = FALSE)
write.csv(do.call(rbind, ats), "expected_at.csv", row.names = FALSE)
# The median where the curve lies exactly on one half: halfway to the next event.
h <- data.frame(time = c(10, 20, 30, 40), event = c(1, 1, 1, 0))
q <- quantile(survfit(Surv(time, event) ~ 1, h, conf.type = "log-log"), 0.5)
one <- data.frame(median = q$quantile, low = q$lower, high = q$upper)
# ... and where no event follows.
q <- quantile(survfit(Surv(c(10, 20), c(1, 0)) ~ 1, conf.type = "log-log"), 0.5)
write.csv(rbind(one, data.frame(median = q$quantile, low = q$lower, high = q$upper)), "expected_half.csv", row.names = FALSE)
