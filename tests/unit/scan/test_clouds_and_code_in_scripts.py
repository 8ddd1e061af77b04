"""CloudFormation, Bicep, Jenkins, Nomad, bake files, and programs that stand inside scripts and manifests."""

from __future__ import annotations

from pathlib import Path

import pytest

from build.stacks import lookup, scanned, stack
from gauger.scan.scan import scan

LOAD = 'from transformers import AutoModel\nAutoModel.from_pretrained("org/Py-1")\n'


def placed(root: Path, files: dict[str, str]) -> list[tuple[int, str, str]]:
    """Line, model and provider of each use."""
    return [
        (t.use.location.line, t.model.name, t.provider)
        for t in scanned(root, files)
        if t.use.status != "mention"
    ]


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("a.sh", f"set -e\npython3 -u - <<'PY'\n{LOAD}PY\n", 4),
        ("a.sh", f"cat > load.py <<EOT\n{LOAD}EOT\n", 3),
        (
            "a.sh",
            "python -c 'from transformers import AutoModel; AutoModel.from_pretrained(\"org/Py-1\")'\n",
            1,
        ),
        ("Dockerfile", f"FROM x\nRUN python - <<'PY'\n{LOAD}PY\n", 4),
        ("Dockerfile", f"FROM x\nRUN <<PY\n#!/usr/bin/env python3\n{LOAD}PY\n", 5),
        ("Dockerfile", f"FROM x\nCOPY <<PY /app/load.py\n{LOAD}PY\n", 4),
        (
            ".github/workflows/a.yml",
            (
                "jobs:\n  a:\n    steps:\n      - shell: python\n        run: |\n"
                "          from transformers import AutoModel\n"
                "          AutoModel.from_pretrained('org/Py-1')\n"
            ),
            7,
        ),
        (
            "k.yaml",
            (
                "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec:\n  templates:\n"
                "    - script:\n        image: python\n        command: [python]\n        source: |\n"
                "          from transformers import AutoModel\n"
                "          AutoModel.from_pretrained('org/Py-1')\n"
            ),
            11,
        ),
        (
            "c.yaml",
            (
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  load.py: |\n"
                "    from transformers import AutoModel\n    AutoModel.from_pretrained('org/Py-1')\n"
            ),
            7,
        ),
    ],
)
def test_python_inside_other_files_is_read_on_its_line(
    tmp_path: Path, file: str, text: str, line: int
) -> None:
    """Here documents, `-c`, written files, steps and ConfigMaps: places are those of the outer file."""
    assert placed(tmp_path, {file: text}) == [(line, "org/Py-1", "")]


def test_a_shells_variable_inside_code_is_followed(tmp_path: Path) -> None:
    """The shell fills in `$M` before Python sees it."""
    text = (
        "M=org/Py-1\npython - <<PY\nfrom transformers import AutoModel\nAutoModel.from_pretrained('$M')\nPY\n"
    )
    assert placed(tmp_path, {"a.sh": text}) == [(4, "org/Py-1", "")]


def test_broken_code_inside_a_script_is_a_gap_and_the_rest_is_read(tmp_path: Path) -> None:
    """A here document that is no Python costs itself."""
    text = "python - <<PY\ndef (\nPY\nollama pull phi3:mini\n"
    assert placed(tmp_path, {"a.sh": text}) == [(4, "phi3:mini", "self")]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("aws s3 cp s3://b/models/qwen.tar.gz .", "s3://b/models/qwen.tar.gz"),
        ("gsutil cp -r gs://b/gemma-2b-it /m", "gs://b/gemma-2b-it"),
        (
            "curl -LO https://files.example.org/x/net.safetensors",
            "https://files.example.org/x/net.safetensors",
        ),
        ("oras pull reg.example.org/models/tiny:v1", "reg.example.org/models/tiny:v1"),
    ],
)
def test_weights_in_stores_are_uses(tmp_path: Path, command: str, name: str) -> None:
    """By the ending of a file, by the words of a folder in an object store."""
    assert [told.model.name for told in scanned(tmp_path, {"a.sh": command + "\n"})] == [name]


@pytest.mark.parametrize(
    "command",
    [
        "aws s3 cp s3://b/models/labels.csv .",
        "gsutil cp gs://b/data/rows .",
        "curl -LO https://x.org/site.zip",
    ],
)
def test_other_files_in_stores_are_none(tmp_path: Path, command: str) -> None:
    """Tables, folders of data and archives say nothing of models."""
    assert scanned(tmp_path, {"a.sh": command + "\n"}) == []


def test_cloudformation_is_followed_through_references(tmp_path: Path) -> None:
    """Agents, resource names with substitutions, environments that refer to parameters."""
    text = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Chosen: {Type: String, Default: amazon.nova-pro-v1:0}
Resources:
  A:
    Type: AWS::Bedrock::Agent
    Properties:
      FoundationModel: anthropic.claude-3-haiku-20240307-v1:0
  F:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables:
          BEDROCK_MODEL_ID: !Ref Chosen
  R:
    Type: AWS::IAM::Role
    Properties:
      Resource: !Sub arn:aws:bedrock:${AWS::Region}::foundation-model/amazon.titan-embed-text-v2:0
"""
    assert placed(tmp_path, {"t.yaml": text}) == [
        (8, "anthropic.claude-3-haiku-20240307-v1:0", "aws-bedrock"),
        (14, "amazon.nova-pro-v1:0", "aws-bedrock"),
        (18, "amazon.titan-embed-text-v2:0", "aws-bedrock"),
    ]


def test_bicep_deploys_models_by_name_and_by_parameter(tmp_path: Path) -> None:
    """The deployment's format tells the service; a parameter's default is followed; comments are none."""
    text = """// model: { format: 'OpenAI', name: 'gpt-4' }
param chatModelName string = 'gpt-4o'
resource d 'x' = {
  properties: { model: {
    format: 'OpenAI'
    name: chatModelName
    version: '2024-08-06'
  } }
}
"""
    found = placed(tmp_path, {"m.bicep": text})
    assert (6, "gpt-4o", "azure-openai") in found
    assert {line for line, _, _ in found} <= {2, 6}


def test_pipelines_of_jenkins_run_shell(tmp_path: Path) -> None:
    """Single and triple quotes, with places."""
    text = "pipeline {\n sh 'ollama pull phi3:mini'\n sh '''\n  hf download org/Hub-1\n '''\n}\n"
    assert placed(tmp_path, {"Jenkinsfile": text}) == [(2, "phi3:mini", "self"), (4, "org/Hub-1", "")]


def test_nomad_and_bake_are_read_as_hcl(tmp_path: Path) -> None:
    """A task's arguments and environment, a target's arguments with a variable."""
    files = {
        "j.nomad.hcl": 'job "a" {\n task "b" {\n  config {\n   image = "vllm/vllm-openai"\n'
        '   args = ["--model", "org/Served-1"]\n  }\n  env { EMBED_MODEL = "org/Emb-1" }\n }\n}\n',
        "docker-bake.hcl": 'variable "M" { default = "org/Bake-1" }\n'
        'target "t" {\n args = { HF_MODEL_ID = M }\n}\n',
    }
    assert {(line, name) for line, name, _ in placed(tmp_path, files)} == {
        (3, "org/Bake-1"), (5, "org/Served-1"), (7, "org/Emb-1"),
    }  # fmt: skip


def test_units_start_servers(tmp_path: Path) -> None:
    """A systemd unit with two `Environment=` lines."""
    text = (
        "[Service]\nEnvironment=HF_TOKEN=hf_abcdefghijklmnopqrstuvwxyz\nEnvironment=LLM_MODEL=org/Env-1\n"
        "ExecStart=/usr/bin/vllm serve org/Unit-1\n"
    )
    found = scanned(tmp_path, {"a.service": text})
    assert {t.model.name for t in found if t.use.role != "access"} == {"org/Env-1", "org/Unit-1"}
    assert "hf_abc" not in str(found)


def test_accelerators_are_told_from_what_scripts_run_and_install(tmp_path: Path) -> None:
    """An image of vllm-ascend, a package of torch_npu, a variable of ROCm, a TPU's wheel in CI."""
    files = {
        "a.sh": "export HIP_VISIBLE_DEVICES=0\n"
        "docker run --rm quay.io/ascend/vllm-ascend:v0.9 vllm serve a/B\n",
        "Dockerfile": "FROM python\nRUN pip install 'torch_npu==2.1' numpy\n",
        ".github/workflows/w.yml": "jobs:\n  a:\n    container: quay.io/ascend/cann:8\n    steps:\n"
        "      - run: python -m pip install torch_xla\n",
    }
    inventory = scan(stack(tmp_path, files), lookup())
    chips = [(a.location.path, a.title) for a in inventory.artifacts if a.kind == "chip-target"]
    assert sorted(chips) == [
        (".github/workflows/w.yml", "Google TPU"),
        (".github/workflows/w.yml", "Huawei Ascend (CANN)"),
        ("Dockerfile", "Huawei Ascend (CANN)"),
        ("a.sh", "AMD ROCm"),
        ("a.sh", "Huawei Ascend (CANN)"),
    ]
