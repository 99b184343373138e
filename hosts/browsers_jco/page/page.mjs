// The page: a form for each function of the component. What a form says is called for as one types.

import { element, fields, title } from "./form.mjs";
import { BackgroundPlugin } from "./jco/background.mjs";
import { callableOf, codec } from "./jco/json.mjs";
import { functionName, namesOf } from "./jco/names.mjs";
import { mappers } from "./jco/types.mjs";

const [main, trouble] = ["functions", "trouble"].map((id) => document.getElementById(id));
const query = new URLSearchParams(location.search);

const plugin = await BackgroundPlugin.open("component", { imports: "imports.mjs", timeout: 5000 }).catch(tell);

function tell(failure) {
  trouble.textContent = failure?.message ?? failure;
}

/** The objects of the guest's resources that are on the page: by type, and by the names that they get here. */
const handles = new Map();

function nameOf(object, resource) {
  const own = plugin.description.types[resource].resource[1];
  if (!handles.has(resource)) handles.set(resource, new Map());
  const known = handles.get(resource);
  const name = `${own} ${known.size + 1}`;
  known.set(name, object);
  document.dispatchEvent(new Event("handles"));
  return name;
}

function formOf(face, key, type, isOnly) {
  const { types } = plugin.description;
  const { toJson } = codec(types);
  const { kind, resource, own } = functionName(key);
  const fieldOf = fields(types, handles);
  const params = type.params.map(([name, param]) => [name, fieldOf(param, title(name === "self" ? resource : name))]);
  const call = callableOf(plugin, face, key);
  const [ok, error] = types[type.result]?.result ?? [type.result, null];
  // What makes or uses a resource changes it: that waits for the button.
  const map = mappers(types);
  const waits = kind !== "function" || type.result === null || [...type.params.map(([, param]) => param), ok].some(map);
  const name = kind === "constructor" ? `New ${resource}` : title(resource ? `${resource} ${own}` : own);

  const result = element("output", { dir: "auto", ariaLabel: isOnly ? "Result" : `Result of ${name}` });
  const alert = element("p", { className: "error", role: "alert" });
  const form = element("form", {}, ...params.map(([, field]) => field.element));
  if (waits) form.append(element("button", { textContent: name }));
  const section = element(
    "section",
    {},
    ...(isOnly ? [] : [element("h2", { textContent: name })]),
    form,
    result,
    alert,
  );

  const told = (part, value) => {
    const json = toJson(part, value, nameOf);
    return typeof json === "string" ? json : part === null ? "done" : JSON.stringify(json, null, 2);
  };
  let busy = false;
  let changed = false;
  /** Shows what comes of what the fields say; while one call is on its way only the latest change waits. */
  async function update() {
    changed = true;
    if (busy) return;
    busy = true;
    while (changed) {
      changed = false;
      try {
        const text = told(ok, await call(params.map(([, field]) => field.read())));
        result.classList.toggle("json", text.includes("\n"));
        result.value = text;
        alert.textContent = "";
      } catch (failure) {
        result.value = "";
        const text = failure?.name === "ResultError" ? told(error, failure.value) : (failure?.message ?? failure);
        alert.textContent = failure?.name === "ResultError" ? `error: ${text}` : text;
      }
    }
    busy = false;
  }

  if (!waits) form.addEventListener("input", update);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (waits) update();
  });
  for (const [param, { element: field }] of params) {
    const input = field.querySelector("input[type=text]");
    if (query.has(param) && input) input.value = query.get(param);
  }
  main.append(section);
  return waits ? undefined : update();
}

if (plugin) {
  const { exports } = plugin.description;
  const all = Object.entries(exports).flatMap(([face, item]) =>
    "params" in item ? [[undefined, face, item]] : Object.entries(item).map(([key, type]) => [face, key, type]),
  );
  const faces = [...new Set(all.map(([face, key]) => (face ? namesOf(face)[2] : key)))];
  document.title = faces.map(title).join(", ") || "Nothing";
  document.getElementById("title").textContent = document.title;
  document.getElementById("about").textContent = Object.keys(exports).join(", ");
  if (!all.length) tell("the component exports no function");
  await Promise.all(all.map(([face, key, type]) => formOf(face, key, type, all.length === 1)));
}
performance.mark("called");
