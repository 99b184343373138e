// The page of the matrix, in Chromium: nothing of it is cut off, on a desk or on a phone.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

const { CELLS, PAGE, SESSION, TEST_UNDECLARED_OUTPUTS_DIR: OUTPUTS } = process.env;
const { browse, openPage } = await import(pathToFileURL(resolve(SESSION)));

const STATUSES = ["ok", "failed", "not run"];
const cells = JSON.parse(readFileSync(CELLS, "utf8")).map((cell, at) => ({
  guest: cell.guest,
  host: cell.host,
  status: cell.reason ? "not applicable" : STATUSES[at % STATUSES.length],
  reason: cell.reason || cell.test,
}));
const guests = [...new Set(cells.map(({ guest }) => guest))];
const hosts = [...new Set(cells.map(({ host }) => host))];

let browser;
let html;
before(async () => {
  const { status, stdout, stderr } = spawnSync(resolve(PAGE.split(" ")[0]), {
    input: JSON.stringify({ cells }),
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  html = stdout;
  browser = await browse();
});
after(() => browser?.close());

/** What of the page can be read in a window of this width: texts that are shown, and where they end. */
async function read(width, use) {
  const { page, said } = await openPage(browser.context);
  await page.setViewportSize({ width, height: 800 });
  await page.setContent(html);
  const shown = await page.evaluate(() =>
    [...document.querySelectorAll("th, td span, li")]
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0)
      .map(({ element, box }) => ({
        text: element.textContent,
        row: element.closest("tr")?.querySelector("th").textContent,
        left: box.left,
        right: box.right,
        size: Number.parseFloat(getComputedStyle(element).fontSize),
      })),
  );
  await page.screenshot({ path: join(OUTPUTS, `${width}.png`), fullPage: true });
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll("*")]
      .filter(({ clientWidth, scrollWidth }) => clientWidth > 0 && scrollWidth > clientWidth)
      .map(({ tagName }) => tagName),
  );
  assert.deepEqual(cut, [], "wider than there is room");
  for (const { text, left, right, size } of shown) {
    assert.ok(left >= 0 && right <= width, `${text}: from ${left} to ${right} of ${width}`);
    assert.ok(size >= 12 || /^\d+$/.test(text), `${text}: ${size} px`);
  }
  assert.deepEqual(said, []);
  await page.close();
  use(shown);
}

const MARK = /^[✓✗?–]\d*$/;

for (const width of [1280, 1024]) {
  test(`at ${width} it is a table`, () =>
    read(width, (shown) => {
      const head = shown.filter(({ row }) => row === "guest").map(({ text }) => text);
      assert.deepEqual(head, ["guest", ...hosts]);
      for (const guest of guests) {
        const [name, ...marks] = shown.filter(({ row }) => row === guest).map(({ text }) => text);
        assert.equal(name, guest);
        assert.equal(marks.length, hosts.length);
        for (const mark of marks) assert.match(mark, MARK);
      }
    }));
}

for (const width of [400, 320]) {
  test(`at ${width} each guest has a list of its hosts`, () =>
    read(width, (shown) => {
      for (const guest of guests) {
        const [name, ...list] = shown.filter(({ row }) => row === guest).map(({ text }) => text);
        assert.equal(name, guest);
        assert.deepEqual(
          list.filter((_, at) => at % 2 === 0),
          hosts,
        );
        const marks = list.filter((_, at) => at % 2 === 1);
        assert.equal(marks.length, hosts.length);
        for (const mark of marks) assert.match(mark, MARK);
      }
      assert.equal(shown.filter(({ row }) => row === "guest").length, 0);
    }));
}
