// Why the best design is the best: what each other value of a single parameter would make of it.
import { html, svg, table } from "./element.js";
import { change, labelled, number, plural, quantity, valueText } from "./format.js";
import { fateName } from "./designs.js";
import { mentions } from "./task.js";

const [recorded, evaluated, estimated, unknown, forbidden] = [0, 1, 2, 3, 4]; // where numbers come from
const barWidth = 110; // pixels
const mostShown = 8; // parameters, and entries of each, before the rest is folded away
const mostEntries = 6;

function read(row) {
    const [parameter, value, origin, fate, loss, y, reason] = row;
    return { parameter, value, origin, fate, loss, y, reason };
}

// values of one parameter with the same outcome and the same numbers are one entry
function joined(rows, columns) {
    const entries = new Map();
    for (const row of rows) {
        const key = JSON.stringify([Math.max(evaluated, row.origin), row.fate, row.loss, columns.map((axis) => row.y[axis.a]), row.reason]);
        if (!entries.has(key)) entries.set(key, { ...row, values: [] });
        entries.get(key).values.push(row.value);
    }
    return [...entries.values()];
}

// one for each parameter: what its other values make worse at most, and the entries from good to bad
function groupsOf(task, study) {
    const known = (row) => row.origin <= estimated && row.loss !== null;
    const worse = (row) => (task.value.better > 0 ? study.best.loss - row.loss : row.loss - study.best.loss);
    const rank = (row) => (known(row) ? row.fate : 4 + row.origin);
    const columns = columnsOf(task);
    return task.parameters.map((_, p) => {
        const rows = study.neighbours.rows.map(read).filter((row) => row.parameter === p);
        const entries = joined(rows, columns).map((row) => ({ ...row, worse: known(row) ? worse(row) : null }));
        entries.sort((a, b) => rank(a) - rank(b) || a.worse - b.worse);
        const met = entries.filter((row) => known(row) && row.fate === 0);
        return { parameter: p, entries, rows, worst: Math.max(0, ...met.map((row) => row.worse)),
            locked: entries.every((row) => row.origin === forbidden), idle: entries.every((row) => row.fate === 0 && row.worse === 0 &&
                columns.every((axis) => axis.metric < 0 || row.y[axis.a] === bestOf(task, study, axis))) };
    }).filter((group) => group.rows.length > 0).sort((a, b) => b.worst - a.worst);
}

// linear up to four times the middle one, so that a disaster does not press the rest flat
function barScale(groups) {
    const sizes = groups.flatMap((group) => group.entries).map((row) => Math.abs(row.worse || 0)).filter((size) => size > 0)
        .sort((a, b) => a - b);
    const middle = sizes[Math.floor(sizes.length / 2)] || 1;
    return Math.min(4 * middle, sizes[sizes.length - 1] || 1);
}

function worseBar(worse, full) {
    if (!worse) return "";
    const size = Math.min(1, Math.abs(worse) / full) * (barWidth - 10);
    const shape = [svg("rect", { class: worse > 0 ? "f1" : "f2", y: 3, width: Math.max(1, size), height: 10 })];
    if (Math.abs(worse) > full) shape.push(svg("path", { class: "f1", d: "M" + (barWidth - 8) + " 3l7 5l-7 5z" }));
    return svg("svg", { width: barWidth, height: 16, viewBox: "0 0 " + barWidth + " 16", "aria-hidden": "true", class: "bar" }, shape);
}

// objectives, and what the constraints speak of
function columnsOf(task) {
    return task.axes.map((axis, a) => ({ ...axis, a })).filter((axis) =>
        axis.objective || task.constraints.some((text) => mentions(text, axis.name))).slice(0, 5);
}

function bestOf(task, study, axis) {
    if (axis.metric >= 0) return study.best.y[axis.metric];
    return axis.objective && !task.several ? study.best.loss : null;
}

function cellsOf(task, study, columns, row) {
    if (row.origin === estimated && !task.several) {
        return columns.flatMap((axis) => (axis.objective
            ? ["\u2248 " + number(row.loss), change(study.best.loss, row.loss)] : ["\u2013", ""]));
    }
    return columns.flatMap((axis) => [number(row.y[axis.a]), change(bestOf(task, study, axis), row.y[axis.a])]);
}

function remark(task, row) {
    if (row.origin === forbidden) return "not allowed with the other values";
    if (row.origin === unknown) return "not known";
    if (row.fate > 0) return fateName(row.fate) + (row.reason ? ": " + row.reason : "");
    if (row.origin === estimated) return "estimated" + (task.several ? ", loss \u2248 " + number(row.loss) : "");
    return row.worse < 0 ? "better than the best one found" : row.worse === 0 ? "the same" : "";
}

// of many entries the best and the worst ones
function shortened(entries) {
    return entries.length <= mostEntries ? entries : [...entries.slice(0, mostEntries - 2), null, entries[entries.length - 1]];
}

function groupTable(task, study, groups, full, short) {
    const columns = columnsOf(task);
    const text = (p, values) => values.map((value) => valueText(task.parameters[p], value)).join(", ");
    const rows = groups.flatMap((group) => {
        const p = group.parameter;
        const unit = task.parameters[p].unit;
        const first = [task.parameters[p].name, text(p, [study.best.x[p]]) + (unit ? " " + unit : ""), "chosen",
            ...columns.flatMap((axis) => [number(bestOf(task, study, axis)), ""])];
        return [Object.assign(first, { mark: "chosen" }), ...(short ? shortened(group.entries) : group.entries).map((row) =>
            (row ? ["", text(p, row.values), [worseBar(row.worse, full), remark(task, row)], ...cellsOf(task, study, columns, row)]
                : ["", "\u2026 " + number(group.entries.length - mostEntries + 1) + " more between", ...Array(2 * columns.length + 1).fill("")]))];
    });
    return table(null, ["parameter", "value", task.several ? "worse (loss)" : "worse",
        ...columns.flatMap((axis) => ["#" + breakable(labelled(axis.name, axis.unit)), "#change"])], rows);
}

// may go on in the next line behind each underscore
function breakable(text) {
    return text.replace(/_/g, "_\u200b");
}

// what the table comes to, in a sentence or two
function summary(task, study, groups) {
    const name = (p) => task.parameters[p].name;
    const parts = [];
    const better = groups.flatMap((group) => group.entries).filter((row) => row.worse < 0 && row.fate === 0 && row.origin <= evaluated);
    const size = Math.abs(study.best.loss);
    const relative = (worse) => (size > 0 ? change(size, size + worse) : quantity(worse, task.value.unit));
    const top = groups.filter((group) => group.worst > 0).slice(0, 3);
    if (top.length > 0) {
        parts.push("It would lose most by another ", ...top.flatMap((group, i) => {
            const met = group.entries.filter((row) => row.worse !== null && row.fate === 0);
            const least = Math.min(...met.map((row) => row.worse));
            const from = relative(Math.max(0, least));
            const to = relative(group.worst);
            return [i ? (i === top.length - 1 ? " or " : ", ") : "", html("b", {}, name(group.parameter)),
                " (worse by " + (from === to || met.length < 2 ? to : from + " to " + to).replace(/\+/g, "") + ")"];
        }), ". ");
    }
    const list = (chosen) => chosen.map((group) => name(group.parameter)).join(", ");
    const idle = groups.filter((group) => group.idle);
    if (idle.length > 0) parts.push("It would be the same with any other value of " + list(idle) + ". ");
    const locked = groups.filter((group) => group.locked);
    if (locked.length > 0) parts.push("The other values do not allow another " + list(locked) + ". ");
    if (better.length > 0) {
        parts.push(html("b", {}, plural(better.length, "neighbour") + (better.length === 1 ? " is" : " are") +
            " better than the best design found: the search could go on."));
    } else if (study.neighbours.origins[estimated] + study.neighbours.origins[unknown] === 0) {
        parts.push("No change of a single parameter improves it.");
    }
    return html("p", {}, parts);
}

function sources(study) {
    const words = ["on record", "evaluated for this page", "estimated by a regression forest (\u2248)", "not known", "not allowed"];
    const said = study.neighbours.origins.map((count, i) => (count ? number(count) + " " + words[i] : "")).filter((text) => text);
    const note = study.neighbours.note;
    return said.join(", ") + "." + (note ? " Not all were evaluated: " + note + "." : "");
}

function neighboursContent(task) {
    const study = task.studies[task.chosen];
    if (!study.neighbours || !study.best) return [html("p", {}, study.waits ? "Being computed."
        : "Nothing is known of what surrounds a best design.")];
    const groups = groupsOf(task, study);
    const full = barScale(groups);
    const telling = groups.filter((group) => !group.idle && !group.locked);
    const parts = [summary(task, study, groups), groupTable(task, study, telling.slice(0, mostShown), full, true)];
    if (telling.length > mostShown || telling.some((group) => group.entries.length > mostEntries)) {
        parts.push(html("details", {}, html("summary", {}, "Every value of " + plural(telling.length, "parameter")),
            groupTable(task, study, telling, full, false)));
    }
    parts.push(html("p", { class: "say" }, plural(study.neighbours.rows.length, "neighbour") + ": " + sources(study)));
    return parts;
}

export function neighboursSection(task) {
    const place = html("div", {});
    const update = () => place.replaceChildren(...neighboursContent(task));
    task.chooseListeners.push(update);
    update();
    return html("section", { class: "why" }, html("h3", {}, "Why this design?"),
        html("p", { class: "say" }, "What each other value of one parameter would make of the best design, all others as they are. Changes " +
            "are against the best design; values with equal results share a line."), place);
}
