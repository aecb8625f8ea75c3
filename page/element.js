// Elements. Texts become text nodes, never mark-up.

const svgSpace = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else if (value !== null && value !== undefined && value !== false)
            element.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat()) {
        if (child !== null && child !== undefined) element.append(child);
    }
    return element;
}

export function html(name, attributes, ...children) {
    return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes, ...children) {
    return fill(document.createElementNS(svgSpace, name), attributes, children);
}

// head: texts, those that begin with "#" stand over numbers; rows: lists of texts or elements
export function table(caption, head, rows) {
    const numeric = head.map((text) => text.startsWith("#"));
    const kind = (i) => (numeric[i] ? { class: "number" } : {});
    return html(
        "div",
        { class: "scroll" },
        html(
            "table",
            {},
            caption ? html("caption", {}, caption) : null,
            html("thead", {}, html("tr", {}, head.map((text, i) =>
                html("th", { scope: "col", ...kind(i) }, text.replace(/^#/, ""))))),
            html("tbody", {}, rows.map((row) =>
                html("tr", row.mark ? { class: row.mark } : {}, row.map((cell, i) =>
                    i === 0 ? html("th", { scope: "row" }, cell) : html("td", kind(i), ...[cell].flat())))))
        )
    );
}

// a select with its label; options: texts; onchange gets the index
export function chooser(label, options, chosen, onchange) {
    const select = html("select", { onchange: () => onchange(select.selectedIndex) },
        options.map((text, i) => html("option", { selected: i === chosen }, text)));
    return html("label", { class: "chooser" }, label + " ", select);
}
