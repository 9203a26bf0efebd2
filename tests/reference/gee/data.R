# Makes data.csv: 80 invented people in two arms, three visits; `*_seen` are the same outcomes with visits missing.
set.seed(20260302)
n <- 80; visits <- c("T0", "T6", "T12")
arm <- rep(c("care", "steps"), length.out = n); age <- round(rnorm(n, 49, 8))
u <- rnorm(n)
d <- do.call(rbind, lapply(1:3, function(t) {
  eta <- -0.4 + 0.5 * (t > 1) + (arm == "steps") * c(0, .4, .9)[t] + 0.02 * (age - 49)
  data.frame(person = 1:n, visit = visits[t], arm, age,
    hours = round(14 + 5 * eta + 6 * u + rnorm(n, 0, 4 + t), 2),
    working = rbinom(n, 1, plogis(eta + 1.2 * u)),
    visits_gp = rpois(n, exp(0.4 + 0.4 * eta + 0.5 * u)))
}))
for (v in c("hours", "working", "visits_gp")) {
  d[[paste0(v, "_seen")]] <- ifelse(runif(nrow(d)) < c(0, .15, .25)[match(d$visit, visits)], NA, d[[v]])
}
write.csv(d[sample(nrow(d)), ], "data.csv", row.names = FALSE)
