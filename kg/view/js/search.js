// Search over labels, aliases and ids, with typed suggestions. "system: ray" searches one class.

let suggested = []; // {node, name, alias} or {kind}
let active = -1;

/** A class that the words name before a colon, or null, and the words after it. */
function typedWords(query) {
  const typed = /^\s*(\w+)\s*:\s*(.*)$/.exec(query);
  const kind = typed && model.kinds.find((k) => k.label.toLowerCase().startsWith(typed[1].toLowerCase()));
  return { kind: kind || null, words: FOLD(kind ? typed[2] : query).trim() };
}

function suggestions(query) {
  const { kind, words } = typedWords(query);
  if (kind) return words ? model.find(words, kind.key, 12) : model.ranked(kind.key, 12).nodes.map((node) => ({ node, name: node.label }));
  const kinds = model.kinds.filter((k) => (words ? words.length > 1 && k.plural.toLowerCase().startsWith(words) : true)).map((k) => ({ kind: k }));
  return words ? [...kinds, ...model.find(words, null, 12)] : kinds;
}

function renderSuggestions() {
  const query = $("search").value;
  suggested = suggestions(query);
  active = suggested.length && query.trim() ? 0 : -1;
  const { words } = typedWords(query);
  const rows = suggested.map((entry, i) => el("li", { role: "option", id: `option-${i}`, "aria-selected": String(i === active),
    // Chosen by the click that ends a tap: it would fall on what lies beneath the list. The press keeps the keyboard here.
    onmousedown: (event) => event.preventDefault(), onclick: () => choose(i) },
    entry.kind ? kindRow(entry.kind) : nodeRow(entry, words)));
  const nothing = query.trim() && !rows.length ? [el("li", { class: "quiet", role: "option", "aria-disabled": "true" }, "Nothing found")] : [];
  $("suggestions").replaceChildren(...rows, ...nothing);
  open(rows.length + nothing.length > 0);
  if (query.trim()) $("search-said").textContent = rows.length ? plural(rows.length, "suggestion") : "Nothing found";
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
  const at = words && FOLD(name).length === name.length ? FOLD(name).indexOf(words) : -1;
  if (at < 0) return data(name);
  return el("bdi", {}, name.slice(0, at), el("b", {}, name.slice(at, at + words.length)), name.slice(at + words.length));
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
  for (const [i, row] of [...$("suggestions").children].entries()) {
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
