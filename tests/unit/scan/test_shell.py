"""Command lines, wherever they stand."""

import pytest

from build.deployments import aliases, collect, followed, models, one
from gauger.core.errors import LimitExceeded
from gauger.core.limits import DEFAULT_LIMITS
from gauger.scan.makefile import Makefile
from gauger.scan.shell_lexer import commands
from gauger.scan.shell_script import ShellScript


def script(text: str):
    """What the collector says of this script."""
    return collect(ShellScript(), "run.sh", text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("vllm serve org/name --port 8000", "1 vllm serve: org/name"),
        ("vllm serve --port 8000 org/name", "1 vllm serve: org/name"),
        ("python3 -m vllm.entrypoints.openai.api_server --model=org/name", "1 --model: org/name"),
        ("/opt/venv/bin/vllm serve org/name", "1 vllm serve: org/name"),
        ("python -m sglang.launch_server --model-path org/name --tp 2", "1 --model-path: org/name"),
        ("text-generation-launcher --model-id org/name", "1 --model-id: org/name"),
        ("ollama run qwen3:8b 'hello there'", "1 ollama run: qwen3:8b"),
        ("ollama serve & sleep 3; ollama pull phi3", "1 ollama pull: phi3"),
        ("hf download org/name a.gguf --local-dir /m", "1 hf download: org/name"),
        ("llama-server -hf org/name:Q4_K_M -c 2048", "1 -hf: org/name:Q4_K_M"),
        ("llama-cli -m models/x.gguf -p hi", "1 -m: models/x.gguf"),
        ("uv run --with vllm vllm serve org/name", "1 vllm serve: org/name"),
        ("sudo -E bash -lc 'vllm serve org/name'", "1 vllm serve: org/name"),
        ("ssh gpu1 'cd x && vllm serve org/name'", "1 vllm serve: org/name"),
        ("docker run --gpus all vllm/vllm-openai:v1 --model org/name", "1 --model: org/name"),
        (
            "docker run ghcr.io/huggingface/text-generation-inference:2 --model-id org/name",
            "1 --model-id: org/name",
        ),
        ("docker model run ai/smollm2", "1 docker model run: ai/smollm2"),
        ("ramalama serve hf://org/name", "1 ramalama serve: org/name"),
        ("git clone https://huggingface.co/org/name", "1 git: org/name"),
        ("wget https://huggingface.co/org/name/resolve/main/x.gguf", "1 wget: org/name"),
        ("lm_eval --model hf --model_args pretrained=org/name,dtype=auto", "1 --model_args: org/name"),
        ("X=$(hf download org/name)", "1 hf download: org/name"),
        ("lmdeploy serve api_server org/name --model-name chat", "1 lmdeploy serve api_server: org/name"),
        ("python train.py --embedding-model org/name", "1 --embedding-model: org/name"),
        ("time nohup vllm serve org/name > log 2>&1 &", "1 vllm serve: org/name"),
        ("vllm serve \\\n  org/name", "2 vllm serve: org/name"),
        ("vllm serve --omni org/name --port 80", "1 vllm serve: org/name"),
        ("vllm serve org/name --chat-template other/file", "1 vllm serve: org/name"),
        ('CMD="vllm serve org/name"\neval "$CMD"', "1 vllm serve: org/name"),
        ("ARGS=(--model org/name --max-num-seqs 4)\nserve.sh", "1 --model: org/name"),
    ],
)
def test_commands_that_take_a_model(line, expected):
    """Servers, downloads and runners are known by their first words, with or without what stands before."""
    assert expected in models(script(line))


@pytest.mark.parametrize(
    "line",
    [
        "echo vllm serve org/name",
        "# vllm serve org/name",
        "pip install vllm",
        "ollama serve",
        "git clone https://github.com/org/name",
        "cat <<EOF\nollama pull phi3\nEOF",
        "docker pull ollama/ollama",
        "git clone https://huggingface.co/spaces/org/name",
        "vllm serve --help",
        "printf '%s' 'ollama pull x'",
    ],
)
def test_lines_that_use_no_model(line):
    """What is printed, commented out, installed or merely called like a server is no use."""
    assert models(script(line)) == []


def test_a_flag_of_an_unknown_program_is_weak():
    """`--model` of any program may be a car's; the resolver's catalogue decides."""
    assert one(script("python car.py --model corolla"), "corolla").weak
    assert not one(script("vllm serve --model corolla"), "corolla").weak


def test_variables_are_followed_in_order():
    """Each use sees the value that the variable has at that line."""
    found = script('M=a/b\nvllm serve $M\nM=c/d\nvllm serve "${M}"\n')
    assert models(found) == ["2 vllm serve: a/b", "4 vllm serve: c/d"]


def test_defaults_and_loops():
    """`${X:-d}` has a default, and a loop stands for each of its words."""
    assert models(script("vllm serve ${MODEL:-a/b}")) == ["1 vllm serve: a/b"]
    found = script("for m in phi3 qwen3:8b; do\n  ollama pull $m\ndone")
    assert models(found) == ["2 ollama pull: phi3|qwen3:8b"]
    listed = script('MODELS=(a/b c/d)\nfor m in "${MODELS[@]}"; do hf download "$m"; done')
    assert models(listed) == ["2 hf download: a/b|c/d"]


def test_an_unused_variable_counts_itself():
    """A model's name that is passed on in a way we cannot see is still there."""
    assert models(script('EMBEDDING_MODEL=a/b\n./start "$0"')) == ["1 EMBEDDING_MODEL: a/b"]


def test_served_names_become_aliases():
    """Clients of the server use the served name; it leads back to the model."""
    found = script("vllm serve a/b --served-model-name chat chat-large --lora-modules x=c/d")
    assert aliases(found) == {"chat": ["a/b"], "chat-large": ["a/b"], "x": ["c/d"]}
    assert one(found, "c/d").role == "adapter"


def test_drafts_and_revisions():
    """A draft model is a use of its own; the revision belongs to the model alone."""
    found = script('vllm serve a/b --revision abc --speculative-config \'{"model": "c/d"}\'')
    draft, model = one(found, "c/d"), one(found, "a/b")
    assert model.revision is not None
    assert followed(model.revision, found) == ["abc"]
    assert draft.revision is None


def test_a_request_is_bound_to_its_address():
    """The model in a body goes to the address of that very command."""
    found = script('curl https://api.example.org/v1/chat -d \'{"model": "m-1"}\'')
    assert one(found, "m-1").endpoint.text == "https://api.example.org/v1/chat"


def test_keys_are_named_and_never_kept():
    """A credential's name is an entry; its value is nowhere."""
    found = script("export DEEPSEEK_API_KEY=hunter2\nOPENAI_API_KEY=hunter2 python x.py\nTOKEN=hunter2\n")
    assert {a.title for a in found.artifacts} == {"DEEPSEEK_API_KEY", "OPENAI_API_KEY"}
    assert "hunter2" not in repr(found)


def test_credentials_in_addresses_are_never_kept():
    """A token in a clone's address is taken out of what is shown."""
    found = script(
        "git clone https://me:hunter2@huggingface.co/a/b\n"
        'curl https://me:hunter2@api.example.org/v1 -d \'{"model": "m"}\'\n'
    )
    assert models(found) == ["1 git: a/b", "2 model: m"]
    assert "hunter2" not in repr(found)


def test_ollama_create_and_copy():
    """Names made with `create` and `cp` are aliases."""
    found = script("ollama cp phi3 gpt-4o\n")
    assert aliases(found) == {"gpt-4o": ["phi3"]}


def test_data_sets_are_no_models():
    """`--repo-type dataset` turns the positional into training data."""
    assert one(script("hf download --repo-type dataset a/b"), "a/b").role == "training-data"


@pytest.mark.parametrize(
    "text", ["$(" * 30_000, "${" * 30_000, "`a`" * 30_000, "'" * 99_999, "<<A\n" * 9_999, "\\\n" * 99_999]
)
def test_unbalanced_text_ends(text):
    """Brackets and quotes that never close cost linear time and raise nothing."""
    assert isinstance(commands(text, DEFAULT_LIMITS), list)


def test_too_many_words_end():
    """A script of endless words is refused."""
    with pytest.raises(LimitExceeded):
        commands("a " * 300_000, DEFAULT_LIMITS)


def test_makefile_variables_and_recipes():
    """`$(X)` in a recipe is the variable of the file; `$$X` is the shell's."""
    found = collect(Makefile(), "Makefile", "MODEL ?= a/b\nrun:\n\t@vllm serve $(MODEL)\n\tollama pull $$M\n")
    assert models(found)[0] == "3 vllm serve: a/b"
