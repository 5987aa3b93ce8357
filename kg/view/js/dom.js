// Elements built from text nodes only, so that no text of the graph is ever read as markup.

const $ = (id) => document.getElementById(id);
/** Letters without case and accents, for comparing. */
const FOLD = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const REDUCED = matchMedia("(prefers-reduced-motion: reduce)");

/** el("p", {class: "quiet", onclick: f}, "text", child, [more]) */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

/** Set a property only if it differs: to write the same again costs style and layout all the same. */
function put(element, name, value) {
  if (element[name] !== value) element[name] = value;
}

function button(text, onclick, attributes = {}) {
  return el("button", { type: "button", onclick, ...attributes }, text);
}

/** Text of the graph, kept from turning the writing direction of what stands around it. */
function data(text) {
  return el("bdi", {}, String(text));
}

/** One line without characters that steer bidirectional text: for canvas, files' names and option texts. */
function oneLine(text, length = Infinity) {
  const line = String(text).replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
  const characters = Array.from(line);
  return characters.length > length ? characters.slice(0, length - 1).join("").trimEnd() + "…" : line;
}

/** A link that can only lead to the web; anything else is shown as text. */
function link(url, text = url) {
  let target = null;
  try {
    target = new URL(url);
  } catch {
    // not a URL
  }
  if (!target || (target.protocol !== "https:" && target.protocol !== "http:")) return data(text);
  return el("a", { href: target.href, target: "_blank", rel: "noopener noreferrer" }, data(text));
}

function theme() {
  return document.documentElement.dataset.theme === "dark" ? "dark" : "light";
}

/** A colour of the style sheet as the canvas wants it. */
function colour(name) {
  const probe = el("span", { hidden: true });
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

let sayTimer = 0;
/** A word that is seen and read aloud. `stay` keeps it until something else happens. */
function say(text, stay = false) {
  clearTimeout(sayTimer);
  $("say").textContent = text;
  $("say").classList.add("seen");
  sayTimer = stay ? 0 : setTimeout(() => { $("say").classList.remove("seen"); sayTimer = 0; }, 4000);
}

/** Read aloud without being shown: what sighted users see anyway. */
function tell(text) {
  if (sayTimer) return; // a word is being read
  $("say").classList.remove("seen");
  $("say").textContent = text;
}

const MORE = 200; // items that a list grows by: thousands at once would stop the page

/** The first few items, and a button for the rest. */
function longList(items, first, render, className = "rows") {
  const list = el("ul", { class: className }, items.slice(0, first).map(render));
  let told = first;
  if (items.length <= told) return list;
  const words = () => (items.length - told > MORE ? `Show ${MORE} more of ${number(items.length)}` : `Show all ${number(items.length)}`);
  const more = button(words(), () => {
    const added = items.slice(told, told + MORE).map(render);
    told += added.length;
    list.append(...added);
    if (told < items.length) more.textContent = words();
    else more.remove();
    (added[0].querySelector("button, a") || added[0]).focus();
  }, { class: "plain more" });
  return el("div", {}, list, more);
}

const NUMBERS = new Intl.NumberFormat("en"); // toLocaleString makes one each time

function number(n) {
  return NUMBERS.format(n);
}

function count(n) {
  return el("span", { class: "count" }, number(n));
}

function plural(n, word) {
  return `${number(n)} ${word}${n === 1 ? "" : "s"}`;
}
