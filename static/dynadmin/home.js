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

  filter.hidden = false;
  filter.addEventListener("input", narrow);
  document.addEventListener("htmx:afterSwap", narrow);
});
