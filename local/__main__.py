"""``python -m local``: the cloud on one machine."""

import sys

from local.serve import main

sys.exit(main())
