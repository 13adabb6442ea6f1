// The studio's page: knows what is looked at, asks the server for it and has it drawn; redraws when a file is saved.

import * as inAddress from "./preview_address.js";
import * as dialogs from "./preview_dialogs.js";
import * as drawers from "./preview_drawers.js";
import * as frames from "./preview_frames.js";
import { keys } from "./preview_keys.js";
import { news, status } from "./preview_news.js";
import * as panels from "./preview_panels.js";
import { find, make, show } from "./preview_parts.js";
import { forget, point } from "./preview_point.js";
import * as reason from "./preview_reason.js";
import { address, askJson, askText, Lost, listen, Missing } from "./preview_server.js";
import { view, VIEWS } from "./preview_views.js";
import { label, say } from "./preview_words.js";

const WIDTHS = [375, 640, 800];
const SCHEMES = ["light", "dark"];
const CLIENTS = ["standard", "plain", "outlook", "noimages"];
const USUAL = { view: "letter", client: "standard", scheme: "light", widths: "375 640", variant: "", person: "" };

let wish = { key: "", ...USUAL };
let rows = [];
let labels = []; // what each simulated mail program shows and what it does not
let shown = null; // the issue as the server last described it
let savedAt = null;
let turn = 0; // an answer that was overtaken by a later question is thrown away
let drawing = Promise.resolve(); // ends when what was asked for last is drawn

function refresh() {
  drawing = draw();
  return drawing;
}

async function draw() {
  const mine = ++turn;
  const isStill = () => mine === turn;
  const { key } = wish;
  try {
    const known = rows.some((row) => row.key === key);
    if (known || (await drawList(isStill))) await drawIssue(isStill, known);
    if (isStill()) show("fault", false);
  } catch (error) {
    if (isStill()) await recover(error, key, isStill);
  }
}

async function recover(error, key, isStill) {
  if (error instanceof Missing && (wish.person || wish.variant)) return change({ person: "", variant: "" });
  if (error instanceof Missing) {
    await drawList(isStill).catch(() => {});
    if (wish.key !== key) return refresh();
  }
  if (error instanceof Lost) return status("lost");
  show("fault", true);
  status("ill");
}

// The list, and which issue of it is looked at; says whether there is one.
async function drawList(isStill) {
  const list = await askJson("issues");
  if (!isStill()) return false;
  if (!Array.isArray(list)) {
    panels.complaints(list.problems, false);
    status("ill");
    return false;
  }
  rows = list;
  if (!rows.some((row) => row.key === wish.key)) moveOn();
  panels.issues(rows, wish.key, choose);
  show("empty", !rows.length);
  show("switches", rows.length > 0);
  document.body.classList.toggle("empty", !rows.length);
  if (!rows.length) blank();
  return rows.length > 0;
}

// The issue that was looked at is no more: the newest takes its place.
function moveOn() {
  const before = wish.key;
  wish = { ...wish, key: rows[0]?.key ?? "", variant: "", person: "" };
  if (!before) return;
  news(say("gone_news", before, rows[0]?.label), true);
  toTop();
  inAddress.write(wish, USUAL);
}

function toTop() {
  find("stage").scrollTop = find("plain").scrollTop = 0;
  forget();
}

// The letter first, for it is what somebody waits for; list and facts follow while it is drawn.
async function drawIssue(isStill, withList) {
  const { key, variant, person, client, scheme } = wish;
  const where = address(key, "letter", { view: client, scheme, variant, person });
  const html = await askText(where).catch((error) => error);
  if (!isStill()) return;
  const facts = askJson(address(key, "", { variant, person }));
  const rest = Promise.all([facts, withList && drawList(isStill)]);
  rest.catch(() => {}); // told below, once the letter is drawn
  if (typeof html === "string") await frames.hang(where, html, isStill);
  const [issue] = await rest;
  if (!isStill()) return;
  if (!issue.letter) frames.takeDown();
  else if (typeof html !== "string") throw html;
  describe(issue);
  if (wish.view !== "letter") await drawView(isStill);
}

async function drawView(isStill) {
  if (shown?.letter || wish.view === "compare") return view(wish.view, wish.key, wish, isStill);
  find("plain").replaceChildren(make("p", { class: "note" }, say("no_letter")));
}

function describe(issue) {
  shown = issue;
  const problems = issue.problems ?? [];
  const row = rows.find(({ key }) => key === wish.key);
  const organisation = issue.newsletter || issue.letter?.sender;
  find("whose").textContent = [organisation, row?.label].filter(Boolean).join(" · ");
  document.title = `${row?.label ?? wish.key} · Rundbrief`;
  panels.complaints(problems, Boolean(issue.letter));
  panels.inboxLine(issue.letter);
  panels.person(issue.letter?.person);
  show("person", Boolean(issue.letter));
  const counts = problems.length ? null : issue.counts;
  panels.counts(counts);
  panels.findings(problems.length ? [] : issue.findings ?? [], counts, pointAt);
  panels.size(issue.letter && issue.size);
  panels.greetings(issue.letter && issue.greetings ? issue.greetings : []);
  panels.variants(issue.letter && issue.variants ? issue.variants : [], issue.letter?.variant, readVariant);
  panels.approval(issue.approval, say("unreadable"));
  dialogs.approvalChanged(issue);
  drawSwitches();
  status(problems.length ? "ill" : "live", savedAt);
}

function blank() {
  shown = null;
  frames.takeDown();
  for (const id of ["inbox", "size-part", "greetings-part", "variants", "open-variants", "count", "badge", "says"]) show(id, false);
  find("whose").textContent = "";
  panels.complaints([], false);
  panels.approval(null, say("no_letter"));
  status("live", savedAt);
}

function readVariant(variant) {
  drawers.shut(false);
  change({ variant, person: "" });
}

// Without a variant of their own the server finds the one that the person would get.
function readAs({ id, variant }) {
  drawers.shut(false);
  change({ person: id, variant: variant || "" });
}

function choose(key) {
  drawers.shut();
  if (key !== wish.key) {
    toTop();
    news("");
    change({ key, variant: "", person: "" });
  }
  return true;
}

function step(by) {
  const next = rows[rows.findIndex((row) => row.key === wish.key) + by];
  return Boolean(next) && choose(next.key);
}

// Another look at the same issue, or another issue.
function change(wanted) {
  const before = wish;
  wish = { ...wish, ...wanted };
  inAddress.write(wish, USUAL);
  drawSwitches();
  const quiet = ["key", "client", "scheme", "variant", "person"].every((name) => before[name] === wish[name]);
  if (!quiet || !frames.widths(shownWidths()) || wish.view !== "letter") refresh();
  else frames.fit();
  return true;
}

function shownWidths() {
  const wanted = wish.widths.split(" ").map(Number);
  return drawers.isPhone() ? wanted.slice(0, 1) : frames.roomFor(wanted);
}

// Two widths stand side by side; a third takes the place of the one that was chosen first.
function turnWidth(width) {
  const now = wish.widths.split(" ").map(Number);
  if (drawers.isPhone()) return change({ view: "letter", widths: String(width) });
  const others = now.filter((each) => each !== width);
  const next = others.length === now.length ? [...now.slice(-1), width] : others;
  return change({ view: "letter", widths: (next.length ? next : now).join(" ") });
}

function turnScheme() {
  return change({ view: "letter", scheme: wish.scheme === "light" ? "dark" : "light" });
}

function drawSwitches() {
  const widths = shownWidths();
  frames.widths(widths);
  for (const each of find("widths").querySelectorAll("input")) each.checked = widths.includes(Number(each.value));
  for (const [id, value] of [["schemes", wish.scheme], ["clients", wish.client], ["views", wish.view]]) {
    for (const each of find(id).querySelectorAll("input")) each.checked = each.value === value;
  }
  show("stage", wish.view === "letter" || !rows.length);
  show("plain", wish.view !== "letter" && rows.length > 0);
  const told = labels.find(({ id }) => id === wish.client);
  const says = (wish.scheme === "dark" && told?.says_dark) || told?.says || "";
  find("says").textContent = says;
  show("says", Boolean(says) && wish.view === "letter" && Boolean(shown?.letter));
  const letter = wish.view === "letter";
  find("sentence").textContent = say(
    "sentence", say(wish.view), letter && say("width", widths.join(" + ")), letter && say(wish.scheme), letter && say(wish.client), shown?.letter?.person?.name,
  );
}

async function pointAt(finding) {
  drawers.shut(false);
  news(await point(finding, (wanted) => {
    change(wanted);
    return drawing;
  }));
}

function option(type, group, value, text, act) {
  const input = make("input", { type, name: group, value, change: act });
  return make("label", {}, input, make("span", {}, text));
}

function build() {
  label(document);
  find("widths").append(...WIDTHS.map((width) => option("checkbox", "width", width, String(width), () => turnWidth(width))));
  const group = (id, name, values, act) => find(id).append(...values.map((value) => option("radio", name, value, say(value), () => act(value))));
  group("schemes", "scheme", SCHEMES, (scheme) => change({ view: "letter", scheme }));
  group("clients", "client", CLIENTS, (client) => change({ view: "letter", client }));
  group("views", "view", VIEWS, (name) => change({ view: name }));
  find("person").addEventListener("click", dialogs.people);
  find("open-help").addEventListener("click", dialogs.help);
  find("approve").addEventListener("click", askApproval);
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    find(wish.view === "letter" ? "stage" : "plain").focus();
  });
}

function askApproval() {
  if (find("approve").getAttribute("aria-disabled") === "true") return reason.tell();
  dialogs.askApproval(wish.key, rows.find((row) => row.key === wish.key), shown);
}

function fromAddress() {
  const found = inAddress.read(USUAL, { view: VIEWS, client: CLIENTS, scheme: SCHEMES });
  if (found.widths.split(" ").some((each) => !WIDTHS.includes(Number(each)))) found.widths = USUAL.widths;
  return found;
}

function begin() {
  wish = fromAddress();
  build();
  const act = keys({ step, change, turnScheme, forget, people: () => (dialogs.people(), true), help: () => (dialogs.help(), true) });
  document.addEventListener("keydown", act);
  frames.begin(act);
  drawers.begin();
  reason.begin();
  dialogs.begin({ onPerson: readAs, onApproved: refresh, keyNow: () => wish.key });
  window.addEventListener("hashchange", () => change(fromAddress()));
  window.addEventListener("resize", () => drawing.then(() => shown && change({}))); // there may be room for another width
  drawSwitches();
  status("wait");
  listen({
    ready: () => Promise.allSettled([refresh(), drawAround()]),
    saved: (gone) => {
      rows = rows.filter(({ key }) => !gone.includes(key));
      savedAt = new Date();
      refresh();
    },
    lost: () => status("lost"),
    moved: () => status("moved"),
  });
}

// What does not depend on an issue: the tools and the honest labels.
async function drawAround() {
  const [tools, views] = await Promise.allSettled([askJson("tools"), askJson("views")]);
  panels.tools(tools.value ?? []);
  labels = views.value ?? [];
  drawSwitches();
}

begin();
