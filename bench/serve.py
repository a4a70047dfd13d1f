"""`blockyard serve` with the benchmarks' blocks: run it as `python -m bench.serve`."""

from __future__ import annotations

import sys

from backend.blocks import catalogue
from backend.cli import main
from bench import blocks

if __name__ == "__main__":
    for block_class in blocks.ALL:
        catalogue().add(block_class)
    sys.argv = ["blockyard", "serve"]
    main()
