// What both halves of the inbox page need: its words, its elements, its questions to the server.

export const WORDS = JSON.parse(document.body.dataset.words);
const TAG = WORDS.language === "en" ? "en-GB" : "de-DE";

export const find = (id) => document.getElementById(id);

export const say = (name, values = {}) =>
  WORDS[name].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));

export const number = (count) => count.toLocaleString(TAG);

export function size(bytes) {
  if (bytes < 1024) return `${number(bytes)} B`;
  if (bytes < 1024 * 1024) return `${number(Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toLocaleString(TAG, { maximumFractionDigits: 1 })} MB`;
}

export function moment(text, short) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  if (!short) return at.toLocaleString(TAG, { dateStyle: "full", timeStyle: "medium" });
  const today = at.toDateString() === new Date().toDateString();
  return at.toLocaleString(TAG, today ? { timeStyle: "medium" } : { day: "numeric", month: "numeric", hour: "numeric", minute: "2-digit" });
}

export function part(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}

export const chosen = (name) => document.querySelector(`input[name="${name}"]:checked`).value;

export async function ask(path, options = {}) {
  const headers = { "Accept-Language": WORDS.language, ...options.headers };
  const answer = await fetch(`inbox/${path}`, { cache: "no-store", ...options, headers });
  const isJson = (answer.headers.get("content-type") || "").startsWith("application/json");
  return { status: answer.status, value: isJson ? await answer.json() : { problem: await answer.text() } };
}

export const tell = (path) => ask(path, { method: "POST", headers: { "X-Rundbrief": "1" } });
