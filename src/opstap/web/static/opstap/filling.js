// Checks the answers on a page of a questionnaire before they are sent, by the rules that the server checks again.
// Without this script the page works the same: the server says what does not fit.
(() => {
  const form = document.querySelector("form[data-rules]");
  if (!form) return;
  const rules = JSON.parse(form.dataset.rules);
  const said = JSON.parse(form.dataset.said);
  const place = document.getElementById("before-sending");

  const sentence = (code, rule) =>
    said[code].replace("%(low)s", rule.min ?? "…").replace("%(high)s", rule.max ?? "…");

  const wrong = (name, rule) => {
    const fields = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    if (!fields.length || (rule.aside && form.querySelector(`[name="${CSS.escape(rule.aside)}"]:checked`))) return null;
    const choice = ["radio", "checkbox"].includes(fields[0].type);
    const given = choice ? fields.filter((one) => one.checked).map((one) => one.value) : [fields[0].value.trim()];
    const empty = !given.some((one) => one);
    if (empty) return rule.required ? [fields[0], sentence("missing", rule)] : null;
    if (rule.alone !== undefined && given.length > 1 && given.includes(String(rule.alone)))
      return [fields[0], sentence("alone", rule)];
    if (choice || !rule.pattern) return null;
    if (!new RegExp(`^(?:${rule.pattern})$`).test(given[0]))
      return [fields[0], sentence(rule.whole && /^\s*-?[0-9]+[.,][0-9]+\s*$/.test(given[0]) ? "whole" : "number", rule)];
    const value = Number(given[0].replace(",", "."));
    if ((rule.min !== undefined && value < rule.min) || (rule.max !== undefined && value > rule.max))
      return [fields[0], sentence("range", rule)];
    return null;
  };

  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.name === "more") return;
    place.textContent = "";
    for (const [name, rule] of Object.entries(rules)) {
      const found = wrong(name, rule);
      if (!found) continue;
      event.preventDefault();
      // Beside the question it is about: on a page of several that may be far from the button.
      const part = found[0].closest(".one-of, .grid-row");
      if (part) part.append(place);
      place.textContent = found[1];
      found[0].focus();
      return;
    }
  });
})();
