// Sends a page of a questionnaire, and keeps what was typed on this device while there is no connection.
// Nothing stays here once the server said that it has it; what another sign-in left is dropped unread.
// Without this script the form is sent as any other.
(() => {
  const place = document.querySelector("[data-kept]");
  let store;
  try {
    store = window.localStorage;
  } catch {
    return;
  }
  if (!place || !store) return;

  const OURS = "opstap-kept:";
  const session = `${OURS}${place.dataset.tag}:`;
  const measurement = `${session}${place.dataset.kept}:`;
  const here = measurement + location.pathname;
  const form = place instanceof HTMLFormElement ? place : null;
  const told = document.getElementById("connection");
  let [lost, busy, wait, timer] = [false, false, 5, 0];

  const drop = (fits) =>
    Object.keys(store)
      .filter((key) => key.startsWith(OURS) && fits(key))
      .forEach((key) => store.removeItem(key));
  drop((key) => !key.startsWith(session));
  document
    .querySelectorAll('form[action*="/logout/"]')
    .forEach((out) => out.addEventListener("submit", () => drop(() => true)));

  const typed = (submitter) => {
    const pairs = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    return submitter && submitter.name ? [...pairs, [submitter.name, submitter.value]] : pairs;
  };
  const keep = (pairs, pressed) => {
    try {
      store.setItem(here, JSON.stringify({ path: location.pathname, pairs, pressed }));
    } catch {
      // The device is full or forbids it: what was typed still stands on the page.
    }
  };
  const token = () => document.querySelector("main [name=csrfmiddlewaretoken]").value;

  const say = (words, button) => {
    if (!told) return;
    told.textContent = "";
    told.className = "mt-4";
    if (!words) return;
    told.className = "note warn mt-4";
    const inside = document.createElement("div");
    inside.append(Object.assign(document.createElement("p"), { textContent: words }));
    if (button) {
      const again = Object.assign(document.createElement("button"), {
        type: "button",
        className: "btn second small",
        textContent: told.dataset.press,
      });
      again.addEventListener("click", retry);
      inside.append(again);
    }
    told.append(inside);
  };

  // As any other form: the server answers with the page that says what does not fit.
  const sendPlainly = (draft) => {
    const plain = Object.assign(document.createElement("form"), { method: "post", action: draft.path, hidden: true });
    for (const [name, value] of [...draft.pairs, ["csrfmiddlewaretoken", token()]])
      plain.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    document.body.append(plain);
    plain.submit();
  };

  const send = async (key) => {
    const draft = JSON.parse(store.getItem(key));
    if (busy || !draft) return;
    busy = true;
    let answer;
    try {
      answer = await fetch(draft.path, {
        method: "POST",
        body: new URLSearchParams([...draft.pairs, ["csrfmiddlewaretoken", token()]]),
        headers: { "X-Opstap": "kept" },
      });
      if (answer.status >= 500) throw new Error("not now");
    } catch {
      busy = false;
      lost = true;
      say(told && told.dataset.lost, true);
      timer = setTimeout(retry, 1000 * (wait = Math.min(2 * wait, 60)));
      return;
    }
    if (answer.redirected) {
      location.assign(answer.url); // Signed out meanwhile: come in again.
      return;
    }
    store.removeItem(key);
    if (answer.ok && (answer.headers.get("Content-Type") || "").startsWith("application/json"))
      location.assign((await answer.json()).to);
    else sendPlainly(draft);
  };

  const waiting = () =>
    Object.keys(store).filter((key) => key.startsWith(measurement) && JSON.parse(store.getItem(key)).pressed);

  function retry() {
    clearTimeout(timer);
    const [first] = waiting();
    if (!first) return;
    if (navigator.onLine) say(told && told.dataset.back);
    send(first);
  }

  const putBack = (pairs) => {
    for (const field of form.elements) {
      const given = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
      if (["radio", "checkbox"].includes(field.type)) field.checked = given.includes(field.value);
      else if (field.type !== "hidden" && given.length) field.value = given[0];
    }
  };

  if (form) {
    const left = store.getItem(here);
    if (left && !JSON.parse(left).pressed) {
      putBack(JSON.parse(left).pairs);
      store.removeItem(here);
    }
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      keep(typed(event.submitter), true);
      if (store.getItem(here)) send(here);
      else form.submit();
    });
    form.addEventListener("input", () => {
      if (lost || !navigator.onLine) keep(typed(), lost);
    });
    // A page that the browser kept aside does not know what was saved since.
    window.addEventListener("pageshow", (event) => event.persisted && !lost && location.reload());
  }
  window.addEventListener("online", retry);
  if (waiting().length) retry();
})();
