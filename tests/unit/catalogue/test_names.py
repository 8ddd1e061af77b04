"""Whose model a name speaks of: publishers, developers and families kept apart."""

from __future__ import annotations

import pytest

from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup, organisation_and_bare_name
from gauger.core.readings import known

LOOKUP = Lookup(Catalogue())

REPACKAGED = """
unsloth/DeepSeek-R1-GGUF                              deepseek   deepseek-r1
bartowski/Qwen2.5-7B-Instruct-GGUF                    qwen       qwen2.5
TheBloke/Mistral-7B-v0.1-GPTQ                         mistral    mistral-7b
mlx-community/Kimi-K2-Instruct-4bit                   moonshot   kimi-k2
nvidia/Qwen3-235B-A22B-FP4                            qwen       qwen3
nvidia/DeepSeek-R1-FP4                                deepseek   deepseek-r1
lmstudio-community/gemma-3-12b-it-GGUF                google     gemma-3
RedHatAI/Llama-4-Scout-17B-16E-Instruct-quantized.w4a16 meta     llama-4
AI-ModelScope/bge-m3                                  baai       bge
"""
OWN = """
MiniMaxAI/MiniMax-M2                  minimax    minimax-m2
zai-org/GLM-4.6                       zhipu      glm-4.6
stepfun-ai/step3                      stepfun    step
baichuan-inc/Baichuan2-13B-Chat       baichuan   baichuan
tencent/Hunyuan-A13B-Instruct         tencent    hunyuan
baidu/ERNIE-4.5-21B-A3B-PT            baidu      ernie-4.5
ByteDance-Seed/Seed-OSS-36B-Instruct  bytedance  seed-oss
XiaomiMiMo/MiMo-7B-RL                 xiaomi     mimo
01ai/Yi-34B                           01-ai      yi
Shanghai_AI_Laboratory/internlm2-chat-7b internlm internlm
Wan-AI/Wan2.1-T2V-14B                 alibaba    wan
mosaicml/mpt-7b                       databricks mpt
google/siglip-so400m-patch14-384      google     siglip
Salesforce/blip-image-captioning-base salesforce blip
facebook/sam2-hiera-large             meta       sam
"""
BARE = """
us.anthropic.claude-sonnet-4-5-20250929-v1:0  anthropic  claude
moonshot.kimi-k2-thinking                     moonshot   kimi-k2
stability.sd3-5-large-v1:0                    stabilityai stability-bedrock
huggingface-llm-falcon-7b-bf16                tii        falcon-1
huggingface-textgeneration-dolly-v2-3b-bf16   databricks dolly
spark-x1                                      iflytek    spark
SenseChat-5                                   sensetime  sensenova
en_core_web_trf                               explosion  spacy
text-embedding-v3                             qwen       dashscope-embedding
text-embedding-3-small                        openai     openai-embedding
"""


def rows(table: str) -> list[list[str]]:
    """The words of each line."""
    return [line.split() for line in table.splitlines() if line]


@pytest.mark.parametrize(("name", "developer", "family"), rows(REPACKAGED))
def test_who_packs_a_model_again_did_not_make_it(name: str, developer: str, family: str) -> None:
    """The organisation is the publisher; the maker is whose line the name belongs to."""
    told = LOOKUP.identify(name)
    assert (told.developer, told.family) == (developer, family)
    assert told.publisher == name.partition("/")[0].lower()
    assert told.publisher != told.developer


@pytest.mark.parametrize(("name", "developer", "family"), rows(OWN + BARE))
def test_names_give_their_maker_and_line(name: str, developer: str, family: str) -> None:
    """On a hub, at a cloud and at a provider alike, whichever country the maker is in."""
    told = LOOKUP.identify(name)
    assert (told.developer, told.family) == (developer, family)


@pytest.mark.parametrize(
    "name", ["T-800", "mistral-blue-phone-case", "someone/their-own-thing", "corolla-2024"]
)
def test_a_name_that_only_resembles_has_no_maker(name: str) -> None:
    """What the catalogue does not know stays unknown, with a reason."""
    told = LOOKUP.identify(name)
    assert known(told.family) is None
    assert known(told.developer) is None


def test_every_named_maker_and_line_exists() -> None:
    """The table above speaks of records that there are."""
    for _, developer, family in rows(REPACKAGED + OWN + BARE):
        assert developer in LOOKUP.catalogue.developers
        assert LOOKUP.catalogue.families[family].developer == developer


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unsloth/DeepSeek-V3.1-GGUF", ("unsloth", "deepseek-v3.1")),
        ("qwen2.5:7b-instruct-q4_K_M", ("", "qwen2.5-7b-instruct")),
        ("us.deepseek.r1-v1:0", ("", "deepseek.r1-v1")),
        ("publishers/google/models/gemini-2.5-pro", ("google", "gemini-2.5-pro")),
        ("hf-vlm-gemma-3-4b-it", ("", "gemma-3-4b-it")),
    ],
)
def test_packaging_is_no_part_of_a_name(name: str, expected: tuple[str, str]) -> None:
    """Tags, regions, file formats and a marketplace's prefixes are taken off."""
    assert organisation_and_bare_name(name) == expected
