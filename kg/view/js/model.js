// What a small page says: its data as JSON in the page, with indexes. What each member means stands in app.js.

const model = (() => {
  const DATA = JSON.parse(document.getElementById("data").textContent);
  const tally = (items, key) => items.reduce((counts, item) => counts.set(key(item), (counts.get(key(item)) || 0) + 1), new Map());
  const nodes = DATA.nodes.map((node, i) => ({ ...node, i }));
  const perRelation = tally(DATA.edges, (row) => row[2]);
  const relations = DATA.relations.map(([key, label, inverse], rank) => ({ key, label, inverse, rank, count: perRelation.get(rank) || 0 }));
  const edges = DATA.edges.map(([from, to, relation, confidence, evidence, style], i) => ({
    i, from: nodes[from], to: nodes[to], relation: relations[relation], confidence, evidence, style }));
  const perKind = tally(nodes, (node) => node.kind);
  const kinds = DATA.kinds.map((kind) => ({ ...kind, count: perKind.get(kind.key) || 0 }));
  const kindOf = new Map(kinds.map((kind) => [kind.key, kind]));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const incident = nodes.map(() => []);
  const claimsOf = nodes.map(() => []);
  const weight = (node) => node.degree * (node.kind === "paper" ? 0.3 : 1);
  const ranked = [...nodes].sort((a, b) => weight(b) - weight(a) || a.i - b.i);
  const years = [...new Set(nodes.filter((n) => n.kind === "paper" && n.year).map((n) => n.year))].sort((a, b) => a - b);
  const venuesOf = nodes.map(() => new Set()); // of a paper those it appeared in, of an edition its own
  const undatedCount = nodes.filter((n) => n.kind === "paper" && !n.year).length;
  const shown = { nodes: nodes.map(() => true), edges: edges.map(() => true) };

  for (const edge of edges) {
    incident[edge.from.i].push(edge.i);
    if (edge.to !== edge.from) incident[edge.to.i].push(edge.i);
    if (edge.to.venue) venuesOf[edge.from.i].add(edge.to.venue);
  }
  for (const node of nodes) if (node.venue) venuesOf[node.i].add(node.venue);
  const series = new Map(nodes.filter((n) => n.venue).map((n) => [n.venue, { key: n.venue, label: n.venueLabel, iri: n.venueIri }]));
  const papersAt = tally(nodes.filter((n) => n.kind === "paper").flatMap((n) => [...venuesOf[n.i]]), (venue) => venue);
  const venues = [...series.values()].map((venue) => ({ ...venue, count: papersAt.get(venue.key) || 0 }))
    .sort((a, b) => b.count - a.count || a.label.localeCompare(b.label, "en"));

  /** A sentence in three parts: before, the mention, after. */
  function told({ text, span, paper, field, rule, score }) {
    const whole = DATA.texts[text];
    const [start, end, from, to] = span;
    return { paper: byId.get(paper), field, rule, score,
      before: whole.slice(from, start), exact: whole.slice(start, end), after: whole.slice(end, to) };
  }

  const claims = DATA.claims.map((claim) => ({ ...claim, paperNode: byId.get(claim.paper), evidence: told(claim.evidence) }));
  for (const claim of claims) {
    const ids = [claim.paper, claim.subject, claim.baseline];
    for (const [id] of [...(claim.hardware || []), ...(claim.datasets || [])]) ids.push(id);
    for (const id of new Set(ids)) if (byId.has(id)) claimsOf[byId.get(id).i].push(claim);
  }
  const names = nodes.flatMap((node) => [node.label, ...(node.aliases || []), node.arxiv || ""].filter(Boolean)
    .map((name, k) => ({ node, name, plain: PLAIN(name), alias: k > 0 })));

  /** The nodes of a class by the best rank of their names; -1 is none. */
  function best(kind, rankOfName, limit) {
    const found = new Map();
    for (const entry of names) {
      if (kind && entry.node.kind !== kind) continue;
      const own = rankOfName(entry.plain);
      if (own < 0) continue;
      const rank = own + (entry.alias ? 0.5 : 0);
      const old = found.get(entry.node);
      if (!old || rank < old.rank) found.set(entry.node, { ...entry, rank });
    }
    const rows = [...found.values()].sort((a, b) => a.rank - b.rank || weight(b.node) - weight(a.node) || a.node.i - b.node.i).slice(0, limit);
    return { rows, count: found.size, more: false };
  }

  function find(words, kind, limit) {
    const each = eachWord(words);
    return best(kind, (name) => rankOf(name, words, each), limit);
  }

  function near(words, kind, limit) {
    const each = eachWord(words);
    return best(kind, (name) => slips(name, each), limit).rows;
  }

  function filter(wanted) {
    revision += 1;
    return filterAnew(wanted);
  }

  function filterAnew({ kindsOff, relationsOff, yearFrom, yearTo, undated, confidence, venue }) {
    const timed = yearFrom > years[0] || yearTo < years.at(-1) || !undated;
    const inTime = (paper) => (paper.year ? paper.year >= yearFrom && paper.year <= yearTo : undated);
    // What the vocabulary says is of no year: it stays between what papers of these years are about.
    const about = nodes.map((n, i) => !timed || incident[i].some((e) => edges[e].from.kind === "paper" && inTime(edges[e].from)));
    const allowed = nodes.map((n) => !kindsOff.has(n.kind) && (n.kind !== "paper" || inTime(n))
      && (!venue || (n.kind !== "paper" && n.kind !== "edition") || venuesOf[n.i].has(venue)));
    shown.edges = edges.map((e) => allowed[e.from.i] && allowed[e.to.i] && !relationsOff.has(e.relation.key) && e.confidence >= confidence
      && (e.from.kind === "paper" || e.to.kind === "paper" || (!venue && about[e.from.i] && about[e.to.i])));
    const narrowed = timed || confidence > 0 || relationsOff.size > 0 || venue;
    // With edges filtered, a node that has none left is faded too; one that never had any stays, unless a venue is asked for.
    shown.nodes = nodes.map((n, i) => allowed[i] && (!narrowed || n.kind === "paper" || (!incident[i].length && !venue)
      || incident[i].some((e) => shown.edges[e])));
    const count = (flags) => flags.reduce((sum, flag) => sum + flag, 0);
    return { nodes: count(shown.nodes), edges: count(shown.edges) };
  }

  let revision = 0;
  return {
    large: false, revision: () => revision,
    title: DATA.title, theme: DATA.theme, directed: DATA.directed, total: DATA.total, prefixes: DATA.prefixes, communities: DATA.communities, options: DATA.options,
    start: byId.get(DATA.start) || null,
    nodeCount: nodes.length, edgeCount: edges.length, claimCount: claims.length, kinds, relations, years, undatedCount, venues,
    kind: (key) => kindOf.get(key),
    node: (i) => nodes[i], edge: (e) => edges[e], byId: (id) => byId.get(id), find, near,
    incident: (i) => incident[i], source: (e) => edges[e].from.i, target: (e) => edges[e].to.i,
    rank: (e) => edges[e].relation.rank, confidence: (e) => edges[e].confidence,
    ranked: (kind, limit) => {
      const found = ranked.filter((n) => n.kind === kind && shown.nodes[n.i]);
      return { nodes: found.slice(0, limit), count: found.length };
    },
    byWeight: ranked,
    filter, showsNode: (i) => shown.nodes[i], showsEdge: (e) => shown.edges[e],
    details: async (node) => ({ ...node, hasAbstract: node.abstract !== undefined }),
    abstract: async (paper) => {
      const marks = incident[paper.i].flatMap((e) => edges[e].evidence.filter((v) => v.text === paper.abstract)
        .map(({ span }) => ({ edge: edges[e], start: span[0], end: span[1] })))
        .sort((a, b) => a.start - b.start || b.end - a.end);
      let done = 0;
      return { text: DATA.texts[paper.abstract], marks: marks.filter((m) => m.start >= done && (done = m.end)) };
    },
    evidence: async (edge) => edge.evidence.map(told),
    claims: async (node) => (node ? claimsOf[node.i] : claims),
  };
})();
