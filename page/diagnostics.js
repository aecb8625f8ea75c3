// What an agent told of its search: entropies of policies, errors of models.
import { html, svg } from "./element.js";
import { number } from "./format.js";
import { hover, line, level, plot, responsive } from "./picture.js";
import { rangeOf } from "./scale.js";

const kinds = {
    entropy: { title: "Indecision", label: "entropy, 1 = undecided", range: { low: 0, high: 1.02, log: false },
        say: "How undecided the agent is about each part of a design: the entropy of its distribution over the values, in parts of the " +
            "largest possible. 1: all are equally likely; 0: it has settled on one. Values that constraints forbid count as well, so a part that has no choice stays above 0." },
    model_error: { title: "Error of the model", label: "error, in standard deviations", mark: 1,
        say: "How wrong the agent\u2019s model is about designs that it has not seen, in standard deviations of what it learns. At 1 it knows no " +
            "more than their mean; searches try what the model knows least, so it may be above." },
};
const mostKeyed = 21; // curves that are told apart by colour and dashes

function curveClass(i, count) {
    return count > mostKeyed ? "thin sg" : "s" + (i % 7) + ["", " dashed", " dotted"][Math.floor(i / 7)];
}

function drawDiagnostic(study, kind, curves, width) {
    const range = kind.range || { ...rangeOf([curves.flatMap((curve) => curve.v), [0, kind.mark]], 0.05, Infinity) };
    const picture = plot(kind.title + " over evaluations", width, Math.min(320, 170 + width * 0.18),
        { label: "evaluations", range: { low: 0, high: Math.max(2, study.trials), log: false } }, { label: kind.label, range });
    if (kind.mark) level(picture, kind.mark, "sg", "as good as the mean");
    curves.forEach((curve, i) => picture.layer.append(svg("path", { class: "line " + curveClass(i, curves.length), d: line(picture, curve.n, curve.v) })));
    hover(picture, curves.flatMap((curve) => curve.n.map((n, k) => ({ x: n, y: curve.v[k], curve, k }))), (p) => html("div", {},
        html("strong", {}, p.curve.part || kind.title), html("div", {}, number(p.y, 3) + " after " + number(p.x) + " evaluations")));
    return picture.root;
}

function diagnosticPart(study, name) {
    const kind = kinds[name] || { title: name, label: name, say: "" };
    const curves = study.diagnostics.filter((curve) => curve.name === name);
    const place = html("div", { class: "picture" });
    responsive(place, (width) => drawDiagnostic(study, kind, curves, width));
    const key = curves.length > 1 && curves.length <= mostKeyed ? html("p", { class: "key" }, curves.map((curve, i) => html("span", {},
        svg("svg", { width: 22, height: 10, "aria-hidden": "true" }, svg("path", { class: "line " + curveClass(i, curves.length), d: "M1 5h20" })),
        " " + curve.part))) : null;
    return html("div", {}, html("h4", {}, kind.title), html("p", { class: "say" }, kind.say), key, place);
}

export function diagnosticsSection(task) {
    const section = html("section", {});
    const update = () => {
        const study = task.studies[task.chosen];
        const names = [...new Set((study.diagnostics || []).map((curve) => curve.name))];
        section.replaceChildren(...(names.length ? [html("h3", {}, "What the agent told of its search"),
            ...names.map((name) => diagnosticPart(study, name))] : []));
        section.hidden = names.length === 0;
    };
    task.chooseListeners.push(update);
    update();
    return section;
}
