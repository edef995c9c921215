// The bank fields inside their frame: an IBAN, or an account number with a routing number or a
// sort code, by the scheme that the page asked for.
import { box } from "./frame.js";
import { digitsOf, inGroups, run, western } from "./form.js";

const SIZES = { routing_number: [9, 9], sort_code: [6, 6], account_number: [4, 17] };
if (box.dataset.scheme === "bacs") SIZES.account_number = [8, 8];
const IBAN_LENGTHS = JSON.parse(box.dataset.ibanLengths);
const NAMES = {
  sepa: ["holder", "iban"],
  ach: ["holder", "routing_number", "account_number"],
  bacs: ["holder", "sort_code", "account_number"],
}[box.dataset.scheme];

function ibanOf(text) {
  return western(text).toUpperCase().replace(/[^0-9A-Z]/g, "");
}

function ibanHolds(iban) {
  const moved = iban.slice(4) + iban.slice(0, 4);
  const digits = Array.from(moved, (sign) => parseInt(sign, 36)).join("");
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

function routingNumberHolds(digits) {
  const weights = [3, 7, 1, 3, 7, 1, 3, 7, 1];
  return weights.reduce((sum, weight, place) => sum + weight * Number(digits[place]), 0) % 10 === 0;
}

function sized(name, holds) {
  return (text) => {
    const digits = digitsOf(text);
    if (!digits) return `${name}_missing`;
    if (digits.length < SIZES[name][0]) return `${name}_short`;
    return holds && !holds(digits) ? `${name}_wrong` : "";
  };
}

function limited(name) {
  return (text) => digitsOf(text).slice(0, SIZES[name][1]);
}

run({
  names: NAMES,
  formats: {
    iban: (text) => inGroups(ibanOf(text).slice(0, 34), 4),
    routing_number: limited("routing_number"),
    account_number: limited("account_number"),
    sort_code(text, isDeleting) {
      const digits = limited("sort_code")(text);
      const pairs = digits.replace(/(..)(?=.)/g, "$1-");
      return !isDeleting && digits.length % 2 === 0 && digits && digits.length < 6
        ? `${pairs}-`
        : pairs;
    },
  },
  signs: { iban: /[0-9A-Za-z]/ },
  problems: {
    holder: (text) => (text.trim() ? "" : "holder_missing"),
    iban(text) {
      const iban = ibanOf(text);
      if (!iban) return "iban_missing";
      if (iban.length < 2) return "iban_short";
      const length = IBAN_LENGTHS[iban.slice(0, 2)];
      if (length && iban.length < length) return "iban_short";
      return iban.length === length && ibanHolds(iban) ? "" : "iban_wrong";
    },
    routing_number: sized("routing_number", routingNumberHolds),
    sort_code: sized("sort_code"),
    account_number: sized("account_number"),
  },
  refusals: {
    invalid_iban: ["iban", "iban_wrong"],
    incorrect_iban: ["iban", "iban_wrong"],
    invalid_routing_number: ["routing_number", "routing_number_wrong"],
    incorrect_routing_number: ["routing_number", "routing_number_wrong"],
    invalid_sort_code: ["sort_code", "sort_code_short"],
    invalid_account_number: ["account_number", "account_number_short"],
  },
  instrument(inputs) {
    const data = { holder: inputs.holder.value.trim() };
    if (inputs.iban) return { bank_debit: { ...data, iban: ibanOf(inputs.iban.value) } };
    for (const name of NAMES.slice(1)) data[name] = digitsOf(inputs[name].value);
    return { bank_debit: data };
  },
  shown({ kind, bank_debit: account }) {
    return { kind, brand: "", last4: account.last4, scheme: account.scheme };
  },
  change: () => ({ brand: "" }),
  drawn: () => {},
});
