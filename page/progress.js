// The best value so far, and the hypervolume, over evaluations.
import { html, svg } from "./element.js";
import { labelled, number } from "./format.js";
import { legend, level, plot, responsive, steps } from "./picture.js";
import { rangeOf } from "./scale.js";

function valueAt(curve, n) {
    let low = 0;
    let high = curve.n.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (curve.n[middle] <= n) low = middle + 1;
        else high = middle;
    }
    return low > 0 ? curve.v[low - 1] : null;
}

// the median of runs wherever one of them changes; from where more than half have a value
function median(task, curves) {
    const at = [...new Set(curves.flatMap((curve) => curve.n))].sort((a, b) => a - b);
    const middle = { n: [], v: [] };
    for (const n of at) {
        const values = curves.map((curve) => valueAt(curve, n))
            .map((v) => (v === null ? -task.value.better * Infinity : v)).sort((a, b) => a - b);
        const half = values.length / 2;
        const value = values.length % 2 ? values[Math.floor(half)] : (values[half - 1] + values[half]) / 2;
        if (Number.isFinite(value)) {
            middle.n.push(n);
            middle.v.push(value);
        }
    }
    return middle;
}

// the vertical range: ends of all curves and the default design, not the first bad guesses
function progressRange(task, curves) {
    const ends = task.value.reference === null ? [] : [task.value.reference];
    for (const curve of curves) {
        const count = curve.v.length;
        if (count === 0) continue;
        ends.push(curve.v[count - 1]);
        if (task.value.reference === null) ends.push(valueAt(curve, curve.n[0] + Math.floor((curve.end - curve.n[0]) * 0.05)));
    }
    return rangeOf([ends], 0.08);
}

function drawProgress(task, width) {
    const studies = task.studies.filter((study) => task.shown.has(study.label));
    const curves = studies.map((study) => ({ n: study.curve.n.map((n) => n + 1), v: study.curve.v,
        end: study.trials, label: study.label }));
    const end = Math.max(2, ...curves.map((curve) => curve.end));
    const log = end > 2000;
    const picture = plot("Best value so far over evaluations", width, Math.min(380, 200 + width * 0.25),
        { label: "evaluations", range: { low: log ? 1 : 0, high: end, log } },
        { label: "best " + labelled(task.value.name, task.value.unit), range: progressRange(task, curves) });
    const clip = picture.y;
    const inside = (v) => Math.min(Math.max(v, clip.low), clip.high);
    level(picture, task.value.reference, "sg", "default design");
    for (const [i, label] of task.labels.entries()) {
        const runs = curves.filter((curve) => curve.label === label);
        for (const curve of runs) {
            picture.layer.append(svg("path", {
                class: "line " + task.lineClass(i) + (runs.length > 1 ? " thin" : ""),
                d: steps(picture, curve.n, curve.v.map(inside), curve.end) }));
        }
        if (runs.length > 1) {
            const middle = median(task, runs);
            picture.layer.append(svg("path", { class: "line " + task.lineClass(i),
                d: steps(picture, middle.n, middle.v.map(inside), Math.max(...runs.map((r) => r.end))) }));
        }
    }
    return picture.root;
}

function drawHypervolume(task, width) {
    const studies = task.studies.filter((study) => task.shown.has(study.label) && study.hypervolume);
    const end = Math.max(2, ...studies.map((study) => study.trials));
    const picture = plot("Hypervolume over evaluations", width, Math.min(340, 180 + width * 0.2),
        { label: "evaluations", range: { low: end > 2000 ? 1 : 0, high: end, log: end > 2000 } },
        { label: "share of the box (%)", range: { low: 0, high: 100, log: false } });
    for (const study of studies) {
        const i = task.labels.indexOf(study.label);
        picture.layer.append(svg("path", { class: "line " + task.lineClass(i),
            d: steps(picture, study.hypervolume.n, study.hypervolume.v.map((v) => (v === null ? null : 100 * v)),
                study.trials) }));
    }
    return picture.root;
}

export function progressSection(task, changed) {
    const runs = task.studies.length > task.labels.length;
    const place = html("div", { class: "picture" });
    const section = html("section", {}, html("h3", {}, "Progress"),
        html("p", { class: "say" }, "The best design so far that meets all constraints" +
            (runs ? "; thick lines are medians of runs that differ in their seed." : ".") +
            (task.several ? " Several objectives are led by their mean, each relative to the default design (the loss)." : "")),
        legend(task, changed), place);
    const pictures = [responsive(place, (width) => drawProgress(task, width))];
    if (task.studies.some((study) => study.hypervolume)) {
        const volume = html("div", { class: "picture" });
        section.append(html("h4", {}, "Hypervolume"),
            html("p", { class: "say" }, "How much of the box between the best value of each objective and the " +
                "worst one on any front is dominated; 100 % cannot be reached where objectives conflict."), volume);
        pictures.push(responsive(volume, (width) => drawHypervolume(task, width)));
    }
    task.listeners.push(() => pictures.forEach((picture) => picture.redraw()));
    return section;
}

export function finalShare(study) {
    const v = study.hypervolume ? study.hypervolume.v : [];
    const last = v[v.length - 1];
    return last === null || last === undefined ? "\u2013" : number(100 * last, 3) + " %";
}
