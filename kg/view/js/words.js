// Words that are looked for and the names that have them: without case, accents, hyphens and runs of white space.

/** A name as it is compared; line feeds and tabs stay, as they part the names of a large page. */
const PLAIN = (text) => FOLD(text).replace(/(?:[^\S\n\t]|\p{Pd}|_)+/gu, " ");

/** The words of a search, the longest first, without the ends that make many of one: "libraries" as "librar". */
function eachWord(words) {
  const single = (word) => (word.length < 4 ? word : word.replace(/(?<=\w\w)ies$|(?<=ss|x|ch|sh)es$|(?<=[^s])s$/, ""));
  return words.split(" ").filter(Boolean).map(single).sort((a, b) => b.length - a.length);
}

/** 0 if a name is the words, then: begins with them, has a word that does, has them within, has each anywhere; -1 if not. */
function rankOf(name, words, each) {
  const at = name.indexOf(words);
  if (at >= 0) return name === words ? 0 : at === 0 ? 1 : /\W/.test(name[at - 1]) ? 2 : 3;
  return each.every((word) => name.includes(word)) ? 4 : -1;
}

const slipsIn = (word) => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2); // letters that may be wrong

/** How many letters of a search are wrong if this name was meant; -1 if more than may be. */
function slips(name, each) {
  const own = name.split(" ");
  let sum = 0;
  for (const word of each) {
    const most = slipsIn(word);
    const least = name.includes(word) ? 0 : Math.min(...own.map((other) => (Math.abs(other.length - word.length) > most ? Infinity : distance(word, other))));
    if (least > most) return -1;
    sum += least;
  }
  return sum;
}

/** Letters to put in, leave out, change or swap with their neighbours, to make one word of the other. */
function distance(a, b) {
  let [above, row] = [[], Array.from({ length: b.length + 1 }, (_, k) => k)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let k = 1; k <= b.length; k++) {
      next[k] = Math.min(row[k] + 1, next[k - 1] + 1, row[k - 1] + (a[i - 1] === b[k - 1] ? 0 : 1));
      if (i > 1 && k > 1 && a[i - 1] === b[k - 2] && a[i - 2] === b[k - 1]) next[k] = Math.min(next[k], above[k - 2] + 1);
    }
    [above, row] = [row, next];
  }
  return row[b.length];
}
