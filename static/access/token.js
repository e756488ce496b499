// The token page: copy buttons and the time that is left.
"use strict";

const note = document.getElementById("copied");

async function copy(button) {
  const text = document.getElementById(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(text.textContent);
    note.textContent = note.dataset.copied;
  } catch {
    // No clipboard over plain HTTP, or the browser said no: leave the text ready for Ctrl+C.
    window.getSelection().selectAllChildren(text);
    text.focus();
    note.textContent = note.dataset.selected;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copies]");
  if (button) copy(button);
});

const expires = new Date(document.getElementById("token-expires").dateTime);
const left = document.getElementById("token-left");

function showTimeLeft() {
  const seconds = Math.max(0, Math.round((expires - Date.now()) / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  left.textContent = parts.map((part) => String(part).padStart(2, "0")).join(":");
  if (seconds === 0) clearInterval(ticking);
}

const ticking = setInterval(showTimeLeft, 1000);
showTimeLeft();
