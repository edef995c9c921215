// Sums that cost a browser about a second, asked before another try to pay where many were
// declined: find a number that, after the given text, has a SHA-256 beginning with so many zero
// bits. Nothing about the payer goes into it, and nothing is asked of anybody else.
(() => {
  "use strict";

  const BATCH = 512;
  const encoder = new TextEncoder();

  function zeros(digest) {
    const bytes = new Uint8Array(digest);
    let found = 0;
    for (const byte of bytes) {
      if (byte === 0) {
        found += 8;
        continue;
      }
      return found + Math.clz32(byte) - 24;
    }
    return found;
  }

  window.counterfoilProof = async ({ text, bits }) => {
    for (let first = 0; ; first += BATCH) {
      const numbers = Array.from({ length: BATCH }, (_, index) => first + index);
      const digests = await Promise.all(
        numbers.map((number) => crypto.subtle.digest("SHA-256", encoder.encode(`${text}:${number}`))),
      );
      const hit = digests.findIndex((digest) => zeros(digest) >= bits);
      if (hit >= 0) return `${text}|${numbers[hit]}`;
    }
  };
})();
