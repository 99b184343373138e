"""The manifests that the build renders are what Kubernetes takes."""

import os
import re
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml  # type: ignore[import-untyped]

REPOSITORY = "registry.example:5000/team/wasi_http_rust"
# Of Kubernetes: the oldest that the readme speaks of, and the newest that the validator has.
VERSIONS = ["1.30", "1.37"]


def render(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([os.environ["RENDER"], *args], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def manifests() -> dict[str, dict[str, Any]]:
    result = render("--repository", REPOSITORY)
    assert result.returncode == 0, result.stderr
    documents = list(yaml.safe_load_all(result.stdout))
    assert [document["kind"] for document in documents] == [
        "RuntimeClass",
        "Deployment",
        "Service",
    ]
    return {document["kind"]: document for document in documents}


def validate(manifest: dict[str, Any], version: str) -> None:
    used = kubernetes_validate.validate(manifest, version, strict=True)
    assert used.startswith(version), "there are schemas of this very version"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["RuntimeClass", "Deployment", "Service"])
def test_schema(manifests: dict[str, dict[str, Any]], kind: str, version: str) -> None:
    validate(manifests[kind], version)


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("RuntimeClass", ["handler"], None),
        ("RuntimeClass", ["handler"], 1),
        ("Deployment", ["spec", "selector"], None),
        ("Deployment", ["spec", "replicas"], "two"),
        ("Deployment", ["spec", "template", "spec", "runtimeClass"], "anyhost"),
        ("Deployment", ["spec", "template", "spec", "containers"], None),
        ("Service", ["spec", "ports", 0, "port"], "http"),
        ("Service", ["spec", "ports", 0, "targetport"], 8080),
    ],
)
def test_broken_ones_are_refused(
    manifests: dict[str, dict[str, Any]],
    kind: str,
    path: list[str | int],
    value: object,
) -> None:
    broken: Any = deepcopy(manifests[kind])
    parent = broken
    for key in path[:-1]:
        parent = parent[key]
    if value is None:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    with pytest.raises(kubernetes_validate.ValidationError):
        validate(broken, VERSIONS[0])


def test_image_is_the_one_that_was_built(manifests: dict[str, dict[str, Any]]) -> None:
    [container] = manifests["Deployment"]["spec"]["template"]["spec"]["containers"]
    digest = Path(os.environ["DIGEST"]).read_text().strip()
    assert re.fullmatch("sha256:[0-9a-f]{64}", digest)
    assert container["image"] == f"{REPOSITORY}@{digest}"


def test_parts_find_each_other(manifests: dict[str, dict[str, Any]]) -> None:
    deployment, service = manifests["Deployment"]["spec"], manifests["Service"]["spec"]
    pod = deployment["template"]
    labels = pod["metadata"]["labels"]
    assert deployment["selector"]["matchLabels"].items() <= labels.items()
    assert service["selector"].items() <= labels.items()
    assert pod["spec"]["runtimeClassName"] == manifests["RuntimeClass"]["metadata"]["name"]
    [container], [port] = pod["spec"]["containers"], service["ports"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {port["targetPort"]: 8080}
    for probe in ["readinessProbe", "livenessProbe"]:
        assert container[probe]["httpGet"]["port"] in ports


def test_stopping_serves_those_who_do_not_know_yet(
    manifests: dict[str, dict[str, Any]],
) -> None:
    pod = manifests["Deployment"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    [flags] = [variable["value"] for variable in container["env"] if variable["name"] == "ANYHOST_FLAGS"]
    delay = re.fullmatch(r"--shutdown-delay (\d+)s", flags)
    assert delay is not None
    # Nodes take some seconds; after the delay the host's --grace of 10 s begins, and then Kubernetes kills.
    assert int(delay[1]) >= 5
    assert int(delay[1]) + 10 < pod["terminationGracePeriodSeconds"]


@pytest.mark.parametrize("repository", ["", "name", "host/Name", "host/name:tag", "host/name@sha256:0", "$x"])
def test_bad_repository(repository: str) -> None:
    result = render("--repository", repository)
    assert (result.returncode, result.stdout) == (2, "")
    assert f"'{repository}': expected HOST/NAME" in result.stderr.splitlines()[-1]


def test_no_repository() -> None:
    result = render()
    assert (result.returncode, result.stdout) == (2, "")
    assert "required: --repository" in result.stderr.splitlines()[-1]
