// The wallet inside its frame: a button, and the sheet that it opens, where the payer picks a card
// of the wallet and confirms. The page around gets a token, as from the card fields.
import { askForToken, box, open, post, words } from "./frame.js";

const button = document.getElementById("wallet-button");
const sheet = document.getElementById("sheet");
const confirm = document.getElementById("confirm");
const error = document.getElementById("sheet-error");
let requestId = null;
let isBusy = false;

function setBusy(value) {
  isBusy = value;
  confirm.disabled = value;
  sheet.setAttribute("aria-busy", String(value));
}

function show() {
  error.textContent = "";
  button.hidden = true;
  sheet.hidden = false;
  sheet.querySelector("input:checked").focus();
}

function hide() {
  sheet.hidden = true;
  button.hidden = false;
}

function cancel() {
  if (isBusy) return;
  hide();
  button.focus();
  post("error", { request_id: requestId, message: words.wallet_cancelled, field: null });
  requestId = null;
}

async function hand() {
  if (isBusy) return;
  setBusy(true);
  let answer = {};
  try {
    const card = sheet.querySelector("input:checked").value;
    answer = await askForToken({ wallet: { type: box.dataset.wallet, card } });
  } catch {
    answer = {};
  } finally {
    setBusy(false);
  }
  if (!answer.id) {
    error.textContent = words.failed;
    confirm.focus();
    return;
  }
  hide();
  const { brand, last4 } = answer.wallet;
  const facts = { kind: answer.kind, wallet: answer.wallet.wallet, brand, last4 };
  post("token", { request_id: requestId, token: answer.id, ...facts });
  requestId = null;
}

button.addEventListener("click", show);
document.getElementById("cancel").addEventListener("click", cancel);
confirm.addEventListener("click", hand);
sheet.addEventListener("keydown", (event) => {
  if (event.key === "Escape") cancel();
  if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault();
    hand();
  }
});
box.addEventListener("submit", (event) => event.preventDefault());

open({
  // A page may open the sheet itself; it is told when the payer has decided.
  tokenize(id) {
    requestId = id;
    if (sheet.hidden) show();
  },
  focus: () => (sheet.hidden ? button : confirm).focus(),
});
