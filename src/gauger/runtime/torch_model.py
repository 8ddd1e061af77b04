"""Any causal language model that transformers knows, on torch: for what numpy does not do here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gauger.core.errors import Malformed, MissingExtra, Unreadable
from gauger.formats.number_types import Floats


class TorchDecoder:
    """A model loaded from safetensors in a folder; no code of the folder's is run, nothing is fetched.

    Args:
        folder: Holds `config.json` and `*.safetensors`.

    Raises:
        MissingExtra: torch or transformers is not installed.
        Unreadable: transformers cannot load it from these files alone.
    """

    ident = "torch"

    def __init__(self, folder: Path) -> None:
        try:
            import torch  # noqa: PLC0415 - part of an extra
            from transformers import AutoModelForCausalLM  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtra(
                "running this model needs torch and transformers", hint="pip install 'gauger[models]'"
            ) from error
        self._torch: Any = torch
        try:
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                str(folder),
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                dtype=torch.float32,
            )
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError) as error:
            raise Unreadable(
                f"transformers cannot load it: {type(error).__name__}: {str(error)[:200]}",
                subject=folder.name,
            ) from error
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model: Any = loaded.to(self._device).eval()

    def scores(self, texts: Sequence[Sequence[int]]) -> Iterator[Floats]:
        """Natural log-probabilities after every piece, one text at a time."""
        torch = self._torch
        for text in texts:
            with torch.inference_mode():
                logits = self._model(torch.tensor([list(text)], device=self._device)).logits[0]
                logs = torch.log_softmax(logits.double(), -1).float().cpu().numpy()
            if not np.isfinite(logs).any():
                raise Malformed("the model's answers are not finite")
            yield logs
