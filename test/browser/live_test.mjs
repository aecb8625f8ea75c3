// The live page of `ogive serve` as people use it: it lists studies, follows one that another process
// runs, shows new ones as they come, and asks nobody but its server for anything.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fits, ogive, open, place, program, root, visit } from "./harness.mjs";

const folder = place("live");
const store = join(folder, "studies.ogive");

// starts the program and waits for a line that matches; {match, child, ended}
async function start(words, pattern) {
    const child = spawn(program, words, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise((resolve) => child.on("exit", (code) => resolve(code)));
    if (!pattern) return { child, ended };
    const match = await new Promise((resolve, reject) => {
        let text = "";
        child.stdout.on("data", (part) => {
            text += part;
            const found = pattern.exec(text);
            if (found) resolve(found);
        });
        child.on("exit", () => reject(new Error("the program ended: " + text)));
    });
    return { child, ended, match };
}

async function serving(words, look) {
    const server = await start(["serve", store, ...words], /http:\/\/127\.0\.0\.1:\d+\/\S*/);
    try {
        await look(server.match[0]);
    } finally {
        server.child.kill("SIGTERM");
    }
    assert.equal(await server.ended, 0, "the server ends cleanly");
}

const run = (name, agent, budget, ...words) => ["run", "examples/demo.yaml", "--name", name, "--agent", agent, "--budget", String(budget),
    "--store", store, "--quiet", ...words];

test("two studies are recorded", () => {
    for (const end of ["", "-wal", "-shm", "-lock"]) rmSync(store + end, { force: true });
    ogive(...run("first", "genetic", 200));
    ogive(...run("second <b>& 'all'", "random", 100, "--seed", "2"));
});

test("the list leads to a study with its pictures, and back", async () => {
    await serving([], (address) => visit(address, {}, async (page, shot) => {
        const first = page.getByRole("link", { name: "first" });
        await first.waitFor();
        assert.equal(await page.locator("tbody tr").count(), 2);
        await page.getByText("second <b>& 'all'").waitFor();
        assert.ok(await fits(page));
        await shot("live/list");
        await first.click();
        assert.match(await page.locator(".answer").innerText(), /read_latency_average_ns [\d.]+.ns/);
        await shot("live/study");
        await page.getByRole("button", { name: "Dark" }).click();
        await shot("live/dark");
        await page.getByRole("link", { name: "All studies" }).click();
        await page.getByRole("link", { name: "second" }).click();
        await page.getByText("100 of 100").first().waitFor();
    }));
});

test("a study that another process runs is followed to its end", async () => {
    await serving([], (address) => visit(address, {}, async (page, shot) => {
        await page.getByRole("link", { name: "first" }).waitFor();
        const other = await start(run("third", "random", 40000, "--jobs", "1"));
        try {
            await page.getByRole("link", { name: "third" }).click();
            const status = page.locator(".status");
            await page.locator(".status", { hasText: "running" }).waitFor();
            await page.locator(".answer").waitFor();
            const count = async () => Number((await page.locator(".answer").innerText()).match(/of ([\d\u202f]+)\./)[1].replace(/\D/g, ""));
            const before = await count();
            await shot("live/running");
            await page.waitForFunction((n) => {
                const text = document.querySelector(".answer").innerText.match(/of ([\d\u202f]+)\./);
                return Number(text[1].replace(/\D/g, "")) > n;
            }, before);
            assert.match(await status.innerText(), /running: [\d\u202f]+ of 40\u202f000 evaluations/);
            other.child.kill("SIGINT");
            await page.locator(".status", { hasText: "interrupted" }).waitFor();
        } finally {
            other.child.kill("SIGKILL");
            await other.ended;
        }
    }));
});

test("who has the token stops, extends and gives designs to a study", async () => {
    await serving(["--allow-control"], async (address) => {
        assert.match(address, /#token=[0-9a-f]{32}$/);
        const other = await start(run("steered", "random", 100000, "--jobs", "1"));
        try {
            await visit(address, {}, async (page, shot) => {
                await page.getByRole("link", { name: "steered" }).click();
                assert.ok(!page.url().includes("token"), "the token does not stay in sight");
                const status = page.locator(".status");
                await page.locator(".answer").waitFor();
                await page.getByText("Try a design").click();
                await page.getByRole("button", { name: "Evaluate it" }).click();
                await page.getByText("The design waits for its turn.").waitFor();
                await page.getByLabel("budget in all").fill("50");
                await page.getByRole("button", { name: "Extend to" }).click();
                await page.getByText("More than 100\u202f000").waitFor();
                await page.getByLabel("budget in all").fill("200000");
                await page.getByRole("button", { name: "Extend to" }).click();
                await status.getByText("of 200\u202f000").waitFor();
                await shot("live/control");
                await page.getByRole("button", { name: "Stop" }).click();
                await status.getByText("interrupted").waitFor();
                await page.getByRole("button", { name: "Stop" }).waitFor({ state: "hidden" });
            });
            await other.ended;
        } finally {
            other.child.kill("SIGKILL");
        }
        // without the token nothing is offered
        await visit(address.replace(/#.*/, ""), {}, async (page) => {
            await page.getByRole("link", { name: "steered" }).click();
            await page.locator(".answer").waitFor();
            assert.equal(await page.locator(".control:visible").count(), 0);
        });
    });
});

test("a page finds its server again", async () => {
    let port = "";
    let view = null;
    await serving([], async (address) => {
        port = new URL(address).port;
        view = await open(address);
        await view.page.getByRole("link", { name: "first" }).waitFor();
    });
    const trouble = view.page.getByText("The server does not answer");
    await trouble.waitFor();
    ogive(...run("fourth", "random", 20));
    await serving(["--port", port], async () => {
        await view.page.getByRole("link", { name: "fourth" }).waitFor();
        await trouble.waitFor({ state: "hidden" });
    });
    // the browser itself writes that it cannot connect, and nothing else is wrong
    assert.deepEqual(view.problems.filter((text) => !/ERR_|Failed to load/.test(text)), []);
    await view.close();
});
