// What a page does when a part of it is refused, or nothing answers: it stays, and says so in place.
"use strict";
{
  const RESULTS = "results";
  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  const words = (name) => document.getElementById("refusal-words").dataset[name];

  function element(tag, text, attributes = {}) {
    const made = document.createElement(tag);
    made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  // Our own pages say what happened; whatever else stands in between has only its status.
  function reasons(page, status) {
    const ours = page && page.querySelector("main h1");
    if (!ours) return [words("title"), words(status === 401 ? "ended" : status ? "answered" : "silent").replace("{status}", status)];
    const said = page.querySelectorAll("main .notice > p:not(.tools-row), main .access > p, main .errornote");
    return [ours.textContent, ...Array.from(said, (line) => line.textContent)];
  }

  function way(status, url) {
    if (status !== 401) return element("a", words("again"), { class: "button", href: url });
    return element("a", words("signIn"), { class: "button", href: `${words("signInUrl")}?next=${encodeURIComponent(url)}` });
  }

  // `url` is what was asked for: following the link asks once more.
  function box(page, status, url) {
    const [title, ...lines] = reasons(page, status).map((text) => text.trim()).filter(Boolean);
    const made = element("div", "", { class: "refusal explanation", role: "alert", tabindex: "-1" });
    made.append(element("h2", title), ...lines.map((line) => element("p", line)));
    const tools = element("p", "");
    tools.append(way(status, url));
    made.append(tools);
    return made;
  }

  const address = (detail) => {
    const { responsePath, finalRequestPath, requestPath } = detail.pathInfo;
    return responsePath || finalRequestPath || requestPath;
  };

  // The part itself, where the refusal has it; words in its place, where not. The address is then
  // what was asked for, so that reloading asks again and going back leads to what was there before.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event;
    if (detail.xhr.status < 400) return;
    const page = parse(detail.serverResponse);
    detail.shouldSwap = true;
    if (detail.target.id && page.getElementById(detail.target.id)) {
      detail.selectOverride = `#${detail.target.id}`;
      return;
    }
    const results = document.getElementById(RESULTS);
    const isAside = detail.target.getAttribute("role") === "status";
    if (!results && !isAside) {
      detail.shouldSwap = false; // what is there without it stays
      return;
    }
    detail.swapOverride = "innerHTML";
    detail.selectOverride = "unset";
    if (isAside) {
      detail.serverResponse = element("span", reasons(page, detail.xhr.status)[0], { class: "plan plan-error" }).outerHTML;
      return;
    }
    detail.target = results;
    detail.serverResponse = box(page, detail.xhr.status, address(detail)).outerHTML;
  });

  // htmx would leave for the sign-in at once, and what was typed would be gone.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401) return;
    event.preventDefault();
    interrupt(event.detail, 401);
  });

  function interrupt(detail, status) {
    const results = document.getElementById(RESULTS);
    if (!results || detail.target.getAttribute("role") === "status") return;
    const asked = detail.pathInfo.finalRequestPath || detail.pathInfo.requestPath;
    results.querySelectorAll(".refusal").forEach((old) => old.remove());
    results.prepend(box(null, status, asked));
    results.firstElementChild.focus();
  }

  document.addEventListener("htmx:sendError", (event) => interrupt(event.detail, 0));
  document.addEventListener("htmx:timeout", (event) => interrupt(event.detail, 0));
}
