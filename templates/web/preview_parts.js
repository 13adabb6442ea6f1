// Makes elements, and draws lists anew without losing the focus or touching what did not change.

export const find = (id) => document.getElementById(id);

const drawn = new WeakMap();

export function make(tag, values = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== undefined && value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// `build` is asked for the new children only when `told`, what they are made of, is another than last time.
export function redraw(place, told, build) {
  const sign = JSON.stringify(told);
  if (drawn.get(place) === sign) return;
  drawn.set(place, sign);
  const before = document.activeElement;
  const focused = place.contains(before) ? before.dataset.id : undefined;
  const focusVisible = before.matches(":focus-visible");
  place.replaceChildren(...build());
  if (focused === undefined) return;
  const again = [...place.querySelectorAll("[data-id]")].find((each) => each.dataset.id === focused);
  again?.focus({ preventScroll: true, focusVisible });
}

// A sentence whose `commands` stand in the type of commands.
export function worded(sentence) {
  return (sentence ?? "").split(/`([^`]+)`/).map((part, place) => (place % 2 ? make("code", {}, part) : part));
}

export function unseen(text) {
  return make("span", { class: "unseen" }, text);
}

export function show(id, yes) {
  find(id).hidden = !yes;
}
