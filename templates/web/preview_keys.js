// What the keys do; nothing happens while somebody types, holds a modifier or answers a dialog.

import * as dialogs from "./preview_dialogs.js";
import * as drawers from "./preview_drawers.js";
import { hush } from "./preview_reason.js";
import { VIEWS } from "./preview_views.js";

const CLIENT_KEYS = { 7: "plain", 8: "outlook", 9: "noimages" };
const FIELDS = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
const SCROLLED = ".stage, .plain, .variants, aside, .switch"; // there the arrows have a meaning of their own

// Returns the listener; `actions` are what the page can do.
export function keys(actions) {
  return (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (dialogs.isOpen() || isTyping(event.target)) return;
    if (act(event, actions)) event.preventDefault();
  };
}

// The field of a dialog keeps the focus for a moment after the dialog is gone; nobody types there any more.
function isTyping(target) {
  return Boolean(target.closest?.(FIELDS)?.checkVisibility());
}

function act(event, actions) {
  const { key } = event;
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (step) return !reading(event.target) && actions.step(step);
  if (key === "1") return actions.change({ view: "letter", client: "standard" });
  if (VIEWS[key - 1]) return actions.change({ view: VIEWS[key - 1] });
  if (CLIENT_KEYS[key]) return actions.change({ view: "letter", client: CLIENT_KEYS[key] });
  if (key === "d") return actions.turnScheme();
  if (key === "/") return actions.people();
  if (key === "?") return actions.help();
  if (key === "Escape") return hush() || drawers.shut() || actions.forget();
  return false;
}

function reading(target) {
  return target.ownerDocument !== document || Boolean(target.closest?.(SCROLLED));
}
