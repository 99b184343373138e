"""Runs the cases of a contract against a component: `python -m anyhost.testing COMPONENT CASES`.

CASES is what `contract()` makes of a contract's cases.json. The cases play the host as well: its functions check what
they are asked, and answer what is written there.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import _json
from ._errors import ComponentError, PluginError, ResultError, TrapError
from ._instance import place
from ._names import python_name, short_name
from ._plugin import Plugin
from ._types import Err, InterfaceType, Ok, Result, Signature, Types
from ._wasi import is_wasi


class CaseError(Exception):
    """What a component did otherwise than its contract says."""


class HostError(Exception):
    """What a host's function raises where a case says that it fails."""


class Case:
    """A case that applies to a component."""

    def __init__(self, interface: str, case: dict[str, Any]) -> None:
        self.name = f"{short_name(interface) or 'world'}: {case['name']}"
        self.interface = interface
        self.steps: list[dict[str, Any]] = case["steps"]


class CasesPlugin(Plugin):
    """A plugin whose host is played by cases."""

    _types: Types

    def _give(self, types: Types, _imports: Mapping[str, Any]) -> Mapping[str, Any]:
        self._types = types
        self._asks: list[dict[str, Any]] = []
        self._scope: dict[str, Any] = {}
        given: dict[str, Any] = {name: self._played(kind) for name, kind in types.imports.items() if not is_wasi(name)}
        world: dict[str, Any] = given.pop("", {})
        return given | world

    def cases(self, document: dict[str, Any]) -> list[Case]:
        """Those of a contract's cases that apply: to what the component exports, and to what it imports.

        Raises ComponentError if there are none, as no case is no proof.
        """
        package, _, version = document["package"].partition("@")
        types = {name for name, kind in self._types.imports.items() if name and kind.only_types}
        imports = {name for name in self._types.imports if name.startswith(package + "/")} - types
        found = [
            Case(group["interface"] or "", case)
            for group in document["groups"]
            if (group["interface"] or "") in self._types.exports and set(group["imports"]) - types == imports
            for case in group["cases"]
        ]
        if not found:
            reason = f"no case of {package}@{version} is for what it exports and imports"
            raise ComponentError(self._instance.file, reason)
        return found

    def run(self, case: Case) -> None:
        """Runs a case in a fresh instance. Raises CaseError if anything is not as the case says."""
        self._scope.clear()
        self._instance.discard()
        for number, step in enumerate(case.steps, 1):
            self._asks = list(step["asks"])
            try:
                self._step(case.interface, step)
                if self._asks:
                    raise CaseError(f"did not ask for {_shown(self._asks[0])}")
            except CaseError as error:
                where = f"step {number}: " if len(case.steps) > 1 else ""
                raise CaseError(f"{case.name}: {where}{error}") from None

    def _step(self, interface: str, step: dict[str, Any]) -> None:
        if "drop" in step:
            self._scope.pop(step["drop"])._drop()
            return
        functions = self._interfaces[interface]
        name = next((name for name in functions._functions if case_name(name) == step["call"]), None)
        if name is None:
            raise CaseError(f"{interface} has no {step['call']}")
        signature = functions._signatures[name]
        result = signature.result
        try:
            value = functions._functions[name](*_json.to_values(signature, step, self._scope))
            if isinstance(result, Result):
                value = Ok(value)
        except ResultError as error:
            value = Err(error.value)
        except CaseError:
            raise  # of what plays the host
        except Exception as error:  # noqa: BLE001 whatever it is, the case says whether it is right
            expected = step.get("trap" if isinstance(error, TrapError) else "fails")
            if expected is None or expected not in str(error):
                raise CaseError(f"expected {_shown(step)}; {type(error).__name__}: {error}") from None
            return
        same = "trap" not in step and "fails" not in step
        if result:
            same = same and _json.matches(result, step.get("result"), value, self._scope)
        if not same:
            raise CaseError(f"expected {_shown(step)}; got {value!r}")

    def _played(self, kind: InterfaceType) -> dict[str, Any]:
        """What gives the functions and resources of an interface that the component imports."""
        members: dict[str, Any] = {}
        classes: dict[str, dict[str, Any]] = {name: {"close": self._dropped} for name in kind.resources}
        for name, signature in kind.functions.items():
            function = self._function(kind.name, signature)
            word, _, rest = name.rpartition("]")
            owner, _, method = rest.partition(".")
            if not word:
                members[name] = function
            elif word == "[constructor":
                classes[owner]["__new__"] = lambda _cls, *values, function=function: function(*values)
            else:
                classes[owner][python_name(method)] = staticmethod(function) if word == "[static" else function
        return members | {name: type(name, (), inner) for name, inner in classes.items()}

    def _function(self, interface: str, signature: Signature) -> Any:
        def function(*values: Any) -> Any:
            asked = f"{place(interface, signature.name)}({', '.join(map(repr, values))})"
            if not self._asks:
                raise CaseError(f"asked for {asked}, expected nothing more")
            ask = self._asks.pop(0)
            known = ask.get("call") == case_name(signature.name) and (ask.get("interface") or "") == interface
            if not known or not _json.all_match(signature, ask, values, self._scope):
                raise CaseError(f"asked for {asked}, expected {_shown(ask)}")
            if "fails" in ask:
                raise HostError(ask["fails"])
            if signature.result is None:
                return None
            value = _json.to_value(signature.result, ask["result"], self._scope)
            if isinstance(value, Err):
                raise ResultError(value.value)
            return value.value if isinstance(value, Ok) else value

        return function

    @property
    def _dropped(self) -> Any:
        def dropped(value: Any) -> None:
            name = next(name for name, known in self._scope.items() if known is value)
            ask = self._asks.pop(0) if self._asks else {}
            if ask.get("drop") != name:
                raise CaseError(f"dropped {name}, expected {_shown(ask) if ask else 'nothing more'}")
            del self._scope[name]

        return dropped


def case_name(name: str) -> str:
    """A function as cases call it: `[method]session.total` is `session.total`."""
    word, _, rest = name.rpartition("]")
    return f"{rest}.constructor" if word == "[constructor" else rest


def _shown(value: dict[str, Any]) -> str:
    """A step or an ask, without what it asks itself."""
    text = json.dumps({key: item for key, item in value.items() if key != "asks"}, ensure_ascii=False)
    return text if len(text) <= 300 else text[:300] + "…"


def main() -> int:
    """Runs the program."""
    parser = argparse.ArgumentParser(prog="python -m anyhost.testing", description=__doc__, allow_abbrev=False)
    parser.add_argument("component", metavar="COMPONENT", help="the component (*.wasm)")
    parser.add_argument("cases", metavar="CASES", help="the cases of its contract, checked (*.json)")
    args = parser.parse_args()
    failed = 0
    try:
        with CasesPlugin(args.component) as plugin:
            document = json.loads(Path(args.cases).read_text(encoding="utf-8"))
            for case in plugin.cases(document):
                try:
                    plugin.run(case)
                    print(f"ok      {case.name}")
                except CaseError as error:
                    failed += 1
                    print(f"FAILED  {error}")
    except PluginError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except (OSError, ValueError, KeyError) as error:
        print(f"error: {args.cases}: expected the checked cases of a contract ({error})", file=sys.stderr)
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
