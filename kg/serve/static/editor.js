// The query page: the worked queries fill the editor, things of the graph lead to their pages, and a cut answer says so.
// Without YASGUI the plain form stays.
"use strict";

const plain = document.getElementById("plain");
const field = document.getElementById("query");
const notice = document.getElementById("notice");
const examples = document.getElementById("examples");
let editor = null;

if (window.Yasgui) {
  const endpoint = new URL("/sparql", location.href).href;
  const place = document.getElementById("yasgui");
  const prefixes = JSON.parse(place.dataset.prefixes);
  window.Yasgui.Yasr.defaults.prefixes = prefixes;
  // Values without their datatypes: a column of numbers shows numbers.
  window.Yasgui.Yasr.defaults.plugins.table.dynamicConfig = { compact: true, isEllipsed: true };
  know(prefixes);
  window.Yasgui.Yasr.defaults.errorRenderers = [explain];
  const linked = new URLSearchParams(location.search).has("query") && !location.hash.includes("query=");
  editor = new window.Yasgui(place, {
    requestConfig: { endpoint, method: "POST" },
    copyEndpointOnNewTab: true,
    endpointCatalogueOptions: { getData: () => [{ endpoint }] },
    autofocus: true,
    // A link of this site is shown by `follow`, without a tab of its own; a shared one stands behind the "#".
    populateFromUrl: !linked,
  });
  plain.hidden = true;
  // Whatever draws a table anew, and whenever: its links to things and terms of the graph lead to their pages here.
  const homes = [[place.dataset.base, "/id/"], [prefixes.kg, "/ontology#"]];
  new MutationObserver(() => {
    for (const link of place.querySelectorAll(".yasr_results a[target]")) {
      const iri = link.getAttribute("href") || "";
      const [start, home] = homes.find(([start]) => iri.startsWith(start)) || [];
      if (!start) continue;
      link.setAttribute("href", home + iri.slice(start.length));
      link.removeAttribute("target");
    }
  }).observe(place, { childList: true, subtree: true });
  if (linked) follow(field.value);
  else show(field.value, false);
  const watched = new WeakSet();
  editor.on("query", (_, tab) => {
    const field = tab.getYasqe();
    if (!watched.has(field)) field.on("queryResponse", (_, response) => tell(response));
    watched.add(field);
  });
}

examples.addEventListener("change", () => {
  if (examples.value) show(examples.value, true);
});

/** Queries begin with prefixes that need no declaration. */
function know(prefixes) {
  const { Yasqe } = window.Yasgui;
  const make = Yasqe.modes.sparql11;
  Yasqe.defineMode("sparql11", (...options) => {
    const mode = make(...options);
    return { ...mode, startState: (...place) => ({ ...mode.startState(...place), prefixes: { ...prefixes } }) };
  });
}

/** Asks the query of a link, in a tab that holds nothing of the reader's own: all links share one. */
function follow(text) {
  const NAME = "From a link";
  const given = new Set(Array.from(examples.options, (option) => option.value).concat(text));
  const query = editor.getTab().getQuery();
  if (query.trim() && !query.includes("?sub ?pred ?obj") && !given.has(query)) {
    const known = editor.persistentConfig.getTabs().find((id) => editor.getTab(id).getName() === NAME);
    if (known) editor.selectTabId(known);
    else editor.addTab(true, { name: NAME });
  }
  show(text, true);
  editor.getTab().query().catch(() => {}); // the table tells what went wrong
}

function show(text, wanted) {
  if (!editor) {
    field.value = text;
    return;
  }
  const tab = editor.getTab();
  tab.setEndpoint(new URL("/sparql", location.href).href);
  if (wanted || !tab.getQuery().trim() || tab.getQuery().includes("?sub ?pred ?obj")) tab.setQuery(text);
}

/** An error of this server as a reader understands it: what is wrong, and where; nothing for an error of another kind. */
async function explain(error) {
  let problem = null;
  try {
    problem = JSON.parse(error.text);
  } catch {
    // no JSON: the component shows it as it is
  }
  if (!problem || !problem.title) return undefined;
  const shown = document.createElement("div");
  shown.append(Object.assign(document.createElement("strong"), { textContent: problem.title }));
  shown.append(Object.assign(document.createElement("p"), { textContent: problem.detail }));
  const line = editor && problem.line && editor.getTab().getYasqe().getLine(problem.line - 1);
  if (line) shown.append(Object.assign(document.createElement("pre"), { textContent: `${line}\n${" ".repeat(problem.column - 1)}^` }));
  return shown;
}

async function tell(response) {
  const found = response && response.headers && response.headers.get && response.headers.get("x-notice");
  notice.hidden = !found;
  notice.textContent = found || "";
}
