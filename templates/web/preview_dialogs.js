// The three dialogs: as whom to read, the approval, and the keys.

import { find, make, redraw } from "./preview_parts.js";
import { approve, askJson, Lost } from "./preview_server.js";
import { number, say } from "./preview_words.js";

const PAUSE = 120; // milliseconds without a keystroke before the address book is asked

let asked = 0;
let pausing = 0;
let choosePerson = () => {};
let keyOfIssue = () => "";
let approved = () => {};
let question = null;

export function begin({ onPerson, onApproved, keyNow }) {
  choosePerson = onPerson;
  keyOfIssue = keyNow;
  approved = onApproved;
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
  for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  find("people-query").addEventListener("input", () => {
    clearTimeout(pausing);
    pausing = setTimeout(search, PAUSE);
  });
  find("people-query").addEventListener("keydown", takeFirst);
  find("people-random").addEventListener("click", () => list({ random: "1" }, (found) => found[0] && pick(found[0])));
  find("people").addEventListener("keydown", walk);
  find("approval-form").addEventListener("submit", submit);
  find("help-list").append(...say("help").flatMap(([keys, what]) => [make("dt", {}, ...keysOf(keys)), make("dd", {}, what)]));
}

function keysOf(text) {
  return text.split(" ").flatMap((word) => (/^([^a-z]|[a-z]|Esc)$/.test(word) ? [make("kbd", {}, word), " "] : [`${word} `]));
}

export function isOpen() {
  return Boolean(document.querySelector("dialog[open]"));
}

export function help() {
  find("help").showModal();
}

export function people() {
  find("people-query").value = "";
  find("people-none").textContent = "";
  find("people").showModal();
  search();
}

function search() {
  const query = find("people-query").value.trim();
  list(query ? { q: query } : { hard: "1" }, (found) => {
    find("people-none").textContent = query && !found.length ? say("people_none") : "";
    const heading = query ? say("people_found") : say("people_hard");
    redraw(find("people-found"), [heading, found], () => (!found.length ? [] : [
      make("h3", {}, heading), make("ul", {}, ...found.map((each) => make("li", {}, personButton(each)))),
    ]));
  });
}

// The greeting shown is the one of the issue that is looked at.
async function list(wanted, use) {
  const mine = ++asked;
  let found = [];
  try {
    found = await askJson(`people?${new URLSearchParams({ ...wanted, issue: keyOfIssue() })}`);
  } catch (error) {
    find("people-none").textContent = error instanceof Lost ? say("lost_news") : say("fault");
    return;
  }
  if (mine === asked) use(found);
}

function personButton(each) {
  const facts = [each.reason, each.note, each.form].filter(Boolean).join(" · ");
  return make("button", { "data-id": each.id, click: () => pick(each) }, make("b", {}, each.name), make("span", {}, facts));
}

function pick(someone) {
  find("people").close();
  choosePerson(someone);
}

// Enter takes the first hit, without waiting for the list to be drawn.
function takeFirst(event) {
  const query = find("people-query").value.trim();
  if (event.key !== "Enter" || event.isComposing || !query) return;
  event.preventDefault();
  clearTimeout(pausing);
  list({ q: query }, (found) => (found[0] ? pick(found[0]) : search()));
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const buttons = [...find("people-found").querySelectorAll("button")];
  const here = buttons.indexOf(document.activeElement) + step;
  (buttons[Math.min(here, buttons.length - 1)] ?? find("people-query")).focus();
  event.preventDefault();
}

// Asks for the number of recipients before anything is approved; `issue` is what the page shows now.
export function askApproval(key, row, issue) {
  const { approval, counts } = issue;
  question = { key, hash: approval.hash, mailing: approval.mailing, recipients: approval.recipients };
  const check = counts.warnings ? `${number(counts.warnings)} ${say("warnings", counts.warnings)}` : say("clean");
  const unchanged = say(issue.compare?.since ? "approval_unchanged" : "approval_first");
  const changes = approval.changes?.length ? approval.changes : [unchanged];
  const facts = [
    ["approval_issue", [row.label]], ["approval_state", [approval.state]], ["approval_when", [row.when]], ["approval_people", [number(approval.recipients ?? 0)]],
    ["approval_check", [check]], ["approval_changes", changes],
  ];
  find("approval-facts").replaceChildren(...facts.filter(([, values]) => values[0]).flatMap(
    ([name, values]) => [make("dt", {}, say(name)), ...values.map((value) => make("dd", {}, value))],
  ));
  find("approval-number").value = "";
  find("approval-refused").textContent = find("approval-granted").textContent = "";
  find("approval-close").textContent = say("cancel");
  find("approval-asks").hidden = find("approval-go").hidden = false;
  find("approval").showModal();
  find("approval-number").focus();
}

// What is approved must be what was shown: a change under the open dialog is said at once.
export function approvalChanged(issue) {
  if (!find("approval").open || find("approval-go").hidden || !question) return;
  const { hash, mailing, recipients, possible } = issue.approval ?? {};
  if (possible && hash === question.hash && mailing === question.mailing && recipients === question.recipients) return;
  find("approval-refused").textContent = say("approval_moved");
  find("approval-asks").hidden = find("approval-go").hidden = true;
}

async function submit(event) {
  event.preventDefault();
  if (find("approval-go").hidden) return;
  const typed = find("approval-number").value.replace(/[\s.,'’]/g, "");
  if (!/^\d+$/.test(typed) || Number(typed) !== question.recipients) return refuse(say("approval_wrong", number(question.recipients)));
  find("approval-go").disabled = true;
  try {
    const wish = { mailing: question.mailing, expect_recipients: question.recipients, hash: question.hash };
    const { text, problem } = await approve(question.key, wish);
    if (problem !== undefined) refuse(problem);
    else grant(text);
  } catch (error) {
    refuse(error instanceof Lost ? say("approval_lost") : say("fault"));
  } finally {
    find("approval-go").disabled = false;
  }
}

function refuse(sentence) {
  find("approval-refused").textContent = sentence;
  find("approval-number").focus();
}

function grant(text) {
  find("approval-refused").textContent = "";
  find("approval-granted").textContent = text;
  find("approval-asks").hidden = find("approval-go").hidden = true;
  find("approval-close").textContent = say("close");
  find("approval-close").focus();
  approved();
}
