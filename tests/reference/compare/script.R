# Makes data.csv and expected.csv: sizes by formula (base R), stratified risks and effect sizes (metafor 3.8-1). R 4.2.2.
# Public data: datasets::UCBAdmissions (Bickel and others 1975) for strata, datasets::sleep (Student 1908) for an effect size.
suppressMessages(library(metafor))
rows <- list(); add <- function(what, value) rows[[length(rows) + 1]] <<- data.frame(what, value)
u <- as.data.frame(UCBAdmissions); people <- u[rep(seq_len(nrow(u)), u$Freq), c("Admit", "Gender", "Dept")]
out <- data.frame(event = 1 * (people$Admit == "Admitted"), arm = 1 * (people$Gender == "Female"), stratum = people$Dept)
write.csv(out, "data.csv", row.names = FALSE)
a <- function(g, ad) sapply(levels(u$Dept), function(d) u$Freq[u$Dept == d & u$Gender == g & u$Admit == ad])
for (m in c("RD", "RR")) { f <- rma.mh(ai = a("Female", "Admitted"), bi = a("Female", "Rejected"), ci = a("Male", "Admitted"), di = a("Male", "Rejected"), measure = m)
  add(paste(m, "estimate"), c(f$beta)); add(paste(m, "se"), f$se); add(paste(m, "low"), f$ci.lb); add(paste(m, "high"), f$ci.ub) }
s <- split(sleep$extra, sleep$group)
e <- escalc("SMD", m1i = mean(s[[2]]), sd1i = sd(s[[2]]), n1i = 10, m2i = mean(s[[1]]), sd2i = sd(s[[1]]), n2i = 10)
add("g", c(e$yi)); add("g variance", c(e$vi))
add("means n", power.t.test(delta = 4, sd = 12, power = 0.8)$n); add("means n small", power.t.test(delta = 2, sd = 1, power = 0.9)$n)
add("means power", power.t.test(n = 60, delta = 4, sd = 12)$power)
add("proportions n", power.prop.test(p1 = 0.5, p2 = 0.65, power = 0.9)$n)
# Newcombe's interval has no function in base R: method 10 from prop.test's score intervals.
w <- function(x, n) prop.test(x, n, correct = FALSE)$conf.int; w1 <- w(56, 70); w2 <- w(48, 80); p1 <- 56 / 70; p2 <- 48 / 80
add("newcombe low", p1 - p2 - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2)); add("newcombe high", p1 - p2 + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2))
write.csv(do.call(rbind, rows), "expected.csv", row.names = FALSE)
