// What two parameters do together, as a map: rows one parameter, columns the other.
import { chooser, html, svg } from "./element.js";
import { labelled, number, plural, quantity, valueText } from "./format.js";
import { hideTip, responsive, showTip } from "./picture.js";

const cellHeight = 30;

function levelText(parameter, [low, high]) {
    return low === high ? valueText(parameter, low) : valueText(parameter, low) + " to " + valueText(parameter, high);
}

function clippedTo(text, width) {
    const letters = Math.max(2, Math.floor(width / 7));
    return text.length > letters ? text.slice(0, letters - 1) + "\u2026" : text;
}

// six shades, the better the stronger
function shades(task, cells) {
    const sorted = cells.map((cell) => cell[2]).filter((v) => v !== null).sort((p, q) => (task.value.better > 0 ? p - q : q - p));
    const limits = [1, 2, 3, 4, 5].map((k) => sorted[Math.floor((k * sorted.length) / 6)]);
    return (v) => limits.filter((limit) => (task.value.better > 0 ? v >= limit : v <= limit)).length;
}

function tipOf(task, pair, i, j, cell) {
    const [a, b, , rows, columns] = pair;
    return html("div", {}, html("strong", {}, task.parameters[a].name + " = " + levelText(task.parameters[a], rows[i])),
        html("div", {}, html("strong", {}, task.parameters[b].name + " = " + levelText(task.parameters[b], columns[j]))),
        html("div", {}, "mean over the space " + quantity(cell[2], task.value.unit)),
        html("div", {}, cell[0] ? "best of " + plural(cell[0], "design") + " tried " + quantity(cell[1], task.value.unit) : "none tried meets the constraints"));
}

function drawMap(task, pair, available) {
    const [a, b, share, rows, columns, cells] = pair;
    const shade = shades(task, cells);
    const left = Math.min(150, 30 + 7 * Math.max(...rows.map((level) => levelText(task.parameters[a], level).length)));
    const cellWidth = Math.max(26, Math.min(96, Math.floor((available - left - 4) / columns.length)));
    const width = left + cellWidth * columns.length + 4;
    const height = cellHeight * rows.length + 46;
    const root = svg("svg", { viewBox: "0 0 " + width + " " + height, width, height, role: "img", class: "map",
        "aria-label": task.value.name + " by " + task.parameters[a].name + " and " + task.parameters[b].name + ", which explain " + number(100 * share, 3) + " % together" });
    rows.forEach((level, i) => root.append(svg("text", { x: left - 6, y: cellHeight * (i + 0.5) + 4, "text-anchor": "end" },
        clippedTo(levelText(task.parameters[a], level), left - 30))));
    columns.forEach((level, j) => root.append(svg("text", { x: left + cellWidth * (j + 0.5), y: cellHeight * rows.length + 17,
        "text-anchor": "middle" }, clippedTo(levelText(task.parameters[b], level), cellWidth))));
    root.append(svg("text", { class: "label", x: left + (cellWidth * columns.length) / 2, y: height - 8, "text-anchor": "middle" },
        labelled(task.parameters[b].name, task.parameters[b].unit)),
        svg("text", { class: "label", "text-anchor": "middle", transform: "translate(13 " + (cellHeight * rows.length) / 2 + ") rotate(-90)" },
            clippedTo(task.parameters[a].name, cellHeight * rows.length + 30)));
    cells.forEach((cell, k) => {
        const [i, j] = [Math.floor(k / columns.length), k % columns.length];
        const [x, y] = [left + cellWidth * j, cellHeight * i];
        const strength = cell[2] === null ? null : shade(cell[2]);
        const group = svg("g", { class: "cell" }, svg("rect", { class: strength === null ? "back" : "h" + strength, x: x + 1, y: y + 1,
            width: cellWidth - 2, height: cellHeight - 2 }),
            svg("text", { class: strength >= 3 ? "light" : "", x: x + cellWidth / 2, y: y + cellHeight / 2 + 4, "text-anchor": "middle" },
                clippedTo(number(cell[2], 3), cellWidth + 8)));
        group.addEventListener("pointermove", (event) => showTip(event, tipOf(task, pair, i, j, cell)));
        group.addEventListener("pointerleave", hideTip);
        root.append(group);
    });
    return root;
}

// what is shown of a study's pairs; null where none is worth it
export function interactionPart(task, study) {
    const pairs = study.importance.pairs;
    if (pairs.length === 0) return null;
    let chosen = 0;
    const place = html("div", { class: "picture" });
    const names = pairs.map(([p, q, share]) => task.parameters[p].name + " and " + task.parameters[q].name + ": " + number(100 * share, 3) + " %");
    const picture = responsive(place, (width) => html("div", { class: "scroll" }, drawMap(task, pairs[chosen], width)));
    return html("div", {}, html("h4", {}, "Together"),
        html("p", { class: "say" }, "What two parameters do together, beyond what each does alone: the mean of " + labelled(task.value.name, task.value.unit) +
            " over the whole space with both values, as the forest sees it; the stronger the colour, the better."),
        html("div", { class: "controls" }, chooser("Pair", names, 0, (i) => { chosen = i; picture.redraw(); })), place);
}
