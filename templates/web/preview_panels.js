// Draws what stands around the letter: issues, tools, inbox line, findings, size, greetings and variants.

import { find, make, redraw, show, unseen, worded } from "./preview_parts.js";
import { number, say } from "./preview_words.js";

const SIGNS = { error: "✕", warning: "!" };

let drawnKey = "";

export function issues(rows, key, choose) {
  const list = find("issues");
  const walking = drawnKey !== key && list.contains(document.activeElement);
  drawnKey = key;
  redraw(list, [rows, key], () => rows.map((row) => make("li", {}, issue(row, row.key === key, choose))));
  const current = list.querySelector("[aria-current]");
  current?.scrollIntoView({ block: "nearest" });
  if (walking) current?.focus({ focusVisible: true });
}

function issue(row, current, choose) {
  const when = row.sent || row.when;
  const state = make("span", { class: "state" }, [row.state, when].filter(Boolean).join(" · "));
  const dot = make("span", { class: "dot", "data-tone": row.tone });
  const title = row.title ? [make("span", { class: "title" }, row.title)] : [];
  return make(
    "button",
    { "data-id": row.key, "aria-current": current && "true", click: () => choose(row.key) },
    dot, make("span", { class: "label" }, row.label), ...title, state,
  );
}

export function tools(entries) {
  show("tools", entries.length > 0);
  redraw(find("tool-list"), entries, () => entries.map(({ name, note, href }) => make(
    "li", {}, make("a", { href, "data-id": href }, make("span", { class: "label" }, name), make("span", { class: "state" }, note || "")),
  )));
}

export function inboxLine(letter) {
  show("inbox", Boolean(letter));
  if (!letter) return;
  find("initials").textContent = letter.initials || initials(letter.sender);
  find("sender").textContent = letter.sender;
  find("sender").title = letter.address || "";
  find("subject").textContent = letter.subject;
  find("preheader").textContent = letter.preheader;
}

export function initials(name) {
  return (name.match(/\p{L}+/gu) || []).slice(0, 2).map((word) => word[0].toUpperCase()).join("");
}

export function person(someone) {
  find("person-name").textContent = someone?.name || "";
  find("person-note").textContent = someone?.note ? ` · ${someone.note}` : "";
}

export function complaints(problems, stale) {
  show("problems", problems.length > 0);
  show("stale", stale);
  redraw(find("complaints"), problems, () => problems.map(({ place, message, hint, open }) => {
    const where = !place ? [] : [open ? make("a", { class: "place", href: open, "data-id": open }, place) : make("span", { class: "place" }, place)];
    const after = hint ? [" ", make("span", { class: "hint" }, ...worded(hint))] : [];
    return make("li", {}, ...where, ...worded(message), ...after);
  }));
  document.body.classList.toggle("stale", problems.length > 0);
}

export function counts(found) {
  show("count", Boolean(found));
  show("badge", Boolean(found && (found.errors || found.warnings)));
  if (!found) return;
  const { errors, warnings } = found;
  const parts = [errors && `${number(errors)} ${say("errors", errors)}`, warnings && `${number(warnings)} ${say("warnings", warnings)}`];
  const words = parts.filter(Boolean).join(" · ") || say("clean");
  const pill = find("count");
  pill.dataset.tone = find("badge").dataset.tone = errors ? "stop" : warnings ? "warn" : "good";
  find("badge").textContent = number(errors || warnings);
  if (pill.textContent !== words) pill.textContent = words; // said aloud only when it changed
}

// `point` leads to a finding's place.
export function findings(found, count, point) {
  redraw(find("tiles"), count, () => (!count ? [] : [
    tile("error", count.errors, say("errors", count.errors)),
    tile("warning", count.warnings, say("warnings", count.warnings)),
    ...(count.passed === undefined ? [] : [tile("passed", count.passed, say("passed"))]),
  ]));
  redraw(find("findings"), [found, count], () => {
    if (!count) return [make("li", { class: "none" }, say("unchecked"))];
    if (!found.length) return [make("li", { class: "none" }, say("no_findings"))];
    return found.map((each, place) => finding(each, place, point));
  });
}

function tile(kind, count, word) {
  return make("li", { "data-kind": kind, "data-none": count === 0 }, make("b", {}, number(count)), make("span", {}, word));
}

function finding(each, place, point) {
  const title = each.title || each.message;
  const name = make("button", { class: "point", "data-id": `finding ${place}`, click: () => point(each) }, title);
  const where = [each.place?.replace(/^issues\/[^/]+\//, ""), each.card && say("card", each.card)].filter(Boolean).join(" · ");
  const file = each.open
    ? make("a", { class: "place", href: each.open, title: say("open_file", each.place), "data-id": `place ${place}` }, where)
    : make("span", { class: "place", title: each.place }, where);
  const sign = make("span", { class: "sign", "aria-hidden": "true" }, SIGNS[each.severity] || "");
  return make(
    "li",
    { "data-kind": each.severity, "data-rule": each.rule },
    make("h3", {}, sign, make("span", {}, unseen(`${say(each.severity)}: `), name)),
    ...(where ? [file] : []),
    ...(title === each.message ? [] : [make("p", {}, ...worded(each.message))]),
    ...(each.remedy ? [make("p", { class: "remedy" }, ...worded(each.remedy))] : []),
  );
}

export function size(measured) {
  show("size-part", Boolean(measured));
  if (!measured) return;
  const part = measured.bytes / measured.limit;
  const meter = find("size");
  meter.dataset.tone = part > 1 ? "stop" : part > 0.8 ? "warn" : "good";
  meter.setAttribute("aria-valuemax", measured.limit);
  meter.setAttribute("aria-valuenow", Math.min(measured.bytes, measured.limit));
  meter.setAttribute("aria-valuetext", measured.words);
  find("size-bar").style.width = `${Math.min(100, Math.round(part * 100))}%`;
  find("size-words").textContent = say("size_note", measured.words);
}

export function greetings(forms) {
  show("greetings-part", forms.length > 0);
  redraw(find("greetings"), forms, () => forms.map(({ form, count }) => make("li", {}, make("b", {}, number(count)), ` ${form}`)));
}

// The table of variants with its sum; a click on a row reads the letter in that variant.
export function variants(rows, current, choose) {
  show("variants", rows.length > 0);
  show("open-variants", rows.length > 0);
  const known = rows.every((row) => row.recipients !== null && row.recipients !== undefined);
  redraw(find("variant-heads"), 0, () => ["variant", "who", "cards", "recipients", "size", "state"].map(
    (key) => make("th", { scope: "col", class: key === "recipients" || key === "size" ? "figure" : "" }, say(key)),
  ));
  redraw(find("variant-rows"), [rows, current], () => rows.map((row) => variant(row, row.key === current, choose)));
  redraw(find("variant-sum"), rows, () => {
    const total = rows.reduce((sum, row) => sum + (row.recipients ?? 0), 0);
    return [make(
      "tr", {}, make("th", { scope: "row", colspan: 3 }, known ? say("sum", rows.length) : `${say("sum", rows.length)} · ${say("no_book")}`),
      make("td", { class: "figure" }, known ? number(total) : "–"), make("td", { colspan: 2 }),
    )];
  });
}

function variant(row, current, choose) {
  const count = row.recipients === null || row.recipients === undefined ? "–" : number(row.recipients);
  const name = make("button", { "data-id": row.key, "aria-pressed": current ? "true" : "false" }, row.name);
  return make(
    "tr",
    { class: current ? "current" : "", click: () => choose(row.key) },
    make("th", { scope: "row" }, name), make("td", {}, row.who || ""), make("td", {}, row.cards || ""),
    make("td", { class: "figure" }, count), make("td", { class: "figure" }, row.size || ""), make("td", {}, row.change || ""),
  );
}

export function approval(may, refusal) {
  const button = find("approve");
  button.textContent = may?.approve_label || say("approve");
  button.setAttribute("aria-disabled", String(!may?.possible));
  find("why").replaceChildren(...worded(may?.possible ? may.state : may?.why || refusal));
}
