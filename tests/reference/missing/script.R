# Makes data and expected values for missing data. R 4.2.2; mice 3.15, rbmi 1.5.2 with mmrm 0.3.16.
# Public: antidepressant_data of rbmi (an artificial version of a trial, DIA working group; Apache licence 2.0), airquality (R).
# rbmi is read from its sources (folder in RBMI): its installation asks for packages that it does not need here.
suppressMessages({library(mmrm); library(R6); library(assertthat); library(stringr); library(mice)})
out <- function(x, f) write.csv(x, f, row.names = FALSE, na = "")
source_all <- function(folder) for (f in list.files(file.path(folder, "R"), pattern = "[.]R$", full.names = TRUE)) sys.source(f, globalenv())
suppressWarnings(source_all(Sys.getenv("RBMI")))
load(file.path(Sys.getenv("RBMI"), "data", "antidepressant_data.rda"))
a <- as.data.frame(antidepressant_data)
long <- merge(data.frame(PATIENT = rep(unique(a$PATIENT), each = 4), VISIT = factor(rep(4:7, length(unique(a$PATIENT))))), a[, c("PATIENT", "VISIT", "CHANGE")], all.x = TRUE)
base <- unique(a[, c("PATIENT", "THERAPY", "BASVAL")]); long <- merge(long, base); long <- long[order(long$PATIENT, long$VISIT), ]
long$PATIENT <- factor(long$PATIENT); long$THERAPY <- factor(long$THERAPY, levels = c("PLACEBO", "DRUG"))
out(long[, c("PATIENT", "VISIT", "THERAPY", "BASVAL", "CHANGE")], "antidepressant.csv")
vars <- set_vars(outcome = "CHANGE", visit = "VISIT", subjid = "PATIENT", group = "THERAPY", covariates = c("BASVAL*VISIT", "THERAPY*VISIT"))
ice <- do.call(rbind, lapply(split(long, long$PATIENT), function(d) { last <- max(c(0, which(!is.na(d$CHANGE)))); if (last < 4) data.frame(PATIENT = d$PATIENT[1], VISIT = d$VISIT[last + 1], strategy = "JR") }))
d <- draws(data = long, data_ice = ice, vars = vars, method = method_condmean(type = "jackknife", covariance = "us", same_cov = TRUE), quiet = TRUE)
rows <- list()
for (s in c("MAR", "JR", "CR", "CIR")) {
  ice$strategy <- s
  im <- impute(d, references = c(DRUG = "PLACEBO", PLACEBO = "PLACEBO"), update_strategy = ice)
  v2 <- vars; v2$covariates <- "BASVAL"
  for (delta in if (s == "MAR") c(0, 2) else 0) {
    dl <- if (delta == 0) NULL else { x <- delta_template(im); x$delta <- delta * x$is_missing * (x$THERAPY == "DRUG"); x }
    an <- analyse(im, ancova, delta = dl, vars = v2)
    p <- as.data.frame(pool(an, conf.level = 0.95, alternative = "two.sided"))
    p <- p[grepl("^trt", p$parameter), ]
    rows[[paste(s, delta)]] <- data.frame(method = tolower(s), delta, visit = sub("trt_", "", p$parameter), estimate = p$est, se = p$se, low = p$lci, high = p$uci, p = p$pval)
  }
}
out(do.call(rbind, rows), "expected_reference.csv")

# Rubin's rules of mice, on its own imputations of airquality (kept, so that only the pooling is compared).
set.seed(11)
im <- mice(airquality, m = 6, maxit = 5, printFlag = FALSE)
out(complete(im, "long"), "air_imputed.csv")
s <- summary(mice::pool(with(im, lm(Ozone ~ Solar.R + Wind + Temp))), type = "all", conf.int = TRUE)
out(data.frame(term = s$term, estimate = s$estimate, se = s$std.error, df = s$df, p = s$p.value, riv = s$riv, fmi = s$fmi, low = s$`2.5 %`, high = s$`97.5 %`), "expected_rubin.csv")
p <- md.pattern(airquality, plot = FALSE)
# What many imputations converge to: means and regression after 400 imputations of a made set, by method (its own chance: 2 standard errors).
set.seed(5); n <- 300
x <- rnorm(n); g <- rbinom(n, 1, plogis(x)); o <- cut(x + rlogis(n), c(-Inf, -1, 0.5, 2, Inf), labels = FALSE); y <- 2 + x + g + rnorm(n)
made <- data.frame(x = x, g = g, o = o, y = y); hole <- function(v, p) { v[runif(n) < p] <- NA; v }
made$y <- hole(made$y, plogis(x - 1)); made$g <- hole(made$g, plogis(-x - 1)); made$o <- hole(made$o, 0.2)
out(made, "made.csv")
f <- made; f$g <- factor(f$g); f$o <- factor(f$o, ordered = TRUE)
im <- mice(f, m = 200, maxit = 8, method = c("", "logreg", "polr", "norm"), printFlag = FALSE)
l <- complete(im, "long"); l$g <- as.integer(as.character(l$g)); l$o <- as.integer(l$o)
out(data.frame(what = c("y", "g", "o", "sd_y", "y_on_x"), value = c(mean(l$y), mean(l$g), mean(l$o), mean(tapply(l$y, l$.imp, sd)), mean(sapply(split(l, l$.imp), function(d) coef(lm(y ~ x + g, d))[2])))), "expected_made.csv")
