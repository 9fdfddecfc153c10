// Porchlight. Comfort only: every page and every form works without this file.
(() => {
  "use strict";

  // Counts what is typed, as people count: by grapheme, links as 23, a remote mention
  // by its local part. The server counts again and is the judge.
  const segmenter = window.Intl && Intl.Segmenter ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
  const length = (text) => {
    const counted = text
      .replace(/https?:\/\/[^\s]+/gi, "x".repeat(23))
      .replace(/(^|[^/\w])@([a-z0-9_]+)@[a-z0-9.-]+[a-z0-9]/gi, "$1@$2");
    return segmenter ? [...segmenter.segment(counted)].length : [...counted].length;
  };
  for (const field of document.querySelectorAll("[data-counts]")) {
    const out = document.getElementById(field.dataset.counts);
    if (!out) continue;
    const max = Number(field.dataset.max);
    const also = field.dataset.countsWith ? document.getElementById(field.dataset.countsWith) : null;
    const show = () => {
      const left = max - length(field.value) - (also ? length(also.value) : 0);
      out.textContent = left >= 0 ? `${left} left` : `${-left} too many`;
      out.classList.toggle("over", left < 0);
    };
    field.addEventListener("input", show);
    if (also) also.addEventListener("input", show);
    show();
  }

  // Ctrl+Enter (or Cmd+Enter) sends the form that is being written in.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest && event.target.closest("form[data-quick-send]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  });

  // A form is sent once, however often the button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 5000);
  });

  // A long text that was typed is not lost by a wrong click.
  let dirty = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest && event.target.closest("form[data-keep]")) dirty = true;
  });
  document.addEventListener("submit", () => (dirty = false));
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });

  // The menu folds when something else is clicked, or at Escape.
  const more = document.querySelector("details.more");
  if (more) {
    document.addEventListener("click", (event) => {
      if (more.open && !more.contains(event.target)) more.open = false;
    });
    more.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && more.open) {
        more.open = false;
        more.querySelector("summary").focus();
      }
    });
  }

  // After a refusal, the summary of what to mend is where reading goes on.
  const errors = document.querySelector(".errors");
  if (errors) errors.focus();
})();
