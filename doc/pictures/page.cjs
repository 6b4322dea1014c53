// SPDX-License-Identifier: GPL-2.0-or-later
// node page.cjs PAGE.html FOLDER: takes the pictures of the page (script/pictures).
'use strict';

const path = require('path');
const { chromium } = require(path.join(process.env.TL_WEB_MODULES, 'playwright-core'));

const PICTURES = [
	['page.png', 'light', 'en', `choose(Data.lifeOf.get(identity(30, 1)))`],
	['page-ko.png', 'dark', 'ko', `choose(Data.lifeOf.get(identity(31, 1))); Tabs.show('family')`],
];

(async () => {
	const [, , file, folder] = process.argv;
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: process.getuid() ? [] : ['--no-sandbox'] });
	for (const [name, colorScheme, lang, scene] of PICTURES) {
		const page = await browser.newPage({ viewport: { width: 1240, height: 690 }, colorScheme });
		await page.goto('file://' + path.resolve(file));
		await page.waitForFunction(() => performance.getEntriesByName('tasklife-ready').length);
		await page.evaluate(`setLanguage('${lang}'); ${scene}`);
		await page.waitForTimeout(300);
		await page.screenshot({ path: path.join(folder, name) });
		await page.close();
	}
	await browser.close();
})().catch(e => { console.error(e.stack); process.exit(1); });
