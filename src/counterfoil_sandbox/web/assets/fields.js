// The card fields inside the frame. Card data leaves this page in one way only: to the gateway's
// own /v1/tokens. The portal around it gets the token, never a digit more than the last four.
(() => {
  "use strict";

  const root = document.documentElement;
  const form = document.getElementById("card");
  const origin = form.dataset.origin;
  const words = JSON.parse(form.dataset.words);
  const inputs = {
    number: document.getElementById("number"),
    expiry: document.getElementById("expiry"),
    cvc: document.getElementById("cvc"),
  };
  const order = ["number", "expiry", "cvc"];
  const brandBox = document.getElementById("brand");
  const ANSWER_MILLISECONDS_MAX = 10000;
  // What the gateway says about a card, as the field and the words to show.
  const refusals = {
    invalid_number: ["number", "number_wrong"],
    incorrect_number: ["number", "number_wrong"],
    unknown_test_card: ["number", "number_real"],
    invalid_expiry: ["expiry", "expiry_wrong"],
    expiry_past: ["expiry", "expiry_past"],
    invalid_cvc: ["cvc", "cvc_short"],
  };
  // What the gateway refused, with the value that it refused: it stands until that changes.
  const refused = {};
  let isBusy = false;

  root.style.setProperty("--accent-light", root.dataset.accentLight);
  root.style.setProperty("--accent-dark", root.dataset.accentDark);

  function post(type, facts) {
    if (window.parent !== window) {
      window.parent.postMessage({ type: `counterfoil.card.${type}`, ...facts }, origin);
    }
  }

  // Arabic and Persian digits count as digits; everything else is dropped.
  function digitsOf(text) {
    return text
      .replace(/[\u0660-\u0669]/g, (sign) => String(sign.charCodeAt(0) - 0x0660))
      .replace(/[\u06f0-\u06f9]/g, (sign) => String(sign.charCodeAt(0) - 0x06f0))
      .replace(/[^0-9]/g, "");
  }

  function brandOf(digits) {
    if (/^4/.test(digits)) return "visa";
    if (/^(5[1-5]|2[2-7])/.test(digits)) return "mastercard";
    return "";
  }

  function luhnHolds(digits) {
    let total = 0;
    for (let place = 0; place < digits.length; place += 1) {
      const value = Number(digits[digits.length - 1 - place]) * (1 + (place % 2));
      total += value > 9 ? value - 9 : value;
    }
    return total % 10 === 0;
  }

  // --- formatting while typing -------------------------------------------------------------

  const formats = {
    number: (text) => digitsOf(text).slice(0, 19).replace(/(.{4})(?=.)/g, "$1 "),
    expiry: formatExpiry,
    cvc: (text) => digitsOf(text).slice(0, 4),
  };

  function formatExpiry(text, isDeleting) {
    let digits = digitsOf(text);
    if (/^\s*[0-9]\s*[/.-]/.test(text) || /^[2-9]/.test(digits)) digits = `0${digits}`;
    if (digits.length >= 6) digits = digits.slice(0, 2) + digits.slice(4, 6);
    digits = digits.slice(0, 4);
    if (digits.length < 2 || (digits.length === 2 && isDeleting)) return digits;
    return `${digits.slice(0, 2)} / ${digits.slice(2)}`;
  }

  // Formats without moving the caret away from the digit that it stood behind.
  function reformat(name, isDeleting) {
    const input = inputs[name];
    const caret = input.selectionStart ?? input.value.length;
    const isAtEnd = caret >= input.value.length;
    const before = digitsOf(input.value.slice(0, caret)).length;
    const formatted = formats[name](input.value, isDeleting);
    if (formatted === input.value) return;
    input.value = formatted;
    if (document.activeElement !== input) return;
    let place = formatted.length;
    if (!isAtEnd) {
      place = 0;
      for (let seen = 0; place < formatted.length && seen < before; place += 1) {
        if (/[0-9]/.test(formatted[place])) seen += 1;
      }
    }
    input.setSelectionRange(place, place);
  }

  // --- what is wrong with a field: a name out of the words, or nothing ----------------------

  const problems = {
    number() {
      const digits = digitsOf(inputs.number.value);
      if (!digits) return "number_missing";
      if (digits.length < 13 || (brandOf(digits) && digits.length < 16)) return "number_short";
      return luhnHolds(digits) ? "" : "number_wrong";
    },
    expiry() {
      const digits = digitsOf(inputs.expiry.value);
      if (!digits) return "expiry_missing";
      if (digits.length < 4) return "expiry_short";
      const month = Number(digits.slice(0, 2));
      if (month < 1 || month > 12) return "expiry_wrong";
      return `20${digits.slice(2)}-${digits.slice(0, 2)}` < form.dataset.month ? "expiry_past" : "";
    },
    cvc() {
      const digits = digitsOf(inputs.cvc.value);
      if (!digits) return "cvc_missing";
      return digits.length < 3 ? "cvc_short" : "";
    },
  };

  function problemOf(name) {
    const known = refused[name];
    if (known && known.value === inputs[name].value) return known.problem;
    return problems[name]();
  }

  function show(name, problem) {
    const box = document.getElementById(`${name}-error`);
    const text = problem ? words[problem] : "";
    if (box.textContent !== text) box.textContent = text;
    if (problem) inputs[name].setAttribute("aria-invalid", "true");
    else inputs[name].removeAttribute("aria-invalid");
  }

  function isShown(name) {
    return inputs[name].getAttribute("aria-invalid") === "true";
  }

  function tellChange() {
    const digits = digitsOf(inputs.number.value);
    post("change", {
      brand: brandOf(digits),
      is_empty: order.every((name) => !inputs[name].value),
      is_complete: order.every((name) => !problemOf(name)),
    });
  }

  function showBrand() {
    const brand = brandOf(digitsOf(inputs.number.value));
    brandBox.textContent = { visa: "Visa", mastercard: "Mastercard" }[brand] || "";
    brandBox.hidden = !brand;
  }

  // --- events ------------------------------------------------------------------------------

  for (const name of order) {
    const input = inputs[name];
    input.addEventListener("input", (event) => {
      reformat(name, (event.inputType || "").startsWith("delete"));
      // A mistake that is shown goes as soon as it is mended, and not before.
      if (isShown(name) && !problemOf(name)) show(name, "");
      if (name === "number") showBrand();
      tellChange();
    });
    input.addEventListener("blur", () => {
      if (input.value) show(name, problemOf(name));
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      post("submit", {});
    });
  }
  form.addEventListener("submit", (event) => event.preventDefault());

  // --- tokens ------------------------------------------------------------------------------

  // The page around answers an error at a field with a `focus` for it: a frame can't take the
  // focus from its page by itself.
  function fail(requestId, name, problem) {
    if (name) show(name, problem);
    post("error", { request_id: requestId, message: words[problem], field: name || null });
  }

  function setBusy(value) {
    isBusy = value;
    for (const name of order) inputs[name].readOnly = value;
    form.setAttribute("aria-busy", String(value));
  }

  async function askForToken() {
    const expiry = digitsOf(inputs.expiry.value);
    const response = await fetch("/v1/tokens", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS_MAX),
      body: JSON.stringify({
        account: form.dataset.account,
        card: {
          number: digitsOf(inputs.number.value),
          exp_month: Number(expiry.slice(0, 2)),
          exp_year: Number(expiry.slice(2, 4)),
          cvc: digitsOf(inputs.cvc.value),
        },
      }),
    });
    return response.json();
  }

  async function tokenize(requestId) {
    if (isBusy) return;
    for (const name of order) show(name, problems[name]());
    const wrong = order.find((name) => problems[name]());
    if (wrong) {
      fail(requestId, wrong, problems[wrong]());
      return;
    }
    setBusy(true);
    let answer = {};
    try {
      answer = await askForToken();
    } catch {
      answer = {};
    } finally {
      setBusy(false);
    }
    if (answer.id) {
      const { brand, last4 } = answer.card;
      post("token", { request_id: requestId, token: answer.id, brand, last4 });
      return;
    }
    const [name, problem] = refusals[answer.error && answer.error.code] || ["", "failed"];
    if (name) refused[name] = { value: inputs[name].value, problem };
    fail(requestId, name, problem);
  }

  window.addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== window.parent || !event.data) return;
    const { type, request_id: requestId, field } = event.data;
    if (type === "counterfoil.card.tokenize" && typeof requestId === "string") tokenize(requestId);
    if (type === "counterfoil.card.focus") {
      inputs[order.includes(field) ? field : "number"].focus();
    }
  });

  new ResizeObserver(() => {
    post("height", { height: Math.ceil(document.body.getBoundingClientRect().height) });
  }).observe(document.body);
  showBrand();
  post("ready", {});
})();
