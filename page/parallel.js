// Parallel coordinates of one study: a line for each design, an axis for each parameter. Dragging along
// an axis selects; a click clears.
import { html, svg, table } from "./element.js";
import { labelled, number, plural, powersOf, tickText, valueText } from "./format.js";
import { responsive } from "./picture.js";
import { makeScale, rangeOf } from "./scale.js";

const mostLines = 1500;
const mostListed = 12;
let pitch = 92; // between axes
const axisTop = 62;
const parallelHeight = 360;

function parameterColumn(task, study, p) {
    const parameter = task.parameters[p];
    const values = study.rows.x[p];
    const listed = parameter.kind === "choice" || parameter.kind === "boolean";
    const count = listed ? (parameter.choices || ["false", "true"]).length : 0;
    const low = listed ? -0.3 : parameter.values ? parameter.values[0] : parameter.low;
    const high = listed ? count - 0.7 : parameter.values ? parameter.values[parameter.values.length - 1] : parameter.high;
    const log = !listed && Boolean(parameter.log) && low > 0;
    const scale = makeScale({ low, high: high > low ? high : low + 1, log }, parallelHeight - 14, axisTop, 5);
    if (listed) scale.ticks = [...Array(count).keys()];
    else if (parameter.powers) scale.ticks = powersOf(parameter);
    return { name: parameter.name, values, scale, text: (v) => valueText(parameter, v), reference:
        task.referenceX ? task.referenceX[p] : null };
}

function valueColumn(task, study) {
    const scale = makeScale(rangeOf([study.rows.loss.filter((_, i) => study.rows.fate[i] === 0)], 0.02, 6),
        parallelHeight - 14, axisTop, 5);
    return { name: task.value.name, values: study.rows.loss, scale, text: tickText,
        reference: task.value.reference, last: true };
}

// rows that meet the constraints, the worst first so that good designs lie on top
function acceptedRows(task, study) {
    const all = [];
    study.rows.fate.forEach((fate, i) => {
        if (fate === 0 && study.rows.loss[i] !== null) all.push(i);
    });
    return all.sort((i, j) => (study.rows.loss[j] - study.rows.loss[i]) * -task.value.better);
}

function thinned(rows) {
    return rows.filter((_, k) => rows.length <= mostLines ||
        Math.floor(((k + 1) * mostLines) / rows.length) > Math.floor((k * mostLines) / rows.length));
}

function pathOf(columns, row) {
    return columns.map((column, c) => (c ? "L" : "M") + (c * pitch + pitch / 2).toFixed(0) + " " +
        column.scale.at(column.values[row]).toFixed(1)).join("");
}

function clipText(text, letters) {
    return text.length > letters ? text.slice(0, letters - 1) + "\u2026" : text;
}

function drawAxis(column, c, view) {
    const x = c * pitch + pitch / 2;
    const group = svg("g", { class: "axis" });
    const words = clipText(column.name, 26).split("_");
    const lines = [];
    for (const word of words) {
        const last = lines.length - 1;
        if (last >= 0 && (lines[last] + "_" + word).length <= 13) lines[last] += "_" + word;
        else lines.push((last >= 0 ? "_" : "") + word);
    }
    lines.slice(0, 3).forEach((text, k) => group.append(svg("text", { class: "label", x,
        y: axisTop - 16 - 14 * (Math.min(3, lines.length) - 1 - k), "text-anchor": "middle" }, text)));
    group.append(svg("title", {}, column.name), svg("line", { class: "frame", x1: x, x2: x, y1: axisTop, y2: parallelHeight - 14 }));
    for (const tick of column.scale.ticks) {
        group.append(svg("text", { class: "tick", x: x + 5, y: column.scale.at(tick) + 4 },
            clipText(column.text(tick), 12)));
    }
    if (column.reference !== null && column.reference !== undefined)
        group.append(svg("path", { class: "marks f1", d: "M" + x + " " + (column.scale.at(column.reference) - 5) + "l5 5l-5 5l-5 -5z" }));
    const chosen = svg("rect", { class: "brush", x: x - 8, width: 16, y: 0, height: 0 });
    const area = svg("rect", { class: "grip", x: x - 20, width: 40, y: axisTop - 6, height: parallelHeight - axisTop - 2 });
    group.append(chosen, area);
    let start = null;
    const place = (event) => {
        const box = view.root.getBoundingClientRect();
        return Math.min(Math.max(((event.clientY - box.top) * view.height) / box.height, axisTop - 6), parallelHeight - 8);
    };
    const show = (from, to) => {
        chosen.setAttribute("y", Math.min(from, to));
        chosen.setAttribute("height", Math.abs(to - from));
    };
    area.addEventListener("pointerdown", (event) => {
        start = place(event);
        area.setPointerCapture(event.pointerId);
    });
    area.addEventListener("pointermove", (event) => {
        if (start !== null) show(start, place(event));
    });
    area.addEventListener("pointerup", (event) => {
        const end = place(event);
        const clear = Math.abs(end - start) < 4;
        view.brushes[c] = clear ? null : [Math.min(start, end), Math.max(start, end)];
        if (clear) show(0, 0);
        start = null;
        view.changed();
    });
    return group;
}

function isSelected(columns, brushes, row) {
    return brushes.every((brush, c) => {
        if (!brush) return true;
        const y = columns[c].scale.at(columns[c].values[row]);
        return y >= brush[0] && y <= brush[1];
    });
}

// lines in bundles of one colour; what is not selected is faint
function drawLines(columns, view) {
    const group = svg("g", {});
    const inside = view.lines.filter((row) => isSelected(columns, view.brushes, row));
    const outside = view.lines.filter((row) => !isSelected(columns, view.brushes, row));
    if (outside.length > 0)
        group.append(svg("path", { class: "lines faint", d: outside.map((row) => pathOf(columns, row)).join("") }));
    const place = new Map(view.lines.map((row, k) => [row, k]));
    const bundle = Math.max(1, Math.ceil(view.lines.length / 60));
    for (let k = 0; k < inside.length; k += bundle) {
        const some = inside.slice(k, k + bundle);
        const shade = Math.min(5, Math.floor((6 * place.get(some[0])) / view.lines.length));
        group.append(svg("path", { class: "lines q" + shade, d: some.map((row) => pathOf(columns, row)).join("") }));
    }
    return group;
}

// the best of the selected designs, one line for those that cost the same
function selectedTable(task, study, rows) {
    const axes = task.axes.map((axis, a) => ({ ...axis, a })).slice(0, 3);
    const several = task.several ? [{ name: "loss", unit: "" }] : [];
    const seen = new Map();
    for (const row of [...rows].reverse()) {
        const key = task.parameters.map((_, p) => study.rows.x[p][row]).join();
        if (!seen.has(key)) seen.set(key, row);
    }
    const some = [...seen.values()].slice(0, mostListed);
    return table("Selected: " + plural(seen.size, "different design") + (some.length < seen.size ? ", the best " + some.length : ""),
        ["trial", ...[...several, ...axes].map((axis) => "#" + labelled(axis.name, axis.unit)), ...task.parameters.map((row) => row.name)],
        some.map((row) => [number(study.rows.n[row]), ...several.map(() => number(study.rows.loss[row])),
            ...axes.map((axis) => number(study.rows.y[axis.a][row])),
            ...task.parameters.map((parameter, p) => valueText(parameter, study.rows.x[p][row]))]));
}

function drawParallel(task, available) {
    const study = task.studies[task.chosen];
    const rows = acceptedRows(task, study);
    select(task, null);
    if (rows.length === 0) return html("p", {}, "No design of this study meets the constraints.");
    const columns = [...task.parameters.map((_, p) => parameterColumn(task, study, p)), valueColumn(task, study)];
    pitch = Math.max(84, Math.min(130, Math.floor((available - 30) / columns.length)));
    const width = columns.length * pitch + 30;
    const root = svg("svg", { viewBox: "0 0 " + width + " " + parallelHeight, width, height: parallelHeight, role: "img",
        "aria-label": "Parallel coordinates of " + plural(rows.length, "design") });
    const view = { root, height: parallelHeight, lines: thinned(rows), brushes: columns.map(() => null) };
    const lines = svg("g", {});
    const status = html("p", { class: "say", role: "status" });
    const listed = html("div", {});
    view.changed = () => {
        lines.replaceChildren(drawLines(columns, view));
        const brushed = view.brushes.some((brush) => brush);
        const inside = brushed ? rows.filter((row) => isSelected(columns, view.brushes, row)) : rows;
        status.textContent = (brushed ? number(inside.length) + " of " : "") + plural(rows.length, "design") +
            (study.rows.n.length < study.trials ? " (of the selection in this page)" : "") +
            (view.lines.length < rows.length ? ", of which " + number(view.lines.length) + " are drawn" : "") +
            (brushed ? " selected; they are marked in the picture above. A click on an axis clears it." : ". Drag along an axis to select.");
        listed.replaceChildren(brushed && inside.length > 0 ? selectedTable(task, study, inside) : "");
        select(task, brushed ? { study, rows: new Set(inside) } : null);
    };
    root.append(lines, ...columns.map((column, c) => drawAxis(column, c, view)));
    view.changed();
    return html("div", {}, html("div", { class: "scroll wide", tabindex: 0, "aria-label": "Parallel coordinates, scrolls sideways" }, root),
        status, listed);
}

function select(task, selected) {
    if (!selected && !task.selected) return;
    task.selected = selected;
    task.selectListeners.forEach((listener) => listener());
}

export function parallelSection(task) {
    const place = html("div", { class: "picture" });
    const picture = responsive(place, (width) => drawParallel(task, width));
    task.chooseListeners.push(() => picture.redraw());
    return html("section", {}, html("h3", {}, "Designs by their parameters"),
        html("p", { class: "say" }, "A line is a design that meets the constraints; the strongest lines are the best ones. Orange diamonds are the default design."),
        place);
}
