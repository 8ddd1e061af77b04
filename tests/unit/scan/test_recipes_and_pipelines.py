"""Pipelines, LiteLLM, Modelfiles, recipes, MLflow, manifests."""

from build.deployments import aliases, collect, collect_all, models, one
from gauger.scan.ci_workflow import CiWorkflow
from gauger.scan.kustomize import Kustomize
from gauger.scan.litellm import Litellm
from gauger.scan.mlflow import Mlflow
from gauger.scan.modelfile import Modelfile
from gauger.scan.ray_serve import RayServe
from gauger.scan.requirements import Requirements
from gauger.scan.shell_script import ShellScript
from gauger.scan.training import Training

WORKFLOW = """
on: {workflow_dispatch: {inputs: {model: {default: a/b}}}}
env: {LLM_MODEL: gpt-x, OPENAI_API_KEY: "${{ secrets.X }}"}
jobs:
  j:
    strategy: {matrix: {model: ["c/d", "e/f"]}}
    steps:
      - run: |
          ollama pull phi3
          vllm serve ${{ matrix.model }}
          python t.py --llm-model "$LLM_MODEL"
      - uses: actions/ai-inference@v1
        with: {model: openai/gpt-y}
      - uses: anthropics/claude-code-action@v1
        with: {claude_args: "--model claude-z --max-turns 3"}
      - uses: org/car@v1
        with: {model: corolla}
"""
GATEWAY = """
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: deepseek/deepseek-chat
      api_key: os.environ/DEEPSEEK_API_KEY
  - model_name: own
    litellm_params: {model: hosted_vllm/a/b, api_base: os.environ/VLLM_URL}
  - model_name: "*"
    litellm_params: {model: openai/gpt-x, api_key: hunter2}
router_settings:
  model_group_alias: {gpt-4: gpt-4o}
"""


def test_github_workflow():
    """Steps, matrices, inputs, actions with one provider, arguments of an agent."""
    found = collect(CiWorkflow(), ".github/workflows/x.yml", WORKFLOW)
    assert models(found) == [
        "3 LLM_MODEL: gpt-x",
        "9 ollama pull: phi3",
        "10 vllm serve: c/d|e/f",
        "11 --llm-model: gpt-x",
        "13 actions/ai-inference: model: openai/gpt-y",
        "15 --model: claude-z",
        "17 org/car: model: corolla",
        "2 inputs.model: a/b",
    ]
    assert one(found, "openai/gpt-y").provider == "github-models"
    assert one(found, "corolla").weak
    assert [c.written for c in found.candidates if c.api == "vllm serve"] == ["${{ matrix.model }}"]


def test_gitlab_pipeline():
    """Shell lines under `script`, with the pipeline's variables."""
    text = "variables: {MODEL_ID: a/b}\ntest:\n  script:\n    - pip install x\n    - hf download $MODEL_ID\n"
    assert "5 hf download: a/b" in models(collect(CiWorkflow(), ".gitlab-ci.yml", text))


def test_litellm_aliases():
    """Every alias leads to its model, with the address behind it; a wildcard is no alias."""
    found = collect(Litellm(), "any.yaml", GATEWAY)
    assert aliases(found) == {
        "gpt-4o": ["deepseek/deepseek-chat"],
        "own": ["hosted_vllm/a/b"],
        "gpt-4": ["gpt-4o"],
    }
    assert [a.title for a in found.artifacts] == ["DEEPSEEK_API_KEY"]
    assert "hunter2" not in repr(found)
    assert one(found, "hosted_vllm/a/b").endpoint.name == "VLLM_URL"


def test_other_model_lists_are_left_alone():
    """`model_list` without `litellm_params` is somebody else's."""
    assert collect(Litellm(), "x.yaml", "model_list:\n  - {model: a}\n# litellm_params\n").candidates == ()


def test_modelfile_and_the_name_made_from_it():
    """`FROM` inside a prompt is prose; `ollama create` leads to the file's base."""
    text = '# FROM no\nFROM qwen3:8b\nADAPTER ./a.gguf\nSYSTEM """\nFROM nowhere\n"""\n'
    files = {"m/Modelfile": text, "run.sh": "ollama create helper -f m/Modelfile\n"}
    made = collect(Modelfile(), "m/Modelfile", text)
    assert models(made) == ["2 FROM: qwen3:8b", "3 ADAPTER: ./a.gguf"]
    called = collect(ShellScript(), "run.sh", files["run.sh"])
    joined = type(made)(bindings=(*made.bindings, *called.bindings))
    assert aliases(joined) == {"helper": ["qwen3:8b"]}


def test_training_recipes():
    """Bases, adapters, teachers and data sets of an axolotl and a LLaMA-Factory recipe."""
    axolotl = "base_model: a/b\ndatasets:\n  - {path: c/d, type: x}\nkd_teacher_model: e/f\nadapter: lora\n"
    found = collect(Training(), "x.yaml", axolotl)
    assert {c.model.text: c.role for c in found.candidates} == {
        "a/b": "training-base",
        "c/d": "training-data",
        "e/f": "teacher",
    }
    factory = "model_name_or_path: a/b\nstage: sft\nfinetuning_type: lora\ndataset: x, c/d\n"
    assert models(collect(Training(), "y.yaml", factory)) == [
        "1 model_name_or_path: a/b",
        "4 datasets: x",
        "4 datasets: c/d",
    ]


def test_merges():
    """Every parent of a merge counts, in lists and in slices, without the adapters' suffix."""
    sources = "  - sources:\n      - {model: c/d+e/f}\n      - {model: g/h}\n"
    text = f"merge_method: slerp\nbase_model: a/b\nslices:\n{sources}"
    found = collect(Training(), "m.yml", text)
    assert models(found) == ["2 base_model: a/b", "5 model: c/d", "6 model: g/h"]
    assert {c.role for c in found.candidates} == {"merge-parent"}


def test_settings_that_are_no_recipe():
    """One key alone makes no recipe."""
    assert collect(Training(), "x.yaml", "base_model: corolla\n").candidates == ()


def test_ray_serve():
    """The source is the model, the id its alias; an application's other settings stay."""
    text = """
applications:
  - name: llm
    import_path: app:deploy
    args:
      llm_configs:
        - model_loading_config: {model_id: chat, model_source: a/b}
        - model_loading_config: {model_id: c/d}
"""
    found = collect(RayServe(), "serve.yaml", text)
    assert models(found) == [
        "7 model_loading_config.model_source: a/b",
        "8 model_loading_config.model_id: c/d",
    ]
    assert aliases(found) == {"chat": ["a/b"]}


def test_kustomize():
    """Generators set environments, and patches add arguments."""
    text = """
configMapGenerator:
  - name: llm
    literals: ["LLM_MODEL=a/b", "API_KEY=hunter2"]
patches:
  - patch: |-
      - op: add
        path: /spec/template/spec/containers/0/args/-
        value: --model=c/d
      - op: replace
        path: /metadata/name
        value: e/f
"""
    found = collect(Kustomize(), "o/kustomization.yaml", text)
    assert models(found) == ["4 LLM_MODEL: a/b", "9 --model: c/d"]
    assert "hunter2" not in repr(found)


def test_mlflow():
    """The source model of a flavour belongs to the store's entry."""
    text = "flavors:\n  transformers:\n    source_model_name: a/b\n    task: chat\n"
    found = collect(Mlflow(), "run/MLmodel", text)
    assert models(found) == ["3 source_model_name: a/b"]
    assert found.candidates[0].artifact == found.artifacts[0].id


def test_manifests_of_four_kinds():
    """Only packages that have to do with models are entries, each with its line and its purpose."""
    files = {
        "requirements.txt": "fastapi==1\nopenai==1.54  # why\nhttps://huggingface.co/a/b/resolve/main/x.whl\n",
        "pyproject.toml": '[project]\ndependencies = ["torch_npu>=2", "flask"]\n',
        "web/package.json": '{"dependencies": {\n"react": "1",\n"@ai-sdk/deepseek": "^1"}}',
        "environment.yml": "dependencies:\n  - conda-forge::pytorch\n  - pip:\n      - vllm==0.6\n",
    }
    found = collect_all(Requirements(), files)
    entries = {(a.title, a.location.line, str(a.facts.get("version", ""))) for a in found.artifacts}
    assert entries == {
        ("openai", 2, "==1.54"),
        ("Huawei Ascend (CANN)", 2, ""),
        ("@ai-sdk/deepseek", 3, "^1"),
        ("vllm", 4, "==0.6"),
    }
    assert models(found) == ["3 url: a/b"]
