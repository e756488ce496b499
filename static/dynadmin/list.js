// What a list does beyond links and forms: rows of its filter, and admin's actions after a swap.
"use strict";
{
  const one = (selector, root = document) => root.querySelector(selector);

  // Whatever was typed into one condition is forgotten; the last one is only emptied.
  function empty(condition) {
    condition.querySelectorAll("input").forEach((input) => { input.value = ""; });
    condition.querySelectorAll("select").forEach((select) => { select.selectedIndex = 0; });
    condition.querySelectorAll(".errornote").forEach((note) => note.remove());
    condition.classList.remove("errors");
  }

  function drop(condition) {
    const form = condition.closest("form");
    const next = condition.nextElementSibling || condition.previousElementSibling;
    if (condition.classList.contains("spare")) empty(condition);
    else condition.remove();
    one("input", next || form).focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A spare row is always there: filling it in brings the next.
  function addSpare(condition) {
    const spare = condition.cloneNode(true);
    empty(spare);
    condition.classList.remove("spare");
    const number = condition.parentElement.children.length + 1;
    spare.querySelectorAll("[id]").forEach((element) => {
      element.id = element.id.replace(/\d+$/, number);
    });
    one("legend", spare).textContent = one("legend", spare).textContent.replace(/\d+/, number);
    condition.after(spare);
  }

  // A known attribute brings its type along, unless someone chose one.
  function suggestType(path) {
    const options = Array.from(document.querySelectorAll("#known-paths option"));
    const known = options.find((option) => option.value === path.value);
    const type = one(".type", path.closest(".condition"));
    if (type.value !== (type.dataset.suggested || "")) return;
    type.dataset.suggested = (known && known.dataset.type) || "";
    type.value = type.dataset.suggested;
  }

  function prepare() {
    document.querySelectorAll(".condition .drop").forEach((button) => { button.hidden = false; });
    const results = one("#results");
    const announcer = one("#announcer");
    const words = Array.from(document.querySelectorAll("#explanation h2, #scan-question h2, #meter .plan, #meter .meter, #results > nav .position, .above-rows .position"));
    if (results && announcer) announcer.textContent = words.slice(0, 3).map((element) => element.textContent.trim()).join(". ");
  }

  // Whatever had the focus may be gone, such as Back on the first page: go on at the rows.
  function keepFocus() {
    if (document.activeElement !== document.body) return;
    const place = one("#results .refusal, #results .results, #explanation, #scan-question");
    if (!place) return;
    if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".condition .drop");
    if (button) drop(button.closest(".condition"));
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest("details.menu[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    one("summary", menu).focus();
  });

  document.addEventListener("input", (event) => {
    const condition = event.target.closest(".condition.spare");
    if (condition && event.target.value) addSpare(condition);
    if (event.target.matches(".condition .path")) suggestType(event.target);
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "results" && event.detail.target.id !== "changelist") return;
    prepare();
    const boxes = document.querySelectorAll("tr input.action-select");
    if (boxes.length) window.Actions(boxes);
    keepFocus();
  });

  // What was ticked and typed for a POST is there again after going back: pages that nobody may keep
  // are loaded anew, and browsers forget what was in them.
  const KEPT = "#changelist-form .action-select, #changelist-form select, #columns-form input";
  const fields = () => Array.from(document.querySelectorAll(KEPT)).filter((field) => field.type !== "hidden");

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("#changelist-form, #columns-form")) return;
    const kept = fields().map((field) => [field.name, field.value, field.checked]);
    history.replaceState({ ...history.state, kept }, "");
  });

  function restore() {
    const kept = history.state && history.state.kept;
    const present = fields();
    const isSame = kept && kept.length === present.length && kept.every(([name], number) => name === present[number].name);
    if (!isSame) return;
    kept.forEach(([, value, checked], number) => {
      const field = present[number];
      if (field.type === "checkbox") {
        if (field.value === value && field.checked !== checked) field.click();
      } else field.value = value;
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    prepare();
    restore();
  });
}
