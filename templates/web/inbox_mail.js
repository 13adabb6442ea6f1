// One mail: its head, and the five ways to look at it.

import { ask, chosen, find, moment, number, part, say, size, tell } from "./inbox_parts.js";

const TABS = ["letter", "text", "headers", "parts", "leave"];
let shown = null;
let turn = 0; // an answer that was overtaken by a later question is thrown away

export async function show(wanted) {
  const mine = ++turn;
  const { status, value } = await ask(`mails/${wanted}`);
  if (mine !== turn) return false;
  if (status !== 200) {
    hide(value.problem);
    return false;
  }
  shown = value;
  find("choose").hidden = true;
  find("shown").hidden = false;
  drawHead();
  drawLetter();
  drawText();
  drawFields();
  drawParts();
  drawLeave();
  for (const each of document.querySelectorAll("pre, .wide")) each.scrollTop = 0;
  return true;
}

export function hide(why) {
  turn += 1;
  shown = null;
  find("shown").hidden = true;
  find("choose").hidden = false;
  find("choose").textContent = why || say("choose");
}

function drawHead() {
  find("subject").textContent = shown.subject || say("no_subject");
  find("sender").textContent = shown.from || say("no_sender");
  const others = shown.others ? ` ${say("others", { count: number(shown.others) })}` : "";
  find("recipients").textContent = shown.to.join(", ") + others;
  find("caught").textContent = `${moment(shown.at)} · ${size(shown.bytes)}`;
  find("broken").hidden = shown.whole;
  find("download").href = `inbox/mails/${shown.number}/source`;
  find("download").download = shown.file;
}

function drawLetter() {
  const frame = find("frame");
  find("no-html").hidden = shown.has_html;
  for (const each of ["looks", "stage"]) find(each).hidden = !shown.has_html;
  find("remote").hidden = !shown.remote;
  find("remote").textContent = shown.remote;
  const view = chosen("client");
  const scheme = find("scheme");
  scheme.disabled = !view; // as caught, the browser's own colours hold
  scheme.setAttribute("aria-disabled", String(!view));
  find("says").hidden = !view || !shown.has_html;
  find("says").textContent = view ? say(`${view} ${chosen("scheme")}`) : "";
  const asked = view ? `?view=${view}&scheme=${chosen("scheme")}` : "";
  const address = `inbox/mails/${shown.number}/html${asked}`;
  // A frame whose address changes would add a step to the browser's way back.
  if (shown.has_html && frame.getAttribute("src") !== address) {
    const next = frame.cloneNode();
    next.setAttribute("src", address);
    frame.replaceWith(next);
  }
  drawWidth();
}

function drawWidth() {
  const frame = find("frame");
  const width = chosen("width");
  frame.style.width = width ? `${width}px` : "";
  if (width) frame.dataset.width = width;
  else delete frame.dataset.width;
}

function drawText() {
  find("text").textContent = shown.text ?? "";
  find("text").hidden = shown.text === null;
  find("no-text").hidden = shown.text !== null;
}

function drawFields() {
  const form = chosen("form");
  const list = find("fields");
  list.classList.toggle("raw", form === "raw");
  list.replaceChildren(
    ...shown.headers.map((each) => {
      const row = document.createElement("div");
      row.append(part("dt", "", each.name), part("dd", "", form === "raw" ? each.raw : each.value));
      return row;
    }),
  );
  if (!shown.headers.length) {
    const row = document.createElement("div");
    row.append(part("dt", "", "–"), part("dd", "", say("no_headers")));
    list.append(row);
  }
}

function drawParts() {
  find("parts").hidden = !shown.parts.length;
  find("no-parts").hidden = shown.parts.length > 0;
  find("parts").tBodies[0].replaceChildren(...shown.parts.map(partRow));
}

function partRow(each) {
  const name = each.name || say("no_name");
  const row = document.createElement("tr");
  const head = part("th", "", name);
  head.scope = "row";
  const link = part("a", "", say("save"));
  link.href = `inbox/mails/${shown.number}/parts/${each.id}`;
  link.download = "";
  link.setAttribute("aria-label", `${say("save")}: ${each.name || each.type}`);
  const cell = document.createElement("td");
  cell.append(link);
  row.append(head, part("td", "", each.role), part("td", "", each.type), part("td", "n", size(each.bytes)), cell);
  return row;
}

function drawLeave() {
  const leave = shown.leave;
  find("checks").replaceChildren(
    ...leave.checks.map((each) => {
      const item = part("li", "", each.text);
      item.dataset.tone = each.tone;
      return item;
    }),
  );
  find("link").textContent = leave.link || say("no_link");
  find("mailto").textContent = leave.mailto || say("no_address");
  find("here").hidden = !leave.here;
  find("elsewhere").hidden = leave.here || !leave.link;
  find("result").textContent = "";
}

async function tryLeave() {
  const button = find("try");
  const result = find("result");
  const mine = turn;
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  result.removeAttribute("data-tone");
  result.textContent = say("trying");
  try {
    const { status, value } = await tell(`mails/${shown.number}/leave`);
    if (mine !== turn) return;
    result.dataset.tone = status === 200 && value.good ? "good" : "bad";
    result.textContent = value.text || value.problem;
  } catch {
    if (mine !== turn) return;
    result.dataset.tone = "bad";
    result.textContent = say("failed");
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

export function open(name) {
  for (const each of TABS) {
    const tab = find(`tab-${each}`);
    tab.setAttribute("aria-selected", String(each === name));
    tab.tabIndex = each === name ? 0 : -1;
    find(`panel-${each}`).hidden = each !== name;
  }
}

export function openByNumber(key) {
  const name = TABS[Number(key) - 1];
  if (!shown || !name) return false;
  open(name);
  return true;
}

function stepTabs(event) {
  const at = TABS.indexOf(event.target.id.replace("tab-", ""));
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const name = TABS[(to + TABS.length) % TABS.length];
  open(name);
  find(`tab-${name}`).focus();
}

for (const each of TABS) {
  find(`tab-${each}`).addEventListener("click", () => open(each));
  find(`tab-${each}`).addEventListener("keydown", stepTabs);
}
for (const each of ["client", "scheme"]) find(each).addEventListener("change", () => drawLetter());
find("width").addEventListener("change", drawWidth);
find("form").addEventListener("change", drawFields);
find("try").addEventListener("click", tryLeave);
