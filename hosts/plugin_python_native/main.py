"""The command of plugin_python, on the native engine."""

import sys

from command import main

sys.exit(main("plugin_python_native", "native"))
