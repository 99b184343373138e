// The page: greets as one types.

import { BackgroundGreeter } from "./background_greeter.mjs";

const [name, up, greeting, error] = ["name", "up", "greeting", "error"].map((id) => document.getElementById(id));
const greeter = new BackgroundGreeter();
let busy = false;
let changed = false;

/** Shows the greeting of what the fields say; while one is on its way only the latest change waits. */
async function update() {
  changed = true;
  if (busy) return;
  busy = true;
  while (changed) {
    changed = false;
    try {
      greeting.value = await greeter.greet(name.value, up.checked);
      error.textContent = "";
    } catch (failure) {
      greeting.value = "";
      error.textContent = failure?.message ?? failure;
    }
  }
  busy = false;
}

name.form.addEventListener("input", update);
name.form.addEventListener("submit", (event) => event.preventDefault());
await update();
performance.mark("greeted");
