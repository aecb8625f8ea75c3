// From values to pixels.

function niceStep(span, wanted) {
    const raw = span / Math.max(1, wanted);
    const power = 10 ** Math.floor(Math.log10(raw));
    const part = raw / power;
    return (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10) * power;
}

function linearTicks(low, high, wanted) {
    const step = niceStep(high - low, wanted);
    const ticks = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
        ticks.push(Number((k * step).toPrecision(12)));
    }
    return ticks;
}

function logarithmicTicks(low, high, wanted) {
    const ticks = [];
    const decades = Math.log10(high / low);
    const factors = decades < wanted / 3 ? [1, 2, 5] : [1];
    const stride = Math.max(1, Math.ceil(decades / wanted));
    for (let e = Math.floor(Math.log10(low)); e <= Math.log10(high); e++) {
        if (((e % stride) + stride) % stride) continue;
        for (const factor of factors) {
            const tick = Number((factor * 10 ** e).toPrecision(6));
            if (tick >= low * 0.999999 && tick <= high * 1.000001) ticks.push(tick);
        }
    }
    return ticks.length > 1 ? ticks : linearTicks(low, high, wanted);
}

// the range of finite values, with a margin; logarithmic when all are positive and far apart
export function rangeOf(lists, margin = 0.05, wide = 30) {
    let low = Infinity;
    let high = -Infinity;
    for (const list of lists) {
        for (const value of list) {
            if (value === null || !Number.isFinite(value)) continue;
            if (value < low) low = value;
            if (value > high) high = value;
        }
    }
    if (low > high) return { low: 0, high: 1, log: false, empty: true };
    if (low > 0 && high > wide * low) {
        const factor = (high / low) ** margin;
        return { low: low / factor, high: high * factor, log: true };
    }
    const span = high > low ? high - low : Math.abs(low) || 1;
    const positive = low >= 0;
    low -= margin * span;
    return { low: positive && low < 0 ? 0 : low, high: high + margin * span, log: false };
}

export function makeScale(range, from, to, wanted) {
    const { low, high, log } = range;
    const warp = log ? (value) => Math.log(Math.max(value, 1e-300)) : (value) => value;
    const first = warp(low);
    const span = warp(high) - first || 1;
    return {
        low, high, log, from, to,
        at: (value) => from + ((warp(value) - first) / span) * (to - from),
        back: (pixel) => {
            const value = first + ((pixel - from) / (to - from)) * span;
            return log ? Math.exp(value) : value;
        },
        ticks: log ? logarithmicTicks(low, high, wanted) : linearTicks(low, high, wanted),
    };
}
