"""Which model does the head of a Markdown file ask for? Agents, commands, prompts, and Spaces of a hub."""

from __future__ import annotations

import re

from gauger.core.errors import Malformed
from gauger.scan.collector import Collected, FileView
from gauger.scan.settings_models import settings_candidates
from gauger.scan.settings_profiles import Profile
from gauger.scan.settings_tree import tree_of_spot
from gauger.scan.yaml_place import Spot, yaml_documents

_HEAD = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_SPACE = {"sdk", "app_file", "app_port", "colorFrom"}
_FOLDERS: tuple[tuple[str, str], ...] = (
    (".claude/", "anthropic"),
    (".claude-plugin/", "anthropic"),
    (".github/", "github-copilot"),
    (".gemini/", "google-gemini"),
    (".codex/", "openai"),
    (".opencode/", ""),
    (".cursor/", ""),
    (".windsurf/", ""),
    (".roo/", ""),
    (".continue/", ""),
    (".goose/", ""),
)
"""Folders of coding agents, and who serves the models that their files name.

Sources: https://docs.claude.com/en/docs/claude-code/sub-agents, https://code.visualstudio.com/docs/copilot
    (prompt files, chat modes, custom agents), https://opencode.ai/docs/agents/.
"""


class AgentNotes:
    """Markdown and MDC files of coding agents, `AGENTS.md`, and the README of a Hugging Face Space."""

    ident = "agent-notes"
    globs: tuple[str, ...] = (
        "**/.claude/**/*.md", "**/.claude-plugin/**/*.md", "**/.github/**/*.md", "**/.gemini/**/*.md",
        "**/.codex/**/*.md", "**/.opencode/**/*.md", "**/.cursor/**/*.mdc", "**/.windsurf/**/*.md",
        "**/.roo/**/*.md", "**/.continue/**/*.md", "**/AGENTS.md", "**/CLAUDE.md", "**/GEMINI.md",
        "**/SKILL.md", "**/agents/*.md", "**/commands/*.md", "**/*.prompt.md", "**/*.chatmode.md",
        "**/*.agent.md", "**/README.md",
    )  # fmt: skip
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read the YAML between the two lines of dashes at the beginning.

        Raises:
            Malformed: the head is not YAML.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        path, head = str(view.path), _HEAD.match(view.text())
        if head is None:
            return Collected()
        documents = _documents(head[1], path, view)
        is_readme = view.path.name.lower() == "readme.md"
        if not documents or (is_readme and not _SPACE & {key for key, _ in documents[0].items()}):
            return Collected()
        profile = Profile(ident="agent-notes", provider="" if is_readme else _provider(path, documents[0]))
        tree = tree_of_spot(documents[0])
        return Collected(candidates=tuple(settings_candidates(tree, profile, self.ident)))


def _documents(head: str, path: str, view: FileView) -> list[Spot]:
    """The head as YAML; where it is none (`globs: **/*.ts`), its line with a model."""
    try:
        return yaml_documents(head, path, view.limits, first_line=1)
    except Malformed:
        kept = [line if line.startswith(("model:", "sdk:")) else "" for line in head.split("\n")]
        return yaml_documents("\n".join(kept), path, view.limits, first_line=1)


def _provider(path: str, head: Spot) -> str:
    for folder, provider in _FOLDERS:
        if folder in f"/{path}":
            return provider
    if path.endswith((".prompt.md", ".chatmode.md", ".agent.md")):
        return "github-copilot"
    short = head.text_at("model").lower() in ("opus", "sonnet", "haiku")
    return "anthropic" if short else ""
