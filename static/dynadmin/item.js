// What the item form does beyond links and submits: rows, sizes, and a warning before typing is lost.
"use strict";
{
  const form = () => document.getElementById("item-form");
  const bytes = (text) => new TextEncoder().encode(text).length;
  let isDirty = false;

  // ---- rows ----

  function nextNumber() {
    const numbers = Array.from(form().querySelectorAll("[name^='a-']"), (field) => Number(field.name.split("-")[1]));
    return Math.max(-1, ...numbers) + 1;
  }

  function addRow() {
    const number = String(nextNumber());
    const row = document.getElementById("new-attribute").content.firstElementChild.cloneNode(true);
    row.id = `attribute-${number}`;
    for (const element of row.querySelectorAll("*")) {
      for (const name of ["id", "name", "for", "aria-describedby"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replaceAll("a-NEW-", `a-${number}-`));
      }
    }
    row.querySelector(".drop").hidden = false;
    document.getElementById("attributes").append(row);
    row.querySelector("input.name").focus();
  }

  function control(row) {
    return row.querySelector(".valuing > .value, .valuing > .tag");
  }

  function made(tag, row) {
    const number = row.id.replace("attribute-", "");
    const element = document.createElement(tag);
    element.id = element.name = `a-${number}-value`;
    element.setAttribute("aria-describedby", `a-${number}-help`);
    const name = row.querySelector("input.name");
    if (name) element.setAttribute("aria-label", name.value || name.placeholder);
    return element;
  }

  // Each type has its own control; what was typed is kept while it can mean something.
  function retype(row, type) {
    const old = control(row);
    const view = row.querySelector("[name$='-view']");
    const first = row.querySelector("select.type option[selected]");
    row.dataset.view ??= view.value;
    if (old.matches("textarea, input")) row.dataset.text = old.value;
    const text = row.dataset.text ?? (old.matches(".tag") ? "" : old.value);
    let fresh;
    if (type === "NULL") {
      fresh = document.createElement("span");
      fresh.className = "tag";
      fresh.textContent = "null";
    } else if (type === "BOOL") {
      fresh = made("select", row);
      fresh.append(new Option("true", "true"), new Option("false", "false", false, text === "false"));
    } else {
      fresh = made("textarea", row);
      fresh.spellcheck = false;
      fresh.rows = ["L", "M"].includes(type) ? 3 : 1;
      fresh.value = text;
    }
    fresh.classList.add("value");
    if (type !== "NULL") fresh.classList.add(`type-${type}`);
    // The view belongs to the type that the text was shown in.
    view.value = first && first.value === type ? row.dataset.view : "plain";
    old.replaceWith(fresh);
  }

  // ---- size, as DynamoDB counts it, near enough while typing ----

  const numberSize = (text) => Math.ceil(text.replace(/[eE].*$|[^0-9]/g, "").replace(/^0+|0+$/g, "").length / 2) + 1;
  const binarySize = (text) => Math.floor(text.length * 3 / 4);
  const sum = (sizes) => sizes.reduce((total, size) => total + size, 0);

  function plainSize(value) {
    if (typeof value === "string") return bytes(value);
    if (typeof value === "number") return numberSize(String(value));
    if (Array.isArray(value)) return 3 + sum(value.map((child) => 1 + plainSize(child)));
    if (value === null || typeof value === "boolean") return 1;
    return 3 + sum(Object.entries(value).map(([name, child]) => 1 + bytes(name) + plainSize(child)));
  }

  function contentSize(type, content) {
    if (type === "S") return bytes(content);
    if (type === "N") return numberSize(content);
    if (type === "B") return binarySize(content);
    if (type === "L") return 3 + sum(content.map((child) => 1 + typedSize(child)));
    if (type === "M") return 3 + sum(Object.entries(content).map(([name, child]) => 1 + bytes(name) + typedSize(child)));
    if (type === "BOOL" || type === "NULL") return 1;
    return sum(content.map((entry) => contentSize(type[0], String(entry))));
  }

  const typedSize = (value) => sum(Object.entries(value).map(([type, content]) => contentSize(type, content)));

  function rowSize(row) {
    const field = row.querySelector(".valuing > .value");
    const type = row.querySelector("[name$='-type']").value;
    const name = row.querySelector("input.name, label.name");
    const text = field ? field.value : "";
    const isUnset = row.querySelector("[name$='-optional']") || !row.querySelector("label.name");
    if (row.querySelector("[name$='-remove']:checked") || (isUnset && !text)) return 0;
    const size = bytes(name.matches("input") ? name.value : row.getAttribute("aria-label"));
    if (["S", "N", "B", "BOOL", "NULL"].includes(type)) return size + contentSize(type, text);
    const isPlain = ["L", "M"].includes(type) && row.querySelector("[name$='-view']").value === "plain";
    try {
      return size + (isPlain ? plainSize(JSON.parse(text)) : contentSize(type, JSON.parse(text)));
    } catch {
      return size + bytes(text); // not yet JSON
    }
  }

  function rawSize(text) {
    try {
      return sum(Object.entries(JSON.parse(text)).map(([name, value]) => bytes(name) + typedSize(value)));
    } catch {
      return bytes(text);
    }
  }

  // Returns the item's size in bytes.
  function measure() {
    const raw = document.getElementById("raw");
    const rows = Array.from(form().querySelectorAll("#attributes > .attribute"));
    const size = Number(form().dataset.fixed) + (raw ? rawSize(raw.value) : sum(rows.map(rowSize)));
    const largest = Number(form().dataset.largest);
    const meter = document.getElementById("size-meter");
    const words = document.getElementById("size-words");
    meter.value = size;
    meter.parentElement.classList.toggle("over", size > largest);
    const shown = size < 1024 ? `${size} bytes` : `${(size / 1024).toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 })} KB`;
    words.textContent = words.dataset.words.replace("{}", shown);
    return size;
  }

  let waiting = 0;
  function measureSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(measure, 300);
  }

  // ---- events ----

  function onChange(event) {
    const row = event.target.closest(".attribute");
    if (!row) return;
    if (event.target.matches("select.type")) retype(row, event.target.value);
    if (event.target.matches("[name$='-remove']")) row.classList.toggle("removed", event.target.checked);
  }

  function onClick(event) {
    if (event.target.closest("#add-attribute")) {
      event.preventDefault();
      addRow();
    }
    const drop = event.target.closest(".attribute .drop");
    if (!drop) return;
    drop.closest(".attribute").remove();
    document.getElementById("add-attribute").focus();
    measureSoon();
  }

  function onKey(event) {
    if (event.key === "Enter" && event.target.matches("input.name")) {
      event.preventDefault(); // on to the value: nobody means to save an attribute that has none
      const value = control(event.target.closest(".attribute"));
      if (value.matches("textarea, input, select")) value.focus();
    }
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key !== "s") return;
    event.preventDefault();
    form().requestSubmit(form().querySelector(".saving [name='_save']"));
  }

  // What no server takes is not sent: its refusal could not give back what was typed.
  function onSubmit(event) {
    const note = document.getElementById("too-large");
    note.hidden = measure() <= Number(form().dataset.sendable);
    if (note.hidden) {
      isDirty = false;
      return;
    }
    event.preventDefault();
    note.focus();
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (!form()) return;
    const errors = document.getElementById("errors");
    if (errors) errors.focus();
    form().querySelectorAll(".attribute .drop").forEach((button) => { button.hidden = false; });
    isDirty = form().dataset.unsaved === "yes" || form().elements.edited.value === "1";
    form().addEventListener("input", () => { isDirty = true; measureSoon(); });
    form().addEventListener("change", onChange);
    form().addEventListener("click", onClick);
    form().addEventListener("submit", onSubmit);
    document.addEventListener("keydown", onKey);
    window.addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
  });
}
