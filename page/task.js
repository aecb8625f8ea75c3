// A task of the data with what its pictures share: labels and their colours, and the winner.

export function openTask(data) {
    const labels = [...new Set(data.studies.map((study) => study.label))];
    const better = data.value.better;
    const task = {
        ...data,
        labels,
        shown: new Set(labels),
        listeners: [],
        selected: null, // {study, rows: Set} of the designs brushed in parallel coordinates
        selectListeners: [],
        several: data.objectives.length > 1,
        // black is kept for fronts
        lineClass: (i) => "s" + (i % 7) + ["", " dashed", " dotted"][Math.floor(i / 7) % 3],
        dotClass: (i) => "s" + (i % 7),
        isBetter: (a, b) => (better > 0 ? a > b : a < b),
    };
    task.winner = 0;
    for (const [i, study] of data.studies.entries()) {
        const least = data.studies[task.winner].best;
        const found = study.best;
        if (!found) continue;
        // of equals, the one that needed fewer evaluations
        if (!least || task.isBetter(found.loss, least.loss) ||
            (found.loss === least.loss && found.n < least.n)) {
            task.winner = i;
        }
    }
    task.chosen = task.winner;
    return task;
}

// texts like "power_mw <= 1500" as {name, limit}, others are null
export function limitOf(constraint) {
    const match = /^\s*([a-z][a-z0-9_]*)\s*(<=|<|>=|>)\s*([-+0-9.eE]+)\s*$/.exec(constraint);
    return match && Number.isFinite(Number(match[3]))
        ? { name: match[1], limit: Number(match[3]) } : null;
}

// the words of a text that are names of metrics or parameters
export function mentions(text, name) {
    return new RegExp("(^|[^A-Za-z0-9_])" + name + "($|[^A-Za-z0-9_])").test(text);
}
