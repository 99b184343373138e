"""fetch and add against a mirror and a snapshot service that lose, change, delay and damage packages."""

from __future__ import annotations

import os
import pathlib
import subprocess
import time
from collections.abc import Iterator

import pytest
from archives import NAMES, TIME, World, deb


@pytest.fixture
def world(tmp_path: pathlib.Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.mirror.close()
    made.snapshot.close()


def said(run: subprocess.CompletedProcess[str]) -> list[str]:
    """What a user sees, without apt's own words, which go to the log."""
    return [line for line in run.stderr.splitlines() if line.startswith("anyhost: ")]


def test_mirror_has_all(world: World) -> None:
    run = world.fetch()
    assert run.returncode == 0, run.stderr
    assert world.got() == world.lock
    assert not world.snapshot.asked and not said(run)


def test_mirror_dropped_some(world: World) -> None:
    newer = {f"{name}=2.0": deb(world.folder, name, "2.0") for name in NAMES[:2]}
    world.mirror.publish(newer | {"anyhost-c=1.0": world.debs["anyhost-c=1.0"]})
    run = world.fetch(ANYHOST_STRICT="1")
    assert run.returncode == 0, run.stderr
    assert world.got() == world.lock
    assert world.debs_asked(world.snapshot) == ["anyhost-a_1.0_all.deb", "anyhost-b_1.0_all.deb"]
    assert world.debs_asked(world.mirror) == ["anyhost-c_1.0_all.deb"]


def test_mirror_changed_a_hash(world: World) -> None:
    world.mirror.publish(world.debs | {"anyhost-b=1.0": deb(world.folder, "anyhost-b", "1.0", "another")})
    run = world.fetch(ANYHOST_STRICT="1")
    assert run.returncode == 0, run.stderr
    assert world.got() == world.lock
    assert world.debs_asked(world.snapshot) == ["anyhost-b_1.0_all.deb"]


def test_mirror_stalls(world: World) -> None:
    world.mirror.stalls = {"anyhost-c_1.0_all.deb"}
    run = world.fetch(ANYHOST_STRICT="1")
    assert run.returncode == 0, run.stderr
    assert world.got() == world.lock
    assert "anyhost-c_1.0_all.deb" in world.debs_asked(world.snapshot)


def test_mirror_damages(world: World) -> None:
    name = "anyhost-b_1.0_all.deb"
    world.mirror.sent = {name: bytes(len(world.debs["anyhost-b=1.0"]))}
    run = world.fetch(ANYHOST_STRICT="1")
    assert run.returncode == 0, run.stderr
    assert world.got() == world.lock
    assert world.debs_asked(world.snapshot) == [name]


def test_broken_off_and_gone_on(world: World) -> None:
    name = "anyhost-b_1.0_all.deb"
    for archive in world.mirror, world.snapshot:
        archive.sent = {name: world.debs["anyhost-b=1.0"][:100]}
    run = world.fetch()
    assert run.returncode == 3, run.stderr
    assert said(run)[-1] == "anyhost: the download of anyhost-b 1.0 broke off or is damaged: run ./bazel again to go on"
    assert not (world.folder / "pool" / "base.list").exists()
    world.mirror.sent = {}
    world.mirror.asked.clear()
    run = world.fetch()
    assert run.returncode == 0, run.stderr
    assert world.got() == world.lock
    assert set(world.debs_asked(world.mirror)) == {name}


def test_gone_for_good(world: World) -> None:
    newer = world.debs | {"anyhost-b=2.0": deb(world.folder, "anyhost-b", "2.0")}
    del newer["anyhost-b=1.0"]
    world.mirror.publish(newer)
    world.snapshot.publish(newer)
    run = world.fetch(ANYHOST_STRICT="1")
    assert run.returncode == 3, run.stderr
    assert said(run)[-1] == (
        "anyhost: neither the mirror nor its snapshot has anyhost-b as locked (1 such): "
        "tools/buildroot/update-lock makes a new lock"
    )
    run = world.fetch()
    assert run.returncode == 0, run.stderr
    assert [line.split()[:2] for line in world.got()] == [
        ["anyhost-a", "1.0"],
        ["anyhost-b", "2.0"],
        ["anyhost-c", "1.0"],
    ]
    warnings = "\n".join(said(run))
    assert "WARNING" in warnings and "< anyhost-b 1.0" in warnings and "> anyhost-b 2.0" in warnings


def test_snapshot_service_is_gone(world: World) -> None:
    newer = world.debs | {"anyhost-b=2.0": deb(world.folder, "anyhost-b", "2.0")}
    del newer["anyhost-b=1.0"]
    world.mirror.publish(newer)
    world.snapshot.close()
    run = world.fetch(ANYHOST_STRICT="1")
    assert run.returncode == 3, run.stderr
    assert "neither the mirror nor its snapshot has anyhost-b as locked" in said(run)[-1]


def test_no_network(world: World) -> None:
    world.mirror.close()
    world.snapshot.close()
    run = world.fetch()
    assert run.returncode == 3, run.stderr
    assert said(run)[1:] == [
        "anyhost: the Debian mirror cannot be reached: is the network up? run ./bazel again to go on"
    ]


def test_mirror_is_down(world: World) -> None:
    world.mirror.close()
    run = world.fetch(ANYHOST_STRICT="1")
    assert run.returncode == 0, run.stderr
    assert world.got() == world.lock


def test_new_lock(world: World) -> None:
    (world.folder / "packages").write_text("[base]\nanyhost-a\nanyhost-b # comment\n\n[more]\nanyhost-c\n")
    command = [str(world.folder / "fetch"), "--resolve", str(world.folder / "pool")]
    environment = {"PATH": os.environ["PATH"], "APT_CONFIG": str(world.folder / "apt.conf")}
    run = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=300)
    assert run.returncode == 0, run.stderr
    parts = ["base", "base", "more"]
    lines = [f"# snapshot {TIME}"] + [f"{line} {part}" for line, part in zip(world.lock, parts)]
    assert run.stdout.splitlines() == lines


def in_root(world: World) -> list[str]:
    """The files of the root, but for the linker's cache."""
    root = world.folder / "root"
    files = (str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    return sorted(file for file in files if file != "etc/ld.so.cache")


ADDED = ["etc/anyhost/add-ons/more", "usr/anyhost-c"]


def test_add_on_comes_once(world: World) -> None:
    both = [world.add(), world.add()]
    for process in both:
        _, stderr = process.communicate(timeout=300)
        assert process.returncode == 0, stderr
    assert in_root(world) == ADDED
    assert world.debs_asked(world.mirror) == ["anyhost-c_1.0_all.deb"]
    again = world.add()
    _, stderr = again.communicate(timeout=300)
    assert again.returncode == 0 and not stderr
    assert not (world.folder / "root.stage").exists() and not (world.folder / "root.packages").exists()


def test_add_on_is_interrupted(world: World) -> None:
    world.mirror.stalls = {"anyhost-c_1.0_all.deb"}
    with (world.folder / "apt.conf").open("a") as conf:
        conf.write('Acquire::http::Timeout "60";\n')
    process = world.add()
    while not world.debs_asked(world.mirror):
        assert process.poll() is None
        time.sleep(0.1)
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 143
    assert in_root(world) == []
    world.mirror.released.set()
    process = world.add()
    _, stderr = process.communicate(timeout=300)
    assert process.returncode == 0, stderr
    assert in_root(world) == ADDED


def test_add_on_cannot_be_had(world: World) -> None:
    world.mirror.close()
    world.snapshot.close()
    process = world.add()
    _, stderr = process.communicate(timeout=300)
    assert process.returncode == 1
    assert stderr.splitlines()[-1].startswith("anyhost: the Debian mirror cannot be reached")
    assert in_root(world) == []


def test_add_on_is_gone_for_good(world: World) -> None:
    newer = world.debs | {"anyhost-c=2.0": deb(world.folder, "anyhost-c", "2.0")}
    del newer["anyhost-c=1.0"]
    world.mirror.publish(newer)
    world.snapshot.publish(newer)
    settings = world.folder / "root/etc/anyhost/bazelrc"
    settings.parent.mkdir(parents=True)
    settings.write_text("common --repo_env=ANYHOST_BUILD_ROOT=locked\n")
    process = world.add(ANYHOST_BUILD_ROOT="locked", ANYHOST_STRICT="1")
    _, stderr = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "neither the mirror nor its snapshot has anyhost-c as locked" in stderr.splitlines()[-1]
    assert settings.exists() and in_root(world) == ["etc/anyhost/bazelrc"]
    # It is there then, but not for a Bazel that has the disk cache of what is locked, now or later.
    for _ in range(2):
        process = world.add(ANYHOST_BUILD_ROOT="locked")
        _, stderr = process.communicate(timeout=300)
        assert process.returncode == 1
        assert "'more' is not the locked one: run ./bazel again" in stderr.splitlines()[-1]
        assert not settings.exists() and set(ADDED) <= set(in_root(world))
    settings.write_text("common --repo_env=ANYHOST_BUILD_ROOT=another\n")
    process = world.add(ANYHOST_BUILD_ROOT="another")
    process.communicate(timeout=300)
    assert process.returncode == 0
