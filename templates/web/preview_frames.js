// Hangs the letter into its frames, redraws it in place, and marks a finding's place upon it.

import { find, make } from "./preview_parts.js";
import { number, say } from "./preview_words.js";

const figures = [...document.querySelectorAll("figure")];
const LEAST = 0.5; // two letters side by side are never drawn smaller than this
const SHY = "\u00ad";

let html = ""; // the letter that every frame shows, or will when it is next seen
let keys = () => {};
let marked = null;

export function begin(onKey) {
  keys = onKey;
  new ResizeObserver(fit).observe(find("stage"));
}

// Each frame is loaded once from `address`, which brings the letter's own content security policy;
// from then on its document is only changed where the letter changed, so nothing flickers or jumps.
export async function hang(address, letter, isStill) {
  html = letter;
  find("desk").hidden = false;
  const shown = figures.filter((figure) => !figure.hidden);
  const frames = await Promise.all(shown.map((figure) => figure.frame ?? load(figure, address)));
  if (!isStill()) return;
  for (const figure of figures) if (figure.frame && frames.includes(figure.frame)) blendIn(figure);
  fit();
}

export function takeDown() {
  find("desk").hidden = true;
  for (const figure of figures) {
    figure.querySelector(".sheet").replaceChildren();
    figure.frame = figure.drawn = null;
  }
  html = "";
  marked = null;
}

// Shows these widths; a figure that was never seen before must be loaded by `hang` first.
export function widths(wanted) {
  for (const figure of figures) figure.hidden = !wanted.includes(Number(figure.dataset.width));
  return figures.every((figure) => figure.hidden || figure.frame);
}

function load(figure, address) {
  const frame = make("iframe", {
    title: say("frame", figure.dataset.width),
    sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    scrolling: "no",
  });
  frame.style.width = `${figure.dataset.width}px`;
  frame.src = address;
  const loaded = new Promise((done) => frame.addEventListener("load", () => done(frame), { once: true }));
  figure.querySelector(".sheet").replaceChildren(frame);
  return loaded.then(() => {
    figure.frame = frame;
    figure.drawn = null;
    const inside = frame.contentDocument;
    inside.addEventListener("keydown", keys); // the keys work after a click into the letter, too
    inside.addEventListener("click", outward, true);
    return frame;
  });
}

// A click must not replace the letter.
function outward(event) {
  const link = event.target.closest?.("a[href]");
  if (link) Object.assign(link, { target: "_blank", rel: "noopener noreferrer" });
}

function blendIn(figure) {
  if (figure.drawn === html) return;
  const { contentWindow, contentDocument } = figure.frame;
  // The frame's own parser: ours would judge the letter's styles by the page's policy.
  const fresh = new contentWindow.DOMParser().parseFromString(html, "text/html");
  blend(contentDocument.documentElement, contentDocument.adoptNode(fresh.documentElement));
  figure.drawn = html;
  figure.height = 0;
  for (const picture of contentDocument.images) if (!picture.complete) picture.addEventListener("load", () => grow(figure), { once: true });
}

function grow(figure) {
  figure.height = 0;
  fit();
}

function blend(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...fresh.attributes]) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  let following = null;
  while (before.length && after.length && before.at(-1).isEqualNode(after.at(-1))) {
    following = before.pop();
    after.pop();
  }
  while (before.length && after.length && before[0].isEqualNode(after[0])) {
    before.shift();
    after.shift();
  }
  for (const each of before.splice(after.length)) each.remove();
  before.forEach((each, place) => blend(each, after[place]));
  for (const each of after.slice(before.length)) old.insertBefore(each, following);
}

export function fit() {
  const stage = find("stage");
  if (stage.hidden || find("desk").hidden) return;
  const shown = figures.filter((figure) => !figure.hidden && figure.frame);
  if (!shown.length) return;
  for (const figure of shown) blendIn(figure);
  const desk = getComputedStyle(find("desk"));
  const room = stage.clientWidth - parseFloat(desk.paddingLeft) - parseFloat(desk.paddingRight) - parseFloat(desk.columnGap) * (shown.length - 1);
  const scale = Math.min(1, room / shown.reduce((sum, figure) => sum + Number(figure.dataset.width), 0));
  for (const figure of shown) draw(figure, scale);
  if (marked) place(marked);
}

function draw(figure, scale) {
  const { width } = figure.dataset;
  const sheet = figure.querySelector(".sheet");
  if (!figure.height) {
    figure.frame.style.height = "0";
    const { scrollHeight, scrollWidth } = figure.frame.contentDocument.documentElement;
    figure.height = scrollHeight;
    figure.wide = scrollWidth > width ? scrollWidth : 0;
  }
  figure.frame.style.height = `${figure.height}px`;
  figure.frame.style.transform = scale === 1 ? "" : `scale(${scale})`;
  sheet.style.width = `${width * scale}px`;
  sheet.style.height = `${figure.height * scale}px`;
  figure.scale = scale;
  const percent = Math.round(scale * 100);
  const words = [percent === 100 ? say("width", width) : say("scaled", width, number(percent)), figure.wide && say("juts", figure.wide)];
  figure.querySelector("figcaption").textContent = words.filter(Boolean).join(" · ");
}

// How many of the wanted widths, the latest last, stand side by side without becoming too small.
export function roomFor(wanted) {
  const room = find("main").clientWidth - 76;
  return wanted.reduce((sum, each) => sum + each, 0) * LEAST <= room ? wanted : wanted.slice(-1);
}

// Marks the place on each letter shown and brings it into sight; says whether it is there.
export function mark(text) {
  marked = text;
  return place(text, true);
}

export function unmark() {
  marked = null;
  for (const each of document.querySelectorAll(".mark")) each.remove();
}

function place(text, scroll = false) {
  for (const each of document.querySelectorAll(".mark")) each.remove();
  const marks = figures.filter((figure) => !figure.hidden && figure.frame).map((figure) => markOn(figure, text)).filter(Boolean);
  if (scroll && marks.length) marks.at(-1).scrollIntoView({ block: "center", inline: "nearest", behavior: calm() ? "auto" : "smooth" });
  return marks.length > 0;
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// Marks the words, line by line; gives the first mark.
function markOn(figure, text) {
  const boxes = boxesOf(figure.frame.contentDocument, text);
  const edge = { left: 5, top: boxes.length > 1 ? 2 : 5 }; // lines below each other stay apart
  const marks = boxes.map(({ left, top, right, bottom }) => {
    const made = make("div", { class: "mark", "aria-hidden": "true" });
    const sides = [["left", left, -edge.left], ["top", top, -edge.top], ["width", right - left, 2 * edge.left], ["height", bottom - top, 2 * edge.top]];
    for (const [side, value, more] of sides) made.style[side] = `${value * figure.scale + more}px`;
    return made;
  });
  figure.querySelector(".sheet").append(...marks);
  return marks[0];
}

function boxesOf(inside, text) {
  if (text.startsWith("css:")) return lines(visible(chosen(inside, text.slice(4))));
  const wanted = plain(text);
  if (!wanted) return [];
  const link = [...inside.links].find((each) => plain(each.textContent) === wanted);
  const ways = [() => lines(...(link?.getClientRects() ?? [])), () => boxesOfWords(inside, wanted), () => lines(boxOfAttribute(inside, wanted))];
  for (const way of ways) {
    const boxes = way();
    if (boxes.length) return boxes;
  }
  return [];
}

// One box for each line: what stands side by side is joined.
function lines(...pieces) {
  const joined = [];
  for (const piece of pieces) {
    if (!piece || piece.width <= 1 || piece.height <= 1) continue;
    const { left, top, right, bottom } = piece;
    const last = joined.at(-1);
    const isBeside = last && Math.min(bottom, last.bottom) - Math.max(top, last.top) > Math.min(bottom - top, last.bottom - last.top) / 2;
    if (!isBeside) joined.push({ left, top, right, bottom });
    else Object.assign(last, { left: Math.min(left, last.left), top: Math.min(top, last.top), right: Math.max(right, last.right), bottom: Math.max(bottom, last.bottom) });
  }
  return joined;
}

function chosen(inside, selector) {
  try {
    return inside.querySelector(selector);
  } catch {
    return null; // not a selector
  }
}

function visible(area) {
  const box = area?.getBoundingClientRect();
  return box && box.width > 1 && box.height > 1 ? box : null;
}

function boxOfAttribute(inside, wanted) {
  const there = [...inside.querySelectorAll("[alt], [href], [src]")];
  const found = there.find((each) => ["alt", "href", "src"].some((name) => plain(each.getAttribute(name) ?? "").includes(wanted)));
  return visible(found?.firstElementChild ?? found);
}

function plain(text) {
  return text.replaceAll(SHY, "").replace(/\s+/g, " ").trim();
}

// The first visible place of the words, although they may run over several elements; whole words go before parts.
function boxesOfWords(inside, wanted) {
  const [letters, places] = spell(inside);
  const found = [];
  for (let at = letters.indexOf(wanted); at >= 0; at = letters.indexOf(wanted, at + 1)) found.push(at);
  const isWhole = (at) => !/\p{L}/u.test(letters[at - 1] ?? "") && !/\p{L}/u.test(letters[at + wanted.length] ?? "");
  for (const at of [...found.filter(isWhole), ...found]) {
    const boxes = lines(...pieces(inside, places.slice(at, at + wanted.length)));
    if (boxes.length) return boxes;
  }
  return [];
}

// The rectangles of letters, text by text: a range over several elements would give their boxes, too.
function pieces(inside, letters) {
  const spans = new Map();
  for (const [node, offset] of letters) spans.set(node, [spans.get(node)?.[0] ?? offset, offset + 1]);
  return [...spans].flatMap(([node, [start, end]]) => {
    const range = inside.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    return [...range.getClientRects()];
  });
}

function spell(inside) {
  const walker = inside.createTreeWalker(inside.body, NodeFilter.SHOW_TEXT);
  const places = [];
  let letters = "";
  while (walker.nextNode()) {
    const { data } = walker.currentNode;
    for (let offset = 0; offset < data.length; offset++) {
      const letter = /\s/.test(data[offset]) ? " " : data[offset];
      if (letter === SHY || (letter === " " && letters.endsWith(" "))) continue;
      letters += letter;
      places.push([walker.currentNode, offset]);
    }
  }
  return [letters, places];
}
