"""Write the golden answers of the worked queries anew: `python -m tests.golden` (after `make exports`)."""

from __future__ import annotations

import json
from pathlib import Path

import kg
from kg.settings import ontology_dir


def main() -> None:
    here = Path(__file__).parent
    graph = kg.open(here.parent / "exports")
    (here / "golden").mkdir(exist_ok=True)
    for path in sorted((ontology_dir() / "queries").glob("*.rq")):
        if path.stem != "web-annotation":
            rows = graph.query(path.read_text(encoding="utf-8"))
            text = json.dumps(rows, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
            (here / "golden" / f"{path.stem}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
