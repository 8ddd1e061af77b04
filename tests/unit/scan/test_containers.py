"""Dockerfiles, Compose files and Kubernetes manifests."""

from build.deployments import aliases, collect, followed, models, one
from gauger.scan.compose import Compose
from gauger.scan.dockerfile import Dockerfile
from gauger.scan.kubernetes import Kubernetes

DOCKERFILE = r"""
FROM vllm/vllm-openai:v1 AS base
ARG MODEL=a/b
ENV HF_HOME=/models MODEL_ID=${MODEL} OPENAI_API_KEY=hunter2
RUN --mount=type=cache,target=/x hf download c/d \
    # why
    --local-dir /models/r1
RUN <<EOF
hf download e/f
EOF
CMD ["--model", "$MODEL", \
  "--served-model-name", "chat"]
FROM ollama/ollama
ENTRYPOINT ["/bin/sh", "-c", "ollama serve & ollama pull phi3"]
FROM quay.io/ascend/vllm-ascend:v1
ENTRYPOINT vllm serve g/h
ADD https://huggingface.co/i/j/resolve/main/x.gguf /models/
"""

COMPOSE = """
x-shared: &shared
  LLM_MODEL: ${LLM_MODEL:-a/b}
  LLM_BASE_URL: https://user:hunter2@api.example.org/v1
services:
  app:
    build: {context: ../svc}
    environment:
      <<: *shared
      OPENAI_API_KEY: hunter2
    models: {llm: {model_var: CHOSEN}}
  server:
    image: vllm/vllm-openai
    environment: ["MODEL=c/d"]
    command: ["--model", "${MODEL}"]
  llama:
    image: ghcr.io/ggml-org/llama.cpp:server
    command: -hf e/f:Q4 --port 80
  ollama:
    image: ollama/ollama
    command: >
      sh -c "ollama serve &
      ollama pull phi3"
models:
  llm: {model: ai/smollm2:360M}
"""

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  template:
    spec:
      initContainers:
        - name: fetch
          image: python
          command: ["sh", "-c"]
          args:
            - |
              pip install x
              hf download $(MODEL) --local-dir /m
          env: [{name: MODEL, value: a/b}]
      containers:
        - name: serve
          image: vllm/vllm-openai:latest
          args: ["--model", "$(LLM_MODEL)", "--served-model-name=chat"]
          env:
            - name: LLM_MODEL
              valueFrom: {configMapKeyRef: {name: cm, key: model}}
            - name: HF_TOKEN
              valueFrom: {secretKeyRef: {name: s, key: t}}
          resources: {limits: {huawei.com/Ascend910: 8}}
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: cm}
    data:
      model: c/d
      proxy.yaml: |
        model_list:
          - model_name: gpt-4o
            litellm_params: {model: deepseek/deepseek-chat}
      start.sh: |
        #!/bin/sh
        ollama pull phi3
  - apiVersion: v1
    kind: Secret
    stringData: {DEEPSEEK_API_KEY: hunter2}
"""

CUSTOM = """
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: one}
spec:
  predictor:
    model:
      modelFormat: {name: huggingface}
      storageUri: hf://a/b
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: two}
spec: {predictor: {model: {storageUri: "s3://bucket/x/"}}}
---
apiVersion: kubeai.org/v1
kind: Model
metadata: {name: m}
spec: {url: "ollama://phi3:mini"}
---
apiVersion: ray.io/v1
kind: RayService
metadata: {name: r}
spec:
  serveConfigV2: |
    applications:
      - args:
          llm_configs:
            - model_loading_config: {model_id: chat, model_source: e/f}
---
apiVersion: example.org/v1
kind: Car
metadata: {name: c}
spec: {car: {model: corolla}}
"""


def test_a_dockerfile_is_read_stage_by_stage():
    """Shell and exec form, here documents, comments in continuations, arguments of the image's program."""
    found = collect(Dockerfile(), "d/Dockerfile", DOCKERFILE)
    assert models(found) == [
        "4 MODEL_ID: a/b",
        "5 hf download: c/d",
        "9 hf download: e/f",
        "11 --model: a/b",
        "14 ollama pull: phi3",
        "17 ADD: i/j",
        "16 vllm serve: g/h",
    ]
    assert aliases(found) == {"chat": ["a/b"]}
    assert "Huawei Ascend (CANN)" in [a.title for a in found.artifacts if a.kind == "chip-target"]
    assert "hunter2" not in repr(found)


def test_an_image_may_hold_a_model():
    """NVIDIA's NIM images are called like the model in them."""
    found = collect(Dockerfile(), "Dockerfile", "FROM nvcr.io/nim/meta/llama-3.1-8b-instruct:1.2\n")
    assert models(found) == ["1 FROM: meta/llama-3.1-8b-instruct"]


def test_compose_services_and_models():
    """Commands in both forms, environments with merges and defaults, declared models and their variables."""
    found = collect(Compose(), "deploy/compose.yaml", COMPOSE)
    assert sorted(models(found)) == sorted(
        [
            "25 models.llm.model: ai/smollm2:360M",
            "3 LLM_MODEL: a/b",
            "14 MODEL: c/d",
            "15 --model: c/d",
            "18 -hf: e/f:Q4",
            "23 ollama pull: phi3",
        ]
    )
    assert one(found, "a/b").endpoint.text == "https://api.example.org/v1"
    chosen = next(b for b in found.bindings if b.name == "CHOSEN")
    assert (followed(chosen.value, found), chosen.scope) == (["ai/smollm2:360M"], "svc")
    assert "hunter2" not in repr(found)


def test_arguments_that_a_variable_holds():
    """Images that take their arguments from the environment are read like a command line."""
    text = "services:\n  a:\n    image: x\n    environment:\n      VLLM_ARGS: --model a/b --max-num-seqs 4\n"
    assert models(collect(Compose(), "compose.yml", text)) == ["5 --model: a/b"]


def test_other_yaml_is_no_compose_file():
    """A file with `services` that are none of Compose's is left alone."""
    assert collect(Compose(), "x.yaml", "services:\n  - model: a/b\n").candidates == ()


def test_kubernetes_follows_environments_and_config_maps():
    """`$(X)` leads through the container's environment and a reference to a ConfigMap in another object."""
    found = collect(Kubernetes(), "k/all.yaml", MANIFEST)
    assert "15 hf download: a/b" in models(found)
    assert "20 --model: c/d" in models(found)
    assert "42 ollama pull: phi3" in models(found)
    assert aliases(found) == {"chat": ["c/d"], "gpt-4o": ["deepseek/deepseek-chat"]}
    assert {a.title for a in found.artifacts if a.kind == "credential"} == {"HF_TOKEN", "DEEPSEEK_API_KEY"}
    assert "hunter2" not in repr(found)


def test_custom_resources_carry_models():
    """KServe, KubeAI and Ray name models in keys of their own; an object store's address is kept whole."""
    found = collect(Kubernetes(), "k/custom.yaml", CUSTOM)
    strong = models(found, weak=False)
    assert "9 model.storageUri: a/b" in strong
    assert "14 model.storageUri: s3://bucket/x/" in strong
    assert "19 spec.url: phi3:mini" in strong
    assert "29 model_loading_config.model_source: e/f" in models(found)
    assert aliases(found) == {"chat": ["e/f"]}
    assert one(found, "corolla").weak


def test_a_variable_s_prefix_names_its_provider():
    """Where no address stands beside it; a hub's name is never bound to a provider by a prefix."""
    text = """
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: a
      image: x
      env:
        - {name: ANTHROPIC_MODEL, value: m-1}
        - {name: DEEPSEEK_MODEL, value: a/b}
        - {name: BEDROCK_MODEL_ID, value: v.m-2}
        - {name: OPENAI_MODEL, value: m-3}
"""
    found = collect(Kubernetes(), "p.yaml", text)
    assert {c.written: (c.provider, c.namespace) for c in found.candidates} == {
        "m-1": ("anthropic", ""),
        "a/b": ("", ""),
        "v.m-2": ("aws-bedrock", "cloud"),
        "m-3": ("", ""),
    }


def test_two_containers_with_one_variable():
    """Each container's arguments see its own environment."""
    text = """
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - {name: a, image: vllm/vllm-openai, args: ["--model=$(M)"], env: [{name: M, value: a/b}]}
    - {name: b, image: vllm/vllm-openai, args: ["--model=$(M)"], env: [{name: M, value: c/d}]}
"""
    assert [m for m in models(collect(Kubernetes(), "p.yaml", text)) if "--model" in m] == [
        "7 --model: a/b",
        "8 --model: c/d",
    ]
