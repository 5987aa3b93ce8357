// Search over labels, aliases and ids, with typed suggestions. "system: ray" searches one class.

const FOLD = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const NAMES = NODES.flatMap((node) => [node.label, ...(node.aliases || []), node.arxiv || ""].filter(Boolean)
  .map((name, k) => ({ node, name, folded: FOLD(name), alias: k > 0 })));
let suggested = [];
let active = -1;

function find(query, limit = 12) {
  const typed = /^\s*(\w+)\s*:\s*(.*)$/.exec(query);
  const kind = typed && DATA.kinds.find((k) => k.label.toLowerCase().startsWith(typed[1].toLowerCase()));
  const words = FOLD(kind ? typed[2] : query).trim();
  if (!words && !kind) return [];
  const best = new Map();
  for (const entry of NAMES) {
    if (kind && entry.node.kind !== kind.key) continue;
    const at = entry.folded.indexOf(words);
    if (at < 0) continue;
    const rank = (entry.folded === words ? 0 : at === 0 ? 1 : /\W/.test(entry.folded[at - 1]) ? 2 : 3) + (entry.alias ? 0.5 : 0);
    const old = best.get(entry.node);
    if (!old || rank < old.rank) best.set(entry.node, { ...entry, rank });
  }
  return [...best.values()].sort((a, b) => a.rank - b.rank || weight(b.node) - weight(a.node) || a.node.i - b.node.i).slice(0, limit);
}

function renderSuggestions() {
  const query = $("search").value;
  suggested = find(query);
  active = suggested.length ? 0 : -1;
  const rows = suggested.map((entry, i) => el("li", { role: "option", id: `option-${i}`, "aria-selected": String(i === active),
    onpointerdown: (event) => { event.preventDefault(); choose(i); } },
    glyph(entry.node.kind), el("span", { class: "name" }, data(oneLine(entry.node.label)),
      entry.alias ? el("small", {}, " as ", data(oneLine(entry.name))) : null),
    el("small", { class: "type" }, KINDS.get(entry.node.kind).label)));
  const nothing = query.trim() && !rows.length ? [el("li", { class: "quiet", role: "option", "aria-disabled": "true" }, "Nothing found")] : [];
  $("suggestions").replaceChildren(...rows, ...nothing);
  open(rows.length + nothing.length > 0);
}

function open(yes) {
  $("suggestions").hidden = !yes;
  $("search").setAttribute("aria-expanded", String(yes));
  if (yes && active >= 0) $("search").setAttribute("aria-activedescendant", `option-${active}`);
  else $("search").removeAttribute("aria-activedescendant");
}

function moveActive(step) {
  if (!suggested.length) return;
  active = (active + step + suggested.length) % suggested.length;
  for (const [i, row] of [...$("suggestions").children].entries()) {
    row.setAttribute("aria-selected", String(i === active));
    if (i === active) row.scrollIntoView({ block: "nearest" });
  }
  open(true);
}

function choose(i) {
  const entry = suggested[i];
  if (!entry) return;
  open(false);
  $("search").value = "";
  showView("graph");
  select({ node: entry.node, focus: true, move: true });
}

function startSearch() {
  $("search").addEventListener("input", renderSuggestions);
  $("search").addEventListener("focus", () => $("search").value && renderSuggestions());
  $("search").addEventListener("blur", () => open(false));
  $("search").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") moveActive(1);
    else if (event.key === "ArrowUp") moveActive(-1);
    else if (event.key === "Enter") choose(active);
    else if (event.key === "Escape" && !$("suggestions").hidden) open(false);
    else if (event.key === "Escape" && $("search").value) $("search").value = "";
    else if (event.key === "Escape") $("search").blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
