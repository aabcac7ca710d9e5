"""`python -m albench`."""

import os
import sys

# Python looks for modules in the working directory first then, and for its own, too: a random.py there is not
# meant. Where albench itself is found there it must stay.
if not sys.flags.safe_path and os.path.realpath(sys.path[0]) != os.path.realpath(f"{__file__}/../.."):
    del sys.path[0]

from albench.cli import main

main()
