// A form of hosted fields: formats while somebody types, tells mistakes at their fields, and turns
// what was typed into a token. What the fields are is told by the script that runs it:
//   names           the fields in their sequence
//   formats         by field: the text as it should stand, and whether something was deleted
//   problems        by field: a name out of the words, or nothing
//   refusals        by the gateway's code: the field and the words to show
//   signs           by field: which signs count when the caret is kept; digits if left out
//   instrument()    the body of /v1/tokens
//   shown(answer)   what the page may know of the token
//   change()        what the page may know while somebody types
//   drawn()         draws what goes with the fields
import { askForToken, box, open, post, words } from "./frame.js";

const PRESS_MILLISECONDS = 250;

// Arabic and Persian digits count as digits.
export function western(text) {
  return text
    .replace(/[\u0660-\u0669]/g, (sign) => String(sign.charCodeAt(0) - 0x0660))
    .replace(/[\u06f0-\u06f9]/g, (sign) => String(sign.charCodeAt(0) - 0x06f0));
}

export function digitsOf(text) {
  return western(text).replace(/[^0-9]/g, "");
}

export function inGroups(text, size) {
  return text.replace(new RegExp(`(.{${size}})(?=.)`, "g"), "$1 ");
}

export function run(form) {
  const inputs = Object.fromEntries(form.names.map((name) => [name, document.getElementById(name)]));
  // What the gateway refused, with the value that it refused: it stands until that changes.
  const refused = {};
  let isBusy = false;

  // Formats without moving the caret away from the sign that it stood behind.
  function reformat(name, isDeleting) {
    if (!form.formats[name]) return;
    const input = inputs[name];
    const counts = (form.signs && form.signs[name]) || /[0-9]/;
    const countOf = (text) => Array.from(western(text)).filter((sign) => counts.test(sign)).length;
    const caret = input.selectionStart ?? input.value.length;
    const isAtEnd = caret >= input.value.length;
    const before = countOf(input.value.slice(0, caret));
    const formatted = form.formats[name](input.value, isDeleting);
    if (formatted === input.value) return;
    input.value = formatted;
    if (document.activeElement !== input) return;
    let place = formatted.length;
    if (!isAtEnd) {
      place = 0;
      for (let seen = 0; place < formatted.length && seen < before; place += 1) {
        if (counts.test(formatted[place])) seen += 1;
      }
    }
    input.setSelectionRange(place, place);
  }

  function problemOf(name) {
    const known = refused[name];
    if (known && known.value === inputs[name].value) return known.problem;
    return form.problems[name](inputs[name].value);
  }

  function show(name, problem) {
    const place = document.getElementById(`${name}-error`);
    const text = problem ? words[problem] : "";
    if (place.textContent !== text) place.textContent = text;
    if (problem) inputs[name].setAttribute("aria-invalid", "true");
    else inputs[name].removeAttribute("aria-invalid");
  }

  function isShown(name) {
    return inputs[name].getAttribute("aria-invalid") === "true";
  }

  function tellChange() {
    post("change", {
      ...form.change(inputs),
      is_empty: form.names.every((name) => !inputs[name].value),
      is_complete: form.names.every((name) => !problemOf(name)),
    });
  }

  for (const name of form.names) {
    const input = inputs[name];
    input.addEventListener("input", (event) => {
      reformat(name, (event.inputType || "").startsWith("delete"));
      // A mistake that is shown goes as soon as it is mended, and not before.
      if (isShown(name) && !problemOf(name)) show(name, "");
      form.drawn(inputs);
      tellChange();
    });
    // Not at once: the message takes room, and would move Pay away under the finger on it.
    input.addEventListener("blur", () => {
      window.setTimeout(() => {
        if (input.value) show(name, problemOf(name));
      }, PRESS_MILLISECONDS);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      post("submit", {});
    });
  }
  box.addEventListener("submit", (event) => event.preventDefault());

  // The page around answers an error at a field with a `focus` for it: a frame can't take the
  // focus from its page by itself.
  function fail(requestId, name, problem) {
    if (name) show(name, problem);
    post("error", { request_id: requestId, message: words[problem], field: name || null });
  }

  function setBusy(value) {
    isBusy = value;
    for (const name of form.names) inputs[name].readOnly = value;
    box.setAttribute("aria-busy", String(value));
  }

  async function tokenize(requestId) {
    if (isBusy) return;
    const problems = form.names.map((name) => [name, form.problems[name](inputs[name].value)]);
    for (const [name, problem] of problems) show(name, problem);
    const wrong = problems.find(([, problem]) => problem);
    if (wrong) {
      fail(requestId, ...wrong);
      return;
    }
    setBusy(true);
    let answer = {};
    try {
      answer = await askForToken(form.instrument(inputs));
    } catch {
      answer = {};
    } finally {
      setBusy(false);
    }
    if (answer.id) {
      post("token", { request_id: requestId, token: answer.id, ...form.shown(answer) });
      return;
    }
    const [name, problem] = form.refusals[answer.error && answer.error.code] || ["", "failed"];
    if (name) refused[name] = { value: inputs[name].value, problem };
    fail(requestId, name, problem);
  }

  // What stands there already was typed, or filled in by the browser, before this script ran.
  const typed = form.names.filter((name) => inputs[name].value);
  for (const name of typed) reformat(name, false);
  form.drawn(inputs);
  open({
    tokenize,
    focus: (field) => inputs[form.names.includes(field) ? field : form.names[0]].focus(),
  });
  if (typed.length) tellChange();
}
