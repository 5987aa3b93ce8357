"""`python -m kg` and the script `kg`: the command, which Ctrl-C ends quietly from its first moment to its last."""

from __future__ import annotations

import signal


def main() -> None:
    """Load the command and run it."""
    before = signal.getsignal(signal.SIGINT)  # who runs it in the background may have it ignored
    plain = before is signal.default_int_handler
    if plain:  # loading takes as long as many a command, and has nothing to tidy up
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from kg.cli import main as run

    signal.signal(signal.SIGINT, before)
    try:
        run()
    finally:
        if plain:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__":
    main()
