// "Email me a code" on the sign-in page takes the address that is typed already. Without this
// script the button leads to a page that asks for the address.
(() => {
  "use strict";

  const form = document.querySelector("[data-code-form]");
  if (!form) return;
  const email = document.getElementById(form.dataset.emailField);
  const secret = document.querySelector("#sign-in [name=csrfmiddlewaretoken]");
  if (!email || !secret) return;

  function hide(name, value) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }

  form.addEventListener("submit", (event) => {
    if (!email.value.trim() || !email.checkValidity()) {
      event.preventDefault();
      email.focus();
      email.reportValidity();
      return;
    }
    form.method = "post";
    hide("csrfmiddlewaretoken", secret.value);
    hide("email", email.value.trim());
  });
})();
