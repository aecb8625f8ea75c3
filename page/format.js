// Numbers and values as people read them.

const minus = "\u2212";
const space = "\u202f"; // narrow, between groups of digits and before units

export function number(value, digits = 4) {
    if (value === null || value === undefined || Number.isNaN(value)) return "\u2013";
    const size = Math.abs(value);
    let text;
    if (size !== 0 && (size < 1e-4 || size >= 1e9)) {
        text = value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e");
    } else if (Number.isInteger(value) && size < 1e9) {
        text = String(value);
    } else {
        const places = Math.max(0, Math.min(10, digits - 1 - Math.floor(Math.log10(size))));
        text = value.toFixed(places);
        if (size >= 1 && text.length > 6 && places === 0) text = String(Math.round(value));
    }
    const [whole, rest] = text.split(".");
    const grouped = /^-?\d{5,}$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, space) : whole;
    return (rest === undefined ? grouped : grouped + "." + rest).replace(/-/g, minus);
}

// of axes: no digits that say nothing
export function tickText(value) {
    const text = number(value, 6);
    return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

export function quantity(value, unit) {
    const text = number(value);
    return unit && value !== null && value !== undefined ? text + space + unit : text;
}

export function change(from, to) {
    if (from === null || from === undefined || to === null || to === undefined) return "";
    if (from === 0) return to === 0 ? "0" + space + "%" : "";
    const percent = (100 * (to - from)) / Math.abs(from);
    if (Math.abs(percent) < 0.05) return "0" + space + "%";
    const text = percent.toFixed(Math.abs(percent) >= 1000 ? 0 : 1);
    return (percent > 0 ? "+" : "") + text.replace("-", minus) + space + "%";
}

// a parameter's value by its name, without unit
export function valueText(parameter, value) {
    if (value === null || value === undefined) return "\u2013";
    if (parameter.kind === "choice") return parameter.choices[value];
    if (parameter.kind === "boolean") return value ? "true" : "false";
    return tickText(value);
}

// all values of a parameter whose values double
export function powersOf(parameter) {
    const list = [];
    for (let value = parameter.low; value <= parameter.high && list.length < 64; value *= 2) list.push(value);
    return list;
}

export function seconds(value) {
    if (value < 1e-3) return number(value * 1e6, 3) + space + "\u00b5s";
    if (value < 1) return number(value * 1e3, 3) + space + "ms";
    if (value < 120) return number(value, 3) + space + "s";
    if (value < 7200) return number(value / 60, 3) + space + "min";
    return number(value / 3600, 3) + space + "h";
}

export function plural(count, noun) {
    return number(count) + " " + noun + (count === 1 ? "" : "s");
}

export function labelled(name, unit) {
    return unit ? name + " (" + unit + ")" : name;
}
