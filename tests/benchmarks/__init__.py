"""Figures beside their peers: `make benchmarks CORPUS=papers.jsonl`. Not part of `make test`.

Every figure is a rate, and stands beside another program's or library's in the same run, the two measured in turn; what is
worth comparing between machines is the ratio. `measure` times and prints, `peers` holds the other pipelines, `cases` what is
measured, `profile` where the time of a build goes.
"""
