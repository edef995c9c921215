// The running sum under a list of invoices that can be ticked. Without this script the form works
// just the same: the next page shows what was chosen, and its sum.
(() => {
  "use strict";

  function sums(form) {
    const found = new Map();
    form.querySelectorAll("input[type=checkbox]:checked").forEach((box) => {
      const { currency, minor } = box.dataset;
      found.set(currency, (found.get(currency) || 0n) + BigInt(minor));
    });
    return found;
  }

  // Exact at any length: the digits are cut by hand, only their dressing is the browser's.
  function words(minor, currency, locale) {
    const format = new Intl.NumberFormat(locale, { style: "currency", currency });
    const digits = format.resolvedOptions().maximumFractionDigits;
    const text = minor.toString().padStart(digits + 1, "0");
    const whole = text.slice(0, text.length - digits);
    return format.format(digits ? `${whole}.${text.slice(-digits)}` : whole);
  }

  function show(form) {
    const line = form.querySelector("[data-choose-sum]");
    const found = [...sums(form)].map(([currency, minor]) =>
      words(minor, currency, form.dataset.locale),
    );
    line.textContent = found.join(" + ") || line.dataset.none;
    line.classList.toggle("choose-sum--some", found.length > 0);
  }

  function start(root) {
    root.querySelectorAll("form[data-choose]").forEach((form) => {
      form.addEventListener("change", () => show(form));
      show(form);
    });
  }

  start(document);
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-choose]").forEach(show));
  document.addEventListener("htmx:afterSwap", (event) => start(event.detail.target));
})();
