"""Which calls of a Python file take a model, and what do other files need to know of it?"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from gauger.core.inventory import Artifact, Role
from gauger.core.text import printable
from gauger.scan.collector import Binding, Candidate
from gauger.scan.model_address import is_hub_name
from gauger.scan.model_words import could_be_model, model_word
from gauger.scan.python_expressions import Arguments
from gauger.scan.python_objects import (
    Client,
    Member,
    OpenFile,
    Reference,
    Setting,
    Table,
    Thing,
    Unknown,
    as_value,
    is_value,
    text_of,
)
from gauger.scan.python_program import Program
from gauger.scan.python_table import Calls, CallSite, NamespaceHint
from gauger.scan.values import Name, Opaque, Text, Value

_PLAIN_KEYWORDS = {"model", "model_name", "model_id", "llm", "modelId"}
_ALWAYS_TEXT = re.compile(r"\.from_pretrained$|snapshot_download$|hf_hub_download$|SentenceTransformer$")
"""Calls whose model is never an object that was made before: what is not known there is an unresolved use."""
_WRITERS = {"post", "put", "request", "stream", "Request", "fetch"}
_COMPANIONS = {
    "api_key", "base_url", "api_base", "temperature", "max_tokens", "messages", "prompt", "top_p", "api_type",
    "litellm_params", "azure_endpoint", "max_new_tokens", "stream", "input",
}  # fmt: skip
"""Keys that stand beside `model` in a request to a language model and hardly anywhere else."""


class Report(Program):
    """Reads one file and writes down its uses.

    After `run`, `candidates` holds one candidate for each place, `artifacts` the data sets, `passed_on` what
    is given to functions of other files.
    """

    surface = "python"

    def __init__(self, path: str, module: str, calls: Calls) -> None:
        super().__init__(path, module, calls)
        self.candidates: dict[tuple[int, int, str], Candidate] = {}
        self.artifacts: dict[tuple[int, int], Artifact] = {}
        self.passed_on: list[Binding] = []
        self.used: set[tuple[int, int]] = set()

    def report(self, callee: Thing, arguments: Arguments, node: ast.Call) -> Thing:
        """Write a call down that takes a model, and say what it gives."""
        match callee:
            case Reference():
                return self.of_reference(callee, arguments, node)
            case Member(owner=Client() as client):
                self.of_method(client, callee.path, arguments, node)
                return self.derived(client, callee.path, arguments, node)
            case Member(owner=Unknown() as unknown):
                endpoint = Opaque(why=f"the client object is {unknown.why}", location=self.place(node))
                self.of_unknown(callee.path, arguments, node, endpoint, None)
                return Unknown(unknown.why)
            case Client():
                if callee.dotted.startswith(self.calls.table.callable or ("\0",)):
                    self.of_method(callee, "languageModel", arguments, node)
                    return callee
                return self.derived(callee, "", arguments, node)
            case _:
                self.request(callee, arguments, node)
                return Unknown("what a call gives")

    def of_reference(self, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing:
        """A call of something imported from a library that takes models, or from elsewhere."""
        dotted = callee.dotted
        if dotted.startswith("boto3") and dotted.endswith((".client", ".resource")):
            service = text_of(arguments.first(0, "service_name")) or ""
            return Client(f"boto3.client:{service}", self.address(arguments, node))
        kind = self.calls.package_kind(dotted)
        if kind is None:
            return self.of_stranger(callee, arguments, node)
        site = self.calls.call(dotted)
        wrapped = self.wrapped(arguments)
        endpoint = self.address(arguments, node)
        if wrapped is not None and endpoint is None:
            endpoint = wrapped.endpoint
        endpoint = endpoint or self.set_on_module(callee.module, node)
        client = Client(
            wrapped.dotted if wrapped is not None else dotted, endpoint, self.provider(site, arguments)
        )
        if site is not None and site.dataset:
            self.data_set(site, arguments)
        self.model_of(client, dotted, site, kind, arguments, node, strong=site is not None)
        is_object = dotted.rpartition(".")[2][:1].isupper() or wrapped is None
        return client if is_object or wrapped is None else wrapped

    def of_stranger(self, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing:
        """A call of something from a package that is not known, perhaps from another file of the stack."""
        owner, _, method = self.client_method(callee.attributes)
        if method and owner:
            symbol = f"{callee.module}:{owner}"
            endpoint = Name(kind="symbol", name=f"{symbol}#endpoint", location=self.place(node))
            client = Name(kind="symbol", name=f"{symbol}#client", location=self.place(node))
            self.of_unknown(method, arguments, node, endpoint, client)
            return Unknown("what a client returns")
        root = callee.module.partition("/")[0]
        if root in sys.stdlib_module_names or root == "builtins":
            self.request(callee, arguments, node)
            return callee.called()
        self.hand_over(callee, arguments, node)
        self.request(callee, arguments, node)
        for name, (thing, at) in arguments.keywords.items():
            if model_word(name) is not None and text_of(thing) is not None:
                self.add(
                    thing, at, api=f"{callee.dotted}({name}=)", role=self.calls.role("", name), weak=True
                )
        return callee.called()

    def hand_over(self, callee: Reference, arguments: Arguments, node: ast.Call) -> None:
        """Tell the file that defines this function what is passed to it."""
        if self.quiet or "()" in callee.attributes:
            return
        passed = [(f"#{i}", thing, at) for i, (thing, at) in enumerate(arguments.positional[:4])]
        passed += [(name, thing, at) for name, (thing, at) in arguments.keywords.items()]
        for name, thing, at in passed:
            if is_value(thing) and (text_of(thing) is None or could_be_model(text_of(thing) or "")):
                place = self.place(at)
                symbol = f"{callee.symbol}({name})"
                site = f"{self.path}:{node.lineno}:{node.col_offset}"
                value = as_value(thing, place)
                self.passed_on.append(
                    Binding(kind="symbol", name=symbol, value=value, location=place, site=site)
                )

    def client_method(self, attributes: str) -> tuple[str, str, str]:
        """`client.chat.completions.create` taken apart: the object, a dot, the method that tells it."""
        parts = attributes.split(".")
        for i in range(1, len(parts)):
            if ".".join(parts[i:]) in self.calls.table.client_methods:
                return ".".join(parts[:i]), ".", ".".join(parts[i:])
        return "", "", ""

    def of_method(self, client: Client, path: str, arguments: Arguments, node: ast.Call) -> None:
        """A method of a client object that is known."""
        dotted = f"{client.dotted}.{path}"
        site = self.calls.method(client.dotted, path)
        kind = self.calls.package_kind(client.dotted) or "api"
        override = self.address(arguments, node)
        if override is not None:
            client = Client(client.dotted, override, client.provider)
        if client.dotted.startswith("boto3"):
            kind = "cloud"
        if kind != "hub" or site is not None or path in self.calls.table.client_methods:
            site = site or self.calls.call(dotted)
            self.model_of(client, dotted, site, kind, arguments, node, strong=True)

    def of_unknown(
        self, path: str, arguments: Arguments, node: ast.Call, endpoint: Value, client: Value | None
    ) -> None:
        """A method by which a client is known although its object is defined elsewhere."""
        owner, _, method = self.client_method(f"_.{path}")
        found = arguments.find("model") or arguments.find("modelId")
        if (method or owner) and found is not None and self.takes(found[0], "client", strong=True):
            site = self.calls.method("", method)
            role = site.role if site is not None and site.role else self.calls.role(method)
            self.add(
                found[0],
                found[1],
                api=method,
                role=role,
                namespace="api",
                endpoint=endpoint,
                client_name=client,
            )
        else:
            self.request(Unknown(path), arguments, node, path)

    def model_of(
        self,
        client: Client,
        dotted: str,
        site: CallSite | None,
        kind: NamespaceHint,
        arguments: Arguments,
        node: ast.Call,
        *,
        strong: bool,
    ) -> None:
        """Find the argument that holds the model, and write it down."""
        namespace = kind if site is None or site.namespace is None else site.namespace
        stands_for = (site.client if site is not None else "") or client.dotted
        endpoint = client.endpoint if namespace != "hub" or "nference" in dotted else None
        revision = arguments.first(*self.calls.table.revisions)
        for name, thing, at in self.model_arguments(site, arguments):
            role: Role = (site.role if site is not None else None) or self.calls.role(dotted, str(name))
            if site is not None and name in site.teacher:
                role = "teacher"
            if not self.takes(thing, dotted, strong=strong):
                continue
            weak = (site.weak if site is not None else False) or not (
                strong or (kind in ("api", "ollama") and name in _PLAIN_KEYWORDS)
            )
            self.add(
                thing,
                at,
                api=dotted,
                role=role,
                namespace=namespace,
                client=stands_for,
                endpoint=endpoint,
                provider=client.provider,
                revision=as_value(revision, self.place(node))
                if revision is not None and is_value(revision)
                else None,
                weak=weak,
            )

    def model_arguments(
        self, site: CallSite | None, arguments: Arguments
    ) -> Iterator[tuple[str | int, Thing, ast.expr]]:
        """The argument that the entry names, or the keywords whose names carry a model; teachers as well."""
        if site is not None and (site.model or site.dataset):
            for name in (*[next((n for n in site.model if arguments.find(n)), "")], *site.teacher):
                if (found := arguments.find(name)) is not None:
                    yield name, *found
            return
        if site is not None and not site.model:
            return
        named = [name for name in arguments.keywords if self.calls.names_model(name)]
        for name in [name for name in named if name in _PLAIN_KEYWORDS] or named:
            yield name, *arguments.keywords[name]

    def takes(self, thing: Thing, dotted: str, *, strong: bool) -> bool:
        """Can this argument be a model's name? An object that was made elsewhere is not."""
        if isinstance(thing, Text) and not could_be_model(thing.text):
            return False
        if isinstance(thing, Unknown) and thing.why == "None":
            return False
        if isinstance(thing, Opaque | Unknown | Member):
            return strong and bool(
                dotted == "client" or self.client_method(dotted)[0] or _ALWAYS_TEXT.search(dotted)
            )
        if isinstance(thing, Table):
            return thing.is_list and all(
                isinstance(t, Text) and could_be_model(t.text) for t in thing.items.values()
            )
        if isinstance(thing, Reference):
            return self.calls.package_kind(thing.dotted) is None and thing.module != "builtins" and strong
        return is_value(thing) or isinstance(thing, Setting | OpenFile)

    def data_set(self, site: CallSite, arguments: Arguments) -> None:
        """A data set that is loaded by its name on a hub."""
        name = next((n for n in site.dataset if arguments.find(n)), None)
        found = arguments.find(name) if name is not None else None
        if found is None or self.quiet:
            return
        thing, at = found
        text = text_of(thing)
        if text is None or not is_hub_name(text):
            return
        place = self.place(at)
        artifact = Artifact(kind="dataset", location=place, title=text)
        self.artifacts[(place.line, place.column)] = artifact
        self.add(thing, at, api="load_dataset", role="training-data", namespace="hub", artifact=artifact.id)

    def request(self, callee: Thing, arguments: Arguments, node: ast.Call, path: str = "") -> None:
        """A request written by hand: `requests.post(url, json={"model": …})`."""
        name = path or (callee.attributes if isinstance(callee, Reference) else "")
        body = arguments.first("json", "data", "json_data", "body", 1, 2)
        if (
            name.rpartition(".")[2] not in _WRITERS
            or not isinstance(body, Table)
            or "model" not in body.items
        ):
            return
        url = next((t for t, _ in arguments.positional if is_value(t)), None) or arguments.first("url")
        endpoint = as_value(url, self.place(node)) if url is not None and is_value(url) else None
        at = next((at for t, at in arguments.keywords.values() if t is body), node)
        self.add(body.items["model"], at, api=f"{name} model", namespace="api", endpoint=endpoint, weak=True)

    def mapping(self, node: ast.Dict, scope: object) -> Thing:
        """A dict that configures a model: `{"model": …, "api_key": …}`."""
        table = super().mapping(node, scope)  # type: ignore[arg-type]
        if not isinstance(table, Table) or not _COMPANIONS & table.items.keys():
            return table
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in _PLAIN_KEYWORDS:
                thing = table.items.get(str(key.value), Unknown(""))
                address = next((table.items[a] for a in self.calls.table.addresses if a in table.items), None)
                endpoint = (
                    as_value(address, self.place(value))
                    if is_value(address) and address is not None
                    else None
                )
                if is_value(thing) and text_of(thing) is not None:
                    api = f"{{{key.value!r}: …}}"
                    self.add(thing, value, api=api, namespace="api", endpoint=endpoint, weak=True)
        return table

    def add(
        self,
        thing: Thing,
        at: ast.expr,
        *,
        api: str,
        role: Role = "inference",
        namespace: NamespaceHint = "",
        client: str = "",
        endpoint: Value | None = None,
        provider: str = "",
        revision: Value | None = None,
        weak: bool = False,
        client_name: Value | None = None,
        artifact: str = "",
    ) -> None:
        """Write one place down; a weak candidate never replaces a strong one at the same place."""
        place = self.place(at)
        key = (place.line, place.column, "" if weak else role)
        if weak and (place.line, place.column) in self.used:
            return
        if self.quiet or (weak and any((place.line, place.column) == (k[0], k[1]) for k in self.candidates)):
            return
        self.candidates.pop((place.line, place.column, ""), None)
        for line, column in _written_at(thing):
            if (line, column) != (place.line, place.column):
                self.candidates.pop((line, column, ""), None)
                self.used.add((line, column))
        self.candidates[key] = Candidate(
            surface=self.surface,
            api=api,
            location=place,
            written=self.written(at),
            model=as_value(thing, place),
            namespace=namespace,
            client=client,
            endpoint=endpoint,
            provider=provider,
            role=role,
            revision=revision,
            weak=weak,
            client_name=client_name,
            artifact=artifact,
        )

    def written(self, at: ast.expr) -> str:
        """The text of a literal, else the expression."""
        if isinstance(at, ast.Constant) and isinstance(at.value, str):
            return printable(at.value)
        return printable(ast.unparse(at), 160)

    def address(self, arguments: Arguments, node: ast.Call) -> Value | None:
        """The address that a call gives to the object that it makes."""
        for name in self.calls.table.addresses:
            thing = arguments.first(name)
            if thing is not None and (is_value(thing) or isinstance(thing, Setting | Reference)):
                return as_value(thing, self.place(node))
        for thing, _ in arguments.keywords.values():
            if isinstance(thing, Table) and not thing.is_list:
                found = next((thing.items[n] for n in self.calls.table.addresses if n in thing.items), None)
                if is_value(found) and found is not None:
                    return as_value(found, self.place(node))
        return None

    def set_on_module(self, module: str, node: ast.Call) -> Value | None:
        """`openai.api_base = …`: an address given to a whole module."""
        for name in self.calls.table.addresses:
            thing = self.overrides.get(f"{module}.{name}")
            if thing is not None and is_value(thing):
                return as_value(thing, self.place(node))
        return None

    def wrapped(self, arguments: Arguments) -> Client | None:
        """A client object that is passed to another one: `Instructor(OpenAI(…))`, `provider=…`."""
        things = [t for t, _ in arguments.positional] + [t for t, _ in arguments.keywords.values()]
        clients = [
            t
            for t in things
            if isinstance(t, Client) and self.calls.package_kind(t.dotted) in ("api", "ollama")
        ]
        return clients[0] if clients else None

    def provider(self, site: CallSite | None, arguments: Arguments) -> str:
        """The provider that a keyword names."""
        names = site.provider if site is not None and site.provider else ("model_provider", "provider")
        return text_of(arguments.first(*names)) or ""

    def derived(self, client: Client, path: str, arguments: Arguments, node: ast.Call) -> Thing:
        """What a method of a client gives: the same client with other options, or something unknown."""
        if path.rpartition(".")[2] in (
            "with_options",
            "copy",
            "bind",
            "with_config",
            "with_structured_output",
        ):
            return Client(client.dotted, self.address(arguments, node) or client.endpoint, client.provider)
        return Unknown("what a client returns")


def _written_at(thing: Thing) -> Iterator[tuple[int, int]]:
    """The places in this file from which a value comes."""
    if isinstance(thing, Text):
        yield thing.location.line, thing.location.column
    elif isinstance(thing, Name) and thing.default is not None:
        yield from _written_at(thing.default)
