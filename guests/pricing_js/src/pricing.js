import { note } from "anyhost:pricing/log@1.0.0";
import { rate } from "anyhost:pricing/rates@1.0.0";
import { I64_MAX, I64_MIN, minorUnits, rounded, show, U64_MAX } from "./money.js";

// What handling costs, in cents.
const FEES = { fragile: 150, giftWrap: 300, express: 990 };

class Session {
  #currency;
  #lines = [];

  constructor(currency) {
    this.#currency = currency;
  }

  add(line) {
    return this.#lines.push(line);
  }

  quote(discount) {
    return quote(this.#currency, this.#lines, discount);
  }

  static merge(one, other) {
    if (one.#currency !== other.#currency) {
      throw { tag: "mixed-currencies", val: [one.#currency, other.#currency] };
    }
    const merged = new Session(one.#currency);
    merged.#lines = [...one.#lines, ...other.#lines];
    return merged;
  }
}

export const pricing = {
  Session,

  quote(cart) {
    const { customer } = cart;
    const note = customer === undefined ? undefined : `for ${customer}`;
    return { ...quote(cart.currency, cart.lines, cart.discount), note };
  },

  convert(amount, from, to) {
    const exact = fromS64(amount);
    return from === to ? exact : signed(rounded(Number(exact) * factor(from, to)));
  },

  show(amount, currency) {
    return show(fromS64(amount), currency);
  },
};

/** An `s64` as it is meant: componentize-js 0.23 hands those below zero to the guest as if they were `u64`. */
function fromS64(amount) {
  return BigInt.asIntN(64, amount);
}

function quote(currency, items, discount) {
  if (items.length === 0) throw { tag: "empty-cart" };
  const lines = [];
  let subtotal = 0n;
  let cents = 0;
  for (const { sku, unitPrice, quantity, handling } of items) {
    if (quantity < 1 || quantity > 999) throw { tag: "quantity-out-of-range", val: [sku, quantity] };
    const price = unsigned(unitPrice * BigInt(quantity));
    subtotal = unsigned(subtotal + price);
    for (const [name, fee] of Object.entries(FEES)) if (handling[name]) cents += fee;
    lines.push([sku, price]);
  }
  const off = discounted(subtotal, discount);
  const rateless = cents === 0 || currency === "eur";
  const fees = rateless ? BigInt(cents) : signed(rounded(cents * factor("eur", currency)));
  const total = unsigned(unsigned(subtotal - off) + fees);
  note(`quoted ${lines.length} ${lines.length === 1 ? "line" : "lines"}: ${show(total, currency)}`);
  const units = subtotal / minorUnits(currency);
  const band = units >= 1000n ? "A" : units >= 100n ? "B" : "C";
  return { currency, lines, subtotal, discount: off, fees, total, band };
}

/** What goes off the goods. */
function discounted(subtotal, { tag, val }) {
  const most = subtotal < I64_MAX ? subtotal : I64_MAX;
  if (tag === "none") return 0n;
  if (tag === "percentage" && !(val >= 0 && val <= 100)) throw { tag: "discount-out-of-range", val };
  const off = tag === "amount" ? fromS64(val) : rounded((Number(subtotal) * val) / 100);
  return off < most ? off : most;
}

/** By what an amount in minor units of `from` is multiplied, to be one of `to`. */
function factor(from, to) {
  let found;
  try {
    found = rate(from, to);
  } catch ({ payload }) {
    throw { tag: "no-rate", val: payload };
  }
  if (!(found > 0 && found < Infinity)) throw { tag: "no-rate", val: "a rate that is no positive number" };
  return (found * Number(minorUnits(to))) / Number(minorUnits(from));
}

function unsigned(amount) {
  if (amount < 0n || amount > U64_MAX) throw { tag: "too-much" };
  return amount;
}

function signed(amount) {
  if (amount < I64_MIN || amount > I64_MAX) throw { tag: "too-much" };
  return amount;
}
