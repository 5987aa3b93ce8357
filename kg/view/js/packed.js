// What a large page says: columns of numbers and names unpacked at the start, details and evidence in shards that are
// inflated when asked for (kg/view/pack.py writes them). What each member means stands in app.js.

async function inflate(id) {
  const element = document.getElementById(id);
  const text = element.textContent;
  let bytes;
  if (Uint8Array.fromBase64) {
    bytes = Uint8Array.fromBase64(text);
  } else {
    const raw = atob(text);
    bytes = new Uint8Array(raw.length);
    for (let k = 0; k < raw.length; k++) bytes[k] = raw.charCodeAt(k);
  }
  const inflater = new DecompressionStream("deflate");
  const writer = inflater.writable.getWriter();
  // Not awaited: it ends when all is read below, which also throws what goes wrong here.
  Promise.all([writer.write(bytes), writer.close()]).catch(() => {});
  return new Uint8Array(await new Response(inflater.readable).arrayBuffer());
}

/** The columns of pack.py by name: typed arrays, and for lines {text, starts}. */
function readColumns(head, bytes) {
  const columns = {};
  let at = 0;
  for (const [name, kind, width, count] of head) {
    if (kind === "l") {
      columns[name] = new TextDecoder().decode(bytes.subarray(at, at + width));
      at += width;
      continue;
    }
    const values = width === 1 ? bytes.slice(at, at + count) : new Int32Array(count);
    for (let plane = 0; width > 1 && plane < width; plane++) {
      const from = at + plane * count;
      for (let k = 0; k < count; k++) values[k] |= bytes[from + k] << (8 * plane);
    }
    at += width * count;
    columns[name] = kind === "s" ? sums(values) : values;
  }
  return columns;
}

function sums(steps) {
  const values = new Int32Array(steps.length);
  let sum = 0;
  for (let k = 0; k < steps.length; k++) values[k] = sum += (steps[k] >>> 1) ^ -(steps[k] & 1);
  return values;
}

/** Where each line of a text starts, and one place more. */
function lineStarts(text, count) {
  const starts = new Int32Array(count + 1);
  for (let k = 0, at = 0; k < count; k++) {
    starts[k] = at;
    at = text.indexOf("\n", at) + 1 || text.length + 1;
  }
  starts[count] = text.length + 1;
  return starts;
}

/** Members of each group, from pairs (group[k], member[k]): {starts, members}. */
function grouped(groupCount, pairs, groupOf, memberOf) {
  const starts = new Int32Array(groupCount + 1);
  for (let k = 0; k < pairs; k++) starts[groupOf(k) + 1]++;
  for (let g = 0; g < groupCount; g++) starts[g + 1] += starts[g];
  const next = starts.slice();
  const members = new Int32Array(pairs);
  for (let k = 0; k < pairs; k++) members[next[groupOf(k)]++] = memberOf(k);
  return { starts, members, of: (g) => members.subarray(starts[g], starts[g + 1]) };
}

/** Said instead of a blank page if the data cannot be read. */
function failed(error) {
  $("empty").textContent = `This page could not be opened: ${error.message || error}`;
  $("empty").hidden = false;
  throw error;
}

const model = await (async () => {
  performance.mark("kg begins"); // what the tests measure, and what developer tools show
  const DATA = JSON.parse(document.getElementById("data").textContent);
  const { nodeCount, edgeCount, claimCount } = DATA;
  const columns = readColumns(DATA.columns, await inflate("columns"));
  const { kind, year, target, relation } = columns;
  const source = new Int32Array(edgeCount);
  const firstEdge = new Int32Array(nodeCount + 1);
  for (let i = 0, e = 0; i < nodeCount; i++) {
    for (let k = 0; k < columns.outgoing[i]; k++) source[e++] = i;
    firstEdge[i + 1] = e;
  }
  const idStarts = lineStarts(columns.ids, nodeCount);
  const nameStarts = lineStarts(columns.names, nodeCount);
  const loops = source.reduce((n, i, e) => n + (i === target[e]), 0);
  const incident = (() => {
    const starts = new Int32Array(nodeCount + 1);
    for (let e = 0; e < edgeCount; e++) {
      starts[source[e] + 1]++;
      if (source[e] !== target[e]) starts[target[e] + 1]++;
    }
    for (let i = 0; i < nodeCount; i++) starts[i + 1] += starts[i];
    const next = starts.slice();
    const members = new Int32Array(2 * edgeCount - loops);
    for (let e = 0; e < edgeCount; e++) {
      members[next[source[e]]++] = e;
      if (source[e] !== target[e]) members[next[target[e]]++] = e;
    }
    return { starts, members };
  })();
  const degree = (i) => incident.starts[i + 1] - incident.starts[i];
  const PAPER = DATA.kinds.findIndex((k) => k.key === "paper");
  const EDITION = DATA.kinds.findIndex((k) => k.key === "edition");

  const weights = new Float32Array(nodeCount);
  for (let i = 0; i < nodeCount; i++) weights[i] = degree(i) * (kind[i] === PAPER ? 0.3 : 1);
  const byWeight = (() => {
    // One sort of plain numbers: weight above, then the node's number; both are whole after the scaling.
    const keys = new Float64Array(nodeCount);
    for (let i = 0; i < nodeCount; i++) keys[i] = -Math.round(weights[i] * 10) * 2 ** 26 + i;
    return Int32Array.from(keys.sort(), (key) => ((key % 2 ** 26) + 2 ** 26) % 2 ** 26);
  })();
  const perKind = DATA.kinds.map(() => 0);
  for (let i = 0; i < nodeCount; i++) perKind[kind[i]]++;
  const perRelation = DATA.relations.map(() => 0);
  for (let e = 0; e < edgeCount; e++) perRelation[relation[e]]++;
  const kinds = DATA.kinds.map((k, number) => ({ ...k, count: perKind[number] }));
  const relations = DATA.relations.map(([key, label, inverse], rank) => ({ key, label, inverse, rank, count: perRelation[rank] }));
  const kindOf = new Map(kinds.map((k) => [k.key, k]));
  const years = [...new Set(year.filter((_, i) => kind[i] === PAPER))].filter(Boolean).sort((a, b) => a - b);

  let undatedCount = 0; // papers
  for (let i = 0; i < nodeCount; i++) if (kind[i] === PAPER && !year[i]) undatedCount++;

  class Node {
    constructor(i) { this.i = i; }
    get id() { return columns.ids.slice(idStarts[this.i], idStarts[this.i + 1] - 1); }
    get label() { return names(this.i)[0]; }
    get kind() { return kinds[kind[this.i]].key; }
    get degree() { return degree(this.i); }
    get year() { return year[this.i] || undefined; }
    get x() { return columns.x[this.i]; }
    get y() { return columns.y[this.i]; }
    get iri() {
      const { id } = this;
      return DATA.iris.exceptions[this.i] ?? DATA.iris.base + (id.includes(":") ? `paper/${id.replaceAll(":", "-")}` : id);
    }
  }
  class Edge {
    constructor(i) { this.i = i; }
    get from() { return node(source[this.i]); }
    get to() { return node(target[this.i]); }
    get relation() { return relations[relation[this.i]]; }
    get confidence() { return columns.confidence[this.i] / 10000; }
  }
  const nodes = new Array(nodeCount);
  const edges = new Array(edgeCount);
  const node = (i) => (nodes[i] ??= new Node(i));
  const edge = (e) => (edges[e] ??= new Edge(e));
  const names = (i) => columns.names.slice(nameStarts[i], nameStarts[i + 1] - 1).split("\t");
  let numbers = null;
  const byId = (id) => {
    numbers ??= new Map(columns.ids.split("\n").map((each, i) => [each, i]));
    const i = nodeCount ? numbers.get(id) : undefined;
    return i === undefined ? undefined : node(i);
  };

  // Venues: an edition belongs to one, a paper to those of the editions it appeared in.
  const editions = new Map(DATA.editions.map(([i, venue]) => [i, venue]));
  const venueAt = new Map(); // node -> Set of numbers of venues
  const papersAt = DATA.venues.map(() => new Set());
  for (const [i, venue] of editions) {
    venueAt.set(i, new Set([venue]));
    for (let k = incident.starts[i]; k < incident.starts[i + 1]; k++) {
      const paper = source[incident.members[k]];
      if (paper === i) continue;
      if (!venueAt.has(paper)) venueAt.set(paper, new Set());
      venueAt.get(paper).add(venue);
      if (kind[paper] === PAPER) papersAt[venue].add(paper);
    }
  }
  const venues = DATA.venues.map((venue) => ({ ...venue, count: papersAt[venue.number].size }))
    .sort((a, b) => b.count - a.count || a.label.localeCompare(b.label, "en"));

  // What the filters show, as bytes that go to the picture as they are.
  const nodeShown = new Uint8Array(nodeCount).fill(1);
  const edgeShown = new Uint8Array(edgeCount).fill(1);
  const shownOf = Int32Array.from(perKind);

  let last = { key: "", counts: null, revision: 0 };
  function filter(wanted) {
    const key = JSON.stringify([[...wanted.kindsOff], [...wanted.relationsOff], wanted.yearFrom, wanted.yearTo, wanted.undated, wanted.confidence, wanted.venue]);
    if (key !== last.key) last = { key, counts: filterAnew(wanted), revision: last.revision + 1 };
    return last.counts;
  }

  function filterAnew({ kindsOff, relationsOff, yearFrom, yearTo, undated, confidence, venue }) {
    const kindOn = Uint8Array.from(kinds, (k) => !kindsOff.has(k.key));
    const relationOn = Uint8Array.from(relations, (r) => !relationsOff.has(r.key));
    const least = Math.ceil(confidence * 10000 - 1e-6);
    const place = venue ? venues.find((v) => v.key === venue)?.number ?? -1 : null;
    const timed = yearFrom > years[0] || yearTo < years.at(-1) || !undated;
    const narrowed = timed || relationsOff.size > 0 || confidence > 0 || venue;
    const inTime = (paper) => (year[paper] ? year[paper] >= yearFrom && year[paper] <= yearTo : undated);
    // What the vocabulary says is of no year: it stays between what papers of these years are about.
    const about = new Uint8Array(nodeCount).fill(timed ? 0 : 1);
    if (timed) for (let e = 0; e < edgeCount; e++) if (kind[source[e]] === PAPER && inTime(source[e])) about[target[e]] = 1;
    const touched = new Uint8Array(nodeCount);
    for (let i = 0; i < nodeCount; i++) {
      nodeShown[i] = kindOn[kind[i]] && (kind[i] !== PAPER || inTime(i)) ? 1 : 0;
      if (place !== null && nodeShown[i] && (kind[i] === PAPER || kind[i] === EDITION)) nodeShown[i] = venueAt.get(i)?.has(place) ? 1 : 0;
    }
    const counts = { nodes: 0, edges: 0 };
    for (let e = 0; e < edgeCount; e++) {
      const from = source[e];
      const to = target[e];
      const said = kind[from] === PAPER || kind[to] === PAPER || (place === null && about[from] && about[to]) ? 1 : 0;
      const on = nodeShown[from] & nodeShown[to] & relationOn[relation[e]] & (columns.confidence[e] >= least ? 1 : 0) & said;
      edgeShown[e] = on;
      counts.edges += on;
      touched[from] |= on;
      touched[to] |= on;
    }
    // With edges filtered, a node that has none left is faded too; one that never had any stays, unless a venue is asked for.
    shownOf.fill(0);
    for (let i = 0; i < nodeCount; i++) {
      if (narrowed && !touched[i] && kind[i] !== PAPER && (degree(i) || venue)) nodeShown[i] = 0;
      counts.nodes += nodeShown[i];
      shownOf[kind[i]] += nodeShown[i];
    }
    return counts;
  }

  const rankedOf = grouped(kinds.length, nodeCount, (k) => kind[byWeight[k]], (k) => byWeight[k]);
  function ranked(key, limit) {
    const number = kinds.findIndex((k) => k.key === key);
    const found = [];
    for (const i of rankedOf.of(number)) {
      if (found.length >= limit) break;
      if (nodeShown[i]) found.push(node(i));
    }
    return { nodes: found, count: shownOf[number] };
  }

  // Shards. The promise is kept, not the value: a hub asks for one shard many times before it is there.
  const kept = new Map();
  function blob(id) {
    if (!kept.has(id)) kept.set(id, inflate(id).then((bytes) => JSON.parse(new TextDecoder().decode(bytes))));
    return kept.get(id);
  }
  function shardOf(firsts, i) {
    let [low, high] = [0, firsts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (firsts[middle] <= i) low = middle;
      else high = middle - 1;
    }
    return low;
  }
  async function nodeShard(i) {
    const k = shardOf(DATA.shards, i);
    const [details, evidence, texts] = await blob(`shard-${k}`);
    const first = DATA.shards[k];
    return { details: details[i - first] || {}, texts, evidence: (e) => evidence[e - firstEdge[first]] };
  }

  /** A row of evidence as words; `from` is the node it belongs to unless the row names another paper. */
  function told([text, start, end, from, to, field, rule, score, paper], texts, own) {
    const whole = texts[text];
    const about = paper === undefined ? own : paper;
    return { paper: about >= 0 ? node(about) : undefined, field: DATA.fields[field], rule: DATA.rules[rule], score,
      before: whole.slice(from, start), exact: whole.slice(start, end), after: whole.slice(end, to) };
  }

  async function claimShard(k) {
    const [rows, texts] = await blob(`claims-${k}`);
    return rows.map((row) => ({ ...row, paperNode: byId(row.paper), evidence: told(row.evidence, texts, -1) }));
  }
  const claimShards = new Map();
  async function claimRows(numbersOf) {
    for (const c of numbersOf) {
      const k = shardOf(DATA.claimShards, c);
      if (!claimShards.has(k)) claimShards.set(k, claimShard(k));
    }
    const found = [];
    for (const c of numbersOf) {
      const k = shardOf(DATA.claimShards, c);
      found.push((await claimShards.get(k))[c - DATA.claimShards[k]]);
    }
    return found;
  }
  const claimPairs = new Int32Array(columns.claimNode.length);
  for (let c = 0, k = 0; c < claimCount; c++) for (let each = 0; each < columns.claimNodes[c]; each++) claimPairs[k++] = c;
  const claimsOf = grouped(nodeCount, claimPairs.length, (k) => columns.claimNode[k], (k) => claimPairs[k]);
  const allClaims = () => Array.from({ length: claimCount }, (_, c) => c);

  let search = null;
  const finder = () => (search ??= makeSearch(columns.names, nameStarts, packed));
  setTimeout(finder, 1500); // before somebody types, after the first picture
  const packed = {
    large: true, styles: DATA.styles,
    title: DATA.title, theme: DATA.theme, directed: DATA.directed, total: DATA.total, prefixes: DATA.prefixes, communities: DATA.communities, inner: DATA.inner,
    start: byIdOrNull(DATA.start), nodeCount, edgeCount, claimCount, kinds, relations, years, undatedCount, venues,
    kind: (key) => kindOf.get(key), node, edge, byId,
    find: (words, key, limit) => finder().find(words, key, limit), near: (words, key, limit) => finder().near(words, key, limit),
    incident: (i) => incident.members.subarray(incident.starts[i], incident.starts[i + 1]),
    source: (e) => source[e], target: (e) => target[e], rank: (e) => relation[e], confidence: (e) => columns.confidence[e] / 10000,
    revision: () => last.revision, ranked, filter, showsNode: (i) => nodeShown[i] === 1, showsEdge: (e) => edgeShown[e] === 1,
    details: async ({ i }) => {
      const { details } = await nodeShard(i);
      const aliases = names(i).slice(1);
      return { ...details, ...(aliases.length && { aliases }), hasAbstract: details.abstract !== undefined };
    },
    abstract: async ({ i }) => {
      const { details, texts, evidence } = await nodeShard(i);
      const marks = [];
      for (let e = firstEdge[i]; e < firstEdge[i + 1]; e++) {
        for (const [text, start, end] of evidence(e)) if (text === details.abstract) marks.push({ edge: edge(e), start, end });
      }
      marks.sort((a, b) => a.start - b.start || b.end - a.end);
      let done = 0;
      return { text: texts[details.abstract], marks: marks.filter((m) => m.start >= done && (done = m.end)) };
    },
    evidence: async ({ i }) => {
      const shard = await nodeShard(source[i]);
      return shard.evidence(i).map((row) => told(row, shard.texts, source[i]));
    },
    claims: async (of) => claimRows(of ? claimsOf.of(of.i) : allClaims()),
    // For the picture alone:
    columns: { x: columns.x, y: columns.y, kind, style: columns.style, source, target, relation, weights, byWeight, nodeShown, edgeShown, degree },
  };
  function byIdOrNull(id) { return (id !== undefined && id !== null && byId(id)) || null; }
  performance.measure("kg data", "kg begins");
  return packed;
})().catch(failed);
