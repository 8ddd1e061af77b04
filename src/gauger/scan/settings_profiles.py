"""Which known tool reads this settings file, and what does that say of the model names in it?

One row a tool. A file of no row is read by the general rules alone, which are most of what there is.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from gauger.scan.settings_tree import Group

_FLOW_PARTS = {"nodes", "edges", "connections"}


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool makes of its settings.

    Attributes:
        ident: The tool.
        paths: Globs over the path in lower case, with a leading slash.
        provider: Who serves a model for which the file gives nothing else; empty where nobody does.
        routed: How a provider stands before a model's name: `a/b`, `a:b`, or not at all.
        keys: Further keys that carry a model.
        trade: Every model key without more is one of a language model, if the catalogue knows the name.
        certain: Every model key is one of a language model, whatever the name is.
        source: The tool's own reference.
    """

    ident: str
    paths: tuple[str, ...] = ()
    provider: str = ""
    routed: Literal["", "slash", "colon"] = ""
    keys: frozenset[str] = frozenset()
    certain: bool = True
    trade: bool = False
    source: str = ""


PLAIN = Profile(ident="", certain=False)
"""Settings of a program that nobody knows."""

FLOW = Profile(
    ident="flow",
    certain=False,
    trade=True,
    source="exports of n8n, Flowise, Langflow and Dify: `nodes` with `edges` or `connections`",
)
"""The export of a program that draws pipelines: every model key in it is one of the trade."""

PROFILES: tuple[Profile, ...] = (
    Profile(
        ident="claude-code",
        paths=("*/.claude/settings*.json", "*/.claude.json", "*/.claude-plugin/*.json"),
        provider="anthropic",
        source="https://docs.claude.com/en/docs/claude-code/settings",
    ),
    Profile(
        ident="codex",
        paths=("*/.codex/*.toml",),
        provider="openai",
        source="https://github.com/openai/codex/blob/main/docs/config.md",
    ),
    Profile(
        ident="gemini-cli",
        paths=("*/.gemini/settings.json",),
        provider="google-gemini",
        source="https://github.com/google-gemini/gemini-cli/blob/main/docs/cli/configuration.md",
    ),
    Profile(
        ident="qwen-code", paths=("*/.qwen/settings.json",), source="https://github.com/QwenLM/qwen-code"
    ),
    Profile(
        ident="opencode",
        paths=("*/opencode.json*", "*/.opencode/*.json*"),
        routed="slash",
        source="https://opencode.ai/docs/config/",
    ),
    Profile(
        ident="aider",
        paths=("*/.aider.conf.y*ml", "*/.aider.model.settings.y*ml"),
        routed="slash",
        source="https://aider.chat/docs/config/aider_conf.html",
    ),
    Profile(
        ident="crewai",
        paths=("*/agents.y*ml", "*/crew*.y*ml"),
        routed="slash",
        keys=frozenset({"llm", "function_calling_llm", "manager_llm", "planning_llm"}),
        certain=False,
        source="https://docs.crewai.com/concepts/agents",
    ),
    Profile(
        ident="promptfoo",
        paths=("*/promptfooconfig*.*", "*/*promptfoo*.y*ml"),
        routed="colon",
        keys=frozenset({"provider", "providers", "id", "targets"}),
        source="https://www.promptfoo.dev/docs/configuration/reference/",
    ),
    Profile(
        ident="pulumi",
        paths=("*/pulumi.*.y*ml", "*/cdk.json", "*/samconfig.toml"),
        certain=False,
        trade=True,
        source="https://www.pulumi.com/docs/iac/concepts/config/",
    ),
    Profile(
        ident="copilot",
        paths=("*/.github/copilot*", "*/.copilot/*.json"),
        provider="github-copilot",
        source="https://docs.github.com/en/copilot",
    ),
)


def profile_of(path: str, documents: list[Group]) -> Profile:
    """Whose settings are these, by their path or else by their shape?"""
    low = "/" + path.lower()
    for profile in PROFILES:
        if any(fnmatchcase(low, pattern) for pattern in profile.paths):
            return profile
    for document in documents:
        for group in (document, *document.groups.values()):
            if "nodes" in group.groups and len(_FLOW_PARTS & group.groups.keys()) > 1:
                return FLOW
            if "graph" in group.groups and "nodes" in group.groups["graph"].groups:
                return FLOW
    return PLAIN
