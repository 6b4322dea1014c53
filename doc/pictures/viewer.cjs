// SPDX-License-Identifier: GPL-2.0-or-later
// node viewer.cjs TRACE.json PICTURE.png: takes the picture of trace events in the Performance panel of Chromium's own
// DevTools (script/pictures).
'use strict';

const path = require('path');
const { chromium } = require(path.join(process.env.TL_WEB_MODULES, 'playwright-core'));

const PANEL = 'devtools://devtools/bundled/devtools_app.html?panel=timeline';

// In CSS pixels of its window. The tracks are unfolded from the lowest one up, which moves nothing above it.
const GREETING = [1212, 77], OVERVIEW = [700, 80], FOLDED = [[11, 150], [21, 188], [21, 167]], SLICE = [760, 184];

(async () => {
	const [, , file, picture] = process.argv;
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: process.getuid() ? [] : ['--no-sandbox'] });
	const page = await browser.newPage({ viewport: { width: 1240, height: 640 }, deviceScaleFactor: 1 });
	await page.goto(PANEL);
	const input = page.locator('input[type=file]').first();
	await input.waitFor({ state: 'attached' });
	await input.setInputFiles(file);
	await page.waitForTimeout(5000);
	await page.mouse.click(...GREETING);
	await page.getByRole('button', { name: 'Hide sidebar' }).click();
	await page.mouse.dblclick(...OVERVIEW); // all of the time
	for (const track of FOLDED) {
		await page.waitForTimeout(500);
		await page.mouse.click(...track);
	}
	await page.mouse.click(...SLICE);
	await page.mouse.move(620, 630);
	await page.waitForTimeout(1500);
	await page.screenshot({ path: picture });
	await browser.close();
})().catch(e => { console.error(e.stack); process.exit(1); });
