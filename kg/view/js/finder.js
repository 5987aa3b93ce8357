// Search in a large page: one string of all names, folded, one node a line, names of a node parted by tabs.

/** A function (words, kind, limit) -> [{node, name, alias}], best first; see `find` in app.js. */
function makeSearch(names, nameStarts, from) {
  const ENOUGH = 400; // hits that are weighed; with more of them only the best kinds of hit are looked for
  const { kind, byWeight } = from.columns;
  // Important nodes first, so that a search that stops early has seen those that matter.
  const lines = Array.from(byWeight, (i) => names.slice(nameStarts[i], nameStarts[i + 1] - 1));
  const text = `\n${FOLD(lines.join("\n"))}\n`;
  const starts = lineStarts(text.slice(1, -1), byWeight.length); // line k is text.slice(starts[k] + 1, starts[k + 1])

  /** Numbers of lines with `needle` of an allowed kind, in their order, `limit` at most. */
  function scan(needle, wanted, limit, found = new Set()) {
    let line = 0;
    for (let at = text.indexOf(needle); at >= 0 && found.size < limit; at = text.indexOf(needle, starts[line + 1])) {
      while (starts[line + 1] <= at) line++;
      if (wanted < 0 || kind[byWeight[line]] === wanted) found.add(line);
      if (line + 1 >= byWeight.length) break;
    }
    return found;
  }

  function weigh(line, words) {
    const folded = text.slice(starts[line] + 1, starts[line + 1]).split("\t");
    let best = null;
    for (const [k, name] of folded.entries()) {
      const at = name.indexOf(words);
      if (at < 0) continue;
      const rank = (name === words ? 0 : at === 0 ? 1 : /\W/.test(name[at - 1]) ? 2 : 3) + (k ? 0.5 : 0);
      if (!best || rank < best.rank) best = { rank, line, k };
    }
    return best;
  }

  return (words, key, limit) => {
    const needle = words.replace(/[\n\t]/g, " ");
    const wanted = key ? from.kinds.findIndex((k) => k.key === key) : -1;
    if (!needle || !byWeight.length) return [];
    const byIdentifier = /^\S*\d{4}\S*$/.test(needle) ? [from.byId(needle), from.byId(`arxiv:${needle}`)].filter(Boolean) : [];
    const found = scan(needle, wanted, ENOUGH);
    if (found.size >= ENOUGH) {
      for (const frame of ["\n", "\t"]) {
        scan(frame + needle + "\n", wanted, found.size + limit, found);
        scan(frame + needle + "\t", wanted, found.size + limit, found);
        scan(frame + needle, wanted, found.size + limit, found);
      }
    }
    const rows = [...found].map((line) => weigh(line, needle)).filter(Boolean)
      .sort((a, b) => a.rank - b.rank || a.line - b.line).slice(0, limit)
      .map(({ line, k }) => {
        const i = byWeight[line];
        return { node: from.node(i), name: lines[line].split("\t")[k], alias: k > 0 };
      });
    const first = byIdentifier.filter((n) => !rows.some((row) => row.node === n)).map((n) => ({ node: n, name: n.label, alias: false }));
    return [...first, ...rows].slice(0, limit);
  };
}
