// A form that outlived its session: signing in may have changed the CSRF cookie since.
"use strict";

const kept = document.getElementById("kept-form");

kept.addEventListener("submit", () => {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  if (cookie) kept.elements.csrfmiddlewaretoken.value = cookie[1];
});
