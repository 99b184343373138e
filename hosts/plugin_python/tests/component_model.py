"""Does what a plan of the component model's tests says, by the library's own functions: component_model.py PLAN.

docs/component-model.md tells what a plan is, and what is written of it.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anyhost import ComponentError, Plugin, TrapError, wave
from anyhost._json import to_json, to_value


def run(entry: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Opens a component and calls it; each outcome comes with the place of its directive."""
    try:
        plugin = Plugin(entry["component"])
    except Exception as error:  # noqa: BLE001 whatever it is, it is told
        yield entry["at"], failure(error)
        return
    yield entry["at"], {"opened": True}
    with plugin:
        for call in entry["calls"]:
            yield call["at"], outcome(plugin, call)


def outcome(plugin: Plugin, call: dict[str, Any]) -> dict[str, Any]:
    """What comes of a call."""
    try:
        function = next(function for function in wave.functions(plugin) if function.name == call["call"])
        pairs = zip(function.params, call["args"], strict=True)
        value = function(*[to_value(kind, arg, {}) for (_, kind), arg in pairs])
        return {"returned": to_json(function.result, value)}
    except Exception as error:  # noqa: BLE001 whatever it is, it is told
        return failure(error)


def failure(error: Exception) -> dict[str, Any]:
    """What an error is."""
    kinds = {"trapped": TrapError, "refused": ComponentError}
    kind = next((kind for kind, cls in kinds.items() if isinstance(error, cls)), "failed")
    return {kind: f"{type(error).__name__}: {error}" if kind == "failed" else str(error)}


for planned in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
    for at, came in run(planned):
        print(json.dumps({"at": at} | came))
