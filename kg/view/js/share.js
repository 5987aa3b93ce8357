// What leaves the page: link, query, files.

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = el("textarea", { readonly: true, class: "hidden" });
    box.value = text;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    if (!done) return say(`${what} could not be copied: ${text}`, true);
  }
  return say(`${what} copied.`);
}

function sparql(node) {
  const iri = `<${node.iri.replace(/[\u0000-\u0020<>"{}|\\^`]/g, encodeURIComponent)}>`;
  const prefixes = Object.entries(DATA.prefixes).map(([name, iri]) => `PREFIX ${name}: <${iri}>\n`).join("");
  if (node.kind === "edition") {
    return `${prefixes}\nSELECT ?paper ?title WHERE {\n  ?paper kg:publishedIn ${iri} .\n  OPTIONAL { ?paper dct:title ?title }\n}\nORDER BY ?paper\n`;
  }
  const isPaper = node.kind === "paper";
  const other = isPaper ? "?entity" : "?paper";
  return `${prefixes}
SELECT ${other} ?label ?role ?confidence ?quote WHERE {
  ?statement a kg:Statement ;
    rdf:subject ${isPaper ? iri : other} ;
    rdf:predicate ?role ;
    rdf:object ${isPaper ? other : iri} ;
    kg:confidence ?confidence ;
    kg:evidence/kg:exact ?quote .
  OPTIONAL { ${other} rdfs:label ?label }
}
ORDER BY DESC(?confidence) ${other}
`;
}

function save(name, content, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const anchor = el("a", { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  say(`Saved as ${name}.`);
}

function fileName(end) {
  const stem = oneLine(state.node?.label || DATA.title || "graph", 60).toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return `${stem || "graph"}.${end}`;
}

function savePng() {
  const source = $("graph").querySelector("canvas");
  if (!source || state.view !== "graph") return say("There is no picture to save here: open the graph first.");
  const copyOf = el("canvas");
  [copyOf.width, copyOf.height] = [source.width, source.height];
  const context = copyOf.getContext("2d");
  context.fillStyle = paint.page;
  context.fillRect(0, 0, copyOf.width, copyOf.height);
  context.drawImage(source, 0, 0);
  return copyOf.toBlob((blob) => blob && save(fileName("png"), blob));
}

/** The lit connections, or all that the filters leave. */
function selectedEdges() {
  return shown.lit ? strongestFirst(shown.lit.edges) : EDGES.filter((e) => shown.edges[e.i]);
}

function saveCsv() {
  const rows = state.view === "claims"
    ? [["paper", "subject", "metric", "comparator", "value", "unit", "direction", "improvement_factor", "baseline", "hardware", "condition", "sentence"],
      ...listed.map((c) => [c.paper, c.subjectLabel, c.metric, c.comparator, c.value, c.unit, c.direction, c.factor, c.baselineLabel,
        (c.hardware || []).map((h) => h[1]).join("; "), c.condition, parts(c.evidence).join("")])]
    : [["subject", "subject_label", "relation", "object", "object_label", "confidence", "mention", "sentence"],
      ...selectedEdges().map((e) => [e.from.id, e.from.label, e.relation.key, e.to.id, e.to.label, e.confidence,
        e.evidence.length ? parts(e.evidence[0])[1] : "", e.evidence.length ? parts(e.evidence[0]).join("") : ""])];
  save(fileName("csv"), rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n", "text/csv;charset=utf-8");
}

/** A spreadsheet runs a cell that starts with one of these as a formula: an apostrophe keeps it text. */
function cell(value) {
  if (typeof value === "number") return String(value);
  const text = String(value ?? "");
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

function saveJson() {
  const told = ({ i, x, y, edges, claims, degree, abstract, ...rest }) => rest;
  const evidence = (e) => ({ paper: e.paper, field: e.field, exact: parts(e)[1], sentence: parts(e).join(""), score: e.score, rule: e.rule });
  const edges = selectedEdges();
  const nodes = shown.lit ? [...shown.lit.nodes] : NODES.filter((n) => shown.nodes[n.i]);
  const claims = state.view === "claims" ? listed : state.node ? state.node.claims : [];
  save(fileName("json"), `${JSON.stringify({
    title: DATA.title,
    nodes: nodes.map(told),
    edges: edges.map((e) => ({ subject: e.from.id, relation: e.relation.key, object: e.to.id, confidence: e.confidence, evidence: e.evidence.map(evidence) })),
    claims: claims.map((c) => ({ ...c, evidence: evidence(c.evidence) })),
  }, null, 2)}\n`, "application/json");
}
