"""Which provider do settings mean that write `provider: google`, `ChatAnthropic` or `lmChatOpenAi`?

Tools spell providers as they like. What is known here is how they spell them; who the providers are is in the
catalogue. A spelling that names a protocol (`openai-compatible`) stands for nobody.
"""

from __future__ import annotations

import re

from gauger.scan.model_words import words_of

_SPELLINGS = """
openai openai | anthropic anthropic claude | azure-openai azureopenai azure azureoai
azure-ai-foundry azureai azureaifoundry azureaiinference azureinference
google-gemini google gemini googleai googlegemini
google-gemini googlegenai googlegenerativeai googleaistudio geminiapi googlepalm
google-vertex vertexai vertex googlevertex googlevertexai vertexgemini googlevertexanthropic gcpvertexai
aws-bedrock bedrock awsbedrock amazonbedrock bedrockconverse awsbedrockconverse
aws-sagemaker sagemaker amazonsagemaker awssagemaker sagemakerendpoint
mistral mistral mistralai mistralcloud | cohere cohere | groq groq groqcloud | deepseek deepseek
moonshot moonshot moonshotai kimi
alibaba dashscope tongyi qwen alibaba alibabacloud bailian aliyun tongyiqianwen
zhipu zhipu zhipuai zai bigmodel glm chatglm | minimax minimax | stepfun stepfun | baichuan baichuan
volcengine volcengine doubao ark volcark bytedance | tencent-hunyuan hunyuan tencent tencentcloud
baidu-qianfan qianfan wenxin baidu ernie baiduwenxin baiduqianfan
iflytek-spark iflytek xfyun sparkdesk | siliconflow siliconflow siliconcloud | xai xai grok
perplexity perplexity perplexityai pplx | together together togetherai
fireworks fireworks fireworksai | openrouter openrouter | cerebras cerebras | sambanova sambanova
deepinfra deepinfra | novita novita novitaai | nebius nebius nebiusaistudio
huggingface huggingface huggingfacehub huggingfaceinference huggingfaceapi hfinference
replicate replicate | nvidia nvidia nvidianim nim | voyage voyage voyageai | jina jina jinaai
github-copilot copilot githubcopilot copilotchat | github-models githubmodels
cloudflare-workers-ai cloudflare workersai cloudflareworkersai cloudflareai
vercel-ai-gateway vercelaigateway vercelgateway | databricks databricks databricksmosaic
watsonx watsonx ibmwatsonx | snowflake-cortex snowflakecortex | elevenlabs elevenlabs
deepgram deepgram | assemblyai assemblyai | fal fal falai | hyperbolic hyperbolic
modelscope modelscope | ppio ppio ppinfra | aihubmix aihubmix | ollama ollama ollamalocal ollamachat
lm_studio lmstudio lmstudioopenai | vllm vllm hostedvllm | xinference xinference xorbitsinference
llamafile llamafile
"""
_TABLE: dict[str, str] = {}
for _line in _SPELLINGS.replace("|", "\n").strip().splitlines():
    _ident, *_spelt = _line.split()
    _TABLE.update(dict.fromkeys(_spelt, _ident))
_PROTOCOLS = re.compile(r"compatible|[-_.]like|custom", re.IGNORECASE)
_ROUTE_ONLY = frozenset(
    {"ollama", "ollamachat", "groq", "gemini", "mistral", "bedrock", "vertexai", "azure", "openrouter",
     "togetherai", "fireworksai", "dashscope", "zai", "cerebras", "sambanova", "huggingface",
     "githubcopilot", "hostedvllm",
     "lmstudio"}
)  # fmt: skip
_KINDS = frozenset(
    {"chat", "completion", "completions", "embedding", "embeddings", "responses", "messages", "image",
     "realtime", "text-generation", "feature-extraction", "converse", "completion-chat"}
)  # fmt: skip
_SERVERS = ("ollama", "lm_studio", "vllm", "xinference", "llamafile")


def spelt_provider(text: str) -> str:
    """Which provider is spelt so? A catalogue id or the name of a server of one's own; empty for neither."""
    if not text or len(text) > 60 or len(text.split()) > 3:
        return ""
    last = text.strip().rpartition("/")[2]
    return _TABLE.get("".join(words_of(last)), "")


def provider_in_name(text: str) -> str:
    """Which provider does the name of a class or a component hold? The longest run of words that is one."""
    last = re.split(r"[./:]", text.strip()[:200])[-1]
    if _PROTOCOLS.search(last):
        return ""
    words = [word for word in words_of(last) if not word.isdigit()]
    if "azure" in words and words.index("azure") < len(words) - 1 and "openai" in "".join(words):
        return "azure-openai"
    for length in range(min(len(words), 4), 0, -1):
        for at in range(len(words) - length + 1):
            if found := _TABLE.get("".join(words[at : at + length])):
                return found
    return ""


def is_own_server(provider: str) -> bool:
    """Is this the name of a server that one runs oneself?"""
    return provider in _SERVERS


def slash_route(text: str, *, certain: bool) -> tuple[str, str] | None:
    """Provider and name in `openrouter/moonshotai/kimi-k2`; None where the text has no such prefix.

    Args:
        text: The model's name as written.
        certain: The place takes such names; elsewhere a prefix must be no organisation of a hub.
    """
    head, slash, rest = text.partition("/")
    spelt = "".join(words_of(head))
    if not slash or not rest or not (certain or spelt in _ROUTE_ONLY):
        return None
    provider = _TABLE.get(spelt, "")
    return (provider, rest) if provider else None


def colon_route(text: str) -> tuple[str, str] | None:
    """Provider and name in `openai:chat:gpt-4o` or `bedrock:us.amazon.nova-pro-v1:0`; None for others."""
    head, colon, rest = text.partition(":")
    provider = _TABLE.get("".join(words_of(head)), "")
    if not colon or not provider or rest.startswith("//"):
        return None
    kind, again, name = rest.partition(":")
    if again and kind.lower() in _KINDS:
        rest = name
    return (provider, rest) if rest else None
