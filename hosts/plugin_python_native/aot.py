"""Compiles a component for this host ahead of time, for the build."""

import os
import sys

from anyhost.aot import main

os.environ["ANYHOST_ENGINE"] = "native"
sys.exit(main())
