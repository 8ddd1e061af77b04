"""Idioms of deployment files in the field: patches, secrets, refusals, servers' own images, test folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from build.deployments import collect, collect_all, models
from build.stacks import scanned
from gauger.scan.compose import Compose
from gauger.scan.helm import Helm
from gauger.scan.kubernetes import Kubernetes
from gauger.scan.kustomize import Kustomize
from gauger.scan.model_words import is_refusal, model_word
from gauger.scan.shell_script import ShellScript
from gauger.scan.terraform import Terraform
from gauger.scan.training import Training
from gauger.scan.values import Opaque

PATCHES = """
patches:
  - target: {kind: Deployment}
    patch: |-
      - op: replace
        path: /spec/template/spec/containers/0/env/2/value
        value: a/Chat-7B
      - {op: replace, path: /spec/predictor/model/storageUri, value: "hf://b/Two"}
      - {op: add, path: /data/LLM_MODEL, value: gpt-4o}
      - {op: replace, path: /data/API_KEY, value: hunter2}
      - {op: replace, path: /spec/replicas, value: 3}
      - op: replace
        path: /spec/model
        value: {llm_model: c/Three}
"""


def test_values_that_a_patch_replaces() -> None:
    """The path's key tells what a value is; a variable known by its number may hold a model."""
    found = collect(Kustomize(), "kustomization.yaml", PATCHES)
    said = {text.partition(": ")[2]: text for text in models(found)}
    assert {"a/Chat-7B", "b/Two", "gpt-4o", "c/Three"} == said.keys()
    assert said["a/Chat-7B"].startswith("7 ")
    assert next(c.weak for c in found.candidates if c.written == "a/Chat-7B")
    assert "hunter2" not in repr(found)


def test_a_model_kept_in_a_secret_is_told_as_unknown() -> None:
    """The place is a use whose model cannot be known; a key in a secret stays a credential."""
    text = """
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: a
      image: x
      env:
        - {name: LLM_MODEL, valueFrom: {secretKeyRef: {name: s, key: m}}}
        - {name: LLM_API_KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}
"""
    found = collect(Kubernetes(), "p.yaml", text)
    (use,) = [c for c in found.candidates if c.role != "access"]
    assert isinstance(use.model, Opaque)
    assert (use.location.line, use.written) == (10, "Secret s: m")


def test_servers_images_take_models_as_arguments() -> None:
    """LocalAI's arguments are names; a speech server's flag is a model's even for names nobody knows."""
    text = """
services:
  a: {image: "localai/localai:v2", command: [first-7b, second-3b]}
  b: {image: "quay.io/x/faster-whisper:1", command: --model tiny-x --language en}
  c: {image: "localai/localai:v2", command: [sh, -c, "sleep 1"]}
  d:
    image: x
    environment: {GROQ_MODEL_PREF: m-9b, EMBEDDING_MODEL_PREF: e-1}
"""
    found = models(collect(Compose(), "compose.yml", text), weak=False)
    assert [one.rpartition(": ")[2] for one in found] == ["first-7b", "second-3b", "tiny-x", "m-9b", "e-1"]


@pytest.mark.parametrize(
    ("line", "model", "namespace"),
    [
        ("""curl http://box:11434/api/pull -d '{"model":"odd-name:7b"}'""", "odd-name:7b", "ollama"),
        ("""curl https://router.huggingface.co/hf-inference/models/a/b -d '{"inputs":"x"}'""", "a/b", "api"),
        (
            'curl "https://generativelanguage.googleapis.com/v1beta/models/g-2:generateContent?key=$K" -d @x',
            "g-2",
            "api",
        ),
    ],
)
def test_requests_name_models_in_body_or_address(line: str, model: str, namespace: str) -> None:
    """A request to Ollama is certain; an inference service's address holds the model."""
    found = collect(ShellScript(), "x.sh", line)
    assert [c.namespace for c in found.candidates] == [namespace]
    assert models(found)[0].partition(": ")[2] == model


def test_a_folder_of_weights_to_train_from() -> None:
    """Torchtune names the base and the teacher by their folders."""
    text = """
tokenizer: {path: /d/Base-3B/t.model}
checkpointer: {_component_: torchtune.training.X, checkpoint_dir: /d/Base-3B}
teacher_checkpointer: {checkpoint_dir: /d/Big-8B}
"""
    found = collect(Training(), "r.yaml", text)
    assert [(c.written, c.role) for c in found.candidates if c.api == "checkpoint_dir"] == [
        ("/d/Base-3B", "training-base"),
        ("/d/Big-8B", "teacher"),
    ]


TERRAFORM = """
resource "aws_iam_policy" "p" {
  policy = jsonencode({ Statement = [
    { Effect = "Deny", Resource = "arn:aws:bedrock:*::foundation-model/a.one-v1:0" },
    { Effect = "Allow", Resource = "arn:aws:bedrock:*::foundation-model/b.two-v1:0" },
  ] })
}
resource "aws_bedrock_provisioned_model_throughput" "t" {
  provisioned_model_name = "busy"
  model_arn              = "arn:aws:bedrock:x::foundation-model/c.three-v1:0"
}
locals { sorter = "d/Four" }
resource "aws_sagemaker_model" "m" {
  primary_container { environment = { RERANKER_ID = local.sorter } }
}
"""


def test_policies_and_names_of_what_is_bought() -> None:
    """What a statement denies is a mention; a resource's own name is no model; `RERANKER_ID` may hold one."""
    found = collect_all(Terraform(), {"main.tf": TERRAFORM})
    assert {text.rpartition(": ")[2] for text in models(found)} >= {"a.one-v1:0", "b.two-v1:0", "d/Four"}
    mentioned = [c.model for c in found.candidates if c.mention]
    assert len(mentioned) == 1
    assert "a.one" in repr(mentioned)
    assert "busy" not in repr(found.candidates)


def test_lists_of_what_is_refused_are_mentions(tmp_path: Path) -> None:
    """`denied_models` and its kin name models that must not run."""
    text = "denied_models: [mistralai/Mistral-7B-v0.1]\nallowed_models: [mistralai/Mixtral-8x7B-v0.1]\n"
    said = {t.model.name: t.use.status for t in scanned(tmp_path, {"policy.yaml": text})}
    assert said["mistralai/Mistral-7B-v0.1"] == "mention"
    assert said["mistralai/Mixtral-8x7B-v0.1"] != "mention"


@pytest.mark.parametrize(
    "key", ["denied_models", "blockedModels", "model-blacklist", "disallow", "excludeModels"]
)
def test_words_of_refusal(key: str) -> None:
    """Spelt with underscores, hyphens or capitals."""
    assert is_refusal(key)


@pytest.mark.parametrize("key", ["models", "blocks", "allowed_models", "non_blocking", "bandwidth"])
def test_words_that_refuse_nothing(key: str) -> None:
    """A list of what may be used, and words that only look alike."""
    assert not is_refusal(key)


def test_an_actor_s_id_may_hold_a_model() -> None:
    """`RERANKER_ID` and `embedder-id` are places for what looks like a model."""
    for name in ("RERANKER_ID", "embedder-id"):
        word = model_word(name)
        assert word is not None
        assert word.strength == "weak"
    assert model_word("ORDER_ID") is None


def test_a_gateway_and_a_binding_take_models(tmp_path: Path) -> None:
    """`gateway("org/model")` names one; `env.AI.run(env.X)` uses one that the environment gives."""
    code = (
        'import { gateway, generateText } from "ai";\n'
        'const a = await generateText({ model: gateway("openai/gpt-4o"), prompt: "x" });\n'
        "export default { fetch: async (r, env) => env.AI.run(env.WHICH, { prompt: r }) };\n"
    )
    uses = [t.use for t in scanned(tmp_path, {"a.ts": code})]
    assert [(u.location.line, u.status) for u in uses if u.status == "unresolved"] == [(3, "unresolved")]
    assert any(u.location.line == 2 and u.status != "unresolved" for u in uses)


def test_a_name_in_a_typed_language_s_test_is_a_mention(tmp_path: Path) -> None:
    """What no SDK takes is no use where the build tool looks for tests."""
    code = 'package x\nfunc F() { m := map[string]string{"model": "gpt-4o-mini"}; _ = m }\n'
    files = {"a_test.go": code, "b.go": code}
    said = {(t.use.location.path, t.use.status == "mention") for t in scanned(tmp_path, files)}
    assert ("a_test.go", False) not in said


def test_a_folder_called_templates_is_no_chart() -> None:
    """Only files of a chart, and values files, are Helm's."""
    text = "models:\n  - model_id: a/b\n"
    assert collect(Helm(), "app/templates/run.yaml", text).candidates == ()
    assert models(collect(Helm(), "deploy/values-prod.yaml", "llmModel: a/b\n")) == ["1 llmModel: a/b"]


def test_a_recipe_of_few_words() -> None:
    """`model_name` alone names the base where the other keys are a trainer's."""
    text = 'model_name: "a/Base-8B"\ndataset_name: c/d\nlearning_rate: 1e-4\noutput_dir: x\n'
    assert "1 model_name: a/Base-8B" in models(collect(Training(), "config.yaml", text))
    assert model_word("HUB_MODEL_ID") is None


@pytest.mark.parametrize(
    ("text", "model", "provider"),
    [
        ('{"handle": "groq/qwen/qwen3-32b", "model_settings": {"top_p": 1}}', "qwen/qwen3-32b", "groq"),
        ('{"model": "gpt-4o-mini", "model_endpoint_type": "azure"}', "gpt-4o-mini", "azure-openai"),
        (
            '{"model": "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-v9:0"}',
            "us.anthropic.claude-v9:0",
            "aws-bedrock",
        ),
        (
            '{"upstreams": [{"api_base": "https://api.openai.com", "models": [{"id": "gpt-4o"}]}]}',
            "gpt-4o",
            "openai",
        ),
        (
            '{"model": "gpt-4o", "temperature": 1, "provider": "openai", "icon": "\\ud83d\\ude00"}',
            "gpt-4o",
            "openai",
        ),
        (
            '{"model": "gpt-4o", "temperature": 1, "provider": "openai", "icon": "\\ud83d"}',
            "gpt-4o",
            "openai",
        ),
    ],
    ids=["handle", "endpoint-type", "resource", "list-of-a-provider", "emoji", "half-an-emoji"],
)
def test_settings_tell_who_serves(tmp_path: Path, text: str, model: str, provider: str) -> None:
    """A handle, a type of endpoint, a resource's name, what stands around a list; all of JSON is read."""
    said = scanned(tmp_path, {"a.json": text})
    assert [(t.model.name, t.provider) for t in said if t.use.role != "access"] == [(model, provider)]


def test_a_handle_without_a_model_beside_it_is_somebody_s_name(tmp_path: Path) -> None:
    """People have handles too."""
    assert scanned(tmp_path, {"a.json": '{"handle": "groq/somebody", "mail": "x"}'}) == []


def test_each_task_file_has_its_own_variables(tmp_path: Path) -> None:
    """Two task files of one folder set the same name; each command line takes its own."""
    task = "env:\n  - MODEL_ID={0}\ncommands:\n  - python train.py --model_name_or_path $MODEL_ID\n"
    files = {"one.yml": task.format("a/One"), "two.yml": task.format("a/Two")}
    said = scanned(tmp_path, files)
    assert {(t.use.location.path, t.model.name) for t in said} == {("one.yml", "a/One"), ("two.yml", "a/Two")}


def test_an_entry_point_that_is_text_runs_the_listed_arguments() -> None:
    """Compose takes one as text and the other as a list."""
    text = """
services:
  a:
    image: ollama/ollama
    entrypoint: /bin/sh
    command: ["-c", "ollama pull odd-name:7b"]
"""
    assert [one.rpartition(": ")[2] for one in models(collect(Compose(), "c.yml", text))] == ["odd-name:7b"]


def test_a_module_s_source_tells_the_cloud() -> None:
    """`source = ".../bedrock/agent"` is a module of Bedrock's."""
    text = 'module "a" {\n  source = "../modules/bedrock/agent"\n  foundation_model = "v.m-1"\n}\n'
    found = collect_all(Terraform(), {"main.tf": text})
    assert [(c.provider, c.weak) for c in found.candidates] == [("aws-bedrock", False)]


def test_a_default_of_a_key_that_carries_a_model(tmp_path: Path) -> None:
    """What holds unless a caller gives another is a use; an empty default leaves the place unknown."""
    code = (
        'import { Ollama } from "@llamaindex/ollama";\n'
        'export const f = (c) => ({ model: c.model ?? "gpt-4o", car: c.model ?? "gpt-4" });\n'
        'export const g = new Ollama({ model: process.env.WHICH ?? "" });\n'
    )
    said = [(t.use.location.line, t.use.status, t.model.name) for t in scanned(tmp_path, {"a.ts": code})]
    assert said[0] == (2, "declared", "gpt-4o")
    assert [line for line, status, _ in said if status == "unresolved"] == [3]
    assert len(said) == 2


def test_a_client_that_is_given_azure_is_azure_s(tmp_path: Path) -> None:
    """The same class reaches OpenAI without it."""
    code = (
        'import { OpenAI } from "@llamaindex/openai";\n'
        'const a = new OpenAI({ model: "gpt-4o", azure: { endpoint: process.env.WHERE } });\n'
        'const b = new OpenAI({ model: "gpt-4o" });\n'
    )
    said = scanned(tmp_path, {"a.ts": code})
    assert [(t.use.location.line, t.provider) for t in said] == [(2, "azure-openai"), (3, "openai")]


def test_settings_that_tests_compare_with_are_mentions(tmp_path: Path) -> None:
    """A folder of fixtures holds no production use; `tests/` alone may hold settings of a real run."""
    text = '{"llm_model": "mistralai/Mistral-7B-v0.1"}'
    said = scanned(tmp_path, {"src/fixtures/a.json": text, "tests/configs/b.json": text})
    assert [(t.use.location.path, t.use.status == "mention") for t in said] == [
        ("src/fixtures/a.json", True),
        ("tests/configs/b.json", False),
    ]
