"""A plugin host refuses a component that has async functions, as the matrix says: this fails when one no longer does.

refused_test COMPONENT HOST=PROGRAM...
"""

import subprocess
import sys

component, *hosts = sys.argv[1:]
problems = []

for host, program in (pair.split("=", 1) for pair in hosts):
    # One of them would serve a page, without end.
    command = [program, "--component", component, *["World"] * host.startswith("plugin_")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=200)
    errors = done.stderr
    if done.returncode == 0:
        problems.append(f"{host} runs {component}: take it off what hosts/matrix.bzl says that plugin hosts refuse")
    elif done.returncode != 1 or not errors.startswith(f"error: {component}: ") or errors.count("\n") != 1:
        problems.append(f"{host}: expected a line about {component} and 1, got {errors!r} and {done.returncode}")
    else:
        print(f"{host}: {errors}", end="")

print("\n".join(problems) or f"{len(hosts)} hosts refuse it, each in one line")
sys.exit(1 if problems or not hosts else 0)
