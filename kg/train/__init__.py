"""Makes the shipped weights from the labels in `ontology/labels`: `python -m kg.train CORPUS.jsonl.gz`."""
