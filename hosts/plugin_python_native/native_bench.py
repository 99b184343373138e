"""The bench of plugin_python, on the native engine."""

import os
import runpy
from pathlib import Path

os.environ["ANYHOST_ENGINE"] = "native"
runpy.run_path(str(Path(__file__).parents[1] / "plugin_python" / "bench.py"), run_name="__main__")
