// All studies of the store, the newest first.
import { html, table } from "./element.js";
import { change, labelled, number, plural, seconds } from "./format.js";
import { isRunning, progressOf, stateOf } from "./live_follow.js";

export function studyLink(name) {
    return "#/study/" + encodeURIComponent(name);
}

export function progressBar(study) {
    const { share } = progressOf(study);
    if (share === null) return "";
    return html("progress", { max: 1, value: share, "aria-label": "progress of " + study.name });
}

export function progressText(study) {
    const { pace, left } = progressOf(study);
    return (study.budget > 0 ? number(study.trials) + " of " + plural(study.budget, "evaluation") : plural(study.trials, "evaluation")) +
        (pace ? ", " + number(pace, 3) + " a second" : "") + (left !== null ? ", about " + seconds(left) + " left" : "");
}

function listRow(study) {
    const found = study.best !== undefined;
    const row = [html("a", { href: studyLink(study.name) }, study.name), progressBar(study), number(study.trials), stateOf(study),
        found ? number(study.best, 5) : "\u2013", found ? change(study.reference, study.best) : "", labelled(study.value, study.unit),
        study.agent, study.seed, study.environment, study.created.replace("T", " ").slice(0, 16)];
    return Object.assign(row, { mark: isRunning(study) ? "winner" : "" });
}

export function listSection(state) {
    const studies = [...state.studies.values()].reverse();
    if (studies.length === 0) {
        return html("p", {}, state.known ? "The store holds no study yet; this page shows them as they come." : "Reading the store.");
    }
    const running = studies.filter(isRunning).length;
    return html("section", {}, html("p", { class: "say" }, plural(studies.length, "study").replace("studys", "studies") +
        (running ? ", " + number(running) + " running" : "") + ". A name leads to the whole picture."),
        table(null, ["study", "progress", "#evaluations", "state", "#best", "#against default", "of", "search", "seed", "environment",
            "begun (UTC)"],
            studies.map(listRow)));
}
