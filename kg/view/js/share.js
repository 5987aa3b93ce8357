// What leaves the page as text or a file: link, query, tables, citations. Pictures: see picture.js.

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

function copySparql() {
  return copy(sparql(), "Query");
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
  const label = state.goal ? `${state.node.label} to ${state.goal.label}` : state.node?.label;
  const stem = oneLine(label || model.title || "graph", 60).toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return `${stem || "graph"}${state.view === "claims" ? "-claims" : ""}.${end}`;
}

/** The edges of the selection with their evidence. */
function told() {
  return Promise.all(chosenEdges().map(async (e) => ({ edge: model.edge(e), evidence: await model.evidence(model.edge(e)) })));
}

async function saveCsv() {
  const rows = state.view === "claims"
    ? [["paper", "subject", "metric", "comparator", "value", "unit", "direction", "improvement_factor", "baseline", "hardware", "condition", "sentence"],
      ...(await chosenClaims()).map((c) => [c.paper, c.subjectLabel, c.metric, c.comparator, c.value, c.unit, c.direction, c.factor, c.baselineLabel,
        (c.hardware || []).map((h) => h[1]).join("; "), c.condition, sentence(c.evidence)])]
    : [["subject", "subject_label", "relation", "object", "object_label", "confidence", "mention", "sentence"],
      ...(await told()).map(({ edge: e, evidence: [first] }) => [e.from.id, e.from.label, e.relation.key, e.to.id, e.to.label, e.confidence,
        first?.exact, first && sentence(first)])];
  save(fileName("csv"), rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n", "text/csv;charset=utf-8");
}

/** A spreadsheet runs a cell that starts with one of these as a formula: an apostrophe keeps it text. */
function cell(value) {
  if (typeof value === "number") return String(value);
  const text = String(value ?? "");
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

async function saveJson() {
  const evidence = (e) => ({ paper: e.paper?.id, field: e.field, exact: e.exact, sentence: sentence(e), score: e.score, rule: e.rule });
  const nodes = await Promise.all(chosenNodes().map(async ({ id, iri, label, kind, year, ...rest }) => {
    const { aliases, definition, authors, date, categories, arxiv, doi, urls } = await model.details(model.byId(id));
    return { id, iri, label, kind, year, aliases, definition, authors, date, categories, arxiv, doi, urls };
  }));
  const claims = state.view === "claims" ? await chosenClaims() : state.node && !state.goal ? await model.claims(state.node) : [];
  save(fileName("json"), `${JSON.stringify({
    title: model.title,
    nodes,
    edges: (await told()).map(({ edge: e, evidence: all }) => ({ subject: e.from.id, relation: e.relation.key, object: e.to.id,
      confidence: e.confidence, evidence: all.map(evidence) })),
    claims: claims.map(({ paperNode, ...c }) => ({ ...c, evidence: evidence(c.evidence) })),
  }, null, 2)}\n`, "application/json");
}

/** The papers that are shown as BibTeX: those lit, or all that the filters leave, or those of the listed claims. */
async function saveBibtex() {
  const papers = state.view === "claims" ? [...new Set((await chosenClaims()).map((c) => c.paperNode).filter(Boolean))]
    : chosenNodes().filter((n) => n.kind === "paper");
  if (!papers.length) return say("No paper is shown here.");
  const taken = new Set();
  const entries = await Promise.all(papers.map(async (paper) => [paper, await model.details(paper)]));
  return save(fileName("bib"), entries.map(([paper, details]) => bibtex(paper, details, taken)).join("\n"), "application/x-bibtex;charset=utf-8");
}

function bibtex(paper, d, taken) {
  const surname = FOLD((d.authors?.[0] || "").split(/[\s,]+/).at(-1)).replace(/[^a-z]/g, "");
  const word = FOLD(paper.label).split(/[^a-z0-9]+/).find((w) => w.length > 3) || "paper";
  let key = `${surname || "anon"}${paper.year || ""}${word}`;
  for (let n = 2; taken.has(key); n++) key = key.replace(/-\d+$|$/, `-${n}`);
  taken.add(key);
  const fields = {
    title: `{${tex(d.tex || paper.label)}}`,
    author: d.authors?.map((a) => (/\sand\s|,.*,/i.test(a) ? `{${tex(a)}}` : tex(a))).join(" and "),
    year: paper.year, journal: d.journal && tex(d.journal), doi: d.doi && tex(d.doi, true),
    eprint: d.arxiv && tex(d.arxiv, true), archiveprefix: d.arxiv && "arXiv", primaryclass: d.arxiv && d.categories && tex(d.categories[0], true),
    url: d.arxiv ? `https://arxiv.org/abs/${encodeURI(d.arxiv)}` : d.urls?.[0] && encodeURI(d.urls[0]), note: d.comments && tex(d.comments),
  };
  const lines = Object.entries(fields).filter(([, value]) => value).map(([name, value]) => `  ${name} = {${value}}`);
  return `@${d.journal ? "article" : "misc"}{${key},\n${lines.join(",\n")}\n}\n`;
}

/** Text for a BibTeX value: titles of arXiv are TeX and stay so if their braces close; else every sign is escaped. */
function tex(text, plain = false) {
  const line = oneLine(text);
  let depth = 0;
  const closes = !plain && !/\\$/.test(line) && [...line.replace(/\\[{}]/g, "")].every((c) => (depth += c === "{" ? 1 : c === "}" ? -1 : 0) >= 0) && depth === 0;
  if (!closes || (line.match(/(?<!\\)\$/g) || []).length % 2) {
    return line.replace(/\\/g, "\u0000").replace(/[{}]/g, "").replace(/[&%$#_]/g, "\\$&")
      .replace(/\^/g, "\\textasciicircum{}").replace(/~/g, "\\textasciitilde{}").replace(/\u0000/g, "\\textbackslash{}");
  }
  return line.split(/(\$[^$]*\$)/).map((part, k) => (k % 2 ? part : part.replace(/(?<!\\)[&%#_]/g, "\\$&"))).join("");
}
