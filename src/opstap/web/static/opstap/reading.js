// Print, and read aloud. Each button is hidden until this runs, and shown only where the browser can do it.
"use strict";

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

const voice = window.speechSynthesis;
if (voice && window.SpeechSynthesisUtterance) {
  // One sentence at a time: some browsers fall silent in the middle of a long text.
  const sentences = (element) =>
    Array.from(element.querySelectorAll("h1, h2, h3, p, li, dt, dd, label.choice, .segs label, .field > label"))
      .filter((part) => !part.closest("[data-quiet]") && !part.querySelector("p, li"))
      .flatMap((part) =>
        (part.innerText.match(/[^.!?]+[.!?]*/g) || []).map((words) => [words.trim(), part.closest("[lang]").lang]),
      )
      .filter(([words]) => words);

  document.querySelectorAll("[data-read]").forEach((button) => {
    const text = document.getElementById(button.dataset.read);
    const label = button.querySelector("[data-label]");
    const [start, stop] = [label.textContent, button.dataset.stop];
    if (!text) return;
    const rest = () => {
      delete button.dataset.reading;
      label.textContent = start;
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      const reading = "reading" in button.dataset;
      voice.cancel();
      if (reading) return rest();
      const parts = sentences(text);
      parts.forEach(([words, spoken], number) => {
        const said = new SpeechSynthesisUtterance(words);
        said.lang = spoken;
        said.onerror = rest;
        if (number === parts.length - 1) said.onend = rest;
        voice.speak(said);
      });
      if (!parts.length) return;
      button.dataset.reading = "";
      label.textContent = stop;
    });
  });
  window.addEventListener("pagehide", () => voice.cancel());
}
