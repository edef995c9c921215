// The link in a sign-in mail: what it needs stands behind its #, which no server sees. It goes into
// the form, off the address, and is sent when the button is clicked.
(() => {
  "use strict";

  const form = document.querySelector("[data-link-form]");
  const token = window.location.hash.slice(1);
  if (!form || !token) return;
  history.replaceState(null, "", window.location.pathname);
  try {
    const coded = token.split(":")[0].replace(/-/g, "+").replace(/_/g, "/");
    const told = JSON.parse(
      new TextDecoder().decode(Uint8Array.from(atob(coded), (one) => one.charCodeAt(0))),
    );
    form.querySelector("[data-link-email]").textContent = told.email;
  } catch {
    return;
  }
  form.elements.token.value = token;
  form.hidden = false;
  document.querySelector("[data-link-missing]").hidden = true;
})();
