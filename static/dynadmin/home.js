// The first page: only the tables whose name or description has what is typed.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const filter = document.getElementById("table-filter");

  function narrow() {
    const wanted = filter.value.trim().toLowerCase();
    for (const group of document.querySelectorAll(".home .group")) {
      const rows = Array.from(group.querySelectorAll("tbody tr"));
      for (const row of rows) row.hidden = !row.querySelector("th").textContent.toLowerCase().includes(wanted);
      group.hidden = rows.every((row) => row.hidden);
    }
  }

  function hearServer() {
    const told = document.getElementById("tables-told");
    const trouble = ({ detail }) => {
      if (detail.elt === filter.form) told.textContent = filter.form.dataset.trouble;
    };
    document.addEventListener("htmx:beforeOnLoad", (event) => event.detail.xhr.status >= 400 && trouble(event));
    for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, trouble);
  }

  // Where the page has some of the tables, the server has the others.
  if (filter.form.hasAttribute("hx-get")) return hearServer();
  filter.addEventListener("input", narrow);
  filter.form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("htmx:afterSwap", narrow);
});
