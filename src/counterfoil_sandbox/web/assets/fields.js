// The card fields inside their frame.
import { box } from "./frame.js";
import { digitsOf, inGroups, run } from "./form.js";

const BRANDS = { visa: "Visa", mastercard: "Mastercard" };
const brandBox = document.getElementById("brand");

function brandOf(digits) {
  if (/^4/.test(digits)) return "visa";
  if (/^(5[1-5]|2[2-7])/.test(digits)) return "mastercard";
  return "";
}

function luhnHolds(digits) {
  let total = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const value = Number(digits[digits.length - 1 - place]) * (1 + (place % 2));
    total += value > 9 ? value - 9 : value;
  }
  return total % 10 === 0;
}

function formatExpiry(text, isDeleting) {
  let digits = digitsOf(text);
  if (/^\s*[0-9]\s*[/.-]/.test(text) || /^[2-9]/.test(digits)) digits = `0${digits}`;
  if (digits.length >= 6) digits = digits.slice(0, 2) + digits.slice(4, 6);
  digits = digits.slice(0, 4);
  if (digits.length < 2 || (digits.length === 2 && isDeleting)) return digits;
  return `${digits.slice(0, 2)} / ${digits.slice(2)}`;
}

run({
  names: ["number", "expiry", "cvc"],
  formats: {
    number: (text) => inGroups(digitsOf(text).slice(0, 19), 4),
    expiry: formatExpiry,
    cvc: (text) => digitsOf(text).slice(0, 4),
  },
  problems: {
    number(text) {
      const digits = digitsOf(text);
      if (!digits) return "number_missing";
      if (digits.length < 13 || (brandOf(digits) && digits.length < 16)) return "number_short";
      return luhnHolds(digits) ? "" : "number_wrong";
    },
    expiry(text) {
      const digits = digitsOf(text);
      if (!digits) return "expiry_missing";
      if (digits.length < 4) return "expiry_short";
      const month = Number(digits.slice(0, 2));
      if (month < 1 || month > 12) return "expiry_wrong";
      return `20${digits.slice(2)}-${digits.slice(0, 2)}` < box.dataset.month ? "expiry_past" : "";
    },
    cvc(text) {
      const digits = digitsOf(text);
      if (!digits) return "cvc_missing";
      return digits.length < 3 ? "cvc_short" : "";
    },
  },
  refusals: {
    invalid_number: ["number", "number_wrong"],
    incorrect_number: ["number", "number_wrong"],
    unknown_test_card: ["number", "number_real"],
    invalid_expiry: ["expiry", "expiry_wrong"],
    expiry_past: ["expiry", "expiry_past"],
    invalid_cvc: ["cvc", "cvc_short"],
  },
  instrument(inputs) {
    const expiry = digitsOf(inputs.expiry.value);
    return {
      card: {
        number: digitsOf(inputs.number.value),
        exp_month: Number(expiry.slice(0, 2)),
        exp_year: Number(expiry.slice(2, 4)),
        cvc: digitsOf(inputs.cvc.value),
      },
    };
  },
  shown({ kind, card }) {
    return { kind, brand: card.brand, last4: card.last4 };
  },
  change(inputs) {
    return { brand: brandOf(digitsOf(inputs.number.value)) };
  },
  drawn(inputs) {
    const brand = brandOf(digitsOf(inputs.number.value));
    brandBox.textContent = BRANDS[brand] || "";
    brandBox.hidden = !brand;
  },
});
