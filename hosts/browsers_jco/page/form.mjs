// Fields for the types of WIT. Each is an element and `read`, which gives what is in it as a value of JavaScript.

import { camel, isTagged } from "./jco/types.mjs";

/** Makes an element with properties and children. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A name of WIT for people: `unit-price` is "Unit price". */
export function title(name) {
  const text = name.replaceAll("-", " ");
  return text[0].toUpperCase() + text.slice(1);
}

let ids = 0;

function labelled(label, input, hint) {
  input.id = `field-${++ids}`;
  const text = element("label", { htmlFor: input.id, textContent: label });
  if (hint) text.append(" ", element("small", { textContent: hint }));
  return element("div", { className: "field" }, text, input);
}

function line(label, value, read, hint, properties = {}) {
  const input = element("input", { type: "text", value, spellcheck: false, autocomplete: "off", ...properties });
  return { element: labelled(label, input, hint), read: () => read(input.value) };
}

const whole = (text) => {
  try {
    return BigInt(text);
  } catch {
    return text;
  }
};
const number = (text) => (text.trim() === "" ? text : Number(text));
const bytes = (text) => {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return text;
  }
};

function checkbox(label) {
  const input = element("input", { type: "checkbox" });
  return { element: element("label", { className: "switch" }, input, ` ${label}`), read: () => input.checked };
}

function primitive(type, label) {
  if (type === "bool") return checkbox(label);
  if (type === "string") return line(label, "", (text) => text);
  if (type === "char") return line(label, "a", (text) => text, "one character");
  const inputMode = type[0] === "f" ? "decimal" : "numeric";
  return line(label, "0", type.endsWith("64") && type[0] !== "f" ? whole : number, type, { inputMode });
}

function group(label, ...children) {
  return element("fieldset", {}, element("legend", { textContent: label }), ...children);
}

function select(label, names) {
  const input = element("select", {}, ...names.map((name) => element("option", { value: name, textContent: name })));
  return { element: labelled(label, input), input };
}

/** One of several cases, with a field for what the chosen one holds. */
function cases(label, all, fieldOf) {
  const { element: choice, input } = select(
    label,
    all.map(([name]) => name),
  );
  const place = element("div");
  let payload;
  const show = () => {
    const [name, type] = all[input.selectedIndex];
    payload = type === null ? undefined : fieldOf(type, title(name));
    place.replaceChildren(...(payload ? [payload.element] : []));
  };
  input.addEventListener("input", show);
  show();
  const read = () => ({ tag: input.value, ...(payload && { val: payload.read() }) });
  return { element: element("div", { className: "cases" }, choice, place), read };
}

function option(label, type, isNested, fieldOf) {
  const held = fieldOf(type, label);
  const on = checkbox(`${label} is given`);
  held.element.hidden = true;
  on.element.addEventListener("input", () => {
    held.element.hidden = !on.read();
  });
  const read = () => {
    if (isNested) return on.read() ? { tag: "some", val: held.read() } : { tag: "none" };
    return on.read() ? held.read() : undefined;
  };
  return { element: element("div", {}, on.element, held.element), read };
}

function list(label, type, fieldOf) {
  const items = [];
  const rows = element("div");
  const changed = () => rows.dispatchEvent(new Event("input", { bubbles: true }));
  const add = element("button", { type: "button", textContent: "Add", ariaLabel: `Add to ${label}` });
  add.addEventListener("click", () => {
    const item = fieldOf(type, `${label} ${items.length + 1}`);
    const remove = element("button", { type: "button", textContent: "Remove" });
    const row = element("div", { className: "row" }, item.element, remove);
    remove.addEventListener("click", () => {
      items.splice(items.indexOf(item), 1);
      row.remove();
      changed();
    });
    items.push(item);
    rows.append(row);
    changed();
  });
  return { element: group(label, rows, add), read: () => items.map((item) => item.read()) };
}

/** The fields for `types`; `handles` has, by number of a resource's type, the objects of the page by name. */
export function fields(types, handles) {
  const handle = (label, resource) => {
    const { element: shown, input } = select(label, []);
    const fill = () => {
      const names = [...(handles.get(resource)?.keys() ?? [])];
      const chosen = input.value;
      input.replaceChildren(...names.map((name) => element("option", { value: name, textContent: name })));
      if (names.includes(chosen)) input.value = chosen;
    };
    document.addEventListener("handles", fill);
    fill();
    return { element: shown, read: () => handles.get(resource)?.get(input.value) };
  };

  const named = (parts) => {
    const made = parts.map(([name, type]) => [camel(name), fieldOf(type, title(name))]);
    return [made.map(([, field]) => field.element), made];
  };

  function fieldOf(type, label) {
    if (typeof type === "string") return primitive(type, label);
    const [[kind, is]] = Object.entries(types[type]);
    switch (kind) {
      case "record": {
        const [elements, made] = named(is);
        return {
          element: group(label, ...elements),
          read: () => Object.fromEntries(made.map(([name, { read }]) => [name, read()])),
        };
      }
      case "flags": {
        const made = is.map((flag) => [camel(flag), checkbox(title(flag))]);
        const read = () => Object.fromEntries(made.map(([name, field]) => [name, field.read()]));
        return { element: group(label, ...made.map(([, field]) => field.element)), read };
      }
      case "tuple": {
        const made = is.map((part, at) => fieldOf(part, `${label} ${at + 1}`));
        return {
          element: group(label, ...made.map((field) => field.element)),
          read: () => made.map(({ read }) => read()),
        };
      }
      case "enum": {
        const { element: shown, input } = select(label, is);
        return { element: shown, read: () => input.value };
      }
      case "list":
        return is === "u8" ? line(label, "", bytes, "bytes in base64") : list(label, is, fieldOf);
      case "option":
        return option(label, is, isTagged(types, is), fieldOf);
      case "variant":
        return cases(label, is, fieldOf);
      case "result":
        return cases(
          label,
          [
            ["ok", is[0]],
            ["err", is[1]],
          ],
          fieldOf,
        );
      default:
        return handle(label, is);
    }
  }
  return fieldOf;
}
