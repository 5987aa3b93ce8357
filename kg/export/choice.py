"""Which files a graph folder has. The same graph can be had in more formats than those who build a large one mostly want."""

from __future__ import annotations

from kg.errors import InputError
from kg.settings import ALL_FORMATS_PAPERS

#: What every folder has, for all that reads one.
CORE = ("n-triples", "n-quads", "tables", "page")

#: What may be left out: name of the format -> its file.
EXTRA = {
    "turtle": "graph.ttl",
    "json-ld": "graph.jsonld",
    "rdf-xml": "graph.rdf",
    "trig": "provenance.trig",
    "graphml": "graph.graphml",
}


def parse(text: str) -> str:
    """What a user asks for ("turtle, graphml", "all", "core", "auto") as it is kept: names of `EXTRA`, sorted and joined by
    commas, or "all", "core", or "" for "auto". Raises InputError for a name that is none."""
    names = {name.strip().lower() for name in text.split(",")} - {""}
    for name in sorted(names):
        if name not in (*CORE, *EXTRA, "all", "core", "auto"):
            some = ", ".join(EXTRA)
            raise InputError(
                f"--formats: no format {name!r}; give all, core, auto (all up to {ALL_FORMATS_PAPERS:,} papers), or some of "
                f"{some}, joined by commas; {', '.join(CORE)} are always written"
            )
    if not names or (len(names) > 1 and names & {"all", "core", "auto"}):
        raise InputError(f"--formats: {text!r} is no choice; give all, core or auto alone, or names joined by commas")
    if names & {"all", "auto"}:
        return "all" if "all" in names else ""
    return ",".join(sorted(names & {*EXTRA})) or "core"


def files(choice: str, papers: int) -> tuple[str, ...]:
    """The files of `EXTRA` that a graph of so many papers has, in that order. `choice`: as `parse` gives it."""
    if choice == "all" or (not choice and papers <= ALL_FORMATS_PAPERS):
        return tuple(EXTRA.values())
    return tuple(file for name, file in EXTRA.items() if name in choice.split(","))


def left_out(choice: str, papers: int, folder: str) -> str:
    """What to tell somebody who did not choose and has not all; "" if there is nothing to tell."""
    if choice or papers <= ALL_FORMATS_PAPERS:
        return ""
    return (
        f"more than {ALL_FORMATS_PAPERS:,} papers: {', '.join(EXTRA.values())} (the same graph again) are left out; "
        f"`kg export {folder} --formats all` writes them"
    )
