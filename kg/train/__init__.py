"""Makes the shipped weights from the labels in `ontology/labels`: `python -m kg.train CORPUS.jsonl.gz`."""

import os

# Before numpy is loaded: how many threads add numbers up decides on their last digits.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
