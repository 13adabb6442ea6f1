// Asks the preview's server and listens to it; what it cannot answer becomes one of three errors.

import { language } from "./preview_words.js";

export class Lost extends Error {} // nobody answers
export class Missing extends Error {} // there is no such thing
export class Fault extends Error {} // the program made a mistake

async function get(path) {
  const headers = { "Accept-Language": language };
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", headers });
  } catch {
    throw new Lost(path);
  }
  if (answer.status === 404) throw new Missing(await answer.text());
  return answer;
}

export async function askJson(path) {
  const answer = await get(path);
  const isJson = (answer.headers.get("content-type") || "").startsWith("application/json");
  if (!isJson) throw new Fault(`${path}: ${answer.status}`);
  return answer.json();
}

export async function askText(path) {
  const answer = await get(path);
  if (!answer.ok) throw new Fault(`${path}: ${answer.status}`);
  return answer.text();
}

export function address(key, part, values) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value));
  const place = `issues/${encodeURIComponent(key)}${part ? `/${part}` : ""}`;
  return query.size ? `${place}?${query}` : place;
}

// The answer to an approval: what was approved, or the sentence that refuses it.
export async function approve(key, wish) {
  const headers = { "Accept-Language": language, "Content-Type": "application/json", "X-Rundbrief": "1" };
  let answer;
  try {
    answer = await fetch(address(key, "approve", {}), { method: "POST", headers, body: JSON.stringify(wish) });
  } catch {
    throw new Lost(key);
  }
  const isJson = (answer.headers.get("content-type") || "").startsWith("application/json");
  const said = isJson ? await answer.json() : { problem: await answer.text() };
  return answer.ok ? { text: said.text } : { problem: refusal(said.problem ?? said.problems ?? "") };
}

function refusal(problem) {
  if (Array.isArray(problem)) return problem.map(refusal).join(" ");
  return typeof problem === "string" ? problem : [problem.message, problem.hint].filter(Boolean).join(" ");
}

// `saved` is told which issues are no more. `ready` comes at the start and whenever the server is back, `moved` when another one has taken its place.
export function listen({ ready, saved, lost, moved }) {
  const source = new EventSource("events");
  source.addEventListener("ready", ready);
  source.addEventListener("saved", (event) => saved(gone(event.data)));
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return lost();
    moved();
    setTimeout(() => listen({ ready, saved, lost, moved }), 3000);
  });
}

function gone(data) {
  try {
    return JSON.parse(data).gone ?? [];
  } catch {
    return [];
  }
}
