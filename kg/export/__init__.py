"""One file per target; every one computes from the assembled facts alone."""
