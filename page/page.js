// The parts of a page: the switch of theme; a task from the answer to the details.
import { chooser, html, table } from "./element.js";
import { change, labelled, number, plural, quantity, valueText } from "./format.js";
import { courseSection } from "./course.js";
import { designsSection, fateName } from "./designs.js";
import { diagnosticsSection } from "./diagnostics.js";
import { importanceSection } from "./importance.js";
import { neighboursSection } from "./neighbours.js";
import { parallelSection } from "./parallel.js";
import { finalShare, progressSection } from "./progress.js";
import { slicesSection } from "./slices.js";
import { limitOf, mentions } from "./task.js";

export function themeSwitch() {
    const root = document.documentElement;
    const system = matchMedia("(prefers-color-scheme: dark)");
    const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
    const button = html("button", { type: "button", class: "switch", onclick: () => {
        root.dataset.theme = dark() ? "light" : "dark";
        say();
    } }, "Dark");
    const say = () => button.setAttribute("aria-pressed", String(dark()));
    system.addEventListener("change", say);
    say();
    return button;
}

function wanted(task, name) {
    const roles = [];
    for (const text of task.objectives) {
        if (mentions(text, name)) roles.push(text.endsWith(" " + name) ? text.split(" ")[0] : text);
    }
    for (const text of task.constraints) {
        if (mentions(text, name)) roles.push(text.startsWith(name + " ") ? text.slice(name.length + 1) : text);
    }
    return roles.join("; ");
}

// the parameters that explain most, if anything is known of that
function mattered(task, study) {
    const found = study.importance;
    if (!found || !(found.explained >= 0.5)) return "";
    const most = task.parameters.map((row, p) => ({ name: row.name, share: found.total[p] }))
        .filter((row) => row.share >= 0.05).sort((a, b) => b.share - a.share).slice(0, 3);
    return most.length === 0 ? "" : [" What matters most: ", most.flatMap((row, i) =>
        [i ? ", " : "", html("b", {}, row.name), " (" + number(100 * row.share, 2) + "\u202f% of the variance)"]), "."].flat();
}

// the sentence that someone who knows nothing reads first
function answer(task) {
    const study = task.studies[task.winner];
    const best = study.best;
    if (!best) {
        const sum = [1, 2, 3].map((fate) => task.studies.reduce((all, s) => all + s.fates[fate], 0));
        const said = [1, 2, 3].filter((fate) => sum[fate - 1] > 0)
            .map((fate) => plural(sum[fate - 1], "trial") + ": " + fateName(fate));
        return html("p", { class: "answer" }, "No design was found that is feasible and meets all constraints. " + said.join(", ") + ".");
    }
    const by = [html("b", {}, study.label), " (seed " + study.seed + ") found it at evaluation ",
        html("b", {}, number(best.n + 1)), " of " + number(study.trials) + "."];
    const objectives = task.axes.filter((axis) => axis.objective && axis.metric >= 0);
    const parts = objectives.flatMap((axis, i) => {
        const value = best.y[axis.metric];
        const gain = change(axis.reference, value);
        return [i ? "; " : "", axis.name + " ", html("b", {}, quantity(value, axis.unit)),
            gain === change(1, 1) ? " (as the default design)" : gain ? " (" + gain + " against the default design\u2019s " + quantity(axis.reference, axis.unit) + ")" : ""];
    });
    if (objectives.length === 0) {
        parts.push(task.value.name + " ", html("b", {}, quantity(best.loss, task.value.unit)),
            task.value.reference === null ? "" : " (default design " + quantity(task.value.reference, task.value.unit) + ")");
    }
    const kept = task.constraints.map((text) => {
        const limit = limitOf(text);
        const m = limit ? task.metrics.findIndex((metric) => metric.name === limit.name) : -1;
        return m < 0 ? text + " holds" : text + " holds with " + quantity(best.y[m], task.metrics[m].unit) +
            (task.referenceY ? " (default " + quantity(task.referenceY[m], task.metrics[m].unit) + ")" : "");
    });
    const shares = task.studies.map((s) => (s.hypervolume ? s.hypervolume.v[s.hypervolume.v.length - 1] : null));
    const widest = shares.reduce((most, share, i) => (share !== null && share > (shares[most] || 0) ? i : most), 0);
    if (task.several && task.studies.length > 1 && shares[widest] !== null) {
        by.push(" The front with the largest hypervolume is ", html("b", {}, task.studies[widest].label),
            "\u2019s (" + finalShare(task.studies[widest]) + ").");
    }
    return html("p", { class: "answer" }, task.several ? "The best compromise: " : "The best design: ", parts, ". ",
        kept.length ? kept.join("; ") + ". " : "", by, mattered(task, study));
}

function searched(task) {
    const rows = [["Environment", task.environment], ["Version and options", task.identity],
        ["Objectives", task.objectives.join("; ")], ["Constraints", task.constraints.join("; ") || "none"],
        ["Space", plural(task.parameters.length, "parameter") +
            (task.spaceConstraints.length ? ", held by " + task.spaceConstraints.join("; ") : "")]];
    return html("section", {}, html("h3", {}, "What was searched"),
        html("dl", { class: "facts" }, rows.flatMap(([name, text]) => [html("dt", {}, name), html("dd", {}, text)])),
        html("details", {}, html("summary", {}, "All parameters"),
            table(null, ["parameter", "range", "unit", "default", "meaning"], task.parameters.map((row, p) =>
                [row.name, row.range, row.unit, task.referenceX ? valueText(row, task.referenceX[p]) : "", row.doc]))));
}

function middle(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const half = sorted.length / 2;
    return sorted.length === 0 ? null : sorted.length % 2 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
}

function searchRow(task, study) {
    return [study.name, study.label, study.seed, number(study.trials), study.best ? number(study.best.loss, 5) : "\u2013",
        study.best ? change(task.value.reference, study.best.loss) : "", study.best ? number(study.best.n + 1) : "\u2013",
        ...(task.several ? [number(study.frontCount), finalShare(study)] : []), study.stop];
}

function searches(task) {
    const unit = labelled(task.value.name, task.value.unit);
    const all = table("Studies", ["study", "search", "seed", "#evaluations", "#best " + unit, "#against default", "#found at",
        ...(task.several ? ["#front", "#hypervolume"] : []), "stopped"],
        task.studies.map((study, i) => Object.assign(searchRow(task, study), { mark: study.best && i === task.winner ? "winner" : "" })));
    const section = html("section", {}, html("h3", {}, "Who searched, and what they found"));
    if (task.studies.length === task.labels.length) {
        section.append(all);
        return section;
    }
    const rows = task.labels.map((label) => {
        const runs = task.studies.filter((study) => study.label === label);
        const values = runs.filter((run) => run.best).map((run) => run.best.loss);
        const best = values.length ? (task.value.better > 0 ? Math.max(...values) : Math.min(...values)) : null;
        const row = [label, number(runs.length), number(middle(runs.map((run) => run.trials))), number(best, 5),
            number(middle(values), 5), best === null ? "" : change(task.value.reference, best),
            number(middle(runs.filter((run) => run.best).map((run) => run.best.n + 1)))];
        return Object.assign(row, { mark: label === task.studies[task.winner].label ? "winner" : "" });
    });
    section.append(table(unit, ["search", "#runs", "#evaluations", "#best", "#median", "#best against default", "#found at (median)"], rows),
        html("details", {}, html("summary", {}, "Every run"), all));
    return section;
}

function metricTable(task, best) {
    const rows = task.metrics.map((metric, m) => {
        const from = task.referenceY ? task.referenceY[m] : null;
        const role = wanted(task, metric.name);
        const row = [metric.name, number(from), number(best.y[m]), metric.unit, change(from, best.y[m]), role];
        return Object.assign(row, { mark: role ? "wanted" : "" });
    });
    const head = ["metric", "#default", "#best", "unit", "#change", "wanted"];
    const led = (row) => (task.axes.some((axis) => axis.objective && axis.name === row[0]) ? 0 : 1);
    const first = rows.filter((row) => row.mark).sort((a, b) => led(a) - led(b));
    const others = rows.filter((row) => !row.mark);
    return html("div", {}, table("Metrics", head, first.length ? first : rows.slice(0, 12)),
        first.length && others.length ? html("details", {}, html("summary", {}, plural(others.length, "more metric")),
            table(null, head.slice(0, 5), others.map((row) => row.slice(0, 5)))) : null);
}

function parameterTable(task, best) {
    return table("Parameters", ["parameter", "default", "best", "unit"], task.parameters.map((row, p) => {
        const from = task.referenceX ? task.referenceX[p] : null;
        const same = from === best.x[p];
        return Object.assign([row.name, valueText(row, from), same ? "same" : valueText(row, best.x[p]), row.unit],
            { mark: same ? "same" : "wanted" });
    }));
}

function bestSection(task) {
    const place = html("div", {});
    const update = () => {
        const study = task.studies[task.chosen];
        place.replaceChildren(html("p", { class: "say" }, study.name + ": " + study.label + ", seed " + study.seed +
            (study.options ? ", " + study.options : "") + ", batches of " + number(study.batch) + ", begun " + study.created +
            (study.best ? "; trial " + number(study.best.n) + "." : ".")),
            study.best ? html("div", { class: "tables" }, metricTable(task, study.best), parameterTable(task, study.best))
                : html("p", {}, "No design of this study is feasible and meets all constraints."),
            html("details", {}, html("summary", {}, "The plan, which runs this study again"), html("pre", {}, study.plan.join("\n"))));
    };
    task.chooseListeners.push(update);
    update();
    return html("section", {}, html("h3", {}, "The best design against the default"), place);
}

// a part that is made again when the task has new data
function renewed(task, make) {
    let part = make(task);
    task.renewListeners.push(() => {
        const next = make(task);
        part.replaceWith(next);
        part = next;
    });
    return part;
}

// draw again after the data of a task have changed; `whole`: also what is of one study alone
export function renewTask(task, whole) {
    task.renewListeners.forEach((listener) => listener());
    (whole ? task.chooseListeners : task.listeners).forEach((listener) => listener());
}

export function taskSection(task, index) {
    const changed = () => task.listeners.forEach((listener) => listener());
    task.chooseListeners = [() => changed()];
    task.renewListeners = [];
    const choose = task.studies.length > 1 ? html("div", { class: "controls sticky" },
        chooser("Study in detail", task.studies.map((study) => study.name), task.chosen, (i) => {
            task.chosen = i;
            task.chooseListeners.forEach((listener) => listener());
        })) : null;
    const best = [bestSection(task), neighboursSection(task), importanceSection(task)];
    const designs = [designsSection(task, changed), parallelSection(task)];
    // of several objectives the front is the answer
    const details = task.several ? [...designs, ...best] : [...best, ...designs];
    return html("section", { class: "task", "aria-labelledby": "task" + index },
        html("h2", { id: "task" + index }, task.environment + ": " + task.objectives.join(", ")),
        renewed(task, answer), renewed(task, searches), progressSection(task, changed), choose, ...details, slicesSection(task), diagnosticsSection(task), courseSection(task), searched(task));
}
