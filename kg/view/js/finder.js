// Search in a large page: one string of all names, as PLAIN writes them, one node a line, names of a node parted by tabs. Which pairs and
// triples of letters a block of lines holds is known beforehand, so that only few blocks are read letter by letter.

/** {find, near}: see app.js. */
function makeSearch(names, nameStarts, from) {
  const ALIKE = 700; // lines for each part of a word that may be misspelled: to weigh them takes milliseconds
  const ENOUGH = 400; // hits that are weighed; with more of them only the best kinds of hit are looked for
  const { kind, byWeight } = from.columns;
  // Important nodes first, so that a search that stops early has seen those that matter.
  const lines = Array.from(byWeight, (i) => names.slice(nameStarts[i], nameStarts[i + 1] - 1));
  const text = `\n${PLAIN(lines.join("\n"))}\n`;
  const starts = lineStarts(text.slice(1, -1), byWeight.length); // line k is text.slice(starts[k] + 1, starts[k + 1])
  const blocks = makeBlocks(text, starts);

  /** Numbers of lines with all needles, of an allowed kind, in their order, until there are `limit` of them. */
  function scan(needles, wanted, limit, found = new Set()) {
    const [needle, ...others] = needles;
    for (const block of blocks.with(needles)) {
      if (found.size >= limit) break;
      const { text: words, first } = blocks.block(block);
      let line = first;
      for (let at = words.indexOf(needle); at >= 0 && found.size < limit; at = words.indexOf(needle, starts[line + 1] - starts[first])) {
        while (starts[line + 1] - starts[first] <= at) line++;
        if ((wanted < 0 || kind[byWeight[line]] === wanted) && others.every((other) => lineText(line).includes(other))) found.add(line);
      }
    }
    return found;
  }

  function lineText(line) {
    return text.slice(starts[line] + 1, starts[line + 1]);
  }

  /** The best name of a line, by a rank of which -1 is none, or null. */
  function weigh(line, rankOfName) {
    let best = null;
    for (const [k, name] of lineText(line).split("\t").entries()) {
      const own = rankOfName(name);
      const rank = own + (k ? 0.5 : 0);
      if (own >= 0 && (!best || rank < best.rank)) best = { rank, line, k };
    }
    return best;
  }

  function ranked(found, rankOfName) {
    return [...found].map((line) => weigh(line, rankOfName)).filter(Boolean).sort((a, b) => a.rank - b.rank || a.line - b.line);
  }

  function told({ line, k }) {
    const i = byWeight[line];
    return { node: from.node(i), name: lines[line].split("\t")[k], alias: k > 0 };
  }

  function kindNumber(key) {
    return key ? from.kinds.findIndex((k) => k.key === key) : -1;
  }

  function find(words, key, limit) {
    const needle = words.replace(/[\n\t]/g, " ");
    const each = eachWord(needle);
    const wanted = kindNumber(key);
    if (!each.length || !byWeight.length) return { rows: [], count: 0, more: false };
    const found = scan(each, wanted, ENOUGH);
    const more = found.size >= ENOUGH;
    if (more) {
      for (const frame of ["\n", "\t"]) {
        scan([frame + needle + "\n"], wanted, found.size + limit, found);
        scan([frame + needle + "\t"], wanted, found.size + limit, found);
        scan([frame + needle], wanted, found.size + limit, found);
      }
    }
    const rows = ranked(found, (name) => rankOf(name, needle, each));
    return { rows: rows.slice(0, limit).map(told), count: rows.length, more };
  }

  /** A word with few slips has one of its parts without any: the best connected nodes with such a part are weighed. */
  function near(words, key, limit) {
    const each = eachWord(words.replace(/[\n\t]/g, " "));
    const [word] = each;
    const parts = word ? slipsIn(word) + 1 : 0;
    const found = new Set();
    for (let k = 0; k < parts; k++) {
      const part = word.slice(Math.floor((k * word.length) / parts), Math.floor(((k + 1) * word.length) / parts));
      scan([part], kindNumber(key), found.size + ALIKE, found);
    }
    return ranked(found, (name) => slips(name, each)).slice(0, limit).map(told);
  }

  return { find, near };
}

/**
 * Blocks of successive lines. `with(needles)` gives those that may hold them: every block is a bit, every pair and triple of
 * letters (by a hash) a row of bits, and the rows of the needles' letters are laid over each other. `block(b)` is
 * {text: from the line feed before its first line to the one after its last, first: number of its first line}.
 */
function makeBlocks(text, starts) {
  const LINES = 32;
  const HASHES = 1 << 14;
  const lineCount = starts.length - 1;
  const count = Math.ceil(lineCount / LINES);
  const words = (count + 31) >> 5;
  const bits = new Uint32Array(HASHES * words);
  const texts = new Array(count);
  const hash = (a, b, c) => (Math.imul(Math.imul(Math.imul(a, 0x9e3779b1) + b, 0x85ebca6b) + c, 0xc2b2ae35) >>> 18);
  for (let block = 0; block < count; block++) {
    const [from, to] = [starts[block * LINES], starts[Math.min(lineCount, (block + 1) * LINES)]];
    const [word, bit] = [block >> 5, 1 << (block & 31)];
    let [a, b] = [0, text.charCodeAt(from)];
    for (let at = from + 1; at <= to; at++) {
      const c = text.charCodeAt(at);
      bits[hash(0, b, c) * words + word] |= bit;
      if (a) bits[hash(a, b, c) * words + word] |= bit;
      [a, b] = [b, c];
    }
  }

  function* candidates(needles) {
    const rows = [];
    for (const needle of needles) {
      if (needle.length === 2) rows.push(hash(0, needle.charCodeAt(0), needle.charCodeAt(1)) * words);
      for (let k = 2; k < needle.length; k++) rows.push(hash(needle.charCodeAt(k - 2), needle.charCodeAt(k - 1), needle.charCodeAt(k)) * words);
    }
    for (let word = 0; word < words; word++) {
      let left = 0xffffffff;
      for (const row of rows) left &= bits[row + word];
      for (let bit = 0; left && bit < 32; bit++) if (left & (1 << bit) && word * 32 + bit < count) yield word * 32 + bit;
    }
  }
  return {
    with: candidates,
    block: (b) => ({ first: b * LINES, text: (texts[b] ??= text.slice(starts[b * LINES], starts[Math.min(lineCount, (b + 1) * LINES)] + 1)) }),
  };
}
