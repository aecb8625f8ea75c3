// What each value of each parameter is worth: best, median and all designs of one study.
import { html, svg } from "./element.js";
import { labelled, plural, powersOf, quantity, valueText } from "./format.js";
import { dots, hover, level, line, plot, within } from "./picture.js";
import { rangeOf } from "./scale.js";

const sliceWidth = 290;
const mostDots = 500;

function drawSlice(task, study, p, range) {
    const parameter = task.parameters[p];
    const levels = study.slices[p];
    const listed = parameter.kind === "choice" || parameter.kind === "boolean";
    const names = parameter.choices || ["false", "true"];
    const letters = Math.max(3, Math.floor((sliceWidth - 60) / names.length / 6.8));
    const xRange = listed ? { low: -0.5, high: names.length - 0.5, log: false }
        : { ...rangeOf([parameter.values || [parameter.low, parameter.high]], 0.04), log: Boolean(parameter.log) };
    if (xRange.log) {
        xRange.low = parameter.low / 1.15;
        xRange.high = parameter.high * 1.15;
    }
    const picture = plot(task.value.name + " by " + parameter.name, sliceWidth, 170,
        { range: xRange, ticks: listed ? names.map((_, i) => i) : parameter.powers ? powersOf(parameter) : undefined,
            format: listed ? (i) => (names[i].length > letters ? names[i].slice(0, letters - 1) + "\u2026" : names[i]) : undefined },
        { range }, 4);
    const rows = study.rows;
    const stride = Math.ceil(rows.n.length / mostDots);
    const jitter = (i) => (listed ? (((i * 7919) % 101) / 101 - 0.5) * 0.5 : 0);
    const inside = (v) => v !== null && v >= range.low && v <= range.high;
    picture.layer.append(svg("path", { class: "dots faint", d: dots(picture, rows.x[p].map((v, i) => v + jitter(i)),
        rows.loss, (i) => rows.fate[i] === 0 && i % stride === 0 && inside(rows.loss[i])) }));
    level(picture, task.value.reference, "sg", "");
    const xs = levels.map((l) => l[0]);
    for (const [column, name] of [[3, "s1"], [2, "s0"]]) {
        const ys = levels.map((l) => (l[column] === null ? null : Math.min(Math.max(l[column], range.low), range.high)));
        if (!listed) picture.layer.append(svg("path", { class: "line " + name, d: line(picture, xs, ys) }));
        levels.forEach((_, i) => {
            if (!within(picture.y, ys[i])) return;
            const [x, y] = [picture.x.at(xs[i]), picture.y.at(ys[i])];
            const half = listed ? Math.min(18, 90 / names.length) : 0;
            picture.layer.append(listed
                ? svg("line", { class: "line " + name, x1: x - half, x2: x + half, y1: y, y2: y })
                : svg("circle", { class: "f" + name[1], cx: x, cy: y, r: 2.5 }));
        });
    }
    const points = levels.flatMap((l) => [{ x: l[0], y: l[2], l }, { x: l[0], y: l[3], l }]);
    hover(picture, points, (q) => html("div", {}, html("strong", {}, parameter.name + " = " + valueText(parameter, q.l[0])),
        html("div", {}, plural(q.l[1], "design")),
        html("div", {}, "best " + quantity(q.l[2], task.value.unit)), html("div", {}, "median " + quantity(q.l[3], task.value.unit))));
    return html("figure", {}, html("figcaption", { title: parameter.doc }, labelled(parameter.name, parameter.unit)), picture.root);
}

// without the worst designs, which would press the rest flat
function sliceRange(task, study) {
    const values = study.rows.loss.filter((v, i) => study.rows.fate[i] === 0 && v !== null).sort((a, b) => a - b);
    const cut = Math.floor(values.length * 0.8);
    const kept = task.value.better > 0 ? values.slice(values.length - cut) : values.slice(0, Math.max(1, cut));
    if (task.value.reference !== null) kept.push(task.value.reference);
    return rangeOf([kept], 0.06, 8);
}

export function slicesSection(task) {
    const place = html("div", { class: "slices" });
    const update = () => {
        const study = task.studies[task.chosen];
        const range = sliceRange(task, study);
        // parameters whose values differ most in their medians come first
        const spread = (p) => {
            const medians = study.slices[p].map((l) => l[3]).filter((v) => v !== null);
            return medians.length ? Math.max(...medians) - Math.min(...medians) : 0;
        };
        const order = task.parameters.map((_, p) => p).sort((p, q) => spread(q) - spread(p));
        place.replaceChildren(...(study.fates[0] > 0 ? order.map((p) => drawSlice(task, study, p, range))
            : ["No design of this study meets the constraints."]));
    };
    task.chooseListeners.push(update);
    update();
    return html("section", {}, html("h3", {}, "What each value is worth"),
        html("p", { class: "say" }, labelled(task.value.name, task.value.unit) + " of the designs with each value: blue the best, orange the " +
            "median, grey dots single designs; the dashed line is the default design. Parameters with the largest differences " +
            "of medians come first. A search tries what it believes in, so a value's company is mixed into its median."), place);
}
