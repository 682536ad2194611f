"""Check the Python version before newer syntax is read.

This file alone is written so that an old Python understands it.
"""

import os
import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    sys.exit(
        "Python {}.{} is too old; {}.{} or newer is needed, "
        "e.g. PYTHON=python3.12 make run".format(*sys.version_info[:2] + OLDEST)
    )

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from install import main  # noqa: E402

main(sys.argv[1])
