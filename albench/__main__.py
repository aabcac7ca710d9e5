"""`python -m albench`."""

import sys
from pathlib import Path

# Python looks for modules in the working directory first then, and for its own, too: a random.py there is not
# meant. Where albench itself is found there it must stay.
if not sys.flags.safe_path and Path(sys.path[0]).resolve() != Path(__file__).resolve().parents[1]:
    del sys.path[0]

from albench.cli import main

main()
