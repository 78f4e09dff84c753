"""Allow ``python -m untoit``."""

import sys

from untoit.cli import main

sys.exit(main())
