// All designs drawn one by one: two axes to choose, the front, what hovers.
import { chooser, html, svg, table } from "./element.js";
import { change, labelled, number, quantity, valueText } from "./format.js";
import { diamond, dots, hover, legend, level, plot, responsive, upright } from "./picture.js";
import { rangeOf } from "./scale.js";
import { limitOf } from "./task.js";

const fates = ["meets the constraints", "breaks a constraint", "infeasible", "failed"];

export function fateName(fate) {
    return fates[fate];
}

// what a tip says of row `i` of a study
export function describe(task, study, i) {
    const rows = study.rows;
    const list = html("dl", {});
    const add = (name, text, mark) =>
        list.append(html("dt", {}, name), html("dd", mark ? { class: "changed" } : {}, text));
    task.axes.slice(0, 6).forEach((axis, a) => add(axis.name, quantity(rows.y[a][i], axis.unit)));
    if (task.several) add("loss", number(rows.loss[i]));
    list.append(html("dt", { class: "rule" }), html("dd", { class: "rule" }));
    task.parameters.forEach((parameter, p) => {
        const value = rows.x[p][i];
        const text = valueText(parameter, value) + (parameter.unit ? " " + parameter.unit : "");
        add(parameter.name, text, task.referenceX && task.referenceX[p] !== value);
    });
    return html("div", {}, html("strong", {}, study.name + ", trial " + number(rows.n[i])),
        html("div", {}, fates[rows.fate[i]]), list,
        task.referenceX ? html("small", {}, "bold: differs from the default design") : null);
}

// the points that no other one beats, from left to right
function frontOf(points, betterX, betterY) {
    const sign = (better) => (better > 0 ? -1 : 1);
    const sorted = [...points].sort((p, q) => sign(betterX) * (p.x - q.x) || sign(betterY) * (p.y - q.y));
    const front = [];
    let least = Infinity;
    for (const p of sorted) {
        if (sign(betterY) * p.y < least) {
            least = sign(betterY) * p.y;
            front.push(p);
        }
    }
    return front;
}

function collect(task, a, b) {
    const points = [];
    for (const study of task.studies) {
        if (!task.shown.has(study.label)) continue;
        const label = task.labels.indexOf(study.label);
        for (let i = 0; i < study.rows.n.length; i++) {
            const x = study.rows.y[a][i];
            const y = study.rows.y[b][i];
            if (x !== null && y !== null) points.push({ x, y, i, study, label, fate: study.rows.fate[i] });
        }
    }
    return points;
}

function drawFront(picture, front) {
    let path = "";
    for (const p of front) {
        const x = picture.x.at(p.x).toFixed(1);
        path += path ? "H" + x + "V" + picture.y.at(p.y).toFixed(1) : "M" + x + " " + picture.y.at(p.y).toFixed(1);
    }
    picture.layer.append(svg("path", { class: "line s7", d: path }));
}

// numbers with as many digits as tell them apart
function distinctTexts(values) {
    for (let digits = 3; ; digits++) {
        const texts = values.map((v) => number(v, digits));
        if (digits === 7 || new Set(texts).size === new Set(values).size) return texts;
    }
}

// dots in up to six shades of a third axis, the better the stronger; returns what the shades stand for
function drawShades(task, picture, points, c) {
    const axis = task.axes[c];
    const value = (p) => p.study.rows.y[c][p.i];
    const known = points.filter((p) => p.fate === 0 && value(p) !== null);
    const different = [...new Set(known.map(value))].sort((p, q) => (axis.better > 0 ? p - q : q - p));
    const count = Math.min(6, different.length);
    const first = (k) => Math.floor((k * different.length) / count);
    const place = new Map(different.map((v, i) => [v, i]));
    const key = html("p", { class: "key" }, labelled(axis.name, axis.unit) + ":");
    const texts = distinctTexts([...Array(count).keys()].flatMap((k) => [different[first(k)], different[first(k + 1) - 1]]));
    for (let k = 0; k < count; k++) {
        const shade = "dots solid q" + (count === 1 ? 5 : Math.round((5 * k) / (count - 1)));
        const some = known.filter((p) => place.get(value(p)) >= first(k) && place.get(value(p)) < first(k + 1));
        picture.layer.append(svg("path", { class: shade, d: dots(picture, some.map((p) => p.x), some.map((p) => p.y)) }));
        const [from, to] = [texts[2 * k], texts[2 * k + 1]];
        key.append(html("span", {}, svg("svg", { width: 10, height: 10, "aria-hidden": "true" }, svg("path", { class: shade, d: "M5 5h0" })),
            " " + (from === to ? from : from + " to " + to)));
    }
    return key;
}

// designs that no other one of their study beats in all of three and more objectives
function drawOnFront(task, picture, points) {
    if (task.axes.filter((axis) => axis.objective).length < 3) return;
    const fronts = new Map(task.studies.map((study) => [study, new Set(study.front)]));
    const some = points.filter((p) => fronts.get(p.study).has(p.study.rows.n[p.i]));
    picture.layer.append(svg("path", { class: "dots halo s7", d: dots(picture, some.map((p) => p.x), some.map((p) => p.y)) }));
}

function drawScatter(task, a, b, c, width) {
    const points = collect(task, a, b);
    const [ax, ay] = [task.axes[a], task.axes[b]];
    const marks = (axis) => (axis.reference === null ? [] : [axis.reference]);
    const picture = plot(ay.name + " against " + ax.name + " of all designs shown", width,
        Math.min(480, 220 + width * 0.32),
        { label: labelled(ax.name, ax.unit), range: rangeOf([points.map((p) => p.x), marks(ax)]) },
        { label: labelled(ay.name, ay.unit), range: rangeOf([points.map((p) => p.y), marks(ay)]) });
    const selected = task.selected;
    if (selected) picture.layer.setAttribute("class", "behind");
    const path = (chosen) => dots(picture, chosen.map((p) => p.x), chosen.map((p) => p.y));
    picture.layer.append(svg("path", { class: "dots sg", d: path(points.filter((p) => p.fate !== 0)) }));
    if (ax.better !== 0 && ay.better !== 0) {
        drawFront(picture, frontOf(points.filter((p) => p.fate === 0), ax.better, ay.better));
    }
    drawOnFront(task, picture, points);
    const key = c >= 0 ? drawShades(task, picture, points, c) : "";
    for (const [i] of task.labels.entries()) {
        if (c >= 0) break;
        picture.layer.append(svg("path", { class: "dots " + task.dotClass(i),
            d: path(points.filter((p) => p.fate === 0 && p.label === i)) }));
    }
    for (const text of task.constraints) {
        const limit = limitOf(text);
        if (limit && limit.name === ax.name) upright(picture, limit.limit, "s1", text);
        if (limit && limit.name === ay.name) level(picture, limit.limit, "s1", text);
    }
    if (selected) {
        const front = svg("g", { class: "selected" }, svg("path", { class: "dots solid s7",
            d: path(points.filter((p) => p.study === selected.study && selected.rows.has(p.i))) }));
        picture.root.append(front);
        picture.layer = front;
    }
    diamond(picture, ax.reference, ay.reference, "f1");
    const best = task.studies[task.winner].best;
    if (best) {
        const at = (axis) => (axis.metric >= 0 ? best.y[axis.metric] : null);
        diamond(picture, at(ax), at(ay), "f7");
    }
    hover(picture, points, (p) => describe(task, p.study, p.i));
    return html("div", {}, key, picture.root);
}

function shareSaid(task) {
    const drawn = task.studies.reduce((sum, study) => sum + study.rows.n.length, 0);
    const all = task.studies.reduce((sum, study) => sum + study.trials, 0);
    return drawn === all ? "All " + number(all) + " trials are drawn."
        : number(drawn) + " of " + number(all) + " trials are drawn: the front and the improvements of every " +
          "search, and an even selection of the rest. Counts, curves and tables are of all trials.";
}

function frontTable(task) {
    const study = task.studies[task.chosen];
    const place = new Map(study.rows.n.map((n, i) => [n, i]));
    const objectives = task.axes.filter((axis) => axis.objective);
    const rows = study.front.filter((n) => place.has(n)).map((n) => place.get(n));
    rows.sort((i, j) => (study.rows.y[0][i] - study.rows.y[0][j]) * -objectives[0].better);
    // designs that cost the same are one row
    const equal = new Map(rows.map((i) => [objectives.map((_, a) => study.rows.y[a][i]).join(), i]).reverse());
    const different = [...equal.values()].reverse();
    const most = 12;
    const some = different.filter((_, k) => different.length <= most ||
        Math.floor((k * (most - 1)) / (different.length - 1)) !== Math.floor(((k - 1) * (most - 1)) / (different.length - 1)));
    const cells = (i) => objectives.flatMap((axis, a) => [number(study.rows.y[a][i]),
        change(axis.reference, study.rows.y[a][i])]);
    return table("Front of " + study.name + ": " + number(study.frontCount) + " designs that no other one beats in all objectives" +
        (different.length < study.frontCount ? ", with " + number(different.length) + " different results" : "") +
        (some.length < different.length ? ", " + number(some.length) + " of which are shown" : ""),
        ["trial", ...objectives.flatMap((axis) => ["#" + labelled(axis.name, axis.unit), "#change"])],
        some.map((i) => [number(study.rows.n[i]), ...cells(i)]));
}

export function designsSection(task, changed) {
    if (task.axes.length < 2) return null;
    let [a, b] = task.several ? [0, 1] : [1, 0];
    const objectives = task.axes.filter((axis) => axis.objective).length;
    let c = objectives > 2 ? 2 : -1;
    const names = task.axes.map((axis) => labelled(axis.name, axis.unit));
    const place = html("div", { class: "picture" });
    const picture = responsive(place, (width) => drawScatter(task, a, b, c, width));
    const front = html("div", {});
    const share = html("span", {});
    const update = () => {
        picture.redraw();
        share.textContent = shareSaid(task);
        if (task.several) front.replaceChildren(frontTable(task));
    };
    task.listeners.push(update);
    task.selectListeners.push(() => picture.redraw());
    update();
    return html("section", {}, html("h3", {}, "Designs tried"),
        html("p", { class: "say" }, "Every dot is a design; grey ones break a constraint. The black line is the front: designs " +
            "on it are beaten by no other one in both." + (objectives > 2 ? " Outlined designs are on the front of all " + objectives +
            " objectives." : "") + " Diamonds: orange the default design, black the best one. ", share),
        html("div", { class: "controls" },
            chooser("Horizontal", names, a, (i) => { a = i; picture.redraw(); }),
            chooser("Vertical", names, b, (i) => { b = i; picture.redraw(); }),
            chooser("Colour", ["who searched", ...names], c + 1, (i) => { c = i - 1; picture.redraw(); })),
        legend(task, changed), place, front);
}
