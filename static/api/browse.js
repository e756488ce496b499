/* Sends the forms of a browsable page as the requests they stand for, and shows the answer. */

const PLAIN = "application/json";
const TYPED = "application/vnd.dynamodb+json";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.method) return;
  event.preventDefault();
  send(form);
});

document.addEventListener("change", (event) => {
  const select = event.target;
  if (select.name === "type") respell(select.form, select.value);
});

async function send(form) {
  const main = document.querySelector("main");
  const headers = { Accept: "text/html", "X-CSRFToken": main.dataset.csrf || "" };
  const fields = form.elements;
  if (fields.type) headers["Content-Type"] = fields.type.value;
  if (fields["if-match"] && fields["if-match"].value) headers["If-Match"] = fields["if-match"].value;
  tell("Sending …");
  try {
    const answer = await fetch(location.pathname, {
      method: form.dataset.method,
      headers,
      body: fields.body ? fields.body.value : undefined,
    });
    if (answer.status === 204) return showGone();
    await show(answer, form.dataset.method);
  } catch {
    tell("The server can't be reached.");
  }
}

/* A refused request is mended, not written again: the forms stay as they are. When the item has
   changed they start from what it is now, or the next save would undo this one. */
async function show(answer, method) {
  const [old, next] = [document.querySelector("main"), mainOf(await answer.text())];
  if (!next) return tell("The answer is not a page.");
  const isChanged = answer.ok && method !== "POST";
  moveForms(isChanged ? await freshMain() : old, next);
  old.replaceWith(next);
  const status = next.querySelector("pre");
  status.focus();
  status.scrollIntoView({ block: "center" });
}

function showGone() {
  for (const section of document.querySelectorAll("main section")) section.remove();
  tell("204 Done: the item is gone.");
}

async function freshMain() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  return mainOf(await answer.text());
}

function mainOf(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("main");
}

function moveForms(source, target) {
  const sections = (main) =>
    [...main.querySelectorAll("form[data-method]")].map((form) => form.closest("section"));
  for (const section of sections(target)) section.remove();
  for (const section of sections(source)) target.querySelector("#told").before(section);
}

/* The item of a PUT, in the language that was chosen. */
async function respell(form, type) {
  if (form.dataset.method !== "PUT" || ![PLAIN, TYPED].includes(type)) {
    if (form.dataset.method === "PATCH") form.elements.body.value = type.includes("json-patch") ? "[]" : "{}";
    return;
  }
  const answer = await fetch(location.pathname, { headers: { Accept: type } });
  if (answer.ok) form.elements.body.value = indented(await answer.text());
}

/* JSON.parse would lose digits: only the spaces between tokens change. */
function indented(json) {
  let depth = 0;
  return json.replace(/"(?:\\.|[^"\\])*"|[{}[\],:]/g, (token, at) => {
    const newline = () => "\n" + "  ".repeat(depth);
    if (token === ":") return ": ";
    if (token === ",") return "," + newline();
    if (token === "{" || token === "[") {
      if ("}]".includes(json[at + 1])) return token;
      depth += 1;
      return token + newline();
    }
    if (token === "}" || token === "]") {
      if ("{[".includes(json[at - 1])) return token;
      depth -= 1;
      return newline() + token;
    }
    return token;
  });
}

function tell(text) {
  document.getElementById("told").textContent = text;
}
