// Stripe's fields behind the portal's own window function: `CounterfoilStripe.mount(element,
// options)` answers as pay.js wants it, with {tokenize(), focus(), on(name, function), unmount()}.
//
// It loads Stripe's script (options.script) and lets it draw the Payment Element in its frame, or
// the wallet's button (options.method is "wallet"). What is typed stays there: out comes the id of
// a confirmation token. `amount` (in Stripe's smallest unit) and `currency` are what will be
// charged; without an amount the fields only keep an instrument for later.
(() => {
  "use strict";

  const LOAD_MILLISECONDS_MAX = 15000;
  const NIGHT = window.matchMedia("(prefers-color-scheme: dark)");
  let loading = null;

  function load(url) {
    if (window.Stripe) return Promise.resolve(window.Stripe);
    loading = loading || new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const timer = window.setTimeout(() => reject(new Error("late")), LOAD_MILLISECONDS_MAX);
      script.src = url;
      script.addEventListener("load", () => {
        window.clearTimeout(timer);
        resolve(window.Stripe);
      });
      script.addEventListener("error", () => reject(new Error("blocked")));
      document.head.append(script);
    });
    return loading;
  }

  function isNight(options) {
    const chosen = document.documentElement.dataset.theme || options.theme;
    return chosen === "dark" || (chosen !== "light" && NIGHT.matches);
  }

  function settingsOf(options) {
    const isPayment = Number(options.amount) > 0;
    const settings = {
      mode: isPayment ? "payment" : "setup",
      paymentMethodTypes: [options.types],
      appearance: { theme: isNight(options) ? "night" : "stripe" },
    };
    if (options.accent) settings.appearance.variables = { colorPrimary: options.accent };
    if (isPayment) settings.amount = Number(options.amount);
    if (options.currency) settings.currency = options.currency;
    return settings;
  }

  // Stripe shows a problem with a field at that field; the rest is for the page to say.
  function problem(error) {
    const field = error.type === "validation_error" ? error.code || "field" : null;
    return Object.assign(new Error(error.message), { field });
  }

  function mount(element, options) {
    const isWallet = options.method === "wallet";
    const listeners = {};
    const slot = document.createElement("div");
    let running = null;
    let drawn = null;
    element.append(slot);

    function tell(name, facts) {
      for (const listener of listeners[name] || []) listener(facts);
    }

    function draw(Stripe) {
      const stripe = Stripe(options.account, { locale: options.locale || "auto" });
      const elements = stripe.elements(settingsOf(options));
      const kind = isWallet ? "expressCheckout" : "payment";
      const fields = elements.create(kind, isWallet ? {} : {
        wallets: { applePay: "never", googlePay: "never" },
      });
      fields.on("ready", () => tell("ready", {}));
      fields.on("loaderror", (event) => tell("error", { message: event.error.message }));
      fields.on("change", (event) => {
        tell("change", { is_empty: event.empty, is_complete: event.complete });
      });
      fields.on("confirm", () => {
        tokenize().then((facts) => tell("token", facts), (error) => {
          tell("error", { message: error.message, field: null });
        });
      });
      fields.mount(slot);
      drawn = { stripe, elements, fields };
      return drawn;
    }

    // The page's form knows whether the payer ticked to keep the instrument.
    function isKept() {
      const form = element.closest("form");
      const box = form && form.querySelector("input[name=save]");
      return Boolean(box && box.checked);
    }

    async function ask() {
      const { stripe, elements } = await ready;
      if (Number(options.amount) > 0) {
        elements.update({ setupFutureUsage: isKept() ? "off_session" : null });
      }
      const checked = await elements.submit();
      if (checked.error) throw problem(checked.error);
      const made = await stripe.createConfirmationToken({
        elements,
        params: { return_url: window.location.href },
      });
      if (made.error) throw problem(made.error);
      return { token: made.confirmationToken.id, kind: options.method };
    }

    // A double click gets the same answer twice, and one token.
    function tokenize() {
      running = running || ask().finally(() => {
        running = null;
      });
      return running;
    }

    const ready = load(options.script).then(draw);
    ready.catch((error) => tell("error", { message: error.message, field: null }));
    return {
      tokenize,
      async focus() {
        (await ready).fields.focus();
      },
      on(name, listener) {
        (listeners[name] = listeners[name] || []).push(listener);
      },
      unmount() {
        if (drawn) drawn.fields.unmount();
        slot.remove();
      },
    };
  }

  window.CounterfoilStripe = { mount };
})();
