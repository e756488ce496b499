// The sidebar of very many tables: the server looks for what is typed, in place of what stands there.
"use strict";
{
  const PATIENCE = 200; // milliseconds
  const form = document.getElementById("nav-search");
  const filter = document.getElementById("nav-filter");
  const [told, found, standing] = ["nav-told", "nav-found", "nav-tables"].map((id) => document.getElementById(id));
  let last = "";
  let waiting;
  let asked = new AbortController();

  function show(html) {
    found.innerHTML = html;
    found.hidden = !html;
    standing.hidden = Boolean(html);
    told.textContent = (found.querySelector("caption, p") || found).textContent;
  }

  function trouble() {
    show("");
    found.hidden = false;
    found.textContent = told.textContent = form.dataset.trouble;
  }

  async function look() {
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    if (!last) return show("");
    const url = `${form.dataset.find}?${new URLSearchParams({ q: last })}`;
    try {
      const answer = await fetch(url, { signal, headers: { "X-Requested-With": "XMLHttpRequest" } });
      const html = await answer.text();
      if (signal.aborted) return;
      if (answer.ok) show(html);
      else trouble();
    } catch {
      if (!signal.aborted) trouble();
    }
  }

  function heed() {
    if (filter.value.trim() === last) return;
    last = filter.value.trim();
    clearTimeout(waiting);
    waiting = setTimeout(look, PATIENCE);
  }

  // Django's own script keeps what was typed for the next page, and clears it by Escape.
  filter.addEventListener("input", heed);
  filter.addEventListener("keyup", heed);
  document.addEventListener("DOMContentLoaded", heed);
}
