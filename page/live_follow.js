// What the server says of the studies while they run.

// how many trials a second, from what arrived in the last seconds
function makePace() {
    const seen = [];
    return {
        add(trials) {
            const now = performance.now() / 1000;
            if (seen.length && trials < seen[seen.length - 1].trials) seen.length = 0;
            seen.push({ now, trials });
            while (seen.length > 2 && now - seen[0].now > 20) seen.shift();
        },
        // null while it is not known
        perSecond() {
            const [first, last] = [seen[0], seen[seen.length - 1]];
            if (seen.length < 2 || last.now - first.now < 0.2) return null;
            return (last.trials - first.trials) / (last.now - first.now);
        },
    };
}

// studies: by name, in order of creation; heard(): something changed; line(text): trouble, "" = none
export function follow(heard, line) {
    const state = { studies: new Map(), control: false, known: false };
    const take = (study) => {
        const before = state.studies.get(study.name);
        const same = before && before.created === study.created;
        study.pace = same ? before.pace : makePace();
        study.pace.add(study.trials);
        state.studies.set(study.name, study);
    };
    const source = new EventSource("/events");
    source.addEventListener("studies", (event) => {
        const data = JSON.parse(event.data);
        const names = new Set(data.studies.map((study) => study.name));
        for (const name of [...state.studies.keys()]) if (!names.has(name)) state.studies.delete(name);
        data.studies.forEach(take);
        state.control = Boolean(data.control);
        state.known = true;
        line("");
        heard(state);
    });
    source.addEventListener("study", (event) => {
        take(JSON.parse(event.data));
        heard(state);
    });
    source.addEventListener("trouble", (event) => line(JSON.parse(event.data).error));
    source.onopen = () => line("");
    source.onerror = () => line("The server does not answer; trying again.");
    return state;
}

// the answer of the server as an object; throws what it says is wrong
export async function ask(path, settings) {
    const answer = await fetch(path, settings);
    const data = await answer.json();
    if (!answer.ok) throw new Error(data.error);
    return data;
}

export function isRunning(study) {
    return study.running === 1;
}

// "1 200 of 5 000 evaluations", with pace and what is left
export function progressOf(study) {
    const pace = isRunning(study) ? study.pace.perSecond() : null;
    const left = pace && study.budget > study.trials ? (study.budget - study.trials) / pace : null;
    return { share: study.budget > 0 ? Math.min(1, study.trials / study.budget) : null, pace, left };
}

export function stateOf(study) {
    return isRunning(study) ? "running" : study.stop || "cut off";
}
