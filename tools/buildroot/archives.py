"""Debian archives on the loopback, and scripts of the build root that are told to use them."""

from __future__ import annotations

import hashlib
import http.server
import os
import pathlib
import shutil
import subprocess
import threading

SCRIPTS = pathlib.Path(__file__).parent
TIME = "20261030T120801Z"
NAMES = ["anyhost-a", "anyhost-b", "anyhost-c"]


def deb(folder: pathlib.Path, name: str, version: str, content: str = "") -> bytes:
    """A Debian package with one file, the same bytes for the same arguments."""
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "usr").mkdir()
    (tree / "usr" / name).write_text(content or version)
    essential = "Essential: yes\nPriority: required\n" if name == "anyhost-a" else ""
    (tree / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: test\n{essential}Description: test\n"
    )
    file = folder / "made.deb"
    environment = os.environ | {"SOURCE_DATE_EPOCH": "0"}
    command = ["dpkg-deb", "--root-owner-group", "-b", str(tree), str(file)]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return file.read_bytes()


class Archive:
    """A Debian archive behind an address of its own, below a path."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        # What is sent of a file, where that is not all of it.
        self.sent: dict[str, bytes] = {}
        self.stalls: set[str] = set()
        self.released = threading.Event()
        archive = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """Sends the files of the archive."""

            def do_GET(self) -> None:
                archive.asked.append(self.path)
                content = archive.files.get(self.path)
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                name = self.path.rpartition("/")[2]
                if name in archive.stalls:
                    archive.released.wait(60)
                self.wfile.write(archive.sent.get(name, content or b""))

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}{self.prefix}"

    def publish(self, debs: dict[str, bytes]) -> None:
        """Makes an index of these packages, by their names and versions."""
        index = ""
        self.files = {}
        for key, content in debs.items():
            name, version = key.split("=")
            path = f"pool/{name}_{version}_all.deb"
            self.files[f"{self.prefix}/{path}"] = content
            essential = "Essential: yes\nPriority: required\n" if name == "anyhost-a" else "Priority: optional\n"
            index += (
                f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: test\nDescription: test\n"
                f"{essential}Filename: {path}\nSize: {len(content)}\nSHA256: {hashlib.sha256(content).hexdigest()}\n\n"
            )
        packages = "main/binary-amd64/Packages"
        release = (
            "Origin: Test\nLabel: Test\nSuite: forky\nCodename: forky\nArchitectures: amd64\nComponents: main\n"
            f"Date: Fri, 30 Oct 2026 08:08:01 UTC\nSHA256:\n"
            f" {hashlib.sha256(index.encode()).hexdigest()} {len(index.encode())} {packages}\n"
        )
        self.files[f"{self.prefix}/dists/forky/Release"] = release.encode()
        self.files[f"{self.prefix}/dists/forky/{packages}"] = index.encode()

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


class World:
    """A mirror, its snapshot service, and a lock of what both have."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.mirror = Archive("/debian")
        self.snapshot = Archive(f"/snapshot/{TIME}")
        self.debs = {f"{name}=1.0": deb(folder, name, "1.0") for name in NAMES}
        self.mirror.publish(self.debs)
        self.snapshot.publish(self.debs)
        for script in "add", "fetch", "steps.sh":
            shutil.copy(SCRIPTS / script, folder / script)
        (folder / "packages").write_text("[base]\n" + "\n".join(NAMES) + "\n")
        self.lock = sorted(
            f"{key.replace('=', ' ')} {hashlib.sha256(data).hexdigest()}" for key, data in self.debs.items()
        )
        (folder / "lock").write_text(f"# snapshot {TIME}\n" + "".join(f"{line} base\n" for line in self.lock))
        (folder / "sources.list").write_text(f"deb [trusted=yes] {self.mirror.address} forky main\n")
        # Under another name: apt does not ask a host again whose other port has failed it.
        snapshots = self.snapshot.address.replace(TIME, "@SNAPSHOTID@/").replace("127.0.0.1", "localhost")
        (folder / "apt.conf").write_text(
            f'Dir::Etc::sourcelist "{folder}/sources.list";\n'
            f'Acquire::Snapshots::URI::Host::127.0.0.1 "{snapshots}";\n'
            'Acquire::http::Timeout "2";\nAcquire::Retries "1";\nAcquire::http::Proxy "DIRECT";\n'
        )

    def fetch(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs fetch, which leaves packages in `pool`."""
        command = [str(self.folder / "fetch"), "base", str(self.folder / "pool")]
        environment = {"PATH": os.environ["PATH"], "APT_CONFIG": str(self.folder / "apt.conf")} | environment
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=300)

    def add(self, **environment: str) -> subprocess.Popen[str]:
        """Starts add for anyhost-c, an add-on of the root `root`, whose base is the rest."""
        root = self.folder / "root"
        (root / "etc/anyhost/add-ons").mkdir(parents=True, exist_ok=True)
        for name, section in ("packages", "[more]\nanyhost-c"), ("lock", None):
            text = (self.folder / name).read_text()
            new = text.replace("anyhost-c", section) if section else text[:-5] + "more\n"
            (self.folder / name).write_text(text if "more" in text else new)
        command = [str(self.folder / "add"), "more", str(root)]
        environment = {"PATH": os.environ["PATH"], "APT_CONFIG": str(self.folder / "apt.conf")} | environment
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True)

    def got(self) -> list[str]:
        """What fetch says that it has, checked against the files."""
        lines = (self.folder / "pool" / "base.list").read_text().splitlines()
        for line in lines:
            sha256 = line.split()[2]
            assert hashlib.sha256((self.folder / "pool" / f"{sha256}.deb").read_bytes()).hexdigest() == sha256
        return lines

    def debs_asked(self, archive: Archive) -> list[str]:
        return sorted(path.rpartition("/")[2] for path in archive.asked if path.endswith(".deb"))
