// The page in a reader's hands: the first of FRACTIONATE_PAGES, in every look.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { LOOKS, open, start } from "./browser.js";

const [FILE] = (process.env.FRACTIONATE_PAGES ?? "").split("\n").filter(Boolean);
let browser;
before(async () => { browser = await start(); });
after(() => browser.close());

const column = (head) => head.evaluate((cell) => {
  const rows = [...cell.closest("table").tBodies[0].rows];
  return rows.map((row) => {
    const own = row.cells[cell.cellIndex];
    return { text: own.textContent.trim(), number: own.dataset.sort === undefined ? null : Number(own.dataset.sort) };
  });
});

for (const look of LOOKS) {
  describe(`${look.width} wide, ${look.theme}`, () => {
    let shown;
    before(async () => { shown = await open(browser, pathToFileURL(FILE).href, look); });
    after(() => shown.close());

    test("a column of numbers sorts upwards, downwards and back, by keyboard", async () => {
      const { page } = shown;
      const head = page.locator("main table thead th.number").filter({ hasText: /^mean/ }).first();
      const before = await column(head);
      const numbers = before.map((cell) => cell.number).filter((value) => value !== null);
      assert.ok(numbers.length > 2 && new Set(numbers).size > 2, "there is something to sort");
      await head.locator("button").focus();
      for (const [direction, sign] of [["ascending", 1], ["descending", -1]]) {
        await page.keyboard.press("Enter");
        assert.equal(await head.getAttribute("aria-sort"), direction);
        const found = (await column(head)).map((cell) => cell.number).filter((value) => value !== null);
        assert.deepEqual(found, [...numbers].sort((a, b) => sign * (a - b)));
      }
      await page.keyboard.press("Space");
      assert.equal(await head.getAttribute("aria-sort"), "none");
      assert.deepEqual(await column(head), before);
    });

    test("numbers are sorted as numbers, with those that are none last", async () => {
      const { page } = shown;
      const order = await page.evaluate(() => {
        const table = document.querySelector("main table");
        const place = [...table.tHead.rows[0].cells].findIndex((cell) => cell.classList.contains("number"));
        [...table.tBodies[0].rows].forEach((row, i) => {
          const cell = row.cells[place];
          const value = [9, 10, -2, null][i % 4];
          if (value === null) delete cell.dataset.sort; else cell.dataset.sort = value;
        });
        table.tHead.rows[0].cells[place].querySelector("button").click();
        return [...table.tBodies[0].rows].map((row) => row.cells[place].dataset.sort ?? null);
      });
      const known = order.filter((value) => value !== null).map(Number);
      assert.deepEqual(known, [...known].sort((a, b) => a - b));
      assert.ok(order.slice(known.length).every((value) => value === null));
      await page.reload();
    });

    test("a figure enlarges with Enter and closes with Escape, and the focus returns", async () => {
      const { page } = shown;
      const button = page.locator("figure .enlarge").first();
      await button.focus();
      await page.keyboard.press("Enter");
      const dialog = page.locator("dialog#viewer");
      assert.ok(await dialog.isVisible());
      const [small, large] = await page.evaluate(() =>
        ["figure img", "dialog img"].map((which) => document.querySelector(which).getBoundingClientRect().height));
      assert.ok(large >= Math.min(small, 300), `${small} became ${large}`);
      assert.ok(await dialog.locator("img").getAttribute("alt"));
      await page.keyboard.press("Escape");
      assert.ok(!await dialog.isVisible());
      assert.ok(await button.evaluate((element) => element === document.activeElement));
      await page.locator("figure img").first().click();
      assert.ok(await dialog.isVisible());
      await dialog.locator("button.close").click();
      assert.ok(!await dialog.isVisible());
    });

    test("a figure is saved as SVG and as CSV", async () => {
      const { page } = shown;
      for (const [which, start] of [["svg", "<svg "], ["csv", /^[a-z_]+,/]]) {
        const waiting = page.waitForEvent("download");
        await page.locator(`figure .save[data-save="${which}"]`).first().click();
        const saved = await waiting;
        assert.ok(saved.suggestedFilename().endsWith(`.${which}`));
        const text = readFileSync(await saved.path(), "utf8");
        assert.ok(typeof start === "string" ? text.startsWith(start) : start.test(text), text.slice(0, 40));
        // In the colours of paper, whatever the theme.
        assert.ok(which === "csv" || (text.trimEnd().endsWith("</svg>") && text.includes('fill="#FFFFFF"')));
      }
    });

    test("the theme changes, is remembered, and changes back", async () => {
      const { page } = shown;
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const bright = (colour) => colour.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) > 380;
      assert.equal(bright(await ground()), look.theme === "light");
      const button = page.locator("button.theme");
      assert.equal(await button.getAttribute("aria-pressed"), String(look.theme === "dark"));
      await button.focus();
      await page.keyboard.press("Enter");
      assert.equal(bright(await ground()), look.theme !== "light");
      assert.equal(await button.getAttribute("aria-pressed"), String(look.theme !== "dark"));
      await page.reload();
      assert.equal(bright(await ground()), look.theme !== "light");
      await page.locator("button.theme").click();
      assert.equal(bright(await ground()), look.theme === "light");
    });

    test("figures are on the theme's ground", async () => {
      const { page } = shown;
      const darkened = await page.evaluate(() => [...document.querySelectorAll("figure:not(.scale) img")]
        .map((image) => atob(image.src.split(",")[1]).includes('fill="#191919"')));
      assert.ok(darkened.length > 0 && darkened.every((is) => is === (look.theme === "dark")));
    });

    test("the skip link leads to the content, and the contents to their sections", async () => {
      const { page } = shown;
      await page.reload();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.id), "main");
      const link = page.locator('.contents a[href="#provenance"]');
      await link.click();
      const top = await page.evaluate(() => document.getElementById("provenance").getBoundingClientRect().top);
      assert.ok(top >= -1 && top < 844, `provenance is at ${top}`);
    });

    test("the suite's file opens and is copied or selected", async (t) => {
      const { page } = shown;
      const fold = page.locator("details.file");
      if (await fold.count() === 0) return t.skip("this suite has no file: it was imported");
      await fold.locator("summary").focus();
      await page.keyboard.press("Enter");
      await fold.locator(".copy").click();
      await page.locator(".copy").filter({ hasText: /Copied|Selected/ }).waitFor();
    });

    test("on paper everything is open, and nothing is there that only a screen can do", async () => {
      const { page } = shown;
      await page.emulateMedia({ media: "print" });
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      assert.ok(!await page.locator("button.theme").isVisible());
      assert.ok(!await page.locator(".contents").isVisible());
      assert.equal(await page.locator("details:not([open])").count(), 0);
      await page.emulateMedia({ media: "screen" });
    });

    test("nothing of this made the page complain", () => assert.deepEqual(shown.complaints, []));
  });
}

test("without scripts everything can still be read", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(pathToFileURL(FILE).href);
  assert.ok(await page.locator("h1").isVisible());
  assert.ok(await page.locator("main table").first().isVisible());
  assert.ok(await page.locator("figure img").first().isVisible());
  assert.ok(!await page.locator("figure .buttons").first().isVisible());
  await context.close();
});
