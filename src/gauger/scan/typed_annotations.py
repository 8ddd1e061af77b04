"""What does a placeholder in an annotation stand for: `${spring.ai.openai.chat.options.model:gpt-4o}`?"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

    from gauger.scan.typed_tree import TypedTranslator

_PLACEHOLDER = re.compile(r"\$\{([^${}:]+)(?::((?:[^${}]|\$\{[^{}]*\})*))?\}")
_ENVIRONMENT = re.compile(r"[A-Z][A-Z0-9_]*")


def placeholder(text: str, node: Node, translator: TypedTranslator) -> ast.expr:
    """A text with `${key:default}` in it: keys of settings, or environment names where they are capital.

    Source: https://docs.spring.io/spring-framework/reference/core/beans/annotation-config/value-annotations.html
    """
    parts: list[ast.expr] = []
    at = 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > at:
            parts.append(translator.constant(text[at : match.start()], node))
        given: list[ast.expr] = [translator.constant(match[1].strip(), node)]
        if match[2] is not None:
            given.append(placeholder(match[2], node, translator))
        known = "environment_value" if _ENVIRONMENT.fullmatch(match[1].strip()) else "setting_value"
        parts.append(translator.called(known, given, node))
        at = match.end()
    if at < len(text) or not parts:
        parts.append(translator.constant(text[at:], node))
    return parts[0] if len(parts) == 1 else translator.join(parts, node)
