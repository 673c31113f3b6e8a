"use strict";
// Without this script everything can be read: it filters, copies, and opens what a link leads to.
(() => {
  const findings = [...document.querySelectorAll("details.finding")];
  const filters = document.getElementById("filters");
  const search = document.getElementById("search");
  const pressed = (kind) => [...filters.querySelectorAll(`[data-${kind}][aria-pressed=true]`)].map((one) => one.dataset[kind]);
  const texts = new Map();
  const textOf = (one) => {
    if (!texts.has(one)) texts.set(one, one.textContent.toLowerCase());
    return texts.get(one);
  };
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const tiers = pressed("tier"), rules = pressed("rule");
    let shown = 0;
    for (const one of findings) {
      const here = (!tiers.length || tiers.includes(one.dataset.tier)) && (!rules.length || rules.includes(one.dataset.rule));
      one.hidden = !(here && words.every((word) => textOf(one).includes(word)));
      shown += !one.hidden;
    }
    document.getElementById("count").textContent = `${shown} of ${findings.length} shown`;
  };
  const reset = () => {
    search.value = "";
    for (const one of filters.querySelectorAll("[aria-pressed]")) one.setAttribute("aria-pressed", "false");
  };
  if (filters) {
    filters.hidden = false;
    search.addEventListener("input", filter);
    filters.addEventListener("click", (event) => {
      const chip = event.target.closest("button");
      if (!chip) return;
      if (chip.id === "all") reset();
      else chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      filter();
    });
    for (const link of document.querySelectorAll("a[data-table]")) link.addEventListener("click", () => {
      reset();
      search.value = link.dataset.table;
      filter();
    });
    filter();
  }
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.matches("details")) {
      target.hidden = false;
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", open);
  open();
  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  for (const block of document.querySelectorAll(".code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await copied(block.querySelector("code").textContent);
      button.textContent = "Copied";
    });
    block.append(button);
  }
  const printed = [];
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details.critical:not([open]), details.critical details:not([open])")) {
      one.open = true;
      printed.push(one);
    }
  });
  addEventListener("afterprint", () => {
    for (const one of printed.splice(0)) one.open = false;
  });
})();
