// The preview page: lists the issues, hangs the letter into its frames and redraws it when a file is saved.
// The page's words stand in preview.html; this file only shows and hides them.

const WIDTHS = [375, 640];
const NARROW = matchMedia("(max-width: 860px)");
const VIEWS = ["letter", "text", "source"];
const PANELS = { letter: "stage", text: "text", source: "source" };

const find = (id) => document.getElementById(id);
const figures = [...document.querySelectorAll("figure")];

let rows = [];
let current = decodeURIComponent(location.hash.slice(1));
let turn = 0; // an answer that was overtaken by a later question is thrown away

async function ask(path) {
  const answer = await fetch(path, { cache: "no-store" });
  const isJson = (answer.headers.get("content-type") || "").startsWith("application/json");
  if (!isJson) throw new Error(`${path}: ${answer.status}`);
  return { ok: answer.ok, value: await answer.json() };
}

async function refresh() {
  const mine = ++turn;
  try {
    const list = await ask("issues");
    if (mine !== turn) return;
    if (!list.ok) return complain(list.value.problems, false);
    rows = list.value;
    if (!rows.some((row) => row.key === current)) current = rows.length ? rows[0].key : "";
    drawList();
    if (!current) return blank();
    const issue = await ask(`issues/${encodeURIComponent(current)}`);
    if (mine !== turn) return;
    await draw(issue.value, mine);
  } catch (error) {
    if (mine !== turn) return;
    if (error instanceof TypeError) return state("lost"); // nobody answers
    find("fault").hidden = false;
    state("ill");
  }
}

function drawList() {
  const list = find("issues");
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...rows.map(listItem));
  find("choice").replaceChildren(...rows.map((row) => new Option(`${row.label} · ${row.state}`, row.key, false, row.key === current)));
  find("empty").hidden = rows.length > 0;
  const chosen = list.querySelector("[aria-current]");
  if (chosen) chosen.scrollIntoView({ block: "nearest" });
  if (chosen && focused) chosen.focus();
}

function listItem(row) {
  const button = document.createElement("button");
  const dot = part("span", "dot", "");
  dot.dataset.tone = row.tone;
  button.append(dot, part("span", "label", row.label), part("span", "title", row.title), part("span", "state", row.state));
  if (row.key === current) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => choose(row.key));
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function part(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function choose(key) {
  if (key === current) return;
  current = key;
  history.replaceState(null, "", `#${encodeURIComponent(key)}`);
  for (const name of Object.values(PANELS)) find(name).scrollTop = 0;
  refresh();
}

async function draw({ problems, letter }, mine) {
  if (letter) await hang(letter.revision, mine);
  if (mine !== turn) return;
  complain(problems, Boolean(letter));
  if (letter) fill(letter);
  else blank();
  if (!problems.length) {
    find("clock").textContent = new Date().toLocaleTimeString("de-DE");
    state("live");
  }
}

function complain(problems, stale) {
  find("fault").hidden = true;
  find("problems").hidden = !problems.length;
  find("stale").hidden = !stale;
  find("complaints").replaceChildren(...problems.map((each) => {
    const item = document.createElement("li");
    if (each.place) item.append(part("span", "place", each.place));
    item.append(each.message);
    if (each.hint) item.append(" ", part("span", "hint", each.hint));
    return item;
  }));
  document.body.classList.toggle("stale", problems.length > 0);
  if (problems.length) state("ill");
}

function fill(letter) {
  find("inbox").hidden = false;
  find("initials").textContent = (letter.sender.match(/\p{L}+/gu) || []).slice(0, 2).map((word) => word[0].toUpperCase()).join("");
  find("sender").textContent = letter.sender;
  find("sender").title = letter.address;
  find("subject").textContent = letter.subject;
  find("preheader").textContent = letter.preheader;
  find("text").textContent = letter.text;
  find("source").textContent = letter.source;
}

function blank() {
  find("inbox").hidden = find("desk").hidden = true;
  find("text").textContent = find("source").textContent = "";
  for (const figure of figures) figure.querySelector(".sheet").replaceChildren();
  if (find("problems").hidden) state("wait");
}

// The new letter loads out of sight and takes the old one's place when both widths are ready,
// so the page neither flickers nor loses the place where somebody was reading.
async function hang(revision, mine) {
  find("desk").hidden = false; // what is hidden cannot be measured
  const address = `issues/${encodeURIComponent(current)}/letter?${revision}`;
  const incoming = await Promise.all(figures.map((figure) => load(figure, address)));
  if (mine !== turn) return incoming.forEach((frame) => frame.remove());
  const top = find("stage").scrollTop;
  for (const frame of incoming) frame.style.height = `${measure(frame)}px`;
  for (const frame of incoming) {
    for (const old of [...frame.parentElement.children]) if (old !== frame) old.remove();
    frame.classList.remove("incoming");
  }
  fit();
  find("stage").scrollTop = top;
}

function load(figure, address) {
  const frame = document.createElement("iframe");
  frame.className = "incoming";
  frame.title = figure.querySelector("figcaption").textContent;
  frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  frame.setAttribute("scrolling", "no");
  frame.style.width = `${figure.dataset.width}px`;
  frame.src = address;
  const loaded = new Promise((done) => frame.addEventListener("load", () => done(frame), { once: true }));
  figure.querySelector(".sheet").append(frame);
  return loaded;
}

function measure(frame) {
  const inside = frame.contentDocument;
  for (const link of inside.querySelectorAll("a[href]")) link.target = "_blank"; // a click must not replace the letter
  inside.addEventListener("keydown", key); // the keys work after a click into the letter, too
  return inside.documentElement.scrollHeight;
}

function fit() {
  const stage = find("stage");
  if (stage.hidden || find("desk").hidden) return;
  const shown = figures.filter((figure) => !figure.hidden);
  const desk = getComputedStyle(find("desk"));
  const room = stage.clientWidth - parseFloat(desk.paddingLeft) - parseFloat(desk.paddingRight) - parseFloat(desk.columnGap) * (shown.length - 1);
  const wanted = shown.reduce((sum, figure) => sum + Number(figure.dataset.width), 0);
  const scale = Math.min(1, room / wanted);
  for (const figure of shown) {
    const frame = figure.querySelector("iframe:not(.incoming)");
    if (!frame) continue;
    if (!frame.offsetHeight || frame.style.height === "0px") frame.style.height = `${measure(frame)}px`; // loaded while hidden
    const sheet = figure.querySelector(".sheet");
    sheet.style.width = `${figure.dataset.width * scale}px`;
    sheet.style.height = `${parseFloat(frame.style.height) * scale}px`;
    frame.style.transform = scale === 1 ? "" : `scale(${scale})`;
  }
}

function view(name) {
  for (const each of VIEWS) {
    const tab = find(`tab-${each}`);
    tab.setAttribute("aria-selected", String(each === name));
    tab.tabIndex = each === name ? 0 : -1;
    find(PANELS[each]).hidden = each !== name;
  }
  find("widths").hidden = name !== "letter";
  fit();
}

function widths(wanted) {
  for (const button of find("widths").children) {
    const width = Number(button.dataset.width);
    button.setAttribute("aria-pressed", String(wanted.includes(width)));
    figures.find((figure) => Number(figure.dataset.width) === width).hidden = !wanted.includes(width);
  }
  fit();
}

function shownWidths() {
  return figures.filter((figure) => !figure.hidden).map((figure) => Number(figure.dataset.width));
}

function toggle(width) {
  const shown = shownWidths();
  if (NARROW.matches) widths([width]);
  else if (!shown.includes(width)) widths(WIDTHS);
  else if (shown.length > 1) widths(WIDTHS.filter((each) => each !== width));
}

function state(name) {
  find("status").dataset.state = name;
}

function step(by) {
  const place = rows.findIndex((row) => row.key === current);
  const next = rows[place + by];
  if (next) choose(next.key);
}

function key(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("select, input, textarea")) return;
  const reading = event.target.ownerDocument !== document || event.target.closest(".stage, .plain"); // there the arrows scroll
  if (VIEWS[event.key - 1]) view(VIEWS[event.key - 1]);
  else if (event.key === "ArrowDown" && !reading) step(1);
  else if (event.key === "ArrowUp" && !reading) step(-1);
  else if (event.target.closest("[role=tab]") && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
    const here = VIEWS.indexOf(event.target.id.slice(4));
    const name = VIEWS[(here + (event.key === "ArrowRight" ? 1 : VIEWS.length - 1)) % VIEWS.length];
    view(name);
    find(`tab-${name}`).focus();
  } else return;
  event.preventDefault();
}

function listen() {
  const events = new EventSource("events");
  events.addEventListener("ready", refresh); // the first time, and after the server was gone
  events.addEventListener("saved", refresh);
  events.addEventListener("error", () => state("lost"));
}

for (const name of VIEWS) find(`tab-${name}`).addEventListener("click", () => view(name));
for (const button of find("widths").children) button.addEventListener("click", () => toggle(Number(button.dataset.width)));
find("choice").addEventListener("change", (event) => choose(event.target.value));
document.addEventListener("keydown", key);
window.addEventListener("hashchange", () => choose(decodeURIComponent(location.hash.slice(1))));
window.addEventListener("resize", fit);
NARROW.addEventListener("change", () => widths(NARROW.matches ? [375] : WIDTHS));
widths(NARROW.matches ? [375] : WIDTHS);
listen();
