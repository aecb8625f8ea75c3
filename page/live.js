// The live page: the list of studies, or one of them with all its pictures, both as they run.
import { html } from "./element.js";
import { number } from "./format.js";
import { controlSection } from "./live_control.js";
import { ask, follow, isRunning, stateOf } from "./live_follow.js";
import { listSection, progressBar, progressText } from "./live_list.js";
import { renewTask, taskSection, themeSwitch } from "./page.js";
import { openTask } from "./task.js";

const mostRows = 20000; // drawn one by one before the server is asked for a new selection
const manyTrials = 20000; // a study of more is shown before its importances are computed
const wholeSeconds = 5; // between readings of all of a running study, at least

const place = html("div", {});
const trouble = html("p", { class: "trouble", role: "alert", hidden: true });
let opened = null; // the study that is shown

function brushed() {
    return [...place.querySelectorAll(".brush")].some((rect) => Number(rect.getAttribute("height")) > 0);
}

// keeps open what the reader opened
function keepingDetails(work) {
    const before = [...place.querySelectorAll("details")].map((part) => part.open);
    work();
    const parts = [...place.querySelectorAll("details")];
    if (parts.length === before.length) parts.forEach((part, i) => { part.open = before[i]; });
}

// put the trials since the last look into the task
function addPart(task, part) {
    const study = task.studies[0];
    const rows = study.rows;
    for (const key of ["n", "fate", "loss"]) rows[key].push(...part.rows[key]);
    for (const key of ["x", "y"]) rows[key].forEach((column, i) => column.push(...part.rows[key][i]));
    study.fates = study.fates.map((count, i) => count + part.fates[i]);
    part.curve.n.forEach((n, i) => {
        const last = study.curve.v[study.curve.v.length - 1];
        if (last !== undefined && !task.isBetter(part.curve.v[i], last)) return;
        study.curve.n.push(n);
        study.curve.v.push(part.curve.v[i]);
    });
    if (part.best) study.best = part.best;
}

async function readWhole(view, quick) {
    const start = performance.now();
    const data = await ask(view.path + (quick ? "?analysis=0" : ""));
    if (view !== opened) return;
    data.tasks[0].studies[0].waits = quick;
    if (!view.task) {
        view.task = openTask(data.tasks[0]);
        view.body.replaceChildren(taskSection(view.task, 0));
    } else {
        const task = data.tasks[0];
        keepingDetails(() => {
            view.task.studies[0] = task.studies[0];
            renewTask(view.task, true);
        });
    }
    const study = view.task.studies[0];
    view.next = study.trials;
    view.whole = quick ? -1 : study.trials;
    view.created = study.created;
    view.finished = study.stop;
    view.cost = (performance.now() - start) / 1000;
    view.read = performance.now() / 1000;
}

async function readPart(view) {
    const data = await ask(view.path + "/trials?from=" + view.next);
    if (view !== opened) return;
    addPart(view.task, data.part);
    view.next = data.next;
    view.task.studies[0].trials = data.next;
    keepingDetails(() => renewTask(view.task, false));
}

// bring the pictures up to what is known of the study: a part, or all of it from time to time
async function catchUp(view, study) {
    const task = view.task;
    const other = !task || view.created !== study.created;
    const ended = task && !isRunning(study) && (view.finished !== study.stop || view.whole !== study.trials);
    const behind = study.trials - view.next;
    const crowded = task && task.studies[0].rows.n.length + behind > mostRows;
    const due = performance.now() / 1000 - view.read > Math.max(wholeSeconds, 20 * view.cost);
    if (other) {
        view.task = null;
        await readWhole(view, study.trials > manyTrials);
    } else if (view.whole < 0 || (!brushed() && (ended || (behind > 0 && (crowded || due))))) {
        await readWhole(view, false);
    } else if (behind > 0 && !crowded) {
        await readPart(view);
    }
}

async function update(view) {
    const study = state.studies.get(view.name);
    if (!study) {
        view.status.replaceChildren(state.known ? "This store holds no study of this name." : "");
        return;
    }
    view.path = study.path;
    view.control.update(study, view.task);
    view.status.replaceChildren(progressBar(study), " " + stateOf(study) + ": " + progressText(study));
    if (view.busy) return;
    view.busy = true;
    const start = performance.now();
    try {
        await catchUp(view, study);
        view.control.update(study, view.task);
        view.said.textContent = "";
    } catch (error) {
        view.said.textContent = error.message;
    }
    // drawing takes at most a fifth of the time
    const rest = Math.max(200, 4 * (performance.now() - start));
    setTimeout(() => {
        view.busy = false;
        const now = state.studies.get(view.name);
        if (view === opened && now && (now.trials > view.next || now.stop !== view.finished || view.whole < 0)) void update(view);
    }, rest);
}

function openStudy(name) {
    const view = { name, task: null, next: 0, whole: 0, created: "", finished: "", cost: 0, read: 0, busy: false,
        status: html("p", { class: "status", role: "status" }), said: html("p", { class: "trouble" }), body: html("div", {}), control: controlSection(() => state.control) };
    opened = view;
    place.replaceChildren(html("p", {}, html("a", { href: "#/" }, "All studies")), html("h2", { class: "name" }, name),
        view.status, view.control.place, view.said, view.body);
    void update(view);
}

function show() {
    const match = /^#\/study\/(.+)$/.exec(location.hash);
    if (match) openStudy(decodeURIComponent(match[1]));
    else {
        opened = null;
        place.replaceChildren(listSection(state));
    }
}

const count = html("span", { class: "say" });
document.getElementById("page").replaceChildren(
    html("header", {}, html("h1", {}, html("a", { href: "#/" }, "Ogive")), count, themeSwitch()), trouble, place);

const state = follow(() => {
    count.textContent = number(state.studies.size) + (state.studies.size === 1 ? " study" : " studies");
    if (opened) void update(opened);
    else place.replaceChildren(listSection(state));
}, (text) => {
    trouble.textContent = text;
    trouble.hidden = text === "";
});
addEventListener("hashchange", show);
show();
