// Keeps what htmx would note (the addresses of pages, with what was searched for and the secrets of
// links) out of the storage of the browser: it takes it for one that is full, and goes on without.
(() => {
  "use strict";

  const keep = Storage.prototype.setItem;
  Storage.prototype.setItem = function setItem(name, value) {
    if (String(name).startsWith("htmx")) throw new DOMException("Not here.", "QuotaExceededError");
    keep.call(this, name, value);
  };
})();
