// WAVE, from text to JSON and back; and what is told of text that is none.

import assert from "node:assert/strict";
import { test } from "node:test";

import { callIn, parseArguments, print, signature } from "./wave.mjs";

const types = [
  { list: "u8" },
  {
    record: [
      ["sku", "string"],
      ["unit-price", "u64"],
      ["note", 6],
    ],
  },
  { list: 1 },
  { enum: ["eur", "us-dollar"] },
  { flags: ["gift", "run-as-root"] },
  {
    variant: [
      ["none", null],
      ["percentage", "f64"],
      ["lines", 2],
    ],
  },
  { option: "string" },
  { option: 6 },
  { result: ["u8", "string"] },
  { result: [null, null] },
  { tuple: ["char", "bool"] },
  { resource: ["a:b/c", "session"] },
  { borrow: 11 },
];

const parse = (text, type) => parseArguments(`(${text})`, [["it", type]], types)[0];

for (const [type, text, json, printed = text] of [
  ["bool", "true", true],
  ["u8", "255", 255],
  ["s32", "-7", -7],
  ["u64", "18446744073709551615", "18446744073709551615"],
  ["s64", "-9223372036854775808", "-9223372036854775808"],
  ["f64", "1.5", 1.5],
  ["f64", "1e3", 1000, "1000"],
  ["f64", "-0.0", -0, "-0"],
  ["f32", "nan", "nan"],
  ["f64", "-inf", "-inf"],
  ["char", "'é'", "é"],
  ["char", "'\\''", "'"],
  ["char", "'\\u{1f44b}'", "👋", "'👋'"],
  ["string", '""', ""],
  ["string", '"a\\n\\t\\"\\\\ \'b\'"', "a\n\t\"\\ 'b'"],
  ["string", '"\\u{0}"', "\0"],
  [0, "[1, 2, 255]", "AQL/"],
  [0, "[]", ""],
  [1, '{sku: "a", unit-price: 5, note: none}', { sku: "a", "unit-price": "5", note: null }],
  [
    1,
    '{ note: "b", sku: "a", unit-price: 5, }',
    { note: "b", sku: "a", "unit-price": "5" },
    '{sku: "a", unit-price: 5, note: some("b")}',
  ],
  [2, "[]", []],
  [3, "us-dollar", "us-dollar"],
  [4, "{}", []],
  [4, "{gift, run-as-root}", ["gift", "run-as-root"]],
  [5, "none", { none: null }],
  [5, "percentage(12.5)", { percentage: 12.5 }],
  [6, "none", null],
  [6, 'some("a")', "a"],
  [6, '"a"', "a", 'some("a")'],
  [7, "none", null],
  [7, "some(none)", { some: null }],
  [7, 'some(some("a"))', { some: "a" }],
  [8, "ok(1)", { ok: 1 }],
  [8, "1", { ok: 1 }, "ok(1)"],
  [8, 'err("a")', { err: "a" }],
  [9, "ok", { ok: null }],
  [9, "err", { err: null }],
  [10, "('a', true)", ["a", true]],
  [10, "// a comment\n('a', // another\n true)", ["a", true], "('a', true)"],
]) {
  test(`${text.replaceAll("\n", " ")} of type ${type}`, () => {
    assert.deepStrictEqual(parse(text, type), json);
    if (json !== null && typeof json === "object" && "note" in json)
      assert.equal(print({ sku: "a", "unit-price": "5", note: json.note }, type, types), printed);
    else assert.equal(print(json, type, types), printed);
  });
}

for (const [type, text, reason] of [
  ["bool", "1", "at character 2: expected bool, got 1)"],
  ["bool", "truest", "at character 2: expected bool, got truest)"],
  ["u8", "x", "at character 2: expected u8, got x)"],
  ["u8", "1 2", "at character 4: expected ',' or ')', got 2)"],
  ["u8", "", "at character 3: expected it: u8, got the end"],
  ["string", "a", 'at character 2: expected string, as "text", got a)'],
  ["string", '"a', 'at character 5: expected the end of the text, ", got the end'],
  ["string", '"\\x"', 'at character 3: expected the end of the text, ", got \\x")'],
  ["string", '"\\u{d800}"', 'at character 11: expected a Unicode scalar value, got ")'],
  [0, "[1, 2", "at character 7: expected ',' or ']', got )"],
  [1, "{sku: 1}", 'at character 8: expected string, as "text", got 1})'],
  [1, "{skew: 1}", "at character 7: expected a value for a field of sku, unit-price, note, not for skew, got : 1})"],
  [5, "half", "at character 2: expected one of none, percentage, lines, got half)"],
  [5, "percentage(", "at character 13: expected f64, got )"],
  [7, '"a"', 'at character 2: expected some or none, got "a")'],
  [10, "('a')", "at character 7: expected 2 items before, got )"],
  [10, "('a', true, 1)", "at character 14: expected ')', got 1))"],
  [12, "session-1", "at character 2: expected no handle, which cannot be written, got session-1)"],
]) {
  test(`${text || "nothing"} is no ${type}`, () =>
    assert.throws(() => parse(text, type), { name: "SyntaxError", message: reason }));
}

test("a call has a name and arguments", () => {
  assert.deepEqual(callIn('greet("a", true)'), { name: "greet", args: '("a", true)' });
  assert.deepEqual(callIn(" a:b/c@1.0.0.d-e() "), { name: "a:b/c@1.0.0.d-e", args: "()" });
  for (const text of ["World", "a (b", "Ana (x)", '"(a)"', "Zoë (x)", ""]) assert.equal(callIn(text), undefined);
});

test("a function is told as WIT declares it", () => {
  const told = signature(
    "f",
    {
      params: [
        ["a", 1],
        ["b", 12],
        ["c", 5],
        ["d", 10],
      ],
      result: 8,
    },
    types,
  );
  assert.equal(
    told,
    "f(a: {sku: string, unit-price: u64, note: option<string>}, b: borrow<session>, " +
      "c: none | percentage(f64) | lines(list<{sku: string, unit-price: u64, note: option<string>}>), " +
      "d: tuple<char, bool>) -> result<u8, string>",
  );
  assert.equal(signature("g", { params: [], result: null }, types), "g()");
});
