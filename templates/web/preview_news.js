// Tells what goes on: the pill in the bar, and the sentence that fades.

import { find } from "./preview_parts.js";
import { say, time } from "./preview_words.js";

const NEWS_SECONDS = 7;
const GONE = ["lost", "moved"];

let fading = 0;

export function news(sentence, stays = false) {
  clearTimeout(fading);
  find("news").textContent = sentence;
  if (!stays) fading = setTimeout(() => find("news").replaceChildren(), NEWS_SECONDS * 1000);
}

export function status(state, savedAt) {
  const was = document.body.dataset.state;
  document.body.dataset.state = state;
  const words = { live: () => say(...(savedAt ? ["saved", time(savedAt)] : ["as_of", time(new Date())])), wait: () => say("loading") };
  find("status").textContent = (words[state] ?? (() => say(state)))();
  find("status").dataset.tone = { live: "good", wait: "rest" }[state] ?? "warn";
  if (GONE.includes(state) && was !== state) news(say(`${state}_news`), true);
  if (!GONE.includes(state) && GONE.includes(was)) news(say("back_news"));
}
