// What can be asked of a study that runs, by those who have the token: stop, go on for longer, try a
// design.
import { chooser, html } from "./element.js";
import { number, valueText } from "./format.js";
import { ask, isRunning } from "./live_follow.js";

// the token comes behind the address once; it stays with this tab and does not stay in sight
function takeToken() {
    const match = /^#token=([0-9a-f]{32})$/.exec(location.hash);
    if (match) {
        sessionStorage.setItem("token", match[1]);
        history.replaceState(null, "", "/");
    }
    return sessionStorage.getItem("token");
}

const token = takeToken();

// one value of a design, as a field that knows what is allowed
function designField(parameter, value) {
    const listed = parameter.choices || (parameter.kind === "boolean" ? ["false", "true"] : null);
    const label = parameter.name + (parameter.unit ? " (" + parameter.unit + ")" : "");
    if (listed || parameter.values) {
        const names = listed || parameter.values.map((v) => valueText(parameter, v));
        let chosen = listed ? value : parameter.values.indexOf(value);
        const field = chooser(label, names, chosen, (i) => { chosen = i; });
        return { field, read: () => (listed ? listed[chosen] : parameter.values[chosen]) };
    }
    const input = html("input", { type: "number", step: "any", min: parameter.low, max: parameter.high, value, title: parameter.range });
    return { field: html("label", { class: "chooser" }, label + " ", input), read: () => Number(input.value) };
}

// a place with buttons; update(study, task) follows the study, task null = not read yet
export function controlSection(allowed) {
    const said = html("p", { class: "say", role: "status" });
    const parts = html("div", { class: "controls" });
    const fields = html("div", { class: "fields" });
    const trial = html("details", {}, html("summary", {}, "Try a design"), fields);
    const place = html("div", { class: "control", hidden: true }, parts, trial, said);
    let path = "";
    let values = null;
    let offered = 0;
    const send = async (what, body, done) => {
        try {
            await ask(path + "/" + what, { method: "POST", body: JSON.stringify(body),
                headers: { "Content-Type": "application/json", Authorization: "Bearer " + token } });
            said.textContent = done;
        } catch (error) {
            said.textContent = error.message;
        }
    };
    let counted = "evaluations"; // what the budget is counted in, or "seconds"
    const unit = html("span", {}, counted);
    const more = html("input", { type: "number", step: 1, min: 1, "aria-label": "budget in all" });
    const askMore = () => {
        const wanted = Number(more.value);
        if (!(wanted > offered)) said.textContent = "More than " + number(offered) + " " + counted + ", please.";
        else void send("extend", { [counted]: wanted }, "Asked for " + number(wanted) + " " + counted + " in all.");
    };
    const extend = html("span", {}, html("button", { type: "button", onclick: askMore }, "Extend to"), " ", more, " ", unit);
    parts.append(html("button", { type: "button", onclick: () => send("stop", {}, "Asked to stop; the designs in flight are finished.") },
        "Stop"), extend);
    const fill = (task) => {
        const study = task.studies[0];
        const start = study.best ? study.best.x : task.referenceX;
        values = task.parameters.map((parameter, p) => designField(parameter, start ? start[p] : 0));
        fields.replaceChildren(html("p", { class: "say" }, "Begins with the best design. It is evaluated between two batches and counts as a trial; the agent is not told."),
            html("div", { class: "controls" }, values.map((value) => value.field)),
            html("button", { type: "button", onclick: () => send("enqueue", { design: Object.fromEntries(task.parameters.map((parameter, p) =>
                [parameter.name, values[p].read()])) }, "The design waits for its turn.") }, "Evaluate it"));
    };
    let read = null; // the task, when it was read
    const open = () => { if (trial.open && read && !values) fill(read); };
    trial.addEventListener("toggle", () => {
        values = null; // begin anew with what is the best now
        open();
    });
    const update = (study, task) => {
        place.hidden = !(allowed() && token && isRunning(study));
        path = study.path;
        read = task;
        open();
        counted = study.budget > 0 ? "evaluations" : "seconds";
        unit.textContent = counted;
        const budget = study[counted === "seconds" ? "seconds" : "budget"];
        extend.hidden = !(budget > 0);
        if (budget !== offered) {
            offered = budget;
            more.value = 2 * budget;
        }
    };
    return { place, update };
}
