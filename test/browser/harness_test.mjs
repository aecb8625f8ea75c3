// The rule of the harness can fail: each kind of noise is planted once.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import test from "node:test";
import { fileAddress, fits, open, place, visit } from "./harness.mjs";

const folder = place("harness");

function write(name, body) {
    const path = join(folder, name + ".html");
    writeFileSync(path, "<!doctype html><meta charset=utf-8><title>" + name + "</title><body>" + body);
    return fileAddress(path);
}

async function problemsOf(address) {
    const view = await open(address);
    await view.page.waitForTimeout(300);
    await view.close();
    return view.problems.join("\n");
}

test("a quiet page is quiet", async () => {
    await visit(write("quiet", "<p>text</p><script>console.log(1)</script>"), {}, async (page, shot) => {
        assert.equal(await page.textContent("p"), "text");
        assert.ok(await fits(page));
        await shot("harness/quiet");
    });
});

const planted = [
    ["error", "<script>console.error('planted')</script>", /^console: planted/m],
    ["warning", "<script>console.warn('planted')</script>", /^console: planted/m],
    ["throw", "<script>throw new Error('planted')</script>", /^thrown: planted/m],
    ["rejection", "<script>Promise.reject(new Error('planted'))</script>", /^thrown: planted/m],
    ["picture", "<img src='http://ogive.example/a.png'>", /^outside: http:\/\/ogive\.example\/a\.png/m],
    ["fetch", "<script>fetch('https://ogive.example/b').catch(() => 0)</script>", /^outside: https:\/\/ogive\.example\/b/m],
    ["socket", "<script>new WebSocket('ws://ogive.example/c')</script>", /^outside: ws:\/\/ogive\.example\/c/m],
    ["policy", "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"><img src='http://ogive.example/d.png'>",
        /^console: .*Content Security Policy/m],
];

for (const [name, body, pattern] of planted) {
    test("a planted " + name + " is caught", async () => {
        assert.match(await problemsOf(write(name, body)), pattern);
    });
}

test("visit() fails for a page that is not quiet", async () => {
    await assert.rejects(visit(write("loud", "<script>console.error('planted')</script>"), {}, async () => {}), /not quiet/);
});

test("a page that is too wide does not fit", async () => {
    await visit(write("wide", "<div style='width: 3000px'>wide</div>"), { width: 400 }, async (page) => {
        assert.ok(!(await fits(page)));
    });
});

test("loopback is not outside", async () => {
    const server = createServer((_, response) => response.end("<!doctype html><link rel=icon href=data:,>text"));
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    assert.equal(await problemsOf("http://127.0.0.1:" + server.address().port + "/"), "");
    server.close();
});
