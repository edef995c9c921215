/*
 * Hosted fields for a payment page: a card, a bank account, or a wallet's button.
 *
 * Load this file from the gateway; the page's Content-Security-Policy needs the gateway's origin
 * under script-src and frame-src, and nothing else.
 *
 *   const fields = CounterfoilSandbox.mount(element, {
 *     account: "pk_sandbox_...",   // the publishable key; this page's origin must be registered
 *     method: "card",              // card, bank_debit or wallet; `kind` says the same
 *     scheme: "sepa",              // of a bank account: sepa (IBAN), ach (routing and account
 *                                  // number) or bacs (sort code and account number)
 *     wallet: "google_pay",        // of a wallet: google_pay or apple_pay
 *     amount: 20355,               // of a wallet: what its sheet shows, in minor units,
 *     currency: "EUR",             //   and the currency
 *     locale: "en",                // en, de or ar; others read English
 *     theme: "auto",               // auto, light or dark
 *     accent: "#0f5c4c",           // colour of the focus ring
 *     title: "Card details",       // what screen readers call the frame
 *   });
 *   fields.tokenize()              // Promise of {token, kind, brand, last4}, with `scheme` or
 *                                  // `wallet` where there is one; rejects with an Error that has
 *                                  // .field: the field's name if its message is already shown
 *                                  // there, null if the page must show it. A wallet opens its
 *                                  // sheet and waits for the payer
 *   fields.focus()                 // puts the focus into the first field
 *   fields.on(name, function)      // "ready", "change" {brand, is_empty, is_complete},
 *                                  // "height" {height}, "submit" (Enter in a field),
 *                                  // "error" {message, field}, "token" (as tokenize gives it:
 *                                  // the payer confirmed a sheet that its button opened)
 *   fields.unmount()               // takes the fields away
 *
 * What is typed stays in the frame: this script and its page never see it.
 */
(() => {
  "use strict";

  const GATEWAY = new URL(document.currentScript.src).origin;
  const PREFIX = "counterfoil.card.";
  const READY_MILLISECONDS_MAX = 15000;
  const ANSWER_MILLISECONDS_MAX = 15000;
  const PAYER_MILLISECONDS_MAX = 600000;
  // Room for the focus ring inside the frame, pulled back outside of it.
  const RING = 6;
  const METHODS = {
    card: { path: "/elements/card", height: 170, title: "Card details" },
    bank_debit: { path: "/elements/bank", height: 170, title: "Bank details" },
    wallet: { path: "/elements/wallet", height: 60, title: "Wallet" },
  };
  const PASSED = ["account", "locale", "theme", "accent", "scheme", "wallet", "amount", "currency"];
  const FAILED = {
    en: "The payment fields did not answer. Nothing was paid. Try again.",
    de: "Die Zahlungsfelder antworten nicht. Es wurde nichts bezahlt. Versuchen Sie es noch einmal.",
    ar: "لم تستجب حقول الدفع. لم يُدفع أي مبلغ. حاول مرة أخرى.",
  };

  function problem(message, field) {
    return Object.assign(new Error(message), { field });
  }

  function makeFrame(options, method) {
    const address = new URL(method.path, GATEWAY);
    address.searchParams.set("origin", window.location.origin);
    for (const name of PASSED) {
      if (options[name]) address.searchParams.set(name, options[name]);
    }
    const frame = document.createElement("iframe");
    frame.title = options.title || method.title;
    frame.allow = "camera 'none'; microphone 'none'; geolocation 'none'";
    frame.referrerPolicy = "strict-origin";
    frame.src = address.href;
    const scheme = { light: "light", dark: "dark" }[options.theme] || "light dark";
    const rules = {
      border: "0",
      colorScheme: scheme,
      display: "block",
      height: `${method.height}px`,
      margin: `-${RING}px`,
      maxWidth: "none",
      width: `calc(100% + ${2 * RING}px)`,
    };
    Object.assign(frame.style, rules);
    return frame;
  }

  function mount(element, options) {
    const method = METHODS[options.method || options.kind] || METHODS.card;
    const frame = makeFrame(options, method);
    const listeners = {};
    const waiting = new Map();
    const language = String(options.locale || "en").slice(0, 2);
    const failed = FAILED[language] || FAILED.en;
    let running = null;
    let settleReady;
    const ready = new Promise((resolve, reject) => {
      settleReady = { resolve, reject };
    });
    ready.catch(() => {});
    const readyTimer = window.setTimeout(() => {
      settleReady.reject(problem(failed, null));
      tell("error", { message: failed, field: null });
    }, READY_MILLISECONDS_MAX);

    function tell(name, facts) {
      for (const listener of listeners[name] || []) listener(facts);
    }

    function send(type, facts) {
      frame.contentWindow.postMessage({ type: PREFIX + type, ...facts }, GATEWAY);
    }

    // First the frame, then the field in it: a frame can't take the focus from its page.
    function focusField(field) {
      frame.focus();
      send("focus", { field });
    }

    function settle({ type, request_id: requestId, ...facts }) {
      const request = waiting.get(requestId);
      const isToken = type === `${PREFIX}token`;
      if (!request) {
        if (isToken && requestId === null) tell("token", facts);
        return;
      }
      waiting.delete(requestId);
      window.clearTimeout(request.timer);
      if (isToken) {
        request.resolve(facts);
        return;
      }
      if (facts.field) focusField(facts.field);
      tell("error", { message: facts.message, field: facts.field });
      request.reject(problem(facts.message, facts.field));
    }

    function receive(event) {
      if (event.origin !== GATEWAY || event.source !== frame.contentWindow || !event.data) return;
      const { type, ...facts } = event.data;
      if (typeof type !== "string" || !type.startsWith(PREFIX)) return;
      const name = type.slice(PREFIX.length);
      if (name === "token" || name === "error") {
        settle(event.data);
        return;
      }
      if (name === "ready") {
        window.clearTimeout(readyTimer);
        settleReady.resolve();
      }
      if (name === "height" && facts.height > 0) frame.style.height = `${facts.height}px`;
      if (["ready", "change", "height", "submit"].includes(name)) tell(name, facts);
    }

    async function ask() {
      await ready;
      const requestId = Array.from(crypto.getRandomValues(new Uint32Array(4))).join("-");
      return new Promise((resolve, reject) => {
        const patience = method === METHODS.wallet ? PAYER_MILLISECONDS_MAX : ANSWER_MILLISECONDS_MAX;
        const timer = window.setTimeout(() => {
          waiting.delete(requestId);
          reject(problem(failed, null));
        }, patience);
        waiting.set(requestId, { resolve, reject, timer });
        if (method === METHODS.wallet) frame.focus();
        send("tokenize", { request_id: requestId });
      });
    }

    // A double click gets the same answer twice, and one token.
    function tokenize() {
      running = running || ask().finally(() => {
        running = null;
      });
      return running;
    }

    window.addEventListener("message", receive);
    element.append(frame);
    return {
      tokenize,
      async focus() {
        await ready;
        focusField("");
      },
      on(name, listener) {
        (listeners[name] = listeners[name] || []).push(listener);
      },
      unmount() {
        window.clearTimeout(readyTimer);
        window.removeEventListener("message", receive);
        frame.remove();
      },
    };
  }

  window.CounterfoilSandbox = { mount };
})();
