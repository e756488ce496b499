// What a list does beyond links and forms: boxes of its filter, and admin's actions after a swap.
"use strict";
{
  const one = (selector, root = document) => root.querySelector(selector);

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
    const cancel = event.target.closest(".condition .cancel");
    if (!cancel) return;
    event.preventDefault();
    const box = cancel.closest("details");
    box.open = false;
    one("summary", box).focus();
  });

  // An opened box is there to be filled in; whoever has begun to is left alone.
  document.addEventListener("toggle", (event) => {
    if (!event.target.open || !event.target.matches("details.filter")) return;
    if (event.target.contains(document.activeElement) && !document.activeElement.matches("summary")) return;
    const field = one(".choices a", event.target) || one(event.target.id === "add-filter" ? ".path" : "input.value", event.target);
    if (field) field.focus();
  }, true);

  // What must be mended is open: beside the box that was sent, which is open until the swap is over,
  // a browser lets no second one of its name be so.
  function openErrors() {
    const box = one(".chip.errors > details");
    if (box) box.open = true;
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches(".condition .path")) suggestType(event.target);
  });

  // Lines that are pasted, such as a column of a spreadsheet, are values to look for: a field of one
  // line would glue them together.
  document.addEventListener("paste", (event) => {
    const field = event.target;
    if (!event.clipboardData || !field.matches || !field.matches(".condition input.value")) return;
    const lines = event.clipboardData.getData("text").split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
    if (lines.length < 2) return;
    event.preventDefault();
    const operator = one(".operator", field.closest(".condition"));
    if (operator.value === "eq") operator.value = "in";
    const quoted = lines.map((line) => line.replace(/[\\,"]/g, "\\$&"));
    field.setRangeText(quoted.join(", "), field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "results" && event.detail.target.id !== "changelist") return;
    prepare();
    openErrors();
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
