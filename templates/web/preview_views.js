// Draws the views beside the letter itself: text, source, headers, the reader's list and the comparison.

import { find, make, unseen } from "./preview_parts.js";
import { address, askJson, askText } from "./preview_server.js";
import { initials } from "./preview_panels.js";
import { say } from "./preview_words.js";

export const VIEWS = ["letter", "text", "source", "headers", "inbox", "compare"];

// What the view shows for this issue, asked anew; nothing is drawn until the answer is there.
export async function view(name, key, wish, isStill) {
  const { variant, person } = wish;
  const where = address(key, name, { variant, person: name === "compare" ? "" : person });
  const answer = name === "inbox" || name === "compare" ? await askJson(where) : await askText(where);
  if (!isStill()) return;
  const place = find("plain");
  const top = place.scrollTop;
  place.className = `plain ${name}`;
  place.setAttribute("aria-label", say(name));
  place.replaceChildren(...DRAWN[name](answer));
  place.scrollTop = top;
}

const DRAWN = {
  text: (answer) => [make("pre", {}, answer)],
  source: (answer) => [make("pre", {}, answer)],
  headers,
  inbox: (rows) => rows.map(inboxRow),
  compare,
};

function headers(answer) {
  const list = make("dl", {});
  for (const line of answer.replace(/\r/g, "").split(/\n(?![ \t])/)) {
    const at = line.indexOf(":");
    if (at > 0) list.append(make("dt", {}, line.slice(0, at)), make("dd", {}, line.slice(at + 1).trim()));
    else if (line.trim()) list.append(make("dd", {}, line.trim()));
  }
  return [list];
}

function inboxRow({ client, sender, subject, preheader, says }) {
  const line = preheader ? [make("b", {}, subject), make("span", { class: "preheader" }, preheader)] : [make("b", {}, subject)];
  return make(
    "article", {}, make("h3", {}, client),
    make(
      "div", { class: "row" }, make("div", { class: "avatar", "aria-hidden": "true" }, initials(sender)),
      make("div", {}, make("p", { class: "from" }, sender), make("p", { class: "subject" }, ...line)),
    ),
    ...(says ? [make("p", { class: "note" }, says)] : []),
  );
}

function compare({ since, blocks }) {
  if (!since) return [make("p", { class: "note" }, say("compare_none"))];
  const changed = blocks.filter(({ words }) => words.some(([, kind]) => kind !== "same"));
  if (!changed.length) return [make("p", { class: "note" }, say("compare_same", since))];
  return [make("p", { class: "note" }, say("compare_since", since)), ...changed.map(({ place, words }) => make(
    "article", {}, ...(place ? [make("h3", {}, place)] : []), make("p", {}, ...words.flatMap(word)),
  ))];
}

function word([text, kind]) {
  if (kind === "gone") return [changedWord("del", "−", "gone", text), " "];
  if (kind === "new") return [changedWord("ins", "+", "fresh", text), " "];
  return [text, " "];
}

function changedWord(tag, sign, name, text) {
  return make(tag, {}, make("span", { class: "sign", "aria-hidden": "true" }, sign), unseen(` ${say(name)} `), text, unseen(` ${say("end")}`));
}
