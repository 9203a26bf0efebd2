"""So that `python -m opstap` is the opstap command."""

import sys

from opstap.cli import main

sys.exit(main())
