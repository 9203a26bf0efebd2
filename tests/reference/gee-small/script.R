# Makes data.csv and expected.csv: corrected errors and other links, on public data. R 4.2.2.
# Data: MASS::epil (Thall and Vail 1990), geepack::respiratory (Koch and others 1990), nlme::Orthodont (Potthoff and Roy 1964).
# - fit: gee 4.13-25 (n - p; balanced, so that pairs and rows scale alike in the exchangeable correlation up to a factor:
#   its own alpha is handed on as `alpha`, and the errors are those at that alpha), the corrected errors are written out from their papers.
#   geesmv 1.3 stops its fit early, so it serves as a check to 1e-2 (exchangeable; its Kauermann-Carroll takes a square root
#   that holds for symmetric matrices only, and is not used).
# - links: geepack 1.3.9, scale n, independence.
suppressMessages({library(gee); library(geepack); library(geesmv); library(MASS)})
quiet <- function(x) { capture.output(y <- suppressWarnings(suppressMessages(x))); y }
data(respiratory)
a <- data.frame(set = "epil", id = epil$subject, visit = epil$period, y = epil$y, x1 = 1 * (epil$trt == "progabide"), x2 = epil$lbase, x3 = epil$V4)
r <- respiratory; b <- data.frame(set = "respiratory", id = r$center * 1000 + r$id, visit = r$visit, y = r$outcome, x1 = 1 * (r$treat == "A"), x2 = r$baseline, x3 = 1 * (r$center == 2))
o <- as.data.frame(nlme::Orthodont); c <- data.frame(set = "orthodont", id = as.integer(factor(as.character(o$Subject))), visit = o$age, y = o$distance, x1 = 1 * (o$Sex == "Male"), x2 = o$age, x3 = (o$Sex == "Male") * o$age)
all <- rbind(a, b, c); all <- all[order(all$set, all$id, all$visit), ]
write.csv(all, "data.csv", row.names = FALSE)
fam <- list(epil = poisson(), respiratory = binomial(), orthodont = gaussian())
form <- y ~ x1 + x2 + x3
half <- function(A) { e <- eigen(A); Re(e$vectors %*% diag(1 / sqrt(e$values), nrow(A)) %*% solve(e$vectors)) }
rows <- list()
for (s in names(fam)) for (k in c("independence", "exchangeable")) {
  d <<- all[all$set == s, ]; f <- fam[[s]]
  m <- quiet(gee(form, id = id, data = d, family = f$family, corstr = k, tol = 1e-12, maxiter = 200))
  R <- m$working.correlation; X <- model.matrix(form, d); who <- split(seq_len(nrow(d)), d$id)
  mu <- f$linkinv(c(X %*% coef(m))); B <- 0; M <- list(kc = 0, md = 0, fg = 0)
  for (i in who) { D <- f$variance(mu[i]) * X[i, ]; W <- solve(outer(sqrt(f$variance(mu[i])), sqrt(f$variance(mu[i]))) * R); B <- B + t(D) %*% W %*% D }
  V <- solve(B)
  for (i in who) {
    D <- f$variance(mu[i]) * X[i, ]; W <- solve(outer(sqrt(f$variance(mu[i])), sqrt(f$variance(mu[i]))) * R)
    e <- d$y[i] - mu[i]; I <- diag(length(i)) - D %*% V %*% t(D) %*% W
    u <- list(kc = t(D) %*% W %*% half(I) %*% e, md = t(D) %*% W %*% solve(I, e),
              fg = diag(1 / sqrt(1 - pmin(0.75, diag(t(D) %*% W %*% D %*% V)))) %*% t(D) %*% W %*% e)
    for (n in names(u)) M[[n]] <- M[[n]] + u[[n]] %*% t(u[[n]])
  }
  se <- lapply(M, function(m) sqrt(diag(V %*% m %*% V)))
  # The package must agree with the definition where its square root is right, and does to its own tolerance (1e-3).
  mine <- quiet(GEE.var.md(form, id = "id", family = f$family, data = d, corstr = k))
  fg <- quiet(GEE.var.fg(form, id = "id", family = f$family, data = d, corstr = k))
  stopifnot(k == "independence" || max(abs(sqrt(mine$cov.beta) / se$md - 1)) < 1e-2)
  stopifnot(k == "independence" || max(abs(sqrt(fg$cov.beta) / se$fg - 1)) < 1e-2)
  rows[[paste(s, k)]] <- data.frame(set = s, corr = k, link = f$link, term = names(coef(m)), estimate = unname(coef(m)),
    robust = sqrt(diag(m$robust.variance)), kc = se$kc, md = se$md, fg = se$fg, alpha = if (k == "independence") 0 else R[1, 2], dispersion = m$scale)
}
for (s in list(list("orthodont", gaussian("log")), list("respiratory", binomial("identity")), list("respiratory", binomial("log")),
               list("epil", poisson("identity")))) {
  d <<- all[all$set == s[[1]], ]; f <- s[[2]]
  g <- if (s[[1]] == "orthodont") y ~ x1 + x2 else if (s[[1]] == "epil") y ~ x1 + x3 else y ~ x1 + x3
  begin <- if (f$link == "identity") c(mean(d$y), 0, 0) else c(log(mean(d$y)), 0, 0)
  m <- do.call(geese, list(g, id = d$id, data = d, family = f, corstr = "exchangeable", b = begin, control = geese.control(epsilon = 1e-12, maxit = 500)))
  rows[[paste(s[[1]], f$link)]] <- data.frame(set = s[[1]], corr = "exchangeable", link = f$link, term = names(m$beta), estimate = unname(m$beta),
    robust = sqrt(diag(m$vbeta)), kc = NA, md = NA, fg = NA, alpha = unname(m$alpha), dispersion = unname(m$gamma))
}
write.csv(do.call(rbind, rows), "expected.csv", row.names = FALSE)
