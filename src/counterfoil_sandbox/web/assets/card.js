/*
 * Card fields for a payment page.
 *
 * Load this file from the gateway; the page's Content-Security-Policy needs the gateway's origin
 * under script-src and frame-src, and nothing else.
 *
 *   const card = CounterfoilSandbox.mount(element, {
 *     account: "pk_sandbox_...",   // the publishable key; this page's origin must be registered
 *     locale: "en",                // en, de or ar; others read English
 *     theme: "auto",               // auto, light or dark
 *     accent: "#0f5c4c",           // colour of the focus ring
 *     title: "Card details",       // what screen readers call the frame
 *   });
 *   card.tokenize()                // Promise of {token, brand, last4}; rejects with an Error that
 *                                  // has .field: "number", "expiry" or "cvc" if its message is
 *                                  // already shown at that field, null if the page must show it
 *   card.focus()                   // puts the focus into the first field
 *   card.on(name, function)        // "ready", "change" {brand, is_empty, is_complete},
 *                                  // "height" {height}, "submit" (Enter in a field),
 *                                  // "error" {message, field}
 *   card.unmount()                 // takes the fields away
 *
 * The digits stay in the frame: this script and its page never see them.
 */
(() => {
  "use strict";

  const GATEWAY = new URL(document.currentScript.src).origin;
  const PREFIX = "counterfoil.card.";
  const READY_MILLISECONDS_MAX = 15000;
  const ANSWER_MILLISECONDS_MAX = 15000;
  // Room for the focus ring inside the frame, pulled back outside of it.
  const RING = 6;
  const HEIGHT = 170;
  const FAILED = {
    en: "The card fields did not answer. Nothing was paid. Try again.",
    de: "Die Kartenfelder antworten nicht. Es wurde nichts bezahlt. Versuchen Sie es noch einmal.",
    ar: "لم تستجب حقول البطاقة. لم يُدفع أي مبلغ. حاول مرة أخرى.",
  };

  function problem(message, field) {
    return Object.assign(new Error(message), { field });
  }

  function makeFrame(options) {
    const address = new URL("/elements/card", GATEWAY);
    address.searchParams.set("origin", window.location.origin);
    for (const name of ["account", "locale", "theme", "accent"]) {
      if (options[name]) address.searchParams.set(name, options[name]);
    }
    const frame = document.createElement("iframe");
    frame.title = options.title || "Card details";
    frame.allow = "camera 'none'; microphone 'none'; geolocation 'none'";
    frame.referrerPolicy = "strict-origin";
    frame.src = address.href;
    const scheme = { light: "light", dark: "dark" }[options.theme] || "light dark";
    const rules = {
      border: "0",
      colorScheme: scheme,
      display: "block",
      height: `${HEIGHT}px`,
      margin: `-${RING}px`,
      maxWidth: "none",
      width: `calc(100% + ${2 * RING}px)`,
    };
    Object.assign(frame.style, rules);
    return frame;
  }

  function mount(element, options) {
    const frame = makeFrame(options);
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

    function settle(message) {
      const request = waiting.get(message.request_id);
      if (!request) return;
      waiting.delete(message.request_id);
      window.clearTimeout(request.timer);
      if (message.type === `${PREFIX}token`) {
        const { token, brand, last4 } = message;
        request.resolve({ token, brand, last4 });
        return;
      }
      if (message.field) focusField(message.field);
      tell("error", { message: message.message, field: message.field });
      request.reject(problem(message.message, message.field));
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
        const timer = window.setTimeout(() => {
          waiting.delete(requestId);
          reject(problem(failed, null));
        }, ANSWER_MILLISECONDS_MAX);
        waiting.set(requestId, { resolve, reject, timer });
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
        focusField("number");
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
