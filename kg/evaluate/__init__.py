"""A graph against hand-labelled papers: what it finds, what it gets wrong, and how sure these figures are.

Labels have three forms, known by their content: papers (JSON lines), ambiguous names (JSON lines with a `surface`),
venues (tab-separated); `standoff` makes the first of what annotators wrote in `ontology/labels`. `figures` defines every
figure, `gold` the labels, `source` what is read of the graph, `judge` what is right and wrong in one paper.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from kg.evaluate import figures, judge
from kg.evaluate.figures import Figure
from kg.evaluate.gold import Gold, read_gold
from kg.evaluate.judge import Miss
from kg.evaluate.source import open_source
from kg.evaluate.standoff import read_labels

__all__ = ["Figure", "Miss", "Scores", "evaluate"]

#: Groups of one kind of labels whose figures stand at the top of the JSON.
_FLAT = ("names", "venues")


class Scores(NamedTuple):
    """All figures of one comparison, by group and name; plain numbers are sizes.

    `misses` lists every error, sorted by kind, then paper. `papers` and `absent` count labelled papers and those of
    them that the graph does not have (all that they hold counts as not found).
    """

    papers: int
    absent: int
    figures: dict[str, dict[str, Figure | int]]
    misses: tuple[Miss, ...]

    def figure(self, group: str, name: str) -> Figure:
        """One figure. Raises KeyError if there is none of this name."""
        found = self.figures[group][name]
        if isinstance(found, int):
            raise KeyError(f"{group}/{name} is a size, no figure")
        return found

    def to_dict(self) -> dict[str, Any]:
        """For JSON: values rounded to three digits (wrong venues: four) by group; `intervals` in the same shape.

        `recall by kind` pairs each share with the number of links judged.
        """
        out: dict[str, Any] = {"papers": self.papers, "absent": self.absent}
        intervals: dict[str, Any] = {}
        for group, named in self.figures.items():
            values: dict[str, Any] = {}
            spans: dict[str, list[float]] = {}
            for name, figure in named.items():
                if isinstance(figure, int):
                    values[name] = figure
                    continue
                digits = 4 if name == "wrong venue" else 3
                value = None if figure.value is None else round(figure.value, digits)
                values[name] = [value, figure.of] if group == "recall by kind" else value
                if figure.low is not None and figure.high is not None:
                    spans[name] = [round(figure.low, digits), round(figure.high, digits)]
            for whole, part in ((out, values), (intervals, spans)):
                if group in _FLAT:
                    whole.update(part)
                else:
                    whole[group] = part
        return {**out, "intervals": intervals}


def evaluate(graph: str | Path, gold: str | Path) -> Scores:
    """Score a graph against labels.

    Args:
        graph: a folder that `kg build` wrote, or an RDF file; only with provenance is the confidence judged and are
            wrong links shown with the sentence that was read.
        gold: a file of labels (see `kg.evaluate.gold` for its three forms), or a folder like `ontology/labels`: what is held
            back of it.

    Raises:
        InputError: a file cannot be read, or a line of labels is wrong (the message names file and line).
        StoreError: the folder is no graph.
    """
    labels = Gold(papers=read_labels(Path(gold))) if Path(gold).is_dir() else read_gold(Path(gold))
    source = open_source(Path(graph))
    if labels.names:
        define, verdicts = figures.name_figures, judge.names(labels.names, source)
    elif labels.editions:
        define, verdicts = figures.venue_figures, judge.venues(labels.editions, source)
    else:
        define, verdicts = figures.paper_figures, judge.papers(labels.papers, source)
    table = figures.with_intervals([v.counts for v in verdicts], define)
    judged = [pair for v in verdicts for pair in v.judged]
    if judged:
        table["confidence"] = {
            "calibration error": Figure(figures.calibration_error(judged), None, None, len(judged)),
            "precision>= of the surer half": Figure(figures.surer_half(judged), None, None, len(judged) // 2),
        }
    misses = sorted(m for v in verdicts for m in v.misses)
    return Scores(len(verdicts), sum(v.absent for v in verdicts), table, tuple(misses))
