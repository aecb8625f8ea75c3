// What tests of pages share: the browser of the system, and the rule that a page is quiet. A page is
// not quiet when it writes an error or a warning to the console, throws, or asks for anything that is
// neither its own file nor on this machine's loopback.
//
// Run by `./dev test`, which sets OGIVE (the program under test) and OGIVE_BROWSER (the folder with
// node_modules, where what tests make goes). By hand:
//   OGIVE=build/ogive OGIVE_BROWSER=build/browser node test/browser/report_test.mjs
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { after } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

export const program = resolve(process.env.OGIVE || "build/ogive");
export const folder = resolve(process.env.OGIVE_BROWSER || "build/browser");
export const root = fileURLToPath(new URL("../..", import.meta.url));

// busy machines are slow: this only ends tests that hang
const patience = 120000;

const { chromium } = createRequire(join(folder, "package.json"))("playwright-core");
let browser = null;

// a folder for what one test file makes
export function place(name) {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    return path;
}

// runs the program to its end, answers what it wrote; throws when it fails
export function ogive(...words) {
    return execFileSync(program, words, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28, timeout: patience,
        stdio: ["ignore", "pipe", "pipe"] });
}

export function fileAddress(path) {
    return pathToFileURL(path).href;
}

function isInside(address) {
    const url = new URL(address);
    return ["file:", "data:", "blob:", "about:"].includes(url.protocol) ||
        (["http:", "ws:"].includes(url.protocol) && ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname));
}

function listen(page, problems) {
    page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) problems.push("console: " + message.text());
    });
    page.on("pageerror", (error) => problems.push("thrown: " + error.message));
    page.on("crash", () => problems.push("the page crashed"));
    const ask = (address) => {
        if (!isInside(address)) problems.push("outside: " + address);
    };
    page.on("request", (request) => ask(request.url()));
    page.on("websocket", (socket) => ask(socket.url()));
}

// Opens an address: {page, problems, shot(name), close()}. settings: width, height, scheme ("light",
// "dark"). `page` is that of playwright; `problems` fills while the page is open.
export async function open(address, settings = {}) {
    const { width = 1300, height = 900, scheme = "light" } = settings;
    browser ??= await chromium.launch({
        executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
        chromiumSandbox: false, // not to be had by root or in containers; the pages are ours
        // names of other machines lead nowhere, so that nothing leaves even when a test is wrong
        args: ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", "--no-proxy-server"],
        timeout: patience,
    });
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    const problems = [];
    listen(page, problems);
    await page.goto(address);
    return {
        page,
        problems,
        // a picture of the whole page as OGIVE_BROWSER/NAME.png, for people
        shot: (name) => page.screenshot({ path: join(folder, name + ".png"), fullPage: true }),
        close: () => context.close(),
    };
}

// Opens an address, lets `look(page, shot)` use it, and holds that it was quiet.
export async function visit(address, settings, look) {
    const view = await open(address, settings);
    try {
        await look(view.page, view.shot);
        assert.deepEqual(view.problems, [], "the page is not quiet");
    } finally {
        await view.close();
    }
}

// True when nothing on the page is wider than the window: people never scroll sideways.
export function fits(page) {
    return page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
}

after(async () => {
    if (browser) await browser.close();
});
