"use strict";
(() => {
  const all = (selector) => document.querySelectorAll(selector);
  for (const element of all(".only-script")) element.classList.remove("only-script");

  // Browsers of today open a closed part when a link leads into it; older ones need this.
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    let opened = false;
    for (let at = target; at; at = at.parentElement) {
      if (at.tagName === "DETAILS" && !at.open) { at.open = true; opened = true; }
    }
    if (opened) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) reveal();
  });
  reveal();

  // Paper has no clicks: everything is open while it prints.
  let shut = [];
  addEventListener("beforeprint", () => {
    shut = [...all("details:not([open])")];
    for (const part of shut) part.open = true;
  });
  addEventListener("afterprint", () => { for (const part of shut) part.open = false; });

  for (const button of all("button[data-all]")) {
    button.addEventListener("click", () => {
      for (const part of all("details")) part.open = button.dataset.all === "open";
    });
  }

  const field = document.getElementById("filter");
  if (field) {
    const rows = [...all(".matrix tbody tr")];
    const output = document.querySelector('output[for="filter"]');
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
        if (!row.hidden) shown += 1;
      }
      output.textContent = wanted ? `${shown} of ${rows.length}` : "";
    });
  }
})();
