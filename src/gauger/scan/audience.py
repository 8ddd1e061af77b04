"""For whom is the code at this place: production, a test, documentation, development?"""

from __future__ import annotations

import re
from typing import Literal

Audience = Literal["production", "test", "documentation", "development"]

_TEST = re.compile(
    r"(^|/)(tests?|testing|__tests__|spec|e2e|fixtures)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$"
    r"|\.(test|spec)\.[cm]?[jt]sx?$|(^|/)[^/]*Tests?\.(java|kt|cs)$|_test\.go$"
)
_DOCUMENTATION = re.compile(
    r"(^|/)(docs?|documentation|examples?|samples?|tutorials?|cookbook)/|\.(md|rst|adoc|example|sample|template|dist)$",
    re.IGNORECASE,
)
_DEVELOPMENT = re.compile(
    r"(^|/)(notebooks?|benchmarks?|bench|experiments?|playground|sandbox|\.devcontainer)/|\.ipynb$",
    re.IGNORECASE,
)


def audience_of(path: str) -> Audience:
    """For whom does a file stand at this path? By names that tools agree on."""
    if _TEST.search(path):
        return "test"
    if _DOCUMENTATION.search(path):
        return "documentation"
    return "development" if _DEVELOPMENT.search(path) else "production"
