// What every page does: keys, and forms that are sent once.
"use strict";
{
  const OFF = "dynadmin.keys";
  const help = () => document.getElementById("keyboard-help");
  const isTyping = (target) =>
    target.isContentEditable || target.closest("input:not([type=checkbox]), textarea, select, .cm-editor, dialog");

  // Each key: what it presses or focuses, the first of these that the page has.
  const KEYS = {
    "/": ["#searchbar", "#add-filter > summary", "#nav-filter"],
    n: ["#next-top", "#next-bottom", "#continue-scan"],
    p: ["#previous-top", "#previous-bottom"],
    a: ["#add-item"],
    f: ["#add-filter > summary"],
    e: ["#result_list tbody a"],
  };

  function obey(key) {
    for (const selector of KEYS[key]) {
      const element = document.querySelector(selector);
      if (!element) continue;
      if (element.matches("input")) {
        element.focus();
        element.select();
      } else if (element.matches("tbody a")) {
        element.focus();
      } else {
        element.click();
      }
      return true;
    }
    return false;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (localStorage.getItem(OFF) === "off" && event.key !== "?") return;
    if (event.key === "?" && help()) {
      event.preventDefault();
      help().showModal();
    } else if (event.key in KEYS && obey(event.key)) {
      event.preventDefault();
    }
  });

  // A click elsewhere closes what is open, and so does Escape, which leads back to its summary.
  const OPENED = "details.menu[open], details[name][open]";
  document.addEventListener("click", (event) => {
    document.querySelectorAll(OPENED).forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest(OPENED);
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A second click sends no form twice. Exports leave their page in place, so lists don't count.
  const PATIENCE = 3000; // milliseconds; whoever has stopped the first try may send again
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    // Signing in, perhaps in another tab, has changed the CSRF cookie since this page was made.
    const cookie = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/);
    const token = form.elements.csrfmiddlewaretoken;
    if (cookie && token) token.value = cookie[1];
    if (form.id === "changelist-form") return;
    if (Date.now() - Number(form.dataset.sent || 0) < PATIENCE) event.preventDefault();
    else form.dataset.sent = Date.now();
  });

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("help-button");
    const toggle = document.getElementById("keys-on");
    if (!button || !toggle) return;
    button.hidden = false;
    button.addEventListener("click", () => help().showModal());
    toggle.checked = localStorage.getItem(OFF) !== "off";
    toggle.addEventListener("change", () => localStorage.setItem(OFF, toggle.checked ? "on" : "off"));
  });
}
