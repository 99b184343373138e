"""Resources: the component's own, and those that the host gives it."""

import gc
import os
from pathlib import Path
from typing import Any, ClassVar

import pytest
from anyhost import ComponentError, Plugin, PluginError, TrapError
from wasmtime import wat2wasm

WAT = Path(os.environ["RESOURCES"]).read_text()


class Table:
    """A resource of the host's."""

    ended: ClassVar[list[int]] = []

    def __init__(self, size: int) -> None:
        self.size = size

    def get(self, key: int) -> int:
        return self.size * key

    @staticmethod
    def count() -> int:
        return 7

    def close(self) -> None:
        Table.ended.append(self.size)


@pytest.fixture
def plugin(tmp_path: Path) -> Any:
    """The component, which is given tables."""
    (tmp_path / "guest.wasm").write_bytes(wat2wasm(WAT))
    Table.ended.clear()
    with Plugin(tmp_path / "guest.wasm", imports={"tables": {"table": Table}}) as plugin:
        yield plugin


def test_constructor_methods_and_static_functions(plugin: Any) -> None:
    counters = plugin.counters
    assert counters.counter is counters.Counter
    first, second = counters.Counter(5), counters.counter(value=1)
    assert isinstance(first, counters.Counter)
    assert (first.add(3), first.add(more=1)) == (8, 9)
    assert counters.Counter.sum(first, second).add(0) == 10
    assert repr(second).startswith("<Counter of ") and Table.ended == []


def test_use_after_the_end(plugin: Any) -> None:
    first, second = plugin.counters.counter(1), plugin.counters.counter(2)
    plugin.counters.counter.sum(first, second)
    with pytest.raises(PluginError, match="the counter is closed, or was given away"):
        first.add(1)
    with plugin.counters.counter(3) as third:
        assert third.add(1) == 4
    third.close()
    with pytest.raises(PluginError, match="the counter is closed, or was given away"):
        plugin.counters.counter.sum(third, second)


def test_wrong_arguments_give_nothing_away(plugin: Any) -> None:
    counters = plugin.counters
    first = counters.counter(1)
    with pytest.raises(TypeError, match=r"^second: expected own<counter>, got 5$"):
        counters.counter.sum(first, 5)
    with pytest.raises(PluginError, match="the counter is given away, and used again in one call"):
        counters.counter.sum(first, first)
    assert first.add(1) == 2
    with pytest.raises(TypeError, match=r"^in: expected borrow<table> \(Table\), got 5$"):
        counters.look(5, 1)
    with pytest.raises(TypeError, match=r"^key: expected u32, got None$"):
        counters.look(Table(1), None)
    assert (plugin._instance.kept, Table.ended) == ({}, [])


def test_ended_once_and_when_forgotten(plugin: Any) -> None:
    counters = plugin.counters
    before = counters.ended()
    counter = counters.counter(1)
    counter.close()
    counter.close()
    assert counters.ended() == before + 1
    forgotten = [counters.counter(1) for _ in range(5000)]
    del forgotten
    gc.collect()
    assert counters.ended() == before + 5001


def test_handle_of_an_instance_that_failed(plugin: Any) -> None:
    counter = plugin.counters.counter(1)
    with pytest.raises(TrapError):
        plugin.counters.fail()
    with pytest.raises(PluginError, match="the counter was lost with its instance, which failed"):
        counter.add(1)
    counter.close()
    assert plugin.counters.counter(3).add(1) == 4


def test_handle_of_another_plugin(plugin: Any, tmp_path: Path) -> None:
    with Plugin(tmp_path / "guest.wasm", imports={"tables": {"table": Table}}) as other:
        with pytest.raises(TypeError, match=r"^first: expected own<counter>, got <Counter of "):
            plugin.counters.counter.sum(other.counters.counter(1), plugin.counters.counter(1))
        with pytest.raises(TypeError, match=r"^self: expected borrow<counter>, got <Counter of "):
            plugin.counters.Counter.add(other.counters.counter(1), 1)


def test_resource_of_the_host(plugin: Any) -> None:
    counters, table = plugin.counters, Table(6)
    for _ in range(1000):
        assert counters.look(table, 7) == 42
    assert plugin._instance.kept == {}
    counters.keep(table)
    assert counters.give() is table and Table.ended == []
    counters.keep(table)
    counters.release()
    assert Table.ended == [6]
    assert counters.own(9) == 7
    counters.release()
    assert (Table.ended, plugin._instance.kept) == ([6, 9], {})


def test_what_the_end_of_a_resource_raises(plugin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def close(_self: Table) -> None:
        raise KeyError("own")

    monkeypatch.setattr(Table, "close", close)
    plugin.counters.keep(Table(1))
    with pytest.raises(KeyError, match="own"):
        plugin.counters.release()
    assert plugin.counters.counter(1).add(1) == 2


def test_resource_that_is_not_given(tmp_path: Path) -> None:
    (tmp_path / "guest.wasm").write_bytes(wat2wasm(WAT))
    with pytest.raises(ComponentError) as caught:
        Plugin(tmp_path / "guest.wasm", imports={"tables": {"tabel": Table}})
    problem = "imports table of test:resources/tables, which this host does not provide; it provides tabel"
    assert str(caught.value).endswith(problem)


def test_a_trap_of_the_engine_tells_the_reason_alone(plugin: Any) -> None:
    with pytest.raises(TrapError, match=r"guest\.wasm: trap: unknown handle index 0$"):
        plugin.counters.release()
