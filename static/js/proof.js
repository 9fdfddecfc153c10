// The proof of work of the form that applies, and of the one that confirms: done in a worker while
// people type. The form can be sent at any time, with or without it.
(() => {
  "use strict";
  const form = document.querySelector("form[data-proof-bits]");
  if (!form || !window.Worker) return;
  const out = form.elements.proof;
  const said = form.querySelector("[data-proof-said]");
  if (!out || out.value) return;
  const say = (text) => {
    if (said) said.textContent = text || "";
  };

  let started = false;
  const start = () => {
    if (started) return;
    started = true;
    let worker;
    try {
      worker = new Worker(form.dataset.proofWorker);
    } catch {
      return;
    }
    say(said && said.dataset.working);
    worker.onmessage = ({ data }) => {
      out.value = data;
      say(said && said.dataset.done);
      worker.terminate();
    };
    // Without it the form works as without script.
    worker.onerror = () => say("");
    worker.postMessage({
      challenge: form.dataset.proofChallenge,
      bits: Number(form.dataset.proofBits),
    });
  };

  // From the first field that is touched; where there is none to touch, at once.
  if ("proofNow" in form.dataset) start();
  else for (const kind of ["focusin", "input", "pointerdown"]) form.addEventListener(kind, start, { once: true });
})();
