// Buttons that copy what stands in `data-copy`, and say so. Without this script the words can be
// marked and copied by hand.
(() => {
  "use strict";

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return;
    }
    const place = button.closest("[data-words-copied]");
    place.querySelectorAll("[data-copy]").forEach((one) => one.classList.remove("is-copied"));
    button.classList.add("is-copied");
    place.querySelector("[data-copied]").textContent = place.dataset.wordsCopied;
  });
})();
