// The items that a link could lead to, under its field: taken by a click, or by the arrow keys.
"use strict";
{
  const fieldOf = (offers) => offers.closest(".attribute").querySelector(".widget .value");
  const all = (offers) => Array.from(offers.querySelectorAll(".choice"));

  function take(choice) {
    const offers = choice.closest(".choices");
    const field = fieldOf(offers);
    field.value = choice.value;
    offers.replaceChildren();
    field.focus();
    // Its size is measured anew, and leaving the page asks first.
    field.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "taken" }));
  }

  function move(event) {
    const row = event.target.closest(".attribute");
    const offers = row && row.querySelector(".choices");
    if (!offers || !offers.childElementCount) return;
    const places = [fieldOf(offers), ...all(offers)];
    const here = places.indexOf(event.target);
    if (here < 0) return;
    if (event.key === "Escape") {
      places[0].focus();
      offers.replaceChildren();
      return;
    }
    const next = places[here + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches(".choices")) return;
    event.detail.parameters.q = fieldOf(event.target).value;
  });
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.target.matches(".choices") || !(event.detail.triggeringEvent?.detail === "taken")) return;
    event.preventDefault(); // what was just taken needs no other choices
  });
  document.addEventListener("click", (event) => {
    const choice = event.target.closest(".choices .choice");
    if (choice) take(choice);
  });
  document.addEventListener("keydown", (event) => {
    if (["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) move(event);
  });
}
