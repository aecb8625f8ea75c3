// The page of a report: its data stand in the page itself.
import { html } from "./element.js";
import { number, plural } from "./format.js";
import { taskSection, themeSwitch } from "./page.js";
import { openTask } from "./task.js";

const data = JSON.parse(document.getElementById("data").textContent);
const trials = data.tasks.flatMap((task) => task.studies).reduce((sum, study) => sum + study.trials, 0);
const studies = data.tasks.reduce((sum, task) => sum + task.studies.length, 0);
document.getElementById("page").replaceChildren(
    html("header", {}, html("h1", {}, "Ogive report"),
        html("span", { class: "say" }, (studies === 1 ? "1 study, " : number(studies) + " studies, ") + plural(trials, "trial")), themeSwitch()),
    ...data.tasks.map((task, i) => taskSection(openTask(task), i)));
