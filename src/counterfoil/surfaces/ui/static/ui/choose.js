// The running sum under a list of invoices that can be ticked, with those on its other pages. Without
// this script the form works just the same: the next page shows what was chosen, and its sum.
(() => {
  "use strict";

  const TICKED = "input[name=invoice]:checked, input[name=invoice][type=hidden]";

  function sums(form) {
    const found = new Map();
    form.querySelectorAll(TICKED).forEach((box) => {
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
    if (!line) return;
    const found = [...sums(form)].map(([currency, minor]) =>
      words(minor, currency, form.dataset.locale),
    );
    line.textContent = found.join(" + ") || line.dataset.none;
    line.classList.toggle("choose-sum--some", found.length > 0);
  }

  function showAll() {
    document.querySelectorAll("form[data-choose]").forEach(show);
  }

  showAll();
  document.addEventListener("change", showAll);
  window.addEventListener("pageshow", showAll);
  document.addEventListener("htmx:afterSwap", showAll);
})();
