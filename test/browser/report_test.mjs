// The page of `ogive report` as people use it: it opens, hovers, brushes, changes its theme, prints,
// fits on a telephone, and asks nobody for anything.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileAddress, fits, ogive, place, visit } from "./harness.mjs";

const folder = place("report");
const store = join(folder, "studies.ogive");
const address = (name) => fileAddress(join(folder, name + ".html"));

test("the reports are written", () => {
    for (const end of ["", "-wal", "-shm"]) rmSync(store + end, { force: true });
    for (const agent of ["genetic", "random"]) {
        for (const seed of ["1", "2"]) {
            ogive("run", "examples/demo.yaml", "--agent", agent, "--seed", seed, "--budget", "150", "--store", store, "--quiet");
        }
    }
    ogive("report", store, "-o", join(folder, "report.html"));
    ogive("report", store, "--no-evaluate", "-o", join(folder, "recorded.html"));
    const several = join(folder, "several.ogive");
    for (const end of ["", "-wal", "-shm"]) rmSync(several + end, { force: true });
    ogive("run", "examples/demo.yaml", "--set", "objectives=[{minimize: read_latency_p99_ns}, {minimize: power_mw}, {maximize: bandwidth_gbps}]",
        "--budget", "200", "--store", several, "--quiet");
    ogive("report", several, "-o", join(folder, "several.html"));
    const team = join(folder, "team.ogive");
    for (const end of ["", "-wal", "-shm"]) rmSync(team + end, { force: true });
    ogive("run", "examples/demo.yaml", "--agent", "ippo", "--budget", "200", "--store", team, "--quiet");
    ogive("report", team, "-o", join(folder, "team.html"));
});

// the section under a heading
const section = (page, title) => page.locator("section section", { has: page.locator("h3", { hasText: title }) });

// moves over a picture in steps until a tip shows
async function hoverUntilTip(page, picture) {
    await picture.scrollIntoViewIfNeeded();
    const box = await picture.boundingBox();
    for (let y = box.y + box.height - 50; y > box.y; y -= 12) {
        for (let x = box.x + 60; x < box.x + box.width; x += 24) {
            await page.mouse.move(x, y);
            if (await page.locator(".tip").isVisible()) return page.locator(".tip").innerText();
        }
    }
    return null;
}

// drags from one part of the height of axis number `index` of the parallel coordinates to another
async function brush(page, index, from, to) {
    const axis = page.locator(".axis .grip").nth(index);
    await axis.scrollIntoViewIfNeeded();
    const box = await axis.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + from * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + to * box.height, { steps: 4 });
    await page.mouse.up();
}

test("it says who won, by how much, at what cost, and what mattered", async () => {
    await visit(address("report"), {}, async (page, shot) => {
        const answer = await page.locator(".answer").innerText();
        assert.match(answer, /read_latency_average_ns [\d.]+.ns/);
        assert.match(answer, /\(.[\d.]+.% against the default design/);
        assert.match(answer, /power_mw <= 1450 holds with [\d.\s]+mW/);
        const why = await section(page, "Why this design?").innerText();
        assert.match(why, /It would lose most by another/);
        assert.match(why, /evaluated for this page/);
        assert.doesNotMatch(why, /estimated|not known|Not all/);
        assert.ok(await fits(page));
        await shot("report/light");
    });
});

test("hovering a design shows it", async () => {
    await visit(address("report"), {}, async (page) => {
        const tip = await hoverUntilTip(page, section(page, "Designs tried").locator(".picture svg[role=img]"));
        assert.ok(tip, "no tip");
        for (const text of [/trial \d+/, /read_latency_average_ns/, /power_mw/, /page_policy/, /arbiter/]) assert.match(tip, text);
        await page.mouse.move(2, 2);
        assert.ok(await page.locator(".tip").isHidden());
    });
});

test("brushing selects designs, marks them above and lists them", async () => {
    await visit(address("report"), {}, async (page, shot) => {
        const parallel = section(page, "Designs by their parameters");
        const marked = page.locator(".selected path.dots");
        assert.equal(await marked.count(), 0);
        // the axis of page_policy: its lowest choice alone
        await brush(page, 0, 0.85, 1);
        const [, inside, of] = /^(\d+) of (\d+) designs/.exec(await parallel.locator("[role=status]").innerText());
        assert.ok(Number(inside) > 0 && Number(inside) < Number(of));
        assert.equal((await marked.getAttribute("d")).split("M").length - 1, Number(inside));
        const policies = await parallel.locator("tbody tr td:nth-child(5)").allInnerTexts();
        assert.ok(policies.length > 0 && policies.every((text) => text === "Open"), policies.join());
        await shot("report/brushed");
        const grip = parallel.locator(".grip").first();
        await grip.click();
        assert.equal(await marked.count(), 0);
        assert.match(await parallel.locator("[role=status]").innerText(), /Drag along an axis/);
    });
});

test("the map of two parameters tells what they do together", async () => {
    await visit(address("report"), {}, async (page) => {
        const cell = page.locator(".map .cell").first();
        await cell.scrollIntoViewIfNeeded();
        await cell.hover();
        assert.match(await page.locator(".tip").innerText(), /mean over the space/);
    });
});

test("a search is switched off, another study chosen", async () => {
    await visit(address("report"), {}, async (page) => {
        const lines = section(page, "Progress").locator("svg path.line");
        const before = await lines.count();
        await page.locator(".legend button").first().click();
        assert.ok((await lines.count()) < before);
        const best = section(page, "The best design against the default");
        const said = await best.innerText();
        const chooser = page.getByLabel("Study in detail");
        await chooser.selectOption({ index: ((await chooser.evaluate((select) => select.selectedIndex)) + 1) % 4 });
        assert.notEqual(await best.innerText(), said);
    });
});

test("the theme follows the system and the switch", async () => {
    const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await visit(address("report"), { scheme: "dark" }, async (page, shot) => {
        assert.equal(await ground(page), "rgb(22, 24, 28)");
        await shot("report/dark");
        await page.getByRole("button", { name: "Dark" }).click();
        assert.equal(await ground(page), "rgb(255, 255, 255)");
    });
});

test("it prints on white, without what only works on a screen", async () => {
    await visit(address("report"), { scheme: "dark" }, async (page, shot) => {
        await page.emulateMedia({ media: "print" });
        assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
        assert.ok(await page.getByRole("button", { name: "Dark" }).isHidden());
        await shot("report/print");
    });
});

for (const name of ["report", "several"]) {
    test(name + " fits on a telephone", async () => {
        await visit(address(name), { width: 400, height: 800 }, async (page, shot) => {
            assert.ok(await fits(page));
            await shot("report/" + name + "_narrow");
        });
    });
}

test("without evaluating it says what is estimated", async () => {
    await visit(address("recorded"), {}, async (page) => {
        const why = await section(page, "Why this design?").innerText();
        assert.match(why, /estimated by a regression forest/);
        assert.match(why, /Not all were evaluated: not asked for/);
        assert.doesNotMatch(why, /evaluated for this page/);
    });
});

test("three objectives: a front in two axes and a colour", async () => {
    await visit(address("several"), {}, async (page, shot) => {
        assert.match(await page.locator(".answer").innerText(), /best compromise/);
        const designs = section(page, "Designs tried");
        assert.equal(await designs.getByLabel("Colour").evaluate((select) => select.selectedIndex), 3);
        assert.ok((await designs.locator("[role=img] path.dots.solid").count()) >= 3);
        assert.ok((await designs.locator("path.halo").getAttribute("d")).length > 0);
        assert.ok(await hoverUntilTip(page, designs.locator(".picture svg[role=img]")));
        await shot("report/several");
    });
});

test("a team shows how undecided each member is", async () => {
    await visit(address("report"), {}, async (page) => {
        assert.ok(await section(page, "What the agent told").isHidden());
    });
    await visit(address("team"), {}, async (page, shot) => {
        const told = section(page, "What the agent told");
        assert.equal(await told.locator("[role=img] path.line").count(), 10);
        assert.match(await hoverUntilTip(page, told.locator("[role=img]")), /after \d+ evaluations/);
        await shot("report/team");
    });
});

test("100,000 trials: a selection is drawn, and the page says so", async (t) => {
    const large = join(folder, "large.ogive");
    for (const end of ["", "-wal", "-shm"]) rmSync(large + end, { force: true });
    ogive("run", "--environment", "function", "--option", "function=zdt1", "--option", "dimensions=20", "--minimize", "value",
        "--minimize", "value2", "--agent", "random", "--budget", "100000", "--store", large, "--quiet");
    const began = Date.now();
    ogive("report", large, "-o", join(folder, "large.html"));
    t.diagnostic("written in " + (Date.now() - began) + " ms");
    await visit(address("large"), {}, async (page) => {
        // from the start of loading until all pictures are drawn
        const opened = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() =>
            requestAnimationFrame(() => setTimeout(() => done(performance.now()))))));
        t.diagnostic("opened in " + opened.toFixed(0) + " ms");
        assert.match(await section(page, "Designs tried").innerText(), /16\s000 of 100\s000 trials are drawn/);
        const drawn = await section(page, "Designs tried").locator("[role=img] path.dots").evaluateAll((paths) =>
            paths.reduce((sum, path) => sum + (path.getAttribute("d") || "").split("M").length - 1, 0));
        assert.equal(drawn, 16000);
    });
});
