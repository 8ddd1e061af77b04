"""Which models does Python code name outside of a library: in requests, dicts, commands, the environment?"""

from __future__ import annotations

import ast
import re

from gauger.core.errors import LimitExceeded
from gauger.core.inventory import Location
from gauger.core.limits import DEFAULT_LIMITS
from gauger.scan.model_address import IN_REQUEST, NAME_END
from gauger.scan.model_words import could_be_model
from gauger.scan.provider_spelling import spelt_provider
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_objects import (
    Client,
    Reference,
    Scope,
    Setting,
    Table,
    Thing,
    Unknown,
    as_value,
    is_value,
    text_of,
)
from gauger.scan.python_record import Record
from gauger.scan.shell import Session
from gauger.scan.shell_lexer import Word
from gauger.scan.values import Either, Joined, Name, Text, Value

PLAIN_KEYWORDS = {"model", "model_name", "model_id", "llm", "modelId"}
_WRITERS = {"post", "put", "request", "stream", "Request", "fetch", "apost", "urlopen"}
_COMPANIONS = {
    "api_key", "base_url", "api_base", "temperature", "max_tokens", "messages", "prompt", "top_p", "api_type",
    "litellm_params", "azure_endpoint", "max_new_tokens", "stream", "input", "max_completion_tokens",
    "system_prompt", "response_format", "tools", "provider",
}  # fmt: skip
"""Keys that stand beside `model` in a request to a language model and hardly anywhere else."""
_RECIPE_KEYS = {"model_name_or_path", "base_model", "model_id"}
_RECIPE_COMPANIONS = {"stage", "template", "finetuning_type", "do_train", "datasets", "lora_target", "lora_r"}
_RUNS_WORDS = {
    "subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_call",
    "subprocess.check_output", "subprocess.getoutput", "subprocess.getstatusoutput", "os.system",
    "os.popen", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell",
    "asyncio.subprocess.create_subprocess_exec", "asyncio.subprocess.create_subprocess_shell", "os.execvp",
    "os.execv", "os.execlp", "pexpect.spawn", "sh.Command", "invoke.run", "plumbum.local", "sky.Task",
    "docker.from_env().containers.run",
}  # fmt: skip
_RUN_METHODS = {
    "run_commands", "exec_run", "exec_command", "check_output", "check_call", "Popen", "run_command", "sudo",
    "dockerfile_commands", "with_exec", "run", "containers.run", "system", "add_commands",
}  # fmt: skip
_OLLAMA = re.compile(r":11434\b|/api/(?:generate|chat|embed|embeddings|pull|show|create)\b")
_OF_MODELS = re.compile(r"/chat/completions\b|/v1/(?:messages|completions|embeddings|responses|rerank)\b")
"""Addresses that take nothing but models.

Sources: the REST references of OpenAI and Anthropic, which the other providers follow.
"""
_DEPTH = 4


class Requests(Record):
    """What a reader of a file knows of requests written by hand, and of the commands that it runs."""

    def request(self, callee: Thing, arguments: Arguments, node: ast.Call, path: str = "") -> None:
        """A request written by hand: `requests.post(url, json={"model": …})`."""
        name = path or (callee.attributes if isinstance(callee, Reference) else "")
        if name.rpartition(".")[2] not in _WRITERS:
            return
        body = next((t for t in map(_unpacked, _bodies(arguments)) if isinstance(t, Table)), None)
        url = next((t for t, _ in arguments.positional if is_value(t) and _may_be_url(t)), None)
        url = url or arguments.first("url", "endpoint", "full_url")
        base = callee.endpoint if isinstance(callee, Client) else None
        endpoint = as_value(url, self.place(node)) if is_value(url) and url is not None else None
        if base is not None and (endpoint is None or not _is_absolute(endpoint)):
            endpoint = base
        if body is not None and "model" in body.items:
            thing = body.items["model"]
            at = body.where.get("model") or next(
                (at for t, at in arguments.keywords.values() if t is body), node
            )
            own = bool(_OLLAMA.search(_shown(url)) or _OLLAMA.search(_shown(endpoint)))
            self.add(
                thing,
                at,
                api=f"{name} model",
                namespace="ollama" if own else "api",
                endpoint=endpoint,
                weak=not (own or _OF_MODELS.search(_shown(url))),
            )
        elif url is not None and (found := _in_address(as_value(url, self.place(node)))) is not None:
            given = (*arguments.positional, *arguments.keywords.values())
            at = next((at for t, at in given if t is url), node)
            self.add(found, at, api=f"{name} address", endpoint=endpoint, weak=True)

    def mapping(self, node: ast.Dict, scope: Scope) -> Thing:
        """A dict that configures a model: `{"model": …, "api_key": …}`."""
        table = super().mapping(node, scope)
        if not isinstance(table, Table):
            return table
        self.nested(table)
        is_recipe = bool(_RECIPE_COMPANIONS & table.items.keys())
        if not is_recipe and not _COMPANIONS & table.items.keys():
            return table
        for key, value in zip(node.keys, node.values, strict=True):
            if not isinstance(key, ast.Constant):
                continue
            if key.value in PLAIN_KEYWORDS or (is_recipe and key.value in _RECIPE_KEYS):
                thing = table.items.get(str(key.value), Unknown(""))
                if is_value(thing) and text_of(thing) is not None:
                    self.add(
                        thing,
                        value,
                        api=f"{{{key.value!r}: …}}",
                        namespace="" if is_recipe else "api",
                        endpoint=self.address_in(table, value),
                        weak=True,
                        role="training-base" if is_recipe else "inference",
                    )
        return table

    def nested(self, table: Table) -> None:
        """`{"provider": "huggingface", "config": {"model": "x/Y"}}`."""
        provider, inner = text_of(table.items.get("provider")), table.items.get("config")
        if provider is None or not isinstance(inner, Table):
            return
        for key in sorted(PLAIN_KEYWORDS & inner.where.keys()):
            if text_of(inner.items[key]) is not None:
                api, at = f"{{'provider': {provider!r}}}", inner.where[key]
                named = spelt_provider(provider)
                self.add(
                    inner.items[key],
                    at,
                    api=api,
                    namespace="hub" if named == "huggingface" else "ollama" if named == "ollama" else "api",
                    provider="" if named in ("ollama", "huggingface") else named,
                    endpoint=self.address_in(inner, at),
                    weak=True,
                )

    def address_in(self, table: Table, at: ast.expr) -> Value | None:
        """The address that a dict gives beside a model."""
        found = next((table.items[a] for a in self.calls.table.addresses if a in table.items), None)
        return as_value(found, self.place(at)) if found is not None and is_value(found) else None

    def configured(self, dotted: str, arguments: Arguments, client: str) -> bool:
        """Models in the dicts that a call of a library is given: `Router(model_list=[{…}])`. Any at all?"""
        found = False
        for name, (thing, at) in (
            *((str(i), pair) for i, pair in enumerate(arguments.positional)),
            *arguments.keywords.items(),
        ):
            if isinstance(thing, Table):
                found |= self.inside(thing, at, f"{dotted}({name})", client, "", 0)
        return found

    def inside(self, table: Table, at: ast.expr, api: str, client: str, provider: str, depth: int) -> bool:
        """The models that a table and the tables in it name; the provider may stand one level above."""
        named = text_of(table.items.get("provider") or table.items.get("api_type"))
        provider = spelt_provider(named or "") or provider
        found = False
        for key, thing in table.items.items():
            if isinstance(thing, Table) and depth < _DEPTH:
                deeper = "litellm.completion" if key == "litellm_params" else client
                found |= self.inside(thing, at, f"{api}.{key}", deeper, provider, depth + 1)
            elif not table.is_list and (key in PLAIN_KEYWORDS or key in _RECIPE_KEYS) and is_value(thing):
                if (
                    "litellm_params" in table.items
                    or (text := text_of(thing)) is None
                    or not could_be_model(text)
                ):
                    continue
                found = True
                self.add(
                    thing,
                    table.where.get(key, at),
                    api=api,
                    role=self.calls.role(api, api.rpartition(".")[2]),
                    namespace="ollama"
                    if provider == "ollama"
                    else ""
                    if client.startswith("litellm")
                    else "api",
                    client=client,
                    endpoint=self.address_in(table, at),
                    provider="" if provider == "ollama" else provider,
                    location=None if key in table.where else _place_of(thing),
                )
        return found

    def command(self, callee: Thing, arguments: Arguments, name: str) -> None:
        """A command that is run: `subprocess.run(["vllm", "serve", MODEL])`, `run_commands("…")`."""
        dotted = callee.dotted if isinstance(callee, Reference) else name
        known = dotted in _RUNS_WORDS
        if self.quiet or not (known or dotted.rpartition(".")[2] in _RUN_METHODS):
            return
        given = [*arguments.positional]
        given += [
            arguments.keywords[k]
            for k in ("args", "cmd", "command", "run", "setup")
            if k in arguments.keywords
        ]
        words = [(thing, at) for thing, at in given if is_value(thing)]
        if known and len(words) > 1 and "exec" in dotted:
            self.words(words)
            return
        for thing, at in given:
            if isinstance(thing, Table) and thing.is_list and thing.items:
                self.words([(item, thing.where.get(key, at)) for key, item in thing.items.items()])
            elif is_value(thing) and (known or " " in _shown(thing)):
                self.words([(thing, at)], is_script=True)

    def words(self, given: list[tuple[Thing, ast.expr]], *, is_script: bool = False) -> None:
        """Read a command, of which parts may be names to follow."""
        holes: dict[str, Value] = {}
        session = Session(self.surface, self.path, DEFAULT_LIMITS, known=holes)
        texts = [(_with_holes(as_value(t, self.place(at)), holes), self.place(at)) for t, at in given]
        behind = {(place.line, place.column): at for (_, place), (_, at) in zip(texts, given, strict=True)}
        try:
            if is_script:
                session.text(texts[0][0], texts[0][1].line, texts[0][1].column)
            else:
                first = re.sub(r"^\$\{HOLE_\d+\}$", "python", texts[0][0])
                rest = texts[1:]
                session.argv([Word(t, p.line, p.column) for t, p in [(first, texts[0][1]), *rest]])
            harvest = session.finish()
        except LimitExceeded:
            return
        for candidate in harvest.candidates:
            place = candidate.location
            at = behind.get((place.line, place.column), given[0][1])
            written = candidate.written if "${HOLE_" not in candidate.written else self.written(at)
            self.add(
                candidate.model,
                at,
                api=candidate.api,
                role=candidate.role,
                namespace=candidate.namespace,  # type: ignore[arg-type]
                endpoint=candidate.endpoint,
                weak=candidate.weak,
                location=place,
                revision=candidate.revision,
                shown=written,
            )
        for artifact in harvest.artifacts:
            self.artifacts[(artifact.location.line, artifact.location.column)] = artifact


def _in_address(url: Value) -> Value | None:
    """The model's name that an address holds, or None."""
    if isinstance(url, Joined):
        for number, part in enumerate(url.parts[:-1]):
            before = "".join(map(_shown, url.parts[: number + 1]))
            if isinstance(part, Text) and (match := IN_REQUEST.match(before)) and not match[2]:
                return url.parts[number + 1]
    match = IN_REQUEST.match(_shown(url))
    text = NAME_END.sub("", match[2]) if match else ""
    place = _place_of(url) or (_place_of(url.parts[0]) if isinstance(url, Joined) and url.parts else None)
    return Text(text=text, location=place) if place is not None and could_be_model(text) else None


def _bodies(arguments: Arguments) -> list[Thing]:
    """The arguments of a request that may be its body, the likeliest first."""
    named = [
        arguments.keywords[k][0]
        for k in ("json", "data", "json_data", "content", "body")
        if k in arguments.keywords
    ]
    return [*named, *(thing for thing, _ in arguments.positional)]


def _unpacked(thing: Thing) -> Thing:
    """A body with `{"json": {…}}` around it."""
    if isinstance(thing, Table) and "model" not in thing.items:
        return next((t for t in thing.items.values() if isinstance(t, Table) and "model" in t.items), thing)
    return thing


def _may_be_url(thing: Thing) -> bool:
    text = _shown(thing)
    return text.upper() not in ("POST", "PUT", "GET", "PATCH") and "\n" not in text


def _is_absolute(value: Value) -> bool:
    return not (isinstance(value, Text) and "://" not in value.text)


def _shown(thing: Thing | None) -> str:
    """All that is written out in a value, one part after another."""
    match thing:
        case Text():
            return thing.text
        case Name(default=default) if default is not None:
            return _shown(default)
        case Joined(parts=parts):
            return "".join(map(_shown, parts))
        case Either(options=options):
            return " ".join(map(_shown, options))
        case Setting():
            return ""
        case _:
            return ""


def _place_of(thing: Thing) -> Location | None:
    """Where a value is written out or named."""
    return thing.location if isinstance(thing, Text | Name) and thing.location.line else None


def _with_holes(value: Value, holes: dict[str, Value]) -> str:
    """The value as a text of shell language in which what must be followed is a variable."""
    match value:
        case Text():
            return value.text
        case Joined(parts=parts):
            return "".join(_with_holes(part, holes) for part in parts)
        case Name() if (text := text_of(value)) is not None:
            return text
        case _:
            name = f"HOLE_{len(holes)}"
            holes[name] = value
            return f"${{{name}}}"
