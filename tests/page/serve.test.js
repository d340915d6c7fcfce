// A served page in a browser: it loads itself again when the results change, and the reader stays where they were.
// FRACTIONATE_STORE is a folder of results that may be changed; FRACTIONATE_BINARY serves it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { renameSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { open, start } from "./browser.js";

const { FRACTIONATE_STORE: STORE, FRACTIONATE_BINARY: BINARY } = process.env;
const skip = !STORE || !BINARY ? "a report was given, no folder of results" : false;
let browser;
before(async () => { browser = await start(); });
after(() => browser.close());

test("a served page follows the results, and keeps place, theme and what was unfolded", { skip }, async () => {
  const server = spawn(BINARY, ["report", STORE, "--serve", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise((done) => server.on("exit", done));
  try {
    const address = await new Promise((found, failed) => {
      let said = "";
      server.stderr.on("data", (piece) => {
        said += piece;
        const match = said.match(/http:\/\/127\.0\.0\.1:\d+\//);
        if (match) found(match[0]);
      });
      server.on("exit", () => failed(new Error(said)));
    });
    const { page, complaints, requests, close } = await open(browser, address, { width: 1280, theme: "light" });
    await page.locator("button.theme").click();
    await page.evaluate(() => { document.querySelector("details").open = true; scrollTo(0, 1500); });
    const y = await page.evaluate(() => scrollY);
    assert.ok(y > 1000);
    const loaded = page.waitForEvent("load", { timeout: 60000 });
    const run = readdirSync(join(STORE, "runs")).find((name) => /^[0-9a-f]+$/.test(name));
    renameSync(join(STORE, "runs", run), join(STORE, "runs", `damaged-1-${run}`));
    await loaded;
    await page.waitForFunction((wanted) => Math.abs(scrollY - wanted) < 200, y);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    assert.ok(await page.evaluate(() => document.querySelector("details").open));
    assert.match(await page.locator("#runs").textContent(), /not there/);
    assert.deepEqual(requests.filter((url) => !url.startsWith(address) && !url.startsWith("data:")), []);
    assert.deepEqual(complaints, []);
    await close();
  } finally {
    server.kill("SIGINT");
  }
  assert.equal(await ended, 0);
});
