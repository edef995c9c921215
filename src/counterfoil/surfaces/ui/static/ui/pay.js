// The portal's side of paying by card: it loads the gateway's own script, lets it draw its fields
// in a frame, and sends nothing but the token that the gateway gives for them.
//
// The form says everything: each way to pay is a [data-way] (chosen by its radio, where there are
// several) with the words of the button as data-words. One with something to fill in has
// [data-card-fields] with data-script-url (the gateway's script), data-mount (a path on window to
// its mount function, called with the element and the values) and data-values (JSON). The mount
// function answers with {tokenize(), focus(), on(name, function)}; tokenize() is a promise of
// {token}; its error has .message, and .field if it is shown already. A [data-wallet] is mounted
// the same way; it hands its token over by itself, as the event "token".
(() => {
  "use strict";

  const LOAD_MILLISECONDS_MAX = 15000;
  const LOST_MILLISECONDS = 4000;
  const SETTLED = "cardFieldsSettled";

  const scripts = new Map();

  // Several fields of one gateway share its script. Only our own scripts have a hash to hold them to.
  function loadScript(url, integrity = "") {
    if (!scripts.has(url)) scripts.set(url, loadOnce(url, integrity));
    return scripts.get(url);
  }

  function loadOnce(url, integrity) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const timer = window.setTimeout(() => reject(new Error("late")), LOAD_MILLISECONDS_MAX);
      script.src = url;
      if (integrity) script.integrity = integrity;
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

  // The button stays at the foot of a window. What somebody clicks or types in is brought whole
  // above it, with its words and its error; a gateway's frame as a whole, since what is in it can't
  // be seen from here.
  function keepInSight(form, bar) {
    const root = document.documentElement;

    function bring() {
      const active = document.activeElement;
      if (!active || !form.contains(active) || bar.contains(active)) return;
      const around = active.closest("[data-card-fields], .field, .way, label") || active;
      const fits = around.offsetHeight < root.clientHeight - bar.offsetHeight;
      (fits ? around : active).scrollIntoView({ block: "nearest" });
    }

    const sizes = new ResizeObserver(() => {
      const isStuck = getComputedStyle(bar).position === "sticky";
      root.style.scrollPaddingBlockEnd = isStuck ? `${bar.offsetHeight}px` : "";
      bring();
    });
    [bar, ...form.querySelectorAll("[data-card-fields]")].forEach((one) => sizes.observe(one));
    form.addEventListener("focusin", bring);
    window.addEventListener("blur", () => window.setTimeout(bring)); // into a frame
    window.addEventListener("resize", bring);
  }

  function parts(form) {
    const one = (name) => form.querySelector(`[data-${name}]`);
    return {
      ways: [...form.querySelectorAll("[data-way]")],
      wallets: [...form.querySelectorAll("[data-wallet]")],
      walletBox: one("wallets"),
      error: one("pay-error"),
      button: one("pay-button"),
      bar: form.querySelector(".pay-bar"),
      note: one("pay-note"),
      source: one("source"),
    };
  }

  function setUp(form) {
    if (form.dataset[SETTLED]) return;
    form.dataset[SETTLED] = "yes";
    const part = parts(form);
    const mounted = new Map();
    const blocked = new Set();
    const noteWords = part.note.textContent;
    let isBusy = false;

    function say(words) {
      part.error.textContent = words;
      part.error.hidden = !words;
      if (words) part.error.scrollIntoView({ block: "nearest" });
    }

    function chosen() {
      return part.ways.find((way) => way.querySelector("[name=way]:checked")) || part.ways[0];
    }

    function fieldsOf(way) {
      return way ? way.querySelector("[data-card-fields]") : null;
    }

    function wordsFailed() {
      return chosen().dataset.wordsFailed || form.dataset.wordsFailed;
    }

    // Shows what belongs to the chosen way: its fields, and the amount on the button.
    function show() {
      const way = chosen();
      const box = fieldsOf(way);
      if (!isBusy && way) part.button.textContent = way.dataset.words;
      part.note.textContent = (way && way.dataset.note) || noteWords;
      part.button.hidden = blocked.has(way);
      part.note.hidden = blocked.has(way);
      if (box) mountOnce(way, box);
    }

    function setBusy(value) {
      isBusy = value;
      part.button.setAttribute("aria-disabled", String(value));
      if (value) part.button.textContent = form.dataset.wordsPaying;
      else show();
    }

    function showBlocked(way, box) {
      const words = way.querySelector("[data-card-blocked]");
      blocked.add(way);
      box.hidden = true;
      words.hidden = false;
      words.setAttribute("role", "alert");
      say("");
      show();
    }

    // A gateway's script is loaded, and its fields are drawn, when their way is chosen.
    function mountOnce(way, box) {
      if (mounted.has(box)) return;
      const ready = mountFields(box).then((fields) => {
        fields.on("change", () => say(""));
        fields.on("submit", () => form.requestSubmit(part.button));
        return whenReady(fields);
      });
      const loading = box.querySelector("[data-card-loading]");
      mounted.set(box, ready);
      ready.then(() => loading.remove(), () => showBlocked(way, box));
    }

    // A wallet that can't be drawn here is left out: the ways below it stay.
    function mountWallet(box) {
      mountFields(box)
        .then((fields) => {
          fields.on("token", (answer) => payByWallet(box.dataset.wallet, answer.token));
          return whenReady(fields);
        })
        .catch(() => {
          box.remove();
          if (!form.querySelector("[data-wallet]")) part.walletBox.remove();
        });
    }

    function payByWallet(code, token) {
      if (isBusy) return;
      say("");
      setBusy(true);
      const data = new FormData(form);
      data.set("way", code);
      data.set("source", token);
      data.delete("save");
      send(data);
    }

    async function pay() {
      const box = fieldsOf(chosen());
      if (!box) {
        part.source.value = "";
        await send(new FormData(form));
        return;
      }
      const fields = await mounted.get(box).catch(() => null);
      // The fields never came: the page says so already, in the place of the fields.
      if (!fields) return;
      const answer = await fields.tokenize();
      if (!answer || !answer.token) throw new Error(wordsFailed());
      part.source.value = answer.token;
      await send(new FormData(form));
    }

    // Sent by fetch, so that a decline leaves the typed card where it is, and the payer may be
    // led to any bank's page. A lost answer is never taken for a failure: the page is asked again.
    async function send(data) {
      let answer;
      try {
        const sent = await fetch(form.action, {
          method: "POST",
          body: data,
          headers: { Accept: "application/json" },
          credentials: "same-origin",
        });
        answer = await sent.json();
        if (!answer.go && !answer.prove && !answer.title) throw new Error("no words of ours");
      } catch {
        say(form.dataset.wordsLost);
        window.setTimeout(() => window.location.reload(), LOST_MILLISECONDS);
        return;
      }
      if (answer.prove) {
        await proveFirst(data, answer.prove);
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

    // Where many tries were declined, the browser has some sums to do before the next; where it
    // can't, a page asks for a code instead.
    async function proveFirst(data, asked) {
      try {
        if (data.has("proof")) throw new Error("asked again");
        await loadScript(asked.script, asked.integrity);
        data.set("proof", await window.counterfoilProof(asked));
      } catch {
        window.location.assign(asked.page);
        return;
      }
      await send(data);
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
        if (!problem.field) say(problem.message || wordsFailed());
      });
    });

    // Coming back by the browser's history shows the page as it was left: make it usable again.
    window.addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      part.source.value = "";
      setBusy(false);
    });

    form.addEventListener("change", (event) => {
      if (event.target.name !== "way") return;
      say("");
      show();
    });
    show();
    part.wallets.forEach(mountWallet);
    if (part.bar) keepInSight(form, part.bar);
  }

  function start(root) {
    root.querySelectorAll("form[data-pay]").forEach(setUp);
  }

  start(document);
  document.addEventListener("htmx:load", (event) => start(event.detail.elt.parentNode || document));
})();
