// Passkeys: fills the hidden field of a form with what the browser's passkey said, and sends it.
// data-passkey: "sign-in" asks the server for its question first, "get" and "create" have it in
// data-options. Without this script, or without passkeys, such forms stay hidden or say so.
(() => {
  "use strict";

  const forms = document.querySelectorAll("form[data-passkey]");
  if (!forms.length) return;
  const canDo = Boolean(window.PublicKeyCredential && navigator.credentials);

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  function question(told) {
    const asked = { ...told.publicKey, challenge: bytes(told.publicKey.challenge) };
    if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
    if (asked.allowCredentials) asked.allowCredentials = named(asked.allowCredentials);
    if (asked.excludeCredentials) asked.excludeCredentials = named(asked.excludeCredentials);
    return asked;
  }

  function answer(credential) {
    const said = {};
    for (const name of [
      "clientDataJSON",
      "attestationObject",
      "authenticatorData",
      "signature",
      "userHandle",
    ]) {
      if (credential.response[name]) said[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: said,
    });
  }

  async function fetched(form) {
    const asked = await fetch(form.dataset.optionsUrl, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    });
    if (!asked.ok) throw new Error("no question");
    return (await asked.json()).request_options;
  }

  const written = (form) => JSON.parse(form.dataset.options);

  let waiting = null; // the question that the address field may answer by itself

  async function ask(form, more) {
    const kind = form.dataset.passkey;
    if (waiting) waiting.abort();
    const publicKey = question(kind === "sign-in" ? await fetched(form) : written(form));
    const credential =
      kind === "create"
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey, ...more });
    form.elements.credential.value = answer(credential);
    form.submit();
  }

  function tell(form, isTrouble) {
    const trouble = form.querySelector("[data-passkey-trouble]");
    if (trouble) trouble.hidden = !isTrouble;
    if (isTrouble && trouble) trouble.setAttribute("role", "alert");
  }

  async function offer(form) {
    // Where the browser can, the address field offers the passkeys that it has.
    const check = window.PublicKeyCredential.isConditionalMediationAvailable;
    if (!check || !(await check.call(window.PublicKeyCredential))) return;
    const field = document.querySelector("input[autocomplete~=webauthn]");
    if (!field) return;
    field.addEventListener(
      "focus",
      () => {
        const control = new AbortController();
        const asked = ask(form, { mediation: "conditional", signal: control.signal });
        waiting = control;
        asked.catch(() => {}); // nobody asked for it: the other ways stand there
      },
      { once: true },
    );
  }

  for (const form of forms) {
    if (!canDo) {
      if (form.dataset.passkey !== "sign-in") tell(form, true);
      continue;
    }
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      tell(form, false);
      ask(form).catch(() => tell(form, true));
    });
    if (form.dataset.passkey === "sign-in") offer(form);
  }
})();
