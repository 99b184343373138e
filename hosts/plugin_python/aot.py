"""Compiles a component for this host ahead of time, for the build."""

import sys

from anyhost.aot import main

sys.exit(main())
