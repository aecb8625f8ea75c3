// The page of `ogive report` as people use it: it opens, hovers, brushes, changes its theme, prints,
// fits on a telephone, and asks nobody for anything.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileAddress, fits, ogive, place, visit } from "./harness.mjs";

const folder = place("report");
const store = join(folder, "studies.ogive");
const address = fileAddress(join(folder, "report.html"));

function record() {
    for (const end of ["", "-wal", "-shm"]) rmSync(store + end, { force: true });
    for (const agent of ["genetic", "random"]) {
        for (const seed of ["1", "2"]) {
            ogive("run", "examples/demo.yaml", "--agent", agent, "--seed", seed, "--budget", "150", "--store", store, "--quiet");
        }
    }
    ogive("report", store, "-o", join(folder, "report.html"));
}

test("the report is written", record);

const tipText = (page) => page.locator(".tip").innerText();

test("it says who won, by how much and at what cost", async () => {
    await visit(address, {}, async (page, shot) => {
        const answer = await page.locator(".answer").innerText();
        assert.match(answer, /read_latency_average_ns [\d.]+.ns/);
        assert.match(answer, /\(.[\d.]+.% against the default design/);
        assert.match(answer, /power_mw <= 1450 holds with [\d ,.\u202f]+mW/);
        await shot("report/light");
    });
});
