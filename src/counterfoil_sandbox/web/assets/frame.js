// The line between a frame of the gateway and the page around it. The page gets tokens and what
// may be shown of them; what is typed here leaves in one way only: to the gateway's /v1/tokens.
const ANSWER_MILLISECONDS_MAX = 10000;
const PREFIX = "counterfoil.card.";
const root = document.documentElement;

export const box = document.getElementById("fields");
export const words = JSON.parse(box.dataset.words);

export function post(type, facts) {
  if (window.parent !== window) {
    window.parent.postMessage({ type: PREFIX + type, ...facts }, box.dataset.origin);
  }
}

export async function askForToken(instrument) {
  const response = await fetch("/v1/tokens", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    signal: AbortSignal.timeout(ANSWER_MILLISECONDS_MAX),
    body: JSON.stringify({ account: box.dataset.account, ...instrument }),
  });
  return response.json();
}

// Begins to listen: `tokenize` gets the id of a request, `focus` the name of a field.
export function open({ tokenize, focus }) {
  root.style.setProperty("--accent-light", root.dataset.accentLight);
  root.style.setProperty("--accent-dark", root.dataset.accentDark);
  window.addEventListener("message", (event) => {
    const isFromPage = event.origin === box.dataset.origin && event.source === window.parent;
    if (!isFromPage || !event.data) return;
    const { type, request_id: requestId, field } = event.data;
    if (type === `${PREFIX}tokenize` && typeof requestId === "string") tokenize(requestId);
    if (type === `${PREFIX}focus`) focus(field);
  });
  new ResizeObserver(() => {
    post("height", { height: Math.ceil(document.body.getBoundingClientRect().height) });
  }).observe(document.body);
  post("ready", {});
}
