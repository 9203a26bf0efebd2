# Makes data.csv: 90 invented people in two arms, four visits, outcomes missing more often for who worked less.
set.seed(20260301)
n <- 90
person <- sprintf("p%02d", 1:n)
arm <- rep(c("care", "steps"), length.out = n)
base <- round(pmax(0, rnorm(n, 24, 9)), 1)
S <- outer(c(6, 8, 9, 10), c(6, 8, 9, 10)) * 0.7^abs(outer(1:4, 1:4, "-"))
e <- matrix(rnorm(4 * n), n) %*% chol(S)
visits <- c("T0", "T6", "T12", "T18")
d <- do.call(rbind, lapply(1:4, function(t) data.frame(person, visit = visits[t], arm, base,
  hours = round(4 + 0.6 * base + c(0, 2, 5, 6)[t] + (arm == "steps") * c(0, 1, 3, 3)[t] + e[, t], 2))))
early <- d$hours[d$visit == "T0"]
lost <- c(0, .12, .2, .25)[match(d$visit, visits)] * ifelse(rep(early, 4) < 16, 1.6, 0.8)
d$hours[runif(nrow(d)) < lost] <- NA
write.csv(d[sample(nrow(d)), ], "data.csv", row.names = FALSE)
