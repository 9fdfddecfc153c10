// The desk by keyboard. Which key does what stands in the page (`data-key`), as the reader chose
// it; without this file, or with keys switched off, buttons and links do the same.
(() => {
  "use strict";
  const list = document.querySelector("[data-keys]");
  const rows = list ? [...list.querySelectorAll("[data-row]")] : [];
  const move = list ? list.dataset : {};
  const here = () => rows.findIndex((row) => row.contains(document.activeElement));
  const goTo = (index) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    row.querySelector("a").focus();
    row.scrollIntoView({ block: "nearest" });
  };
  const typing = (target) =>
    target.closest && target.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target)) {
      // Out of a field, so that keys mean acts again.
      if (event.key === "Escape" && document.querySelector("[data-key]")) event.target.blur();
      return;
    }
    const key = event.key;
    if (rows.length && (key === move.keyNext || key === move.keyPrevious)) {
      event.preventDefault();
      goTo(here() + (key === move.keyNext ? 1 : -1));
      return;
    }
    if (event.repeat) return;
    const row = rows[here()];
    if (row && (key === move.keyTick || key === move.keyOpen)) {
      const part = row.querySelector(key === move.keyTick ? "input[type=checkbox]" : "a");
      if (part) {
        event.preventDefault();
        part.click();
      }
      return;
    }
    const one = [...document.querySelectorAll("[data-key]")].find((part) => part.dataset.key === key);
    if (!one) return;
    event.preventDefault();
    const field = one.matches("input, textarea, select");
    if (field) one.focus();
    // A choice is taken; what becomes of it waits for the button.
    if (!field || one.type === "radio") one.click();
  });

  // One box for all boxes of a list; made here, since it does nothing by itself.
  for (const form of document.querySelectorAll("form[data-ticks]")) {
    const boxes = () => [...form.querySelectorAll("input[name='pick[]']")];
    if (boxes().length < 2) continue;
    const label = document.createElement("label");
    label.className = "tick";
    const all = document.createElement("input");
    all.type = "checkbox";
    const words = document.createElement("span");
    label.append(all, words);
    form.querySelector("[data-ticks-all]").append(label);
    const show = () => {
      const ticked = boxes().filter((box) => box.checked).length;
      all.checked = ticked === boxes().length;
      all.indeterminate = ticked > 0 && !all.checked;
      words.textContent = `All on this page (${ticked} ticked)`;
    };
    all.addEventListener("change", () => {
      for (const box of boxes()) box.checked = all.checked;
      show();
    });
    form.addEventListener("change", show);
    show();
  }
})();
