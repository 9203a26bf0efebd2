# Makes expected.csv: regression with robust errors (sandwich 3.0-2), analysis of covariance, and constrained longitudinal
# data analysis (mmrm 0.3.16 on indicators). R 4.2.2. Data: ../time-to-event/lung.csv, ../gee-small/data.csv, ../mmrm/data.csv.
suppressMessages({library(sandwich); library(mmrm)})
rows <- list(); add <- function(model, se, b, V, df) rows[[paste(model, se)]] <<- data.frame(model, se_kind = se, term = names(b), estimate = unname(b), se = sqrt(diag(V)), df = df)
l <- read.csv("../time-to-event/lung.csv"); f <- lm(time ~ sex + age, l)
add("lung", "classical", coef(f), vcov(f), df.residual(f)); add("lung", "hc3", coef(f), vcovHC(f, "HC3"), df.residual(f))
add("lung", "cluster", coef(f), vcovCL(f, cluster = l$inst, type = "HC1", cadjust = TRUE), length(unique(l$inst)) - 1)
d <- read.csv("../gee-small/data.csv"); k <- list(epsilon = 1e-14, maxit = 100)
for (s in list(c("respiratory", "binomial"), c("epil", "poisson"))) { x <- d[d$set == s[1], ]; g <- glm(y ~ x1 + x2 + x3, s[2], x, control = k)
  V <- summary(g, dispersion = 1)$cov.scaled; add(s[1], "classical", coef(g), V, NA); add(s[1], "hc3", coef(g), vcovHC(g, "HC3"), NA)
  add(s[1], "cluster", coef(g), vcovCL(g, cluster = x$id, type = "HC1", cadjust = TRUE), length(unique(x$id)) - 1) }
m <- read.csv("../mmrm/data.csv", stringsAsFactors = TRUE); m$visit <- factor(m$visit, levels = c("T0", "T6", "T12", "T18")); m$person <- factor(m$person)
for (v in c("T6", "T12", "T18")) m[[v]] <- 1 * (m$visit == v & m$arm == "steps")
c1 <- mmrm(hours ~ visit + T6 + T12 + T18 + us(visit | person), m, control = mmrm_control(method = "Satterthwaite", optimizers = mmrm:::h_get_optimizers("BFGS", optimizer_control = list(reltol = 1e-15, maxit = 500))))
t <- coef(summary(c1)); rows$clda <- data.frame(model = "clda", se_kind = "satterthwaite", term = rownames(t), estimate = t[, 1], se = t[, 2], df = t[, 3])
w <- reshape(m[, c("person", "arm", "visit", "hours")], idvar = c("person", "arm"), timevar = "visit", direction = "wide")
a <- lm(hours.T18 ~ arm + hours.T0, w); add("ancova", "classical", coef(a), vcov(a), df.residual(a))
write.csv(do.call(rbind, rows), "expected.csv", row.names = FALSE)
