// Elements built from text nodes only, so that no text of the graph is ever read as markup.

const $ = (id) => document.getElementById(id);
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

const SVG = "http://www.w3.org/2000/svg";
const OUTLINES = {
  dot: "M8 2a6 6 0 1 0 .01 0z", square: "M2.5 2.5h11v11h-11z", diamond: "M8 1l7 7-7 7-7-7z",
  hexagon: "M4.5 2h7L15 8l-3.5 6h-7L1 8z", triangle: "M8 1.5l7 12.5H1z", triangleDown: "M8 14.5L1 2h14z",
  star: "M8 .8l2.1 4.8 5.2.5-3.9 3.5 1.1 5.1L8 12l-4.5 2.7 1.1-5.1L.7 6.1l5.2-.5z",
};

/** The shape and colour of a class, for legend and lists. */
function glyph(kindKey) {
  const kind = KINDS.get(kindKey);
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "glyph");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", OUTLINES[kind.shape] || OUTLINES.dot);
  path.setAttribute("fill", kind[theme()]);
  svg.append(path);
  return svg;
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
/** A word that is seen and read aloud. `stay` keeps it until the next one. */
function say(text, stay = false) {
  clearTimeout(sayTimer);
  $("say").textContent = text;
  $("say").classList.add("seen");
  if (!stay) sayTimer = setTimeout(() => $("say").classList.remove("seen"), 4000);
}

/** Read aloud without being shown: what sighted users see anyway. */
function tell(text) {
  if ($("say").classList.contains("seen")) return;
  $("say").textContent = text;
}
