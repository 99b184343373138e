export const I64_MAX = 2n ** 63n - 1n;
export const I64_MIN = -(2n ** 63n);
export const U64_MAX = 2n ** 64n - 1n;

/** How many minor units one whole unit has. */
export function minorUnits(currency) {
  return currency === "jpy" ? 1n : 100n;
}

/** The nearest whole amount, half of one away from zero; more than any amount if that is none. */
export function rounded(amount) {
  if (!Number.isFinite(amount)) return U64_MAX;
  return BigInt(Math.sign(amount)) * BigInt(Math.floor(Math.abs(amount) + 0.5));
}

export function show(amount, currency) {
  const absolute = amount < 0n ? -amount : amount;
  const units = minorUnits(currency);
  const minor = units === 1n ? "" : `.${String(absolute % units).padStart(2, "0")}`;
  return `${amount < 0n ? "-" : ""}${absolute / units}${minor} ${currency.toUpperCase()}`;
}
