"""Which programs take a model on their command line, and where? A table; `gauger.scan.shell` reads by it.

A program is known by its first words, by its image (where a container gives it its arguments) or by a flag
that no other program has. Every other program is read by the rule for names in `gauger.scan.model_words`.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from gauger.core.inventory import Role

FlagKind = Literal[
    "model", "draft", "draft-config", "tokenizer", "alias", "adapter", "revision", "address", "data-set",
    "kind", "base", "ignored",
]  # fmt: skip
"""What stands behind a flag. alias: the name under which the model is served. draft: a second model for
speculative decoding. kind: tells that the positional is a data set. ignored: takes a value that is no model
although the flag's name says so."""


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """One program, or one of its subcommands.

    Attributes:
        ident: For the report: `vllm`.
        starts: First words, `fnmatch` style, separated by spaces; `-m` stands for `python -m`.
        flags: Flag → what stands behind it.
        positional: The first word that belongs to no flag is the model; `many`: all of them are.
        images: Container images whose entry point this is, `fnmatch` style, without the tag.
        signs: Flags that no other program has.
        namespace: Which kind of name it takes, where it takes only one.
        role: What the model is for.
        source: Where the flags are documented.
    """

    ident: str
    starts: tuple[str, ...] = ()
    flags: dict[str, FlagKind]
    positional: Literal["", "one", "many"] = ""
    images: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    namespace: Literal["", "hub", "ollama", "api", "cloud"] = ""
    role: Role = "inference"
    source: str

    def match(self, words: list[str]) -> int:
        """How many words from the beginning are this program's own? 0 where it is another program."""
        for start in self.starts:
            pattern = start.split(" ")
            if len(words) >= len(pattern) and all(
                fnmatchcase(word, part) for word, part in zip(words, pattern, strict=False)
            ):
                return len(pattern)
        return 0


def _flags(**kinds: str) -> dict[str, FlagKind]:
    return {flag: kind.replace("_", "-") for kind, flags in kinds.items() for flag in flags.split()}  # type: ignore[misc]


_VLLM = _flags(
    model="--model",
    draft="--speculative-model --draft-model",
    draft_config="--speculative-config -sc",
    tokenizer="--tokenizer",
    alias="--served-model-name",
    adapter="--lora-modules --prompt-adapters",
    revision="--revision",
    ignored="--model-impl --model-loader-extra-config --tokenizer-mode --tokenizer-revision",
)
_SGLANG = _flags(
    model="--model-path --model",
    draft="--speculative-draft-model-path --speculative-draft-model",
    tokenizer="--tokenizer-path",
    alias="--served-model-name",
    adapter="--lora-paths",
    revision="--revision",
    ignored="--model-loader-extra-config --model-impl",
)
_LLAMA_CPP = _flags(
    model="-hf -hfr --hf-repo -m --model -mu --model-url -hfv --hf-repo-v -dr --docker-repo -mv",
    draft="-hfd -hfrd --hf-repo-draft -md --model-draft",
    adapter="--lora --lora-scaled",
    alias="-a --alias",
    ignored="--mmproj -hff --hf-file --models-dir --models-preset",
)
_HF = _flags(
    revision="--revision", kind="--repo-type", ignored="--local-dir --cache-dir --include --exclude --token"
)

PROGRAMS: tuple[Program, ...] = (
    Program(
        ident="vllm",
        starts=(
            "vllm serve",
            "vllm chat",
            "vllm complete",
            "vllm bench *",
            "vllm run-batch",
            "-m vllm.*",
            "aphrodite run",
        ),
        flags=_VLLM,
        positional="one",
        images=(
            "*vllm-openai*",
            "*vllm/vllm*",
            "*/vllm",
            "vllm",
            "*vllm-ascend*",
            "*rhaiis*",
            "*vllm-cpu*",
            "*aphrodite*",
        ),
        signs=("--gpu-memory-utilization", "--lora-modules", "--max-num-seqs", "--tensor-parallel-size"),
        source="https://docs.vllm.ai/en/stable/cli/serve/",
    ),
    Program(
        ident="sglang",
        starts=("-m sglang.*", "sglang serve"),
        flags=_SGLANG,
        images=("*lmsysorg/sglang*", "*/sglang"),
        signs=("--mem-fraction-static", "--speculative-draft-model-path", "--lora-paths"),
        source="https://docs.sglang.io/advanced_features/server_arguments.html",
    ),
    Program(
        ident="text-generation-inference",
        starts=("text-generation-launcher", "text-generation-server *"),
        flags=_flags(
            model="--model-id",
            alias="--served-model-name",
            revision="--revision",
            adapter="--lora-adapters",
            ignored="--tokenizer-config-path",
        ),
        images=("*text-generation-inference*",),
        source="https://huggingface.co/docs/text-generation-inference/reference/launcher",
    ),
    Program(
        ident="text-embeddings-inference",
        starts=("text-embeddings-router",),
        flags=_flags(model="--model-id", alias="--served-model-name", revision="--revision"),
        images=("*text-embeddings-inference*",),
        role="embedding",
        source="https://huggingface.co/docs/text-embeddings-inference/cli_arguments",
    ),
    Program(
        ident="infinity",
        starts=("infinity_emb v2", "infinity_emb"),
        flags=_flags(
            model="--model-id --model-name-or-path", alias="--served-model-name", revision="--revision"
        ),
        images=("*michaelf34/infinity*",),
        role="embedding",
        source="https://michaelfeil.eu/infinity/latest/cli_v2/",
    ),
    Program(
        ident="ollama",
        starts=("ollama pull", "ollama run", "ollama push", "ollama show", "ollama launch *"),
        flags=_flags(model="--model", ignored="--format --keepalive"),
        positional="one",
        namespace="ollama",
        source="https://docs.ollama.com/cli",
    ),
    Program(
        ident="huggingface-hub",
        starts=(
            "huggingface-cli download",
            "hf download",
            "hfdownloader",
            "hfd",
            "hfd.sh",
            "hf repo-files download",
        ),
        flags=_HF,
        positional="one",
        namespace="hub",
        source="https://huggingface.co/docs/huggingface_hub/guides/cli",
    ),
    Program(
        ident="modelscope",
        starts=("modelscope download",),
        flags=_flags(
            model="--model", revision="--revision", data_set="--dataset", ignored="--local_dir --cache_dir"
        ),
        positional="one",
        namespace="hub",
        source="https://www.modelscope.cn/docs/models/download",
    ),
    Program(
        ident="llama.cpp",
        starts=(
            "llama-server",
            "llama-cli",
            "llama-run",
            "llama-embedding",
            "llama-mtmd-cli",
            "llama-bench",
            "llama-simple",
            "llama-perplexity",
            "llama-tts",
            "llama-qwen2vl-cli",
            "llamafile",
            "*.llamafile",
            "koboldcpp*",
            "whisper-cli",
            "whisper-server",
            "-m llama_cpp.server",
            "llama-quantize",
        ),
        flags=_LLAMA_CPP,
        images=("*llama.cpp*", "*/llama-server*", "*koboldcpp*", "*llamafile*"),
        signs=("-hf", "-hfr", "--hf-repo", "-ngl", "--n-gpu-layers", "-hfd"),
        source="https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
    ),
    Program(
        ident="ramalama",
        starts=("ramalama run", "ramalama serve", "ramalama pull", "ramalama bench", "ramalama perplexity"),
        flags=_flags(ignored="--image --name --port --runtime --engine", draft="--model-draft"),
        positional="one",
        source="https://github.com/containers/ramalama/blob/main/docs/ramalama.1.md",
    ),
    Program(
        ident="docker-model-runner",
        starts=("docker model run", "docker model pull", "docker model configure", "docker model package"),
        flags=_flags(ignored="--backend --context-size"),
        positional="one",
        source="https://docs.docker.com/reference/cli/docker/model/",
    ),
    Program(
        ident="lmdeploy",
        starts=("lmdeploy serve api_server", "lmdeploy serve gradio", "lmdeploy chat", "lmdeploy lite *"),
        flags=_flags(
            alias="--model-name", revision="--revision", ignored="--model-format", adapter="--adapters"
        ),
        positional="one",
        images=("*openmmlab/lmdeploy*",),
        source="https://lmdeploy.readthedocs.io/en/latest/llm/api_server.html",
    ),
    Program(
        ident="tensorrt-llm",
        starts=("trtllm-serve serve", "trtllm-serve", "trtllm-bench", "trtllm-eval"),
        flags=_flags(model="--model --model_path", tokenizer="--tokenizer", revision="--revision"),
        positional="one",
        images=("*tensorrt-llm*",),
        source="https://nvidia.github.io/TensorRT-LLM/commands/trtllm-serve/index.html",
    ),
    Program(
        ident="mlx-lm",
        starts=("mlx_lm.*", "mlx_vlm.*", "-m mlx_lm*", "-m mlx_vlm*", "mlx-openai-server launch", "mlx_lm *"),
        flags=_flags(model="--model --hf-path --model-path", adapter="--adapter-path", draft="--draft-model"),
        source="https://github.com/ml-explore/mlx-lm/blob/main/README.md",
    ),
    Program(
        ident="litellm",
        starts=("litellm",),
        flags=_flags(model="--model -m", alias="--alias", address="--api_base --api-base"),
        images=("*berriai/litellm*", "*litellm-proxy*"),
        source="https://docs.litellm.ai/docs/proxy/cli",
    ),
    Program(
        ident="fastchat",
        starts=("-m fastchat.*",),
        flags=_flags(
            model="--model-path", alias="--model-names", revision="--revision", base="--base-model-path"
        ),
        source="https://github.com/lm-sys/FastChat/blob/main/README.md",
    ),
    Program(
        ident="xinference",
        starts=("xinference launch", "xinference cached"),
        flags=_flags(
            model="--model-name -n --model-path",
            alias="--model-uid -u",
            ignored="--model-type -t --model-engine -en --model-format -f --size-in-billions -s",
        ),
        source="https://inference.readthedocs.io/en/latest/reference/generated/xinference.client.html",
    ),
    Program(
        ident="kserve-huggingface",
        starts=("-m huggingfaceserver",),
        flags=_flags(
            model="--model_id --model-id --model_dir",
            alias="--model_name --model-name",
            revision="--model_revision",
        ),
        images=("*kserve/huggingfaceserver*",),
        source="https://kserve.github.io/website/latest/modelserving/v1beta1/llm/huggingface/",
    ),
    Program(
        ident="openllm",
        starts=(
            "openllm serve",
            "openllm start",
            "openllm run",
            "lms load",
            "lms get",
            "llm chat",
        ),
        flags=_flags(model="-m --model"),
        positional="one",
        source="https://github.com/bentoml/OpenLLM/blob/main/README.md",
    ),
    Program(
        ident="localai",
        starts=("local-ai run", "local-ai models install"),
        flags=_flags(ignored="--models-path --config-file --address"),
        positional="many",
        images=("*localai/localai*", "*go-skynet/local-ai*", "*mudler/localai*"),
        source="https://localai.io/docs/getting-started/models/",
    ),
    Program(
        ident="whisper",
        starts=("whisper", "whisperx", "whisper-ctranslate2", "insanely-fast-whisper"),
        flags=_flags(model="--model --model-name"),
        images=("*wyoming-whisper*", "*wyoming-faster-whisper*", "*faster-whisper*", "*whisperx*"),
        role="speech",
        source="https://github.com/openai/whisper#command-line-usage",
    ),
    Program(
        ident="tabby",
        starts=("tabby serve", "tabby download"),
        flags=_flags(model="--model --chat-model"),
        images=("*tabbyml/tabby*",),
        source="https://tabby.tabbyml.com/docs/administration/model/",
    ),
    Program(
        ident="optimum",
        starts=("optimum-cli export *", "ct2-transformers-converter", "ct2-*-converter", "olive *"),
        flags=_flags(model="--model -m --model_name_or_path", revision="--revision"),
        source="https://huggingface.co/docs/optimum/main/en/exporters/onnx/usage_guides/export_a_model",
    ),
    Program(
        ident="spacy",
        starts=("-m spacy download", "spacy download"),
        flags={},
        positional="one",
        source="https://spacy.io/api/cli#download",
    ),
    Program(
        ident="torchtune",
        starts=("tune download",),
        flags=_HF,
        positional="one",
        namespace="hub",
        role="training-base",
        source="https://docs.pytorch.org/torchtune/stable/tune_cli.html",
    ),
    Program(
        ident="training",
        starts=(
            "llamafactory-cli *",
            "swift sft",
            "swift pt",
            "swift rlhf",
            "swift export",
            "trl *",
            "xtuner train",
            "autotrain *",
        ),
        flags=_flags(
            base="--model --model_name_or_path --model-name-or-path --model_id_or_path",
            adapter="--adapters --adapter_name_or_path",
            data_set="--dataset --dataset_name --data-path",
            revision="--model_revision",
        ),
        role="training-base",
        source="https://swift.readthedocs.io/en/latest/Instruction/Command-line-parameters.html",
    ),
    Program(
        ident="swift",
        starts=("swift infer", "swift deploy", "swift app", "swift eval", "swift merge-lora"),
        flags=_flags(
            model="--model --model_id_or_path", adapter="--adapters --ckpt_dir", alias="--served_model_name"
        ),
        source="https://swift.readthedocs.io/en/latest/Instruction/Command-line-parameters.html",
    ),
    Program(
        ident="lm-eval",
        starts=("lm_eval", "lm-eval", "-m lm_eval", "lighteval *"),
        flags=_flags(model="--model_args", ignored="--model"),
        source="https://github.com/EleutherAI/lm-evaluation-harness/blob/main/docs/interface.md",
    ),
    Program(
        ident="aws-bedrock",
        starts=("aws bedrock-runtime *", "aws bedrock-agent *", "aws bedrock *"),
        flags=_flags(model="--model-id --foundation-model --base-model-identifier"),
        namespace="cloud",
        source="https://docs.aws.amazon.com/cli/latest/reference/bedrock-runtime/",
    ),
    Program(
        ident="azure-cognitive-services",
        starts=("az cognitiveservices account deployment create",),
        flags=_flags(model="--model-name", alias="--deployment-name", revision="--model-version"),
        namespace="cloud",
        source="https://learn.microsoft.com/cli/azure/cognitiveservices/account/deployment",
    ),
    Program(
        ident="coding-agent",
        starts=(
            "aider",
            "claude",
            "codex",
            "codex exec",
            "gemini",
            "llm",
            "opencode run",
            "goose run",
            "aichat",
            "mods",
            "sgpt",
            "fabric",
            "qwen",
            "crush",
        ),
        flags=_flags(model="--model -m --weak-model --editor-model", address="--openai-api-base"),
        source="https://aider.chat/docs/config/options.html",
    ),
)
