// Which parameters mattered in one study, as bars with their numbers.
import { html, svg, table } from "./element.js";
import { number, plural } from "./format.js";
import { interactionPart } from "./interaction.js";

const full = 180; // width of a bar of 100 %, pixels

function percent(share) {
    return share === null ? "\u2013" : (100 * share).toFixed(1) + " %";
}

function bar(total, alone, best) {
    const wide = (share) => Math.max(0, Math.min(1, share || 0)) * full;
    return svg("svg", { width: full, height: 18, viewBox: "0 0 " + full + " 18", "aria-hidden": "true", class: "bar" },
        svg("rect", { class: "grid back", width: full, height: 18 }),
        svg("rect", { class: "f5", width: wide(total), height: 11 }), svg("rect", { class: "f0", width: wide(alone), height: 11 }),
        svg("rect", { class: "f4", y: 12, width: wide(best), height: 6 }));
}

function importanceContent(task) {
    const study = task.studies[task.chosen];
    const found = study.importance;
    if (!found) return [html("p", {}, study.waits ? "Being computed." : "No design of this study has metrics.")];
    const order = task.parameters.map((_, p) => p).sort((p, q) => found.total[q] - found.total[p]);
    const name = (p) => task.parameters[p].name;
    const weak = found.explained === null || found.explained < 0.5;
    const parts = [table(null, ["parameter", "", "#alone", "#with others", "#for the best tenth"],
        order.map((p) => [name(p), bar(found.total[p], found.alone[p], found.best[p]), percent(found.alone[p]),
            percent(found.total[p]), percent(found.best[p])]))];
    parts.push(html("p", { class: "say" }, "From a regression forest fitted to " + plural(found.rows, "design") +
        (found.rows < found.available ? " drawn from " + number(found.available) : "") + "; of designs that it has not seen it explains " +
        (found.explained === null ? "nothing, since all are equal" : percent(Math.max(0, found.explained)) + " of the variance") +
        (weak ? ", so take these shares with caution." : ".")));
    parts.push(interactionPart(task, study) || "");
    return parts;
}

export function importanceSection(task) {
    const place = html("div", {});
    const update = () => place.replaceChildren(...importanceContent(task));
    task.chooseListeners.push(update);
    update();
    return html("section", {}, html("h3", {}, "Which parameters mattered"),
        html("p", { class: "say" }, "Share of the variance of " + task.value.name + " over the whole space that a parameter explains: dark blue alone, " +
            "light blue in pairs with others as well. Orange: how far its value decides whether a design is among the best tenth."), place);
}
