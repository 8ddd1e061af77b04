"""Whatever a file holds, a collector answers, or refuses in a way that becomes a gap; and soon."""

import time
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build.deployments import MemoryTree
from gauger.core.errors import LimitExceeded, Malformed, NothingToExamine, Unreadable
from gauger.core.limits import DEFAULT_LIMITS
from gauger.scan.ci_workflow import CiWorkflow
from gauger.scan.collector import Collected, FileView
from gauger.scan.compose import Compose
from gauger.scan.cyclonedx import CycloneDx
from gauger.scan.dockerfile import Dockerfile
from gauger.scan.helm import Helm
from gauger.scan.huggingface_cache import HuggingFaceCache
from gauger.scan.kubernetes import Kubernetes
from gauger.scan.kustomize import Kustomize
from gauger.scan.litellm import Litellm
from gauger.scan.makefile import Makefile
from gauger.scan.mlflow import Mlflow
from gauger.scan.model_files import ModelFiles
from gauger.scan.modelfile import Modelfile
from gauger.scan.ollama_store import OllamaStore
from gauger.scan.requirements import Requirements
from gauger.scan.shell_script import ShellScript
from gauger.scan.terraform import Terraform
from gauger.scan.training import Training

EXPECTED = (LimitExceeded, Malformed, NothingToExamine, Unreadable)
SECONDS = 20.0
COMMIT = "0" * 40
PLACES = [
    (ShellScript(), "run.sh"),
    (Makefile(), "Makefile"),
    (Dockerfile(), "Dockerfile"),
    (Compose(), "compose.yaml"),
    (Kubernetes(), "k.yaml"),
    (Kustomize(), "kustomization.yaml"),
    (Helm(), "c/values.yaml"),
    (Helm(), "c/templates/d.yaml"),
    (Terraform(), "main.tf"),
    (CiWorkflow(), ".github/workflows/x.yml"),
    (Litellm(), "l.yaml"),
    (Modelfile(), "Modelfile"),
    (Requirements(), "requirements.txt"),
    (Requirements(), "pyproject.toml"),
    (Requirements(), "package.json"),
    (Training(), "t.yaml"),
    (Mlflow(), "MLmodel"),
    (HuggingFaceCache(), f"models--a--b/snapshots/{COMMIT}/config.json"),
    (OllamaStore(), "o/manifests/registry.ollama.ai/library/a/b"),
    (CycloneDx(), "bom.json"),
    (ModelFiles(), "m/config.json"),
    (ModelFiles(), "m/x.safetensors"),
    (ModelFiles(), "m/x.pkl"),
]
KEYS = (
    "apiVersion: v1\nkind: Pod\nservices: {a: {image: x, command: y}}\n"
    "model_list: []\nlitellm_params: 1\nbase_model: a/b\n"
)
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
HOSTILE = {
    "yaml-bomb": KEYS + BOMB,
    "long-line": KEYS + "x: " + "a" * 2_000_000,
    "long-line-of-flags": "vllm serve " + "--model " * 200_000,
    "deep-flow": KEYS + "x: " + "[" * 50_000,
    "deep-block": KEYS + "".join(" " * n + "- \n" for n in range(2_000)),
    "template-soup": KEYS + "{{ " * 50_000 + "{{- range .x }}\n" * 20_000 + "}} {{ end }}" * 10_000,
    "template-lines": KEYS
    + "".join(f'x{n}: {{{{ .Values.a{n} | default (printf "%s" .b) }}}}\n' for n in range(9_000)),
    "open-braces": 'resource "a" "b" {' * 20_000,
    "open-quotes": 'RUN echo "' + "$(" * 50_000,
    "continuations": "RUN a \\\n" * 200_000,
    "control-characters": KEYS + "\x00\x1b[2J\u202e" * 1_000,
    "not-utf-8": b"\xff\xfe\x00\xd8" * 1_000,
    "self-reference": KEYS + "a: &a [*a]\n",
    "anchors": KEYS + "".join(f"k{n}: {{<<: *d}}\n" for n in range(5)) + "d: &d {x: y}\n",
    "bill-of-brackets": '{"bomFormat": "CycloneDX", "components": ' + "[" * 100_000,
    "bill-of-components": '{"bomFormat": "CycloneDX", "components": [' + '{"components": [' * 9_000,
    "many-documents": (KEYS + "---\n") * 3_000,
    "empty": "",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(("collector", "path"), PLACES, ids=[f"{c.ident}:{p}" for c, p in PLACES])
def test_hostile_files_end_soon(collector, path, name):
    """Bombs, endless lines, unbalanced brackets and template soup end within seconds."""
    tree = MemoryTree({path: HOSTILE[name], "c/Chart.yaml": "name: c"})
    started = time.monotonic()
    try:
        answer = collector.collect(FileView(path=PurePosixPath(path), tree=tree, limits=DEFAULT_LIMITS))
    except EXPECTED:
        answer = Collected()
    assert isinstance(answer, Collected)
    assert time.monotonic() - started < SECONDS


SPELT = r"""vllm serve ollama pull a/b $X ${Y:-c/d} --model = && ; ( ) " ' ` $( FROM RUN CMD [ ] { } {{ }}
.Values.x
| default : - model name resource variable var.x <<EOF EOF # , services: apiVersion: kind: env:"""
BREAKS = ["\\\n", "\n", "  ", "\nservices:\n", "\napiVersion: v1\nkind: Pod\n", "\n  env:\n  - "]
WORDS = st.sampled_from([*SPELT.split(), *BREAKS])


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=80).map(" ".join), st.sampled_from(PLACES))
def test_any_words_are_answered(text, place):
    """No mixture of the languages' own words makes a collector fail in an unexpected way."""
    collector, path = place
    tree = MemoryTree({path: text, "c/Chart.yaml": "name: c"})
    try:
        first = collector.collect(FileView(path=PurePosixPath(path), tree=tree, limits=DEFAULT_LIMITS))
        again = collector.collect(FileView(path=PurePosixPath(path), tree=tree, limits=DEFAULT_LIMITS))
    except EXPECTED:
        return
    assert first == again
