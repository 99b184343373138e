// The checkers: which values of JavaScript are values of a type of WIT, and what is told of others.

import assert from "node:assert/strict";
import { test } from "node:test";

import { camel, checkers, pascal } from "./types.mjs";

const types = [
  {
    record: [
      ["sku", "string"],
      ["unit-price", "u64"],
      ["quantity", "u32"],
    ],
  },
  { list: 0 },
  { tuple: [] },
  { enum: ["eur", "us-dollar"] },
  { flags: ["gift", "run-as-root"] },
  { option: "string" },
  { option: 5 },
  {
    variant: [
      ["none", null],
      ["percentage", "f64"],
      ["item", 0],
    ],
  },
  { result: ["u8", null] },
  { list: "u8" },
  { list: "s64" },
  { tuple: ["char", "bool"] },
  { list: "string" },
  {
    record: [
      ["items", 1],
      ["note", 5],
    ],
  },
];
const of = checkers(types, () => () => undefined);
const item = { sku: "a", unitPrice: 5n, quantity: 1 };

for (const [type, ...values] of [
  ["bool", true, false],
  ["u8", 0, 255],
  ["s8", -128, 127],
  ["u16", 65535],
  ["s16", -32768],
  ["u32", 4294967295],
  ["s32", -2147483648],
  ["u64", 0n, 2n ** 64n - 1n],
  ["s64", -(2n ** 63n)],
  ["f32", 1.5, Number.NaN, Infinity, -0],
  ["char", "a", "👋"],
  ["string", "", "Zoë"],
  [0, item],
  [1, [], [item]],
  [13, { items: [], note: undefined }, { items: [], note: null }, { items: [], note: "a" }, { items: [] }],
  [3, "eur", "us-dollar"],
  [4, {}, { gift: true }, { gift: false, runAsRoot: true }],
  [5, undefined, null, "a"],
  [6, { tag: "none" }, { tag: "some" }, { tag: "some", val: "a" }],
  [7, { tag: "none" }, { tag: "none", val: undefined }, { tag: "percentage", val: 1 }, { tag: "item", val: item }],
  [8, { tag: "ok", val: 1 }, { tag: "err" }],
  [9, new Uint8Array(2), Buffer.from("a"), [1, 2]],
  [10, new BigInt64Array(2), [1n]],
  [11, ["a", true]],
]) {
  test(`values of ${JSON.stringify(types[type] ?? type)}`, () => {
    for (const value of values) assert.equal(of(type)(value)?.error("it").message, undefined);
  });
}

for (const [type, value, kind, message] of [
  ["bool", 1, TypeError, "it: expected bool, got 1"],
  ["u8", 256, RangeError, "it: expected u8, got 256"],
  ["u8", -1, RangeError, "it: expected u8, got -1"],
  ["u8", 1.5, RangeError, "it: expected u8, got 1.5"],
  ["u8", "1", TypeError, 'it: expected u8, got "1"'],
  ["u8", 1n, TypeError, "it: expected u8, got 1n"],
  ["s8", 128, RangeError, "it: expected s8, got 128"],
  ["u32", 2 ** 32, RangeError, "it: expected u32, got 4294967296"],
  ["u32", Number.NaN, RangeError, "it: expected u32, got NaN"],
  ["u64", 1, TypeError, "it: expected u64, a BigInt, got 1"],
  ["u64", -1n, RangeError, "it: expected u64, got -1n"],
  ["s64", 2n ** 63n, RangeError, "it: expected s64, got 9223372036854775808n"],
  ["f64", "1", TypeError, 'it: expected f64, got "1"'],
  ["char", "ab", TypeError, 'it: expected char, a string of one character, got "ab"'],
  ["char", "", TypeError, 'it: expected char, a string of one character, got ""'],
  ["char", "\ud800", TypeError, 'it: expected char, a string of one character, got "\\ud800"'],
  ["string", "a\ud800", TypeError, "it: expected Unicode text, got a lone surrogate (U+D800) at index 1"],
  [0, { ...item, quantity: -1 }, RangeError, "it.quantity: expected u32, got -1"],
  [0, { sku: "a", quantity: 1 }, TypeError, "it.unitPrice: expected u64, a BigInt, got undefined"],
  [0, { ...item, colour: 1 }, TypeError, 'it: expected no other fields than sku, unitPrice, quantity, got "colour"'],
  [0, null, TypeError, "it: expected a record of sku, unitPrice, quantity, got null"],
  [0, [], TypeError, "it: expected a record of sku, unitPrice, quantity, got an array of 0"],
  [13, { items: [item, item, { ...item, quantity: 0.5 }] }, RangeError, "it.items[2].quantity: expected u32, got 0.5"],
  [13, { items: {} }, TypeError, "it.items: expected a list, an array, got an object"],
  [3, "gbp", TypeError, 'it: expected one of eur, us-dollar, got "gbp"'],
  [3, "usDollar", TypeError, 'it: expected one of eur, us-dollar, got "usDollar"'],
  [4, { fly: true }, TypeError, 'it: expected no other flags than gift, runAsRoot, got "fly"'],
  [4, { gift: 1 }, TypeError, "it.gift: expected bool, got 1"],
  [4, ["gift"], TypeError, "it: expected an object with flags of gift, runAsRoot, got an array of 1"],
  [5, 1, TypeError, "it: expected string, got 1"],
  [6, "a", TypeError, 'it: expected {tag, val} with a tag of none, some, got "a"'],
  [6, { tag: "some", val: 1 }, TypeError, "it.val: expected string, got 1"],
  [7, { tag: "half" }, TypeError, 'it.tag: expected {tag, val} with a tag of none, percentage, item, got "half"'],
  [7, { tag: "none", val: 1 }, TypeError, "it.val: expected no value, got 1"],
  [
    7,
    { tag: "toString" },
    TypeError,
    'it.tag: expected {tag, val} with a tag of none, percentage, item, got "toString"',
  ],
  [8, { tag: "ok", val: 256 }, RangeError, "it.val: expected u8, got 256"],
  [9, new Int8Array(1), TypeError, "it: expected list<u8>, a Uint8Array or an array, got a Int8Array"],
  [9, [1, 256], RangeError, "it[1]: expected u8, got 256"],
  [9, new Array(2), TypeError, "it[0]: expected u8, got undefined"],
  [10, [1], TypeError, "it[0]: expected s64, a BigInt, got 1"],
  [11, ["a"], TypeError, "it: expected a tuple of 2, got an array of 1"],
  [11, ["a", 1], TypeError, "it[1]: expected bool, got 1"],
  [12, "text", TypeError, 'it: expected a list, an array, got "text"'],
]) {
  test(message, () => {
    const error = of(type)(value).error("it");
    assert.deepEqual([error.constructor, error.message], [kind, message]);
  });
}

test("names in JavaScript are jco's", () => {
  assert.deepEqual(["a", "a-u8", "run-as-root", "get-URL"].map(camel), ["a", "aU8", "runAsRoot", "getUrl"]);
  assert.deepEqual(["session", "line-item"].map(pascal), ["Session", "LineItem"]);
});
