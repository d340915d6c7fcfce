// Every page that FRACTIONATE_PAGES names, one a line: as it opens in every look.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { LOOKS, open, start, violations } from "./browser.js";

const PAGES = (process.env.FRACTIONATE_PAGES ?? "").split("\n").filter(Boolean);
let browser;
before(async () => { browser = await start(); });
after(() => browser.close());

test("there are pages to test", () => assert.ok(PAGES.length > 0));

test("axe finds what is wrong with a page", async () => {
  const page = await browser.newPage();
  await page.setContent('<img src="data:,"><p style="color: #aaa; background: #fff">pale</p>');
  const found = (await violations(page)).join("\n");
  for (const word of ["image-alt", "color-contrast", "html-has-lang"]) assert.ok(found.includes(word), found);
  await page.close();
});

for (const file of PAGES) {
  describe(file, () => {
    for (const look of LOOKS) {
      test(`opens without complaint, network or overflow, and axe finds nothing: ${look.width} wide, ${look.theme}`, async () => {
        const address = pathToFileURL(file).href;
        const { page, complaints, requests, close } = await open(browser, address, look);
        assert.deepEqual(await violations(page), []);
        const sizes = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(sizes[0] <= sizes[1], `the page is ${sizes[0]} wide in a window of ${sizes[1]}`);
        // Pictures that are there but broken have no size.
        const broken = await page.evaluate(() =>
          [...document.querySelectorAll("figure img")].filter((image) => !image.naturalWidth).map((image) => image.alt));
        assert.deepEqual(broken, []);
        // Arm, mean and interval are seen without scrolling, on a phone too.
        const arms = await page.evaluate(() => [...document.querySelectorAll("table")]
          .filter((table) => / of each arm, /.test(table.caption.textContent))
          .map((table) => [...table.tHead.rows[0].cells].slice(0, 3).map((head) => ({
            name: head.querySelector(".name").textContent.trim(),
            hidden: head.getBoundingClientRect().right > table.closest(".scroll").getBoundingClientRect().right,
          }))));
        for (const heads of arms) {
          assert.deepEqual(heads.map((head) => head.name).slice(0, 2), ["arm", "mean"]);
          assert.ok(heads.every((head) => !head.hidden), JSON.stringify(heads));
        }
        assert.deepEqual(requests.filter((url) => url !== address && !url.startsWith("data:")), []);
        assert.deepEqual(complaints, []);
        await close();
      });
    }
  });
}
