// The sentence beside the approval button: shown while somebody points at the button or has come to it.

import { find } from "./preview_parts.js";

export function begin() {
  const place = find("approve").parentElement;
  for (const event of ["mouseenter", "focusin"]) place.addEventListener(event, tell);
  for (const event of ["mouseleave", "focusout"]) place.addEventListener(event, hush);
  document.addEventListener("pointerdown", (event) => place.contains(event.target) || hush());
}

export function tell() {
  find("why").classList.add("told");
}

// Hides the sentence, and says whether it was to be seen.
export function hush() {
  const told = find("why").classList.contains("told");
  find("why").classList.remove("told");
  return told;
}
