// The details: everything the picture says, as text. Also all there is for those who can't see the picture.

const FIRST = 8; // neighbours of one relation shown before "show all"
const FIRST_GROUPS = 30;

function renderPanel() {
  newSlices();
  const content = state.goal ? pathPanel() : state.edge ? edgePanel(state.edge) : state.node ? nodePanel(state.node) : overview();
  $("panel").replaceChildren(...content.flat(Infinity).filter(Boolean));
}

/** Open a node from a list: the keyboard stays in the panel. The picture marks what the pointer or the keyboard is on. */
function nodeButton(node, text = node.label) {
  const mark = () => canvas.point(node.i);
  const unmark = () => canvas.point(-1);
  return button([glyph(node.kind), data(oneLine(text))], () => select({ node, focus: true, move: true }),
    { class: "node", title: `${model.kind(node.kind).label}: ${oneLine(node.label)}`,
      onpointerenter: mark, onpointerleave: unmark, onfocus: mark, onblur: unmark });
}

function overview() {
  const parts = [el("h2", { tabindex: -1 }, "Overview")];
  if (!model.nodeCount) return [parts, el("p", {}, "This graph holds no papers and no entities yet.")];
  parts.push(el("p", { class: "quiet" }, "Choose a node or an edge to read the sentences behind it."));
  const toClaims = (left) => button(`${left}${plural(model.claimCount, "claim")} with numbers`, () => showView("claims"), { class: "wide" });
  if (model.claimCount) parts.push(filtered() ? later(claimsLeft, (left) => toClaims(`${number(left.length)} of `)) : toClaims(""));
  const discs = model.communities.filter((d) => d.name);
  for (const kind of model.kinds) {
    const { nodes, count: all } = model.ranked(kind.key, 100);
    if (!nodes.length) continue;
    parts.push(part(() => [el("h3", {}, kind.plural, count(all)), longList(nodes, 5, (n) => el("li", {},
      nodeButton(n), el("span", { class: "number", title: "connections" }, number(n.degree)))),
    all > nodes.length && el("p", { class: "quiet small" }, `The ${nodes.length} best connected are listed; search finds the others.`)]));
  }
  if (discs.length > 1) {
    parts.push(part(() => [el("h3", {}, "Regions", count(discs.length)), longList(discs, 8, (disc) => el("li", {},
      button(data(disc.name), () => { showView("graph"); fitDisc(disc); }, { class: "node" })))]));
  }
  return parts;
}

function fitDisc(disc) {
  canvas.fit(Array.from({ length: model.nodeCount }, (_, i) => i)
    .filter((i) => (canvas.x(i) - disc.x) ** 2 + (canvas.y(i) - disc.y) ** 2 <= disc.r ** 2), true);
}

function nodePanel(node) {
  const hidden = model.incident(node.i).length - strongestAt(node.i).length;
  const tag = el("span");
  return [
    el("p", { class: "kind" }, glyph(node.kind), model.kind(node.kind).label, node.year && node.kind !== "edition" ? ` · ${node.year}` : null, tag),
    el("h2", { tabindex: -1, dir: "auto" }, node.label),
    el("div", { class: "actions" },
      button("Focus", fitLit, { title: "Fit the lit neighbourhood" }),
      button("Path to …", () => pick(node), { id: "path-to", title: "Shortest way from here to another node" }),
      button("Copy link", () => copy(location.href, "Link")),
      node.iri && button("Copy SPARQL", () => copySparql())),
    later(() => model.details(node), (details) => {
      if (details.discovered || details.mined) tag.replaceWith(el("span", { class: "tag" }, details.mined ? "in no vocabulary" : "introduced in this corpus"));
      return [facts(node, details), details.hasAbstract && el("details", { class: "abstract" }, el("summary", {}, "Abstract"), later(() => model.abstract(node), (text) => abstractText(text, node)))];
    }),
    later(() => model.claims(node), (claims) => claims.length && [el("h3", {}, "Claims", count(claims.length)),
      longList(claims, node.kind === "paper" ? FIRST : 3, claimItem)]),
    part(() => groupsOf(node)),
    hidden ? el("p", { class: "quiet" }, `${plural(hidden, "connection")} hidden by the filters. `, button("Reset filters", resetFilters, { class: "plain" })) : null,
    !model.incident(node.i).length && el("p", { class: "quiet" }, "This node has no connections."),
  ];
}

function facts(node, d) {
  const rows = [];
  const fact = (name, ...value) => rows.push(el("dt", {}, name), el("dd", {}, ...value));
  if (d.authors) fact("Authors", data(d.authors.slice(0, 6).join(", ")), d.authors.length > 6 ? ` and ${d.authors.length - 6} more` : "");
  if (d.date) fact("Date", data(d.date));
  if (d.aliases) fact("Also", data(d.aliases.join(", ")));
  if (d.categories) fact("Subjects", data(d.categories.join(", ")));
  if (d.journal) fact("Journal", data(d.journal));
  if (d.comments) fact("Comments", data(d.comments));
  if (d.arxiv) fact("arXiv", link(`https://arxiv.org/abs/${encodeURI(d.arxiv)}`, d.arxiv));
  if (d.doi) fact("DOI", link(`https://doi.org/${encodeURI(d.doi)}`, d.doi));
  for (const url of d.urls || []) fact("Web", link(url));
  if (node.iri) fact("IRI", el("code", {}, node.iri), " ", button("Copy", () => copy(node.iri, "IRI"), { class: "plain", "aria-label": "Copy IRI" }));
  return [d.definition && el("p", { class: "definition", dir: "auto" }, d.definition), d.title && el("p", { dir: "auto" }, String(d.title)),
    rows.length ? el("dl", { class: "facts" }, rows) : null];
}

/** A section for each relation; a hand-made network may have any number of them. */
function groupsOf(node) {
  const groups = relationsOf(node.i);
  const rest = groups.slice(FIRST_GROUPS);
  const more = rest.length && button(`Show ${plural(rest.length, "more relation")}`, () => more.replaceWith(...rest.map((group) => part(() => groupOf(group, node)))), { class: "plain more" });
  return [groups.slice(0, FIRST_GROUPS).map((group) => part(() => groupOf(group, node))), more];
}

/** Neighbours over one relation, as read from this node; "Keep lit" builds up a picture from several nodes. */
function groupOf(group, node) {
  const { words, edges, relation, inward } = group;
  const kept = state.grown.some((g) => g.node === node && g.relation === relation.key && g.inward === inward);
  return el("section", { class: "group" },
    el("h3", {}, words, count(edges.length), button(kept ? "Kept lit" : "Keep lit", () => grow(node, relation.key, inward),
      { class: "plain expand", "aria-pressed": String(kept), "aria-label": `Keep lit: ${words}`,
        title: "Expand by this relation: its nodes stay lit while you go on to others" })),
    longList(edges.map(model.edge), FIRST, (edge) => neighbourItem(edge, node)));
}

function neighbourItem(edge, node) {
  const other = edge.from === node ? edge.to : edge.from;
  const place = el("span");
  return el("li", { class: "neighbour" }, el("div", { class: "line" }, nodeButton(other), place),
    later(() => model.evidence(edge), (evidence) => {
      if (!evidence.length) return edge.relation.key === "broader" && el("p", { class: "quiet small" }, "from the vocabulary");
      place.replaceWith(confidence(edge));
      return longList(evidence, 1, (item) => el("li", {}, quote(item)), "quotes");
    }));
}

function edgePanel(edge) {
  return [
    el("p", { class: "kind" }, "Connection"),
    el("h2", { tabindex: -1 }, data(edge.from.label), el("span", { class: "verb" }, ` ${edge.relation.label} `), data(edge.to.label)),
    el("ul", { class: "rows" }, el("li", {}, nodeButton(edge.from)), el("li", {}, nodeButton(edge.to))),
    el("div", { class: "actions" }, button("Focus", fitLit),
      button("Copy link", () => copy(location.href, "Link")), edge.from.iri && button("Copy SPARQL", () => copySparql())),
    evidenceOf(edge, true),
  ];
}

function evidenceOf(edge, heading) {
  return later(() => model.evidence(edge), (evidence) => [
    heading && el("h3", {}, "Evidence", count(evidence.length)),
    evidence.length ? el("div", {}, heading && el("p", { class: "small quiet" }, `Confidence ${edge.confidence.toFixed(2)}`),
      longList(evidence, heading ? 20 : 1, (item) => el("li", {}, quote(item)), "quotes"))
      : el("p", { class: "quiet" }, edge.relation.key === "broader" ? "From the vocabulary, not from a text." : "No sentence is given."),
  ]);
}

/** The way between two nodes, step by step, each with its sentence. */
function pathPanel() {
  const { node, goal } = state;
  const head = [
    el("p", { class: "kind" }, "Shortest path"),
    el("h2", { tabindex: -1 }, data(node.label), el("span", { class: "verb" }, " to "), data(goal.label)),
    el("div", { class: "actions" }, shown.path && button("Focus", fitLit),
      button("Other end …", () => pick(node)), button("Copy link", () => copy(location.href, "Link")),
      node.iri && shown.path && button("Copy SPARQL", () => copySparql()), button("Close path", () => select({ node, focus: true }))),
  ];
  if (!shown.path) return [head, el("p", {}, filtered() ? "Nothing that the filters show connects them." : "Nothing connects them."),
    filtered() && button("Reset filters", resetFilters)];
  let at = node;
  const stops = shown.path.map((e) => {
    const edge = model.edge(e);
    const words = edge.from === at ? edge.relation.label : edge.relation.inverse;
    at = edge.from === at ? edge.to : edge.from;
    return el("li", {}, el("p", { class: "verb step" }, words), evidenceOf(edge, false), nodeButton(at));
  });
  return [head, el("p", { class: "quiet" }, `${plural(shown.path.length, "step")}. Filters count: switch a class or a relation off to find another way.`),
    el("ol", { class: "path" }, el("li", {}, nodeButton(node)), stops)];
}

function confidence(edge) {
  return button(edge.confidence.toFixed(2), () => select({ edge, focus: true }),
    { class: "number plain", title: "Confidence; opens this connection", "aria-label": `Confidence ${edge.confidence.toFixed(2)}, open this connection` });
}

function quote(evidence) {
  const { paper, field, rule, before, exact, after } = evidence;
  const where = [field, rule && `rule ${rule}`].filter(Boolean).join(" · ");
  const arxiv = paper && /^arxiv:(.+)$/.exec(paper.id);
  return el("blockquote", { dir: "auto" }, el("p", {}, before, el("mark", {}, exact), after),
    el("footer", {}, arxiv ? [link(`https://arxiv.org/abs/${encodeURI(arxiv[1])}`, `arXiv:${arxiv[1]}`), " · "] : null, where));
}

/** The abstract with every mention marked; a mark opens its entity. */
function abstractText({ text, marks }, paper) {
  const pieces = [];
  let done = 0;
  for (const { edge, start, end } of marks) {
    const node = edge.from === paper ? edge.to : edge.from;
    pieces.push(text.slice(done, start), el("mark", { title: `${edge.relation.label} ${oneLine(node.label)}`,
      onclick: () => select({ node, focus: true, move: true }) }, text.slice(start, end)));
    done = end;
  }
  return el("p", { dir: "auto" }, pieces, text.slice(done));
}

function claimItem(claim) {
  const hardware = (claim.hardware || []).map((h) => h[1]);
  const bits = [!claim.beats && claim.metric, claim.baselineLabel && `against ${claim.baselineLabel}`,
    hardware.length > 0 && `on ${hardware.join(", ")}`, !hardware.includes(claim.condition) && claim.condition];
  return el("li", { class: "claim" },
    el("p", {}, claim.beats && data(`${claim.metric} by `), el("strong", {}, amount(claim)), " ", data(bits.filter(Boolean).join(" · "))),
    quote(claim.evidence));
}

/** "up to 3.8×" */
function amount(claim) {
  return [claim.comparator, claim.value].filter(Boolean).join(" ");
}
