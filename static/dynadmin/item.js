// What the item form does beyond links and submits: rows, sizes, and a warning before typing is lost.
"use strict";
{
  const SETS = ["SS", "NS", "BS"];
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

  const control = (row) => row.querySelector(".widget .value");
  const entriesOf = (row) => Array.from(row.querySelectorAll(".entry"), (field) => field.value).filter(Boolean);

  function textOf(row) {
    const field = row.querySelector(".widget input.base") || control(row);
    if (field.matches(".entries")) return entriesOf(row).join("\n");
    return field.matches("textarea, input, select") ? field.value : "";
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

  function madeFor(type, row, text) {
    if (type === "NULL") {
      const tag = document.createElement("span");
      tag.className = "tag value";
      tag.textContent = "null";
      return tag;
    }
    if (type === "BOOL") {
      const choice = made("select", row);
      choice.append(new Option("true", "true"), new Option("false", "false", false, text === "false"));
      return choice;
    }
    const isLine = ["S", "N", "B"].includes(type) && !text.includes("\n");
    const field = made(isLine ? "input" : "textarea", row);
    field.spellcheck = false;
    if (!isLine) field.rows = 3;
    field.value = text;
    return field;
  }

  // Each type has its own control; what was typed is kept while it can mean something.
  function retype(row, type) {
    const widget = row.querySelector(".widget");
    const [view, as] = ["view", "as"].map((name) => row.querySelector(`[name$='-${name}']`));
    row.first ??= { nodes: Array.from(widget.childNodes), view: view.value, type: as.value };
    const text = textOf(row);
    const isFirst = type === row.first.type;
    if (isFirst) {
      widget.replaceChildren(...row.first.nodes);
    } else {
      const field = madeFor(type, row, text);
      field.classList.add("value", `type-${type}`);
      widget.replaceChildren(field);
    }
    // The view belongs to the type that the text is shown in.
    view.value = isFirst ? row.first.view : SETS.includes(type) ? "lines" : "plain";
    as.value = type;
    const word = row.querySelector(".more .word");
    if (word) word.textContent = row.querySelector("select.type").selectedOptions[0].textContent;
  }

  // ---- sets and dates ----

  // Another empty field stands ready as soon as the last one is typed into.
  function offerEntry(field) {
    if (!field.value || field.closest("li").nextElementSibling) return;
    const place = field.closest("li");
    const next = place.cloneNode(true);
    const [, number, , entry] = field.name.split("-");
    const other = next.querySelector(".entry");
    other.name = `a-${number}-entry-${Number(entry) + 1}`;
    other.removeAttribute("id");
    other.value = "";
    place.after(next);
    const cut = document.createElement("button");
    cut.type = "button";
    cut.className = "cut";
    cut.textContent = "×";
    cut.setAttribute("aria-label", `× ${field.getAttribute("aria-label")}`);
    field.after(cut);
    field.classList.remove("another");
  }

  function cutEntry(button) {
    const place = button.closest("li");
    (place.nextElementSibling || place.previousElementSibling).querySelector(".entry").focus();
    place.remove();
    isDirty = true;
    measureSoon();
  }

  // The date and the digits say one time, in UTC.
  function followMoment(field) {
    const both = field.closest(".moment");
    const [digits, date] = [both.querySelector(".value"), both.querySelector(".date")];
    const size = both.querySelector("[name$='-unit']").value === "ms" ? 1 : 1000;
    if (field === date) {
      const time = Date.parse(`${date.value}Z`);
      if (!Number.isNaN(time)) digits.value = String(Math.floor(time / size));
      return;
    }
    const isTime = digits.value.length === (size === 1 ? 13 : 10) && /^\d+$/.test(digits.value);
    if (isTime) date.value = new Date(Number(digits.value) * size).toISOString().replace(/(:00)?\.000Z$/, "").replace(/Z$/, "");
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

  // What was typed into the fields of a list or map, beside what stood there.
  function typedBeside(row) {
    const fields = Array.from(row.querySelectorAll(".nested :is(input, textarea)"));
    return sum(fields.map((field) => bytes(field.value) - bytes(field.defaultValue)));
  }

  function valueSize(row, type, view, text) {
    if (view === "rows") return typedSize(JSON.parse(text)) + typedBeside(row);
    if (["chips", "lines"].includes(view)) return contentSize(type, text.split("\n").filter(Boolean));
    if (["S", "N", "B", "BOOL", "NULL"].includes(type)) return contentSize(type, text);
    return view === "plain" && !SETS.includes(type) ? plainSize(JSON.parse(text)) : contentSize(type, JSON.parse(text));
  }

  function rowSize(row) {
    const [type, view] = ["type", "view"].map((name) => row.querySelector(`[name$='-${name}']`).value);
    const name = row.querySelector("input.name, label.name");
    const text = textOf(row);
    const isUnset = row.querySelector("[name$='-optional']") || !row.querySelector("label.name");
    if (row.querySelector("[name$='-remove']:checked") || (isUnset && !text)) return 0;
    const size = bytes(name.matches("input") ? name.value : row.getAttribute("aria-label"));
    try {
      return size + valueSize(row, type, view, text);
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

  // ---- keys made of what is filled in ----

  function typedOf(name) {
    const named = Array.from(form().querySelectorAll(".attribute input[type='hidden'][name$='-name']")).find((field) => field.value === name);
    return named ? textOf(named.closest(".attribute")).trim() : "";
  }

  function showKeys() {
    for (const shown of form().querySelectorAll("[data-pattern]")) {
      shown.textContent = shown.dataset.pattern.replace(/\{\{|\}\}|\{([^{}:]*)(?::0([1-9]))?\}/g, (whole, name, width) => {
        if (name === undefined) return whole[0];
        const text = typedOf(name);
        return text ? (/^[0-9]+$/.test(text) ? text.padStart(Number(width || 0), "0") : text) : whole;
      });
    }
  }

  function onInput(event) {
    isDirty = true;
    showKeys();
    if (event.target.matches(".entry")) offerEntry(event.target);
    if (event.target.closest(".moment")) followMoment(event.target);
    measureSoon();
  }

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
    const cut = event.target.closest(".entries .cut");
    if (cut) {
      event.preventDefault();
      cutEntry(cut);
    }
    const drop = event.target.closest(".attribute .drop");
    if (!drop) return;
    drop.closest(".attribute").remove();
    document.getElementById("add-attribute").focus();
    measureSoon();
  }

  // An open box of type and name closes by Escape or a click beside it.
  function closeBoxes(except) {
    for (const box of form().querySelectorAll("details.more[open]")) {
      if (box.contains(except)) continue;
      box.open = false;
    }
  }

  function onKey(event) {
    if (event.key === "Escape") {
      const box = event.target.closest("details.more[open]");
      closeBoxes(null);
      if (box) box.querySelector("summary").focus();
    }
    if (event.key === "Enter" && event.target.matches("#find-attribute")) {
      event.preventDefault(); // it looks, and saves nothing
      form().requestSubmit(event.target.closest(".parts").querySelector("[name='_part']"));
    }
    if (event.key === "Enter" && event.target.matches("input.name")) {
      event.preventDefault(); // on to the value: nobody means to save an attribute that has none
      const value = control(event.target.closest(".attribute"));
      if (value.matches("textarea, input, select")) value.focus();
    }
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key !== "s" && !(event.key === "Enter" && form().contains(event.target))) return;
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
    showKeys();
    form().addEventListener("input", onInput);
    form().addEventListener("change", onChange);
    form().addEventListener("click", onClick);
    form().addEventListener("submit", onSubmit);
    document.addEventListener("click", (event) => closeBoxes(event.target));
    document.addEventListener("keydown", onKey);
    window.addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
  });
}
