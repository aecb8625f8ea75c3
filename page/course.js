// How a study went: what failed and why, and outcomes over time.
import { html, svg, table } from "./element.js";
import { number, plural, seconds } from "./format.js";
import { line, plot, responsive, showTip, hideTip } from "./picture.js";
import { fateName } from "./designs.js";

const classes = ["f0", "fg", "f4", "f1"];

function drawOutcomes(study, width) {
    const bins = study.timeline;
    const highest = Math.max(1, ...bins.map((bin) => bin[0] + bin[1] + bin[2] + bin[3]));
    const picture = plot("Outcomes over the search", width, 200,
        { label: "evaluations", range: { low: 0, high: Math.max(1, study.trials), log: false } },
        { label: "trials", range: { low: 0, high: highest * 1.05, log: false } }, 4);
    bins.forEach((bin, b) => {
        const from = picture.x.at((b * study.trials) / bins.length);
        const to = picture.x.at(((b + 1) * study.trials) / bins.length);
        let sum = 0;
        const bar = svg("g", {});
        for (let fate = 0; fate < 4; fate++) {
            if (bin[fate] === 0) continue;
            const y = picture.y.at(sum + bin[fate]);
            bar.append(svg("rect", { class: classes[fate], x: from, width: Math.max(0.5, to - from - 0.7), y,
                height: picture.y.at(sum) - y }));
            sum += bin[fate];
        }
        bar.addEventListener("pointermove", (event) => showTip(event, html("div", {},
            html("strong", {}, "until " + seconds(bin[5])),
            [0, 1, 2, 3].map((fate) => (bin[fate] ? html("div", {}, plural(bin[fate], "trial") + ": " + fateName(fate)) : null)),
            bin[4] ? html("div", {}, number(bin[4]) + " from the record") : null)));
        bar.addEventListener("pointerleave", hideTip);
        picture.layer.append(bar);
    });
    return picture.root;
}

function drawClock(study, width) {
    const bins = study.timeline;
    let sum = 0;
    const done = bins.map((bin) => (sum += bin[0] + bin[1] + bin[2] + bin[3]));
    const ends = bins.map((bin) => bin[5]);
    const picture = plot("Trials over time", width, 200,
        { label: "seconds since the study began", range: { low: 0, high: Math.max(...ends) || 1, log: false } },
        { label: "trials done", range: { low: 0, high: sum * 1.05 || 1, log: false } }, 4);
    picture.layer.append(svg("path", { class: "line s0", d: line(picture, [0, ...ends], [0, ...done]) }));
    return picture.root;
}

function failures(task, study) {
    const parts = [];
    const broken = study.fates[1];
    if (broken + study.fates[2] + study.fates[3] === 0) {
        return [html("p", {}, "Nothing failed: every design was feasible and met the constraints.")];
    }
    if (broken > 0) {
        parts.push(table("Constraints", ["constraint", "#trials that broke it"],
            task.constraints.map((text, c) => [text, number(study.broken[c])])));
    }
    if (study.reasons.length > 0) {
        const most = 20;
        parts.push(table("Reasons of designs without metrics" + (study.reasons.length > most
            ? " (the commonest " + most + " of " + study.reasons.length + ")" : ""), ["reason", "outcome", "#trials"],
            study.reasons.slice(0, most).map(([text, fate, count]) => [text || "none given", fateName(fate), number(count)])));
    }
    return parts;
}

export function courseSection(task) {
    const said = html("p", { class: "say" });
    const failed = html("div", {});
    const key = html("p", { class: "key" });
    const bars = html("div", { class: "picture" });
    const clock = html("div", { class: "picture" });
    const study = () => task.studies[task.chosen];
    const pictures = [responsive(bars, (width) => drawOutcomes(study(), width)),
        responsive(clock, (width) => drawClock(study(), width))];
    const update = () => {
        const s = study();
        const end = Math.max(0, ...s.timeline.map((bin) => bin[5]));
        const busy = s.timeline.reduce((sum, bin) => sum + bin[6], 0);
        const simulated = s.trials - s.repeats;
        said.textContent = plural(s.trials, "trial") + " in " + seconds(end) + " (" + s.stop + "): " +
            s.fates.map((count, fate) => (count ? number(count) + " " + fateName(fate) : "")).filter((t) => t).join(", ") +
            "; " + number(s.repeats) + " taken from the record instead of simulated" +
            (simulated > 0 ? "; " + seconds(busy / simulated) + " a simulation on average." : ".");
        failed.replaceChildren(...failures(task, s));
        key.replaceChildren(...s.fates.map((count, fate) => (count ? html("span", {}, svg("svg", { width: 12, height: 12, "aria-hidden": "true" },
            svg("rect", { class: classes[fate], width: 12, height: 12 })), " " + fateName(fate)) : "")));
        pictures.forEach((picture) => picture.redraw());
    };
    task.chooseListeners.push(update);
    update();
    return html("section", {}, html("h3", {}, "What failed, and when"), said, failed, key,
        html("div", { class: "pair" }, bars, clock));
}
