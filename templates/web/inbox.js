// The inbox page: lists what was caught, searches it, goes on listing while mail comes in.

import { ask, find, moment, number, part, say, size, tell } from "./inbox_parts.js";
import { hide, openByNumber, show } from "./inbox_mail.js";

let rows = [];
let more = false;
let total = 0;
let current = null;
let turn = 0;

const path = (before) => {
  const asked = new URLSearchParams({ q: find("query").value.trim() });
  if (before) asked.set("before", before);
  return `mails?${asked}`;
};

async function refresh(anew) {
  const mine = ++turn;
  try {
    const { value } = await ask(path());
    if (mine !== turn) return;
    const fresh = value.mails;
    const known = new Set(rows.map((row) => row.number));
    const joins = !anew && fresh.some((row) => known.has(row.number));
    if (joins) {
      rows = [...fresh.filter((row) => !known.has(row.number)), ...rows];
    } else {
      rows = fresh;
      more = value.more;
    }
    total = value.total;
    if (!rows.some((row) => row.number === current) && current !== null && !total) forget();
    draw();
    state("live", "good");
  } catch {
    state("lost", "warn");
  }
}

// Mail that comes in meanwhile stands on top; what is asked for here belongs behind the last row, if that is still there.
async function older() {
  const last = rows.at(-1);
  const { value } = await ask(path(last.number));
  if (rows.at(-1) !== last) return;
  rows = [...rows, ...value.mails];
  more = value.more;
  draw();
  const list = find("mails");
  const next = list.querySelectorAll("button")[rows.length - value.mails.length];
  if (next) next.focus();
}

function draw() {
  const list = find("mails");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.number : null;
  const top = list.scrollTop;
  list.replaceChildren(...rows.map(item));
  list.scrollTop = top;
  if (focused) list.querySelector(`[data-number="${focused}"]`)?.focus({ preventScroll: true });
  const searching = find("query").value.trim() !== "";
  find("empty").hidden = total > 0;
  find("no-hit").hidden = rows.length > 0 || total === 0;
  find("more").hidden = !more;
  find("ask-clear").disabled = total === 0;
  const all = total === 1 ? say("one") : say("many", { count: number(total) });
  find("count").textContent = searching ? say(more ? "found_more" : "found", { count: number(rows.length) }) : all;
}

function item(row) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.number = row.number;
  const to = row.to[0] + (row.to.length > 1 ? ` ${say("others", { count: number(row.to.length - 1 + row.others) })}` : "");
  button.append(
    part("span", "who", to),
    part("span", "when", moment(row.at, true)),
    part("span", "what", row.subject || say("no_subject")),
    part("span", "size", size(row.bytes)),
  );
  if (row.number === current) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => choose(row.number, true));
  const made = document.createElement("li");
  made.append(button);
  return made;
}

async function choose(wanted, byHand) {
  current = wanted;
  history.replaceState(null, "", `#${wanted}`);
  mark();
  if (byHand) document.body.classList.add("reading");
  if ((await show(wanted)) && byHand && matchMedia("(max-width: 860px)").matches) find("back").focus();
}

function mark() {
  for (const each of find("mails").querySelectorAll("button")) {
    const mine = Number(each.dataset.number) === current;
    if (mine) {
      each.setAttribute("aria-current", "true");
      each.scrollIntoView({ block: "nearest" });
    } else each.removeAttribute("aria-current");
  }
}

function forget() {
  current = null;
  history.replaceState(null, "", "#");
  document.body.classList.remove("reading");
  hide();
}

function state(name, tone) {
  if (find("status").textContent !== say(name)) find("status").textContent = say(name); // said aloud only when new
  find("status").dataset.tone = tone;
}

async function clear() {
  const { value } = await tell("clear");
  forget();
  await refresh(true);
  find("choose").textContent = value.text || value.problem;
}

function step(by) {
  const at = rows.findIndex((row) => row.number === current);
  const next = rows[at < 0 ? 0 : at + by];
  if (!next) return;
  choose(next.number, false);
  const list = find("mails");
  if (list.contains(document.activeElement)) list.querySelector(`[data-number="${next.number}"]`)?.focus();
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const writing = event.target.matches("input[type=search]");
  if (event.key === "Escape" && writing) find("query").blur();
  else if (event.key === "Escape" && document.body.classList.contains("reading")) leaveMail();
  if (writing && !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const inPanel = event.target.closest?.("pre, .wide, fieldset");
  if (event.key === "ArrowDown" && !inPanel) step(1);
  else if (event.key === "ArrowUp" && !inPanel) step(-1);
  else if (event.key === "/") find("query").focus();
  else if (!openByNumber(event.key)) return;
  event.preventDefault();
}

function leaveMail() {
  document.body.classList.remove("reading");
  find("mails").querySelector(`[data-number="${current}"]`)?.focus();
}

let wait = 0;
find("query").addEventListener("input", () => {
  clearTimeout(wait);
  wait = setTimeout(() => refresh(true), 120);
});
find("more").addEventListener("click", older);
find("back").addEventListener("click", leaveMail);
find("show-faults").addEventListener("click", () => find("faults").showModal());
find("ask-clear").addEventListener("click", () => {
  find("clear").returnValue = "";
  find("clear").showModal();
});
find("clear").addEventListener("close", () => {
  if (find("clear").returnValue === "yes") clear();
});
document.addEventListener("keydown", keys);

const events = new EventSource("inbox/events");
events.addEventListener("caught", () => refresh(false));
events.addEventListener("error", () => state("lost", "warn"));

const wanted = Number(location.hash.slice(1));
if (wanted) choose(wanted, true);
