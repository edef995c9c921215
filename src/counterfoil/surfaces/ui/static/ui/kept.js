// Puts what was typed before the session ended back into the form of the page, where it has all the
// fields. Without this script, or where the form has changed, the button sends it as it was.
(() => {
  "use strict";

  const kept = document.querySelector("[data-kept-path]");
  if (!kept) return;
  const typed = new Map();
  for (const field of kept.querySelectorAll("form input[type=hidden]")) {
    if (field.name === "csrfmiddlewaretoken") continue;
    typed.set(field.name, [...(typed.get(field.name) || []), field.value]);
  }
  const path = new URL(kept.dataset.keptPath, window.location.href).href;
  const form = [...document.forms].find(
    (one) => !kept.contains(one) && one.method === "post" && one.action === path,
  );
  if (!form) return;

  const fields = [...form.elements].filter((one) => one.name && typed.has(one.name));
  const counts = new Map();
  for (const one of fields) counts.set(one.name, (counts.get(one.name) || 0) + 1);
  const isComplete = [...typed].every(
    ([name, values]) => (counts.get(name) || 0) >= values.length,
  );
  if (!isComplete) return;

  for (const one of form.elements) {
    if ((one.type === "checkbox" || one.type === "radio") && one.name) {
      one.checked = (typed.get(one.name) || []).includes(one.value);
    } else if (typed.has(one.name) && one.type !== "hidden" && one.type !== "submit") {
      one.value = typed.get(one.name).shift() ?? "";
    } else continue;
    one.dispatchEvent(new Event("change", { bubbles: true }));
  }
  kept.querySelector("form").hidden = true;
  kept.querySelector("[data-kept-filled]").hidden = false;
})();
