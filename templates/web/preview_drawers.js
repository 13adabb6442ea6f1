// On a narrow window the panels are drawers: one at a time, shut by Esc, by a second press or beside it.

import { find } from "./preview_parts.js";

const NARROW = matchMedia("(max-width: 1239px)");
const PHONE = matchMedia("(max-width: 759px)");
const DRAWERS = { "open-list": "list", "open-side": "side", "open-looks": "looks", "open-variants": "variants" };

let opener = null;

export function begin() {
  for (const id of Object.keys(DRAWERS)) find(id).addEventListener("click", () => (opener === find(id) ? shut() : open(find(id))));
  document.addEventListener("pointerdown", (event) => {
    if (opener && !opener.contains(event.target) && !drawer().contains(event.target) && !event.target.closest("dialog")) shut(false);
  });
  for (const each of [NARROW, PHONE]) each.addEventListener("change", () => shut(false));
}

export function isPhone() {
  return PHONE.matches;
}

function drawer() {
  return find(DRAWERS[opener.id]);
}

function open(button) {
  shut(false);
  opener = button;
  opener.setAttribute("aria-expanded", "true");
  drawer().classList.add("open");
  drawer().querySelector("[aria-current], button, input:checked, a")?.focus();
}

// Shuts the open drawer, if there is one, and says whether there was.
export function shut(back = true) {
  if (!opener) return false;
  opener.setAttribute("aria-expanded", "false");
  drawer().classList.remove("open");
  if (back) opener.focus();
  opener = null;
  return true;
}
