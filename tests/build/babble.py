"""Little languages and models of them, in numpy, of which is known who learnt from whose texts.

A language is a random table of which word follows which two; a model is counts of a sample of it, smoothed; a
student is counts of a sample of a model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gauger.runtime.prompts import Prompt, stops
from gauger.runtime.run import Answer, Forecast, Run
from gauger.trace.behaviour.ground import Apart

WORDS = 24


def word(number: int) -> str:
    """Every word has its own letters and length."""
    return "bcdfghjklmnpqrstvwxz"[number % 20] + "aeiou"[number // 5 % 5] * (1 + number % 3)


def language(rng: np.random.Generator) -> np.ndarray:
    """Shares of the next word after every two words: float64 (words, words, words)."""
    return rng.dirichlet(np.full(WORDS, 0.3), (WORDS, WORDS))


def sample(table: np.ndarray, length: int, rng: np.random.Generator, texts: int = 100) -> np.ndarray:
    """So many words in all, as texts of equal length: int array (texts, words of a text)."""
    sums = table.cumsum(-1)
    said = [rng.integers(0, WORDS, texts), rng.integers(0, WORDS, texts)]
    for _ in range(length // texts):
        draws = rng.random(texts)[:, None]
        said.append(np.minimum((sums[said[-2], said[-1]] < draws).sum(-1), WORDS - 1))
    return np.stack(said, -1)


def learnt(texts: np.ndarray, smooth: float) -> np.ndarray:
    """The model that counts what follows two words, mixed with what follows one."""
    counts = np.zeros((WORDS, WORDS, WORDS))
    np.add.at(counts, (texts[:, :-2], texts[:, 1:-1], texts[:, 2:]), 1.0)
    one = counts.sum(0) + 0.5
    one /= one.sum(-1, keepdims=True)
    table = counts + smooth * WORDS * one[None]
    return table / table.sum(-1, keepdims=True)


def model(tongue: np.ndarray, rng: np.random.Generator, length: int = 6000) -> np.ndarray:
    """A model that read its own sample of the language; smoothing differs from model to model."""
    return learnt(sample(tongue, length, rng), float(rng.uniform(0.05, 0.2)))


def compared(models: Sequence[np.ndarray], rng: np.random.Generator, prompts: int = 60) -> Apart:
    """Divergences of all pairs at random places, eight a prompt."""
    places = rng.integers(0, WORDS, (prompts, 8, 2))
    rows = [table[places[..., 0], places[..., 1]] for table in models]
    nats = np.zeros((prompts, len(models), len(models)))
    for i, p in enumerate(rows):
        for j, q in enumerate(rows[:i]):
            mean = (p + q) / 2
            both = (p * np.log(p / mean) + q * np.log(q / mean)).sum(-1) / 2
            nats[:, i, j] = nats[:, j, i] = both.mean(-1)
    names = tuple(f"m{n}" for n in range(len(models)))
    return Apart(
        names, "pieces", tuple(f"{n:064x}" for n in range(prompts)), ("",) * prompts, nats, prompts * 8
    )


def prompts_of(tongue: np.ndarray, count: int, rng: np.random.Generator) -> tuple[Prompt, ...]:
    """Texts of the language, fourteen words each, numbered so that no two are equal."""
    texts = sample(tongue, 12 * count, rng, count)
    return tuple(
        Prompt(text=" ".join([f"n{n}", *map(word, text)]), domain=f"d{n % 3}") for n, text in enumerate(texts)
    )


def run_of(name: str, table: np.ndarray, prompts: Sequence[Prompt], tokenizer: str = "t" * 64) -> Run:
    """What the model answers: forecasts of words at every stop, the likelihood of the text."""
    numbers = {word(n): n for n in range(WORDS)}
    assert len(numbers) == WORDS
    return Run(
        model=name,
        runner="numpy",
        mode="completion",
        tokenizer=tokenizer,
        answers=tuple(sorted((_answer(table, p, numbers) for p in prompts), key=lambda a: a.prompt)),
    )


def _answer(table: np.ndarray, prompt: Prompt, numbers: dict[str, int]) -> Answer:
    forecasts, nats, scored = [], 0.0, 0
    for at in stops(prompt.text):
        said = [numbers[w] for w in prompt.text[:at].split()[1:]]
        shares = table[said[-2], said[-1]]
        best = np.argsort(-shares, kind="stable")[:20]
        forecasts.append(
            Forecast(
                at=at,
                pieces=tuple(" " + word(int(n)) for n in best),
                logs=tuple(round(float(np.log(shares[n])), 4) for n in best),
            )
        )
    said = [numbers[w] for w in prompt.text.split()[1:]]
    for a, b, c in zip(said, said[1:], said[2:], strict=False):
        nats -= float(np.log(table[a, b, c]))
        scored += 1 + len(word(c))
    return Answer(
        prompt=prompt.digest,
        domain=prompt.domain,
        forecasts=tuple(forecasts),
        nats=round(nats, 4),
        scored=scored,
    )
