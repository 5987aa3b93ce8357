// Search over labels, aliases and ids, with typed suggestions. "system: ray" searches one class.

const MOST_SUGGESTED = 12;
let suggested = []; // {node, name, alias} or {kind}
let active = -1;

/** A class that the words name before a colon, or null, and the words after it. */
function typedWords(query) {
  const typed = /^\s*(\w+)\s*:\s*(.*)$/.exec(query);
  const kind = typed && model.kinds.find((k) => k.label.toLowerCase().startsWith(typed[1].toLowerCase()));
  return { kind: kind || null, words: PLAIN(kind ? typed[2] : query).trim() };
}

/** {rows, note}: what the list offers, and a word on what it leaves out. */
function suggestions(query) {
  const { kind, words } = typedWords(query);
  const kinds = kind || words.length === 1 ? [] : model.kinds.filter((k) => k.plural.toLowerCase().startsWith(words)).map((k) => ({ kind: k }));
  if (!words && !kind) return { rows: kinds, note: "" };
  if (!words) {
    const { nodes, count: all } = model.ranked(kind.key, MOST_SUGGESTED);
    return { rows: nodes.map((node) => ({ node, name: node.label })), note: cutNote(nodes.length, all) };
  }
  const found = model.find(words, kind?.key ?? null, MOST_SUGGESTED);
  const id = query.trim().replace(/^(?:https?:\/\/(?:www\.)?arxiv\.org\/(?:abs|pdf)\/|arxiv:\s*)/i, "");
  const named = kind || !/\d{4}/.test(query) ? [] : [...new Set([query.trim(), id, `arxiv:${id}`])].map(model.byId).filter((node) => node && !found.rows.some((row) => row.node === node));
  const rows = [...kinds, ...named.map((node) => ({ node, name: node.label })), ...found.rows];
  if (rows.length) return { rows, note: cutNote(found.rows.length, found.count, found.more) };
  const near = model.near(words, kind?.key ?? null, 5);
  return { rows: near, note: near.length ? "Nothing has these words; these are spelled alike" : "Nothing found" };
}

function cutNote(told, all, more = false) {
  return told === all && !more ? "" : `${number(told)} of ${more ? "more than " : ""}${number(all)}: more letters narrow them down`;
}

function renderSuggestions() {
  const query = $("search").value;
  const { rows: found, note } = suggestions(query);
  suggested = found;
  active = suggested.length && query.trim() ? 0 : -1;
  const { words } = typedWords(query);
  const rows = suggested.map((entry, i) => el("li", { role: "option", id: `option-${i}`, "aria-selected": String(i === active),
    // Chosen by the click that ends a tap: it would fall on what lies beneath the list. The press keeps the keyboard here.
    onmousedown: (event) => event.preventDefault(), onclick: () => choose(i) },
    entry.kind ? kindRow(entry.kind) : nodeRow(entry, words)));
  const last = note ? [el("li", { class: "quiet", role: "option", "aria-disabled": "true" }, note)] : [];
  $("suggestions").replaceChildren(...rows, ...last);
  open(rows.length + last.length > 0);
  if (query.trim()) $("search-said").textContent = [rows.length ? plural(rows.length, "suggestion") : "", note].filter(Boolean).join(". ");
}

function kindRow(kind) {
  return [glyph(kind.key), el("span", { class: "name" }, `${kind.label.toLowerCase()}: …`), el("small", { class: "type" }, `among ${number(kind.count)} ${(kind.count === 1 ? kind.label : kind.plural).toLowerCase()}`)];
}

function nodeRow({ node, name, alias }, words) {
  const kind = model.kind(node.kind).label;
  return [glyph(node.kind), el("span", { class: "name" }, alias ? data(oneLine(node.label)) : matched(oneLine(node.label), words),
    alias ? el("small", {}, " as ", matched(oneLine(name), words)) : null),
    el("small", { class: "type" }, node.year && node.kind === "paper" ? `${kind} ${node.year}` : kind)];
}

/** The name with the words that were found in bold; folding may change the length, then nothing is bold. */
function matched(name, words) {
  const plain = FOLD(name).replace(/\s|\p{Pd}|_/gu, " ");
  if (!words || plain.length !== name.length) return data(name);
  const pieces = [];
  let done = 0;
  const places = (plain.includes(words) ? [words] : eachWord(words)).map((word) => [plain.indexOf(word), word.length]);
  for (const [at, length] of places.sort((a, b) => a[0] - b[0])) {
    if (at < done) continue;
    pieces.push(name.slice(done, at), el("b", {}, name.slice(at, at + length)));
    done = at + length;
  }
  return el("bdi", {}, pieces, name.slice(done));
}

function open(yes) {
  $("suggestions").hidden = !yes;
  $("search").setAttribute("aria-expanded", String(yes));
  if (yes && active >= 0) $("search").setAttribute("aria-activedescendant", `option-${active}`);
  else $("search").removeAttribute("aria-activedescendant");
}

function moveActive(step) {
  if (!suggested.length) return;
  active = active < 0 && step < 0 ? suggested.length - 1 : (active + step + suggested.length) % suggested.length;
  for (const [i, row] of [...$("suggestions").children].slice(0, suggested.length).entries()) {
    row.setAttribute("aria-selected", String(i === active));
    if (i === active) row.scrollIntoView({ block: "nearest" });
  }
  open(true);
}

function choose(i) {
  const entry = suggested[i];
  if (!entry) return;
  if (entry.kind) {
    $("search").value = `${entry.kind.label.toLowerCase()}: `;
    renderSuggestions();
    return;
  }
  open(false);
  $("search").value = "";
  showView("graph");
  select({ node: entry.node, focus: true, move: true });
}

function startSearch() {
  $("search").addEventListener("input", renderSuggestions);
  $("search").addEventListener("focus", renderSuggestions);
  $("search").addEventListener("blur", () => open(false));
  $("search").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") moveActive(1);
    else if (event.key === "ArrowUp") moveActive(-1);
    else if (event.key === "Enter") choose(active);
    else if (event.key === "Escape" && !$("suggestions").hidden && $("search").value) open(false);
    else if (event.key === "Escape" && $("search").value) $("search").value = "";
    else if (event.key === "Escape") $("search").blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
