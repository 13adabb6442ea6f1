// Leads from a finding to its place: in the letter, in its line in the inbox, or else in the files.

import * as frames from "./preview_frames.js";
import { find } from "./preview_parts.js";
import { say } from "./preview_words.js";

// `turn` shows another view or variant and ends when it is drawn. Returns what is to be told.
export async function point(finding, turn) {
  forget();
  const title = finding.title || finding.message;
  if (finding.inbox) {
    find("inbox").classList.add("pointed");
    return say("shown_line", title);
  }
  if (finding.mark) {
    await turn(finding.variant ? { view: "letter", variant: finding.variant, person: "" } : { view: "letter" });
    if (frames.mark(finding.mark)) return say("shown", title);
    forget();
  }
  return finding.place ? say("not_shown", finding.place) : say("nowhere");
}

// Takes all marks away; says nothing, for a key to go on.
export function forget() {
  frames.unmark();
  find("inbox").classList.remove("pointed");
}
