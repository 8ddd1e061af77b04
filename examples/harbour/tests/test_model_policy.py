"""Names that the architecture board turned down must not come back."""

from pathlib import Path

TURNED_DOWN = ("moonshotai/Kimi-K2-Instruct", "deepseek-ai/DeepSeek-V3", "x-ai/grok-2")


def test_no_service_names_a_model_that_was_turned_down():
    for source in Path("services").rglob("*.py"):
        text = source.read_text()
        assert not any(name in text for name in TURNED_DOWN), source
