// What Swagger UI says of its parts to screen readers, mended: its headings leave levels out, and
// some of it stands in no landmark.
"use strict";
{
  const root = document.getElementById("swagger-ui");
  const LEVELS = [["h3.opblock-tag", 2], ["section.models > h4", 2], [".opblock h4", 3]];
  const REGIONS = [[".information-container", "About"], [".scheme-container", "Access"], [".filter-container", "Filter"]];

  const set = (selector, name, value) => {
    for (const element of root.querySelectorAll(`${selector}:not([${name}])`)) element.setAttribute(name, value);
  };

  const mend = () => {
    for (const [selector, level] of LEVELS) set(selector, "aria-level", level);
    for (const [selector, label] of REGIONS) {
      set(selector, "role", "region");
      set(selector, "aria-label", label);
    }
  };

  new MutationObserver(mend).observe(root, { childList: true, subtree: true });
  mend();
}
