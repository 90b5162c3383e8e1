// In a real Visual Studio Code, served to a browser: open a file, save it, print what is seen at its lines.
"use strict";

const { chromium } = require("playwright-core");
const { ADDRESS, FILE, BROWSER } = process.env;

async function main() {
  const browser = await chromium.launch({ executablePath: BROWSER, args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1400, height: 800 } });
  page.setDefaultTimeout(60000);
  for (let tries = 0; ; tries++) {
    try {
      await page.goto(ADDRESS);
      break;
    } catch (error) {
      if (tries > 60) throw error;
      await page.waitForTimeout(500);
    }
  }
  await page.getByText(FILE).first().dblclick();
  await page.locator(".codelens-decoration").first().waitFor();
  await page.locator(".view-lines").first().click();
  await page.keyboard.press("Control+S");
  await page.locator(".squiggly-error").first().waitFor();
  await page.getByText("✗ refuted").first().waitFor();
  console.log(await page.locator(".codelens-decoration").first().innerText());
  console.log(await page.locator(".view-lines").first().innerText());
  await browser.close();
}

main().catch((error) => {
  console.log(String(error));
  process.exit(1);
});
