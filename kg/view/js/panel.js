// The details: everything the picture says, as text. Also all there is for those who can't see the picture.

const FIRST = 8; // neighbours of one relation shown before "show all"

function renderPanel() {
  const panel = $("panel");
  const content = state.edge ? edgePanel(state.edge) : state.node ? nodePanel(state.node) : overview();
  panel.replaceChildren(...content);
}

/** Open a node from a list: the keyboard stays in the panel. */
function nodeButton(node, text = node.label) {
  return button([glyph(node.kind), data(oneLine(text))], () => select({ node, focus: true, move: true }),
    { class: "node", title: `${KINDS.get(node.kind).label}: ${oneLine(node.label)}` });
}

function overview() {
  const parts = [el("h2", { tabindex: -1 }, "Overview")];
  if (!NODES.length) return [...parts, el("p", {}, "This graph holds no papers and no entities yet.")];
  parts.push(el("p", { class: "quiet" }, "Choose a node or an edge to read the sentences behind it."));
  if (CLAIMS.length) parts.push(button(`${plural(CLAIMS.length, "claim")} with numbers`, () => showView("claims"), { class: "wide" }));
  const discs = DATA.communities.filter((d) => d.name);
  if (discs.length > 1) {
    parts.push(el("h3", {}, "Regions"), el("ul", { class: "rows" }, discs.slice(0, 12).map((disc) => el("li", {},
      button(data(disc.name), () => { showView("graph"); fitDisc(disc); }, { class: "node" })))));
  }
  for (const kind of DATA.kinds) {
    const nodes = BY_WEIGHT.filter((n) => n.kind === kind.key && shown.nodes[n.i]);
    if (!nodes.length) continue;
    parts.push(el("h3", {}, kind.plural, count(nodes.length)), longList(nodes, 5, (n) => el("li", {},
      nodeButton(n), el("span", { class: "number", title: "connections" }, String(n.degree)))));
  }
  return parts;
}

function fitDisc(disc) {
  fitNodes(NODES.filter((n) => (n.x - disc.x) ** 2 + (n.y - disc.y) ** 2 <= disc.r ** 2));
}

function nodePanel(node) {
  const kind = KINDS.get(node.kind);
  const facts = [];
  const fact = (name, ...value) => facts.push(el("dt", {}, name), el("dd", {}, ...value));
  if (node.authors) fact("Authors", data(node.authors.slice(0, 6).join(", ")), node.authors.length > 6 ? ` and ${node.authors.length - 6} more` : "");
  if (node.date) fact("Date", data(node.date));
  if (node.aliases) fact("Also", data(node.aliases.join(", ")));
  if (node.categories) fact("Subjects", data(node.categories.join(", ")));
  if (node.journal) fact("Journal", data(node.journal));
  if (node.comments) fact("Comments", data(node.comments));
  if (node.arxiv) fact("arXiv", link(`https://arxiv.org/abs/${encodeURI(node.arxiv)}`, node.arxiv));
  if (node.doi) fact("DOI", link(`https://doi.org/${encodeURI(node.doi)}`, node.doi));
  for (const url of node.urls || []) fact("Web", link(url));
  if (node.iri) fact("IRI", el("code", {}, node.iri), " ", button("Copy", () => copy(node.iri, "IRI"), { class: "plain", "aria-label": "Copy IRI" }));
  const hidden = node.edges.filter((e) => !shown.edges[e.i]).length;
  return [
    el("p", { class: "kind" }, glyph(node.kind), kind.label, (node.discovered || node.mined) && el("span", { class: "tag" }, node.mined ? "in no vocabulary" : "introduced in this corpus")),
    el("h2", { tabindex: -1, dir: "auto" }, node.label),
    node.definition && el("p", { dir: "auto" }, node.definition),
    node.title && el("p", { dir: "auto" }, String(node.title)),
    el("div", { class: "actions" },
      button("Focus", () => fitNodes([...shown.lit.nodes]), { title: "Fit the lit neighbourhood" }),
      button("Copy link", () => copy(location.href, "Link")),
      node.iri && button("Copy SPARQL", () => copy(sparql(node), "Query"))),
    facts.length ? el("dl", { class: "facts" }, facts) : null,
    node.abstract !== undefined && el("details", { class: "abstract" }, el("summary", {}, "Abstract"), abstractText(node)),
    node.claims.length ? [el("h3", {}, "Claims", count(node.claims.length)), longList(node.claims, node.kind === "paper" ? FIRST : 3, claimItem)] : null,
    groups(node),
    hidden ? el("p", { class: "quiet" }, `${plural(hidden, "connection")} hidden by the filters.`) : null,
    !node.edges.length && el("p", { class: "quiet" }, "This node has no connections."),
  ].flat(Infinity).filter(Boolean);
}

/** Neighbours by relation, as read from this node. */
function groups(node) {
  const found = new Map();
  for (const edge of strongestFirst(node.edges)) {
    if (!shown.edges[edge.i]) continue;
    const words = edge.from === node ? edge.relation.label : edge.relation.inverse;
    if (!found.has(words)) found.set(words, []);
    found.get(words).push(edge);
  }
  return [...found].map(([words, edges]) => el("section", { class: "group" },
    el("h3", {}, words, count(edges.length)), longList(edges, FIRST, (edge) => neighbourItem(edge, node))));
}

function neighbourItem(edge, node) {
  const other = otherEnd(edge, node);
  return el("li", {},
    el("div", { class: "line" }, nodeButton(other), edge.evidence.length ? confidence(edge) : null),
    edge.evidence.length ? evidenceList(edge.evidence, 1)
      : el("p", { class: "quiet small" }, edge.relation.key === "broader" ? "from the vocabulary" : ""));
}

function edgePanel(edge) {
  return [
    el("p", { class: "kind" }, "Connection"),
    el("h2", { tabindex: -1, class: "sr-same" }, data(edge.from.label), el("span", { class: "verb" }, ` ${edge.relation.label} `), data(edge.to.label)),
    el("ul", { class: "rows" }, el("li", {}, nodeButton(edge.from)), el("li", {}, nodeButton(edge.to))),
    el("div", { class: "actions" }, button("Copy link", () => copy(location.href, "Link"))),
    el("h3", {}, "Evidence", count(edge.evidence.length)),
    edge.evidence.length ? el("div", {}, confidence(edge), evidenceList(edge.evidence, 20))
      : el("p", { class: "quiet" }, edge.relation.key === "broader" ? "From the vocabulary, not from a text." : "None given."),
  ];
}

function confidence(edge) {
  return button(edge.confidence.toFixed(2), () => select({ edge, focus: true }),
    { class: "number plain", title: "Confidence; opens this connection", "aria-label": `Confidence ${edge.confidence.toFixed(2)}, open this connection` });
}

function evidenceList(evidence, first) {
  return longList(evidence, first, (item) => el("li", {}, quote(item)), "quotes");
}

function quote(item) {
  const [before, exact, after] = parts(item);
  const paper = NODE_BY_ID.get(item.paper);
  const where = [item.field, item.rule && `rule ${item.rule}`].filter(Boolean).join(" · ");
  return el("blockquote", { dir: "auto" }, el("p", {}, before, el("mark", {}, exact), after),
    el("footer", {}, paper?.arxiv ? [link(`https://arxiv.org/abs/${encodeURI(paper.arxiv)}`, `arXiv:${paper.arxiv}`), " · "] : null, where));
}

/** The abstract with every mention marked; a mark opens its entity. */
function abstractText(paper) {
  const text = DATA.texts[paper.abstract];
  const marks = paper.edges.flatMap((edge) => edge.evidence.filter((e) => e.text === paper.abstract).map((e) => ({ edge, span: e.span })))
    .sort((a, b) => a.span[0] - b.span[0] || b.span[1] - a.span[1]);
  const pieces = [];
  let done = 0;
  for (const { edge, span } of marks) {
    if (span[0] < done) continue;
    const node = otherEnd(edge, paper);
    pieces.push(text.slice(done, span[0]), el("mark", { title: `${edge.relation.label} ${oneLine(node.label)}`,
      onclick: () => select({ node, focus: true, move: true }) }, text.slice(span[0], span[1])));
    done = span[1];
  }
  return el("p", { dir: "auto" }, pieces, text.slice(done));
}

function claimItem(claim) {
  const bits = [claim.metric, claim.baselineLabel && `against ${claim.baselineLabel}`,
    claim.hardware && `on ${claim.hardware.map((h) => h[1]).join(", ")}`, claim.condition];
  return el("li", { class: "claim" },
    el("p", {}, el("strong", {}, amount(claim)), " ", data(bits.filter(Boolean).join(" · "))), quote(claim.evidence));
}

/** "up to 3.8×" */
function amount(claim) {
  return [claim.comparator, claim.value].filter(Boolean).join(" ");
}

function longList(items, first, render, className = "rows") {
  const list = el("ul", { class: className }, items.slice(0, first).map(render));
  if (items.length <= first) return list;
  const more = button(`Show all ${items.length}`, () => {
    const added = items.slice(first).map(render);
    list.append(...added);
    more.remove();
    (added[0].querySelector("button, a") || added[0]).focus();
  }, { class: "plain more" });
  return el("div", {}, list, more);
}

function count(n) {
  return el("span", { class: "count" }, String(n));
}

function plural(n, word) {
  return `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
}
