// Pictures with two axes, as SVG; what hovers over them; legends that switch series on and off.
import { html, svg } from "./element.js";
import { tickText } from "./format.js";
import { makeScale } from "./scale.js";

// draw again whenever the width of the place changes; heights follow from widths
export function responsive(place, draw) {
    let last = 0;
    const again = () => {
        const width = Math.floor(place.clientWidth);
        if (width > 0 && width !== last) {
            last = width;
            place.replaceChildren(draw(width));
        }
    };
    // in the next frame: drawing changes sizes, which must not happen while they are being told
    new ResizeObserver(() => requestAnimationFrame(again)).observe(place);
    return { redraw: () => { last = 0; again(); } };
}

// x and y: {label, range}; returns the picture, its scales and the layer to draw into
export function plot(name, width, height, x, y, wanted = 6) {
    const left = 12 + 7.2 * Math.max(...makeScale(y.range, 1, 0, wanted).ticks.map((t) => tickText(t).length)) +
        (y.label ? 20 : 0);
    const bottom = x.label ? 44 : 24;
    const xs = makeScale(x.range, left, width - 14, Math.max(2, Math.floor((width - left) / 90)));
    const ys = makeScale(y.range, height - bottom, 10, Math.min(wanted, Math.max(2, Math.floor(height / 45))));
    const root = svg("svg", { viewBox: "0 0 " + width + " " + height, width, height, role: "img",
        "aria-label": name });
    let free = -1;
    for (const tick of x.ticks || xs.ticks) {
        const at = xs.at(tick);
        const text = x.format ? x.format(tick) : tickText(tick);
        root.append(svg("line", { class: "grid", x1: at, x2: at, y1: ys.to, y2: ys.from }));
        if (at - text.length * 3.5 > free) {
            const end = at + text.length * 3.5 > width;
            root.append(svg("text", { x: end ? width : at, y: ys.from + 17,
                "text-anchor": end ? "end" : "middle" }, text));
            free = at + text.length * 3.5 + 6;
        }
    }
    for (const tick of ys.ticks) {
        const at = ys.at(tick);
        root.append(svg("line", { class: "grid", x1: xs.from, x2: xs.to, y1: at, y2: at }),
            svg("text", { x: xs.from - 7, y: at + 4, "text-anchor": "end" }, tickText(tick)));
    }
    if (x.label)
        root.append(svg("text", { class: "label", x: (xs.from + xs.to) / 2, y: height - 6,
            "text-anchor": "middle" }, x.label));
    if (y.label)
        root.append(svg("text", { class: "label", "text-anchor": "middle",
            transform: "translate(14 " + (ys.from + ys.to) / 2 + ") rotate(-90)" }, y.label));
    if (y.range.empty)
        root.append(svg("text", { x: (xs.from + xs.to) / 2, y: (ys.from + ys.to) / 2, "text-anchor": "middle" }, "nothing to show"));
    const layer = svg("g", {});
    root.append(layer);
    return { root, layer, x: xs, y: ys, width, height };
}

export function within(scale, value) {
    return value !== null && Number.isFinite(value) && (!scale.log || value > 0);
}

// many dots as one path: each is a line of no length with round ends
export function dots(picture, xs, ys, choose) {
    let path = "";
    for (let i = 0; i < xs.length; i++) {
        if (choose && !choose(i)) continue;
        if (!within(picture.x, xs[i]) || !within(picture.y, ys[i])) continue;
        path += "M" + picture.x.at(xs[i]).toFixed(1) + " " + picture.y.at(ys[i]).toFixed(1) + "h0";
    }
    return path;
}

// a line of steps: each value holds until the next, the last one until `end`
export function steps(picture, xs, ys, end) {
    let path = "";
    for (let i = 0; i < xs.length; i++) {
        if (!within(picture.x, xs[i]) || !within(picture.y, ys[i])) continue;
        const x = picture.x.at(xs[i]).toFixed(1);
        path += path ? "H" + x + "V" + picture.y.at(ys[i]).toFixed(1)
                     : "M" + x + " " + picture.y.at(ys[i]).toFixed(1);
    }
    return path && end !== undefined ? path + "H" + picture.x.at(end).toFixed(1) : path;
}

export function line(picture, xs, ys) {
    let path = "";
    for (let i = 0; i < xs.length; i++) {
        if (!within(picture.x, xs[i]) || !within(picture.y, ys[i])) continue;
        path += (path ? "L" : "M") + picture.x.at(xs[i]).toFixed(1) + " " + picture.y.at(ys[i]).toFixed(1);
    }
    return path;
}

export function level(picture, value, className, text) {
    if (!within(picture.y, value) || value < picture.y.low || value > picture.y.high) return;
    const y = picture.y.at(value);
    picture.layer.append(svg("line", { class: "level " + className, x1: picture.x.from, x2: picture.x.to,
        y1: y, y2: y }),
        svg("text", { class: "note", x: picture.x.to - 4, y: y - 4, "text-anchor": "end" }, text));
}

export function upright(picture, value, className, text) {
    if (!within(picture.x, value) || value < picture.x.low || value > picture.x.high) return;
    const x = picture.x.at(value);
    picture.layer.append(svg("line", { class: "level " + className, x1: x, x2: x, y1: picture.y.from,
        y2: picture.y.to }),
        svg("text", { class: "note", x: 0, y: 0,
            transform: "translate(" + (x - 4) + " " + (picture.y.to + 6) + ") rotate(-90)",
            "text-anchor": "end" }, text));
}

export function diamond(picture, x, y, className) {
    if (!within(picture.x, x) || !within(picture.y, y)) return;
    picture.layer.append(svg("path", { class: "marks " + className,
        d: "M" + picture.x.at(x).toFixed(1) + " " + (picture.y.at(y) - 7).toFixed(1) + "l7 7l-7 7l-7 -7z" }));
}

const tip = html("div", { class: "tip", role: "status", hidden: true });
document.body.append(tip);

export function showTip(event, content) {
    tip.replaceChildren(content);
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const right = event.clientX + 16 + box.width < window.innerWidth;
    tip.style.left = Math.max(4, right ? event.clientX + 14 : event.clientX - box.width - 14) + "px";
    tip.style.top = Math.max(4, Math.min(event.clientY + 12, window.innerHeight - box.height - 6)) + "px";
}

export function hideTip() {
    tip.hidden = true;
}

// points: [{x, y, ...}] in values; describe(point) gives what the tip shows
export function hover(picture, points, describe) {
    const ring = svg("circle", { class: "ring", r: 6, visibility: "hidden" });
    picture.root.append(ring);
    const placed = points.filter((p) => within(picture.x, p.x) && within(picture.y, p.y))
        .map((p) => ({ px: picture.x.at(p.x), py: picture.y.at(p.y), point: p }));
    picture.root.addEventListener("pointermove", (event) => {
        const box = picture.root.getBoundingClientRect();
        const factor = picture.width / box.width;
        const x = (event.clientX - box.left) * factor;
        const y = (event.clientY - box.top) * factor;
        let nearest = null;
        let least = 24 * 24;
        for (const p of placed) {
            const distance = (p.px - x) ** 2 + (p.py - y) ** 2;
            if (distance < least) {
                least = distance;
                nearest = p;
            }
        }
        ring.setAttribute("visibility", nearest ? "visible" : "hidden");
        if (!nearest) return hideTip();
        ring.setAttribute("cx", nearest.px);
        ring.setAttribute("cy", nearest.py);
        showTip(event, describe(nearest.point));
    });
    picture.root.addEventListener("pointerleave", () => {
        ring.setAttribute("visibility", "hidden");
        hideTip();
    });
}

// one button for each label of a task
export function legend(task, changed) {
    if (task.labels.length < 2) return null;
    return html("div", { class: "legend", role: "group", "aria-label": "Searches shown" },
        task.labels.map((label, i) => {
            const button = html("button", { type: "button", "aria-pressed": "true", onclick: () => {
                const shown = !task.shown.has(label);
                if (shown) task.shown.add(label);
                else task.shown.delete(label);
                changed();
            } }, svg("svg", { width: 22, height: 10, "aria-hidden": "true" },
                svg("path", { class: "line " + task.lineClass(i), d: "M1 5h20" })), label);
            task.listeners.push(() => button.setAttribute("aria-pressed", String(task.shown.has(label))));
            return button;
        }));
}
