// The portal's side of paying by card: it loads the gateway's own script, lets it draw its fields
// in a frame, and sends nothing but the token that the gateway gives for them.
//
// The form says everything: [data-card-fields] has data-script-url (the gateway's script),
// data-mount (a path on window to its mount function, called with the element and the values) and
// data-values (JSON). The mount function answers with {tokenize(), focus(), on(name, function)};
// tokenize() is a promise of {token}; its error has .message, and .field if it is shown already.
(() => {
  "use strict";

  const LOAD_MILLISECONDS_MAX = 15000;
  const LOST_MILLISECONDS = 4000;
  const SETTLED = "cardFieldsSettled";

  function loadScript(url) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const timer = window.setTimeout(() => reject(new Error("late")), LOAD_MILLISECONDS_MAX);
      script.src = url;
      script.addEventListener("load", () => {
        window.clearTimeout(timer);
        resolve();
      });
      script.addEventListener("error", () => {
        window.clearTimeout(timer);
        reject(new Error("blocked"));
      });
      document.head.append(script);
    });
  }

  function found(path) {
    return path.split(".").reduce((place, name) => (place ? place[name] : undefined), window);
  }

  async function mountFields(box) {
    if (!found(box.dataset.mount)) await loadScript(box.dataset.scriptUrl);
    const mount = found(box.dataset.mount);
    if (typeof mount !== "function") throw new Error("no mount function");
    const root = document.documentElement;
    return mount(box, {
      locale: root.lang,
      theme: "auto",
      accent: getComputedStyle(root).getPropertyValue("--accent").trim(),
      title: box.dataset.title,
      ...JSON.parse(box.dataset.values),
    });
  }

  // The gateway's fields call "ready"; until then the words "Loading the card form" stay.
  function whenReady(fields) {
    return new Promise((resolve, reject) => {
      fields.on("ready", () => resolve(fields));
      fields.on("error", (problem) => reject(new Error(problem && problem.message)));
    });
  }

  function parts(form) {
    const one = (name) => form.querySelector(`[data-${name}]`);
    return {
      box: one("card-fields"),
      loading: one("card-loading"),
      blocked: one("card-blocked"),
      error: one("pay-error"),
      button: one("pay-button"),
      note: one("pay-note"),
      source: one("source"),
    };
  }

  function setUp(form) {
    if (form.dataset[SETTLED]) return;
    form.dataset[SETTLED] = "yes";
    const part = parts(form);
    const buttonWords = part.button.textContent;
    let isBusy = false;

    function say(words) {
      part.error.textContent = words;
      part.error.hidden = !words;
    }

    function setBusy(value) {
      isBusy = value;
      part.button.setAttribute("aria-disabled", String(value));
      part.button.textContent = value ? form.dataset.wordsPaying : buttonWords;
    }

    function showBlocked() {
      part.box.hidden = true;
      part.button.hidden = true;
      part.note.hidden = true;
      part.blocked.hidden = false;
      part.blocked.setAttribute("role", "alert");
      say("");
    }

    const ready = mountFields(part.box).then((fields) => {
      fields.on("change", () => say(""));
      fields.on("submit", () => form.requestSubmit(part.button));
      return whenReady(fields);
    });
    ready.then(() => part.loading.remove(), showBlocked);

    async function pay() {
      const fields = await ready.catch(() => null);
      // The fields never came: the page says so already, in the place of the fields.
      if (!fields) return;
      const answer = await fields.tokenize();
      if (!answer || !answer.token) throw new Error(form.dataset.wordsFailed);
      part.source.value = answer.token;
      await send();
    }

    // Sent by fetch, so that a decline leaves the typed card where it is, and the payer may be
    // led to any bank's page. A lost answer is never taken for a failure: the page is asked again.
    async function send() {
      let answer;
      try {
        const sent = await fetch(form.action, {
          method: "POST",
          body: new FormData(form),
          headers: { Accept: "application/json" },
          credentials: "same-origin",
        });
        answer = await sent.json();
      } catch {
        say(form.dataset.wordsLost);
        window.setTimeout(() => window.location.reload(), LOST_MILLISECONDS);
        return;
      }
      if (answer.go) {
        window.location.assign(answer.go);
        return;
      }
      form.elements.form_key.value = answer.form_key || form.elements.form_key.value;
      showDecline(answer);
      setBusy(false);
    }

    function showDecline(answer) {
      const old = form.querySelector("[data-declined]");
      if (old) old.remove();
      const title = document.createElement("h2");
      title.textContent = answer.title;
      const words = (answer.words || []).map((text) => {
        const line = document.createElement("p");
        line.textContent = text;
        return line;
      });
      part.error.replaceChildren(title, ...words);
      part.error.hidden = false;
      part.error.scrollIntoView({ block: "nearest" });
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (isBusy) return;
      say("");
      setBusy(true);
      pay().catch((problem) => {
        setBusy(false);
        // A problem with one field is shown, and read out, at that field inside the frame.
        if (!problem.field) say(problem.message || form.dataset.wordsFailed);
      });
    });

    // Coming back by the browser's history shows the page as it was left: make it usable again.
    window.addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      part.source.value = "";
      setBusy(false);
    });
  }

  function start(root) {
    root.querySelectorAll("form[data-pay]").forEach(setUp);
  }

  start(document);
  document.addEventListener("htmx:load", (event) => start(event.detail.elt.parentNode || document));
})();
