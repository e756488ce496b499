// The editor of typed JSON, in place of the page's textarea, which stays what the form submits.
import { basicSetup } from "codemirror";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { linter, lintGutter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { oneDark } from "@codemirror/theme-one-dark";
import { EditorView } from "@codemirror/view";

// A text editor and no tree editor: numbers keep every digit.
function isDark() {
  const theme = document.documentElement.dataset.theme;
  return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}

// The theme's own grounds are too light for its colours to be read by everyone.
const darker = EditorView.theme(
  {
    "&": { backgroundColor: "#15181c" },
    ".cm-gutters": { backgroundColor: "#15181c", color: "#9aa3b2" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "#1d2127" },
  },
  { dark: true },
);

function edit(area) {
  const nonce = document.querySelector("meta[name='style-nonce']").content;
  const label = document.querySelector(`label[for='${area.id}']`);
  const place = document.createElement("div");
  place.className = "editor";
  area.after(place);
  const view = new EditorView({
    doc: area.value,
    parent: place,
    extensions: [
      basicSetup,
      json(),
      linter(jsonParseLinter()),
      lintGutter(),
      EditorView.lineWrapping,
      EditorView.cspNonce.of(nonce),
      EditorState.tabSize.of(2),
      EditorView.contentAttributes.of({ "aria-label": label.textContent.trim() }),
      isDark() ? [darker, oneDark] : [],
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        area.value = update.state.doc.toString();
        area.dispatchEvent(new Event("input", { bubbles: true }));
      }),
    ],
  });
  area.hidden = true;
  label.addEventListener("click", () => view.focus());
}

document.addEventListener("DOMContentLoaded", () => {
  const area = document.getElementById("raw");
  if (area) edit(area);
});
