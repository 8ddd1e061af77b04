"""Which calls of a Python file take a model, and what do other files need to know of it?"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from gauger.core.inventory import Artifact, Location, Role
from gauger.scan.model_address import is_hub_name
from gauger.scan.model_words import NAME_CHARACTERS, could_be_model, is_address_name, model_word
from gauger.scan.provider_spelling import provider_in_name, spelt_provider
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_merge import joined
from gauger.scan.python_objects import (
    Bound,
    Client,
    Function,
    Instance,
    Member,
    OpenFile,
    Partial,
    Reference,
    Setting,
    Table,
    Thing,
    Unknown,
    as_value,
    is_value,
    text_of,
)
from gauger.scan.python_requests import PLAIN_KEYWORDS, Requests
from gauger.scan.python_table import CallSite, NamespaceHint
from gauger.scan.values import Either, Joined, Name, Opaque, Text, Value

_HANDED_ON = {
    "submit", "to_thread", "run_in_executor", "run_sync", "run_in_threadpool", "sync_to_async", "apply_async",
    "call_soon_threadsafe", "map", "starmap", "create_task", "retry", "call", "Thread", "Process", "partial",
}  # fmt: skip
"""Functions that call what they are given with the arguments that follow."""
_SAME_CLIENT = {
    "with_options", "copy", "bind", "with_config", "with_structured_output", "bind_tools", "with_fallbacks",
    "with_retry", "configurable_fields", "to", "eval", "cuda", "half", "as_retriever", "from_existing",
    "client",
}  # fmt: skip
"""Methods that give the same client with other options."""
_ANSWERS = re.compile(
    r"^a?(?:text_)?completions?$|^a?embeddings?$|^a?rerank$|^a?transcription$|^a?image_generation$|^a?responses$"
    r"|^(?:run|generate|chat|embed|call|stream|token_counter|moderation|speech|list|show|pull|complete)$"
)
"""Functions whose result is an answer; that of others may be an object to call further methods on."""
_AWS = ("boto3", "aioboto3", "aiobotocore")


class Report(Requests):
    """Reads one file and writes down its uses; see `Record` for what it holds afterwards."""

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
                self.handed_on(callee.path, arguments, node)
                self.command(callee, arguments, callee.path)
                return Unknown(unknown.why)
            case Client():
                if callee.dotted.startswith(self.calls.table.callable or ("\0",)):
                    self.of_method(callee, "languageModel", arguments, node)
                    return callee
                return self.derived(callee, "", arguments, node)
            case Bound():
                return self.of_bound(callee, arguments, node)
            case _:
                self.request(callee, arguments, node)
                return Unknown("what a call gives")

    def of_bound(self, callee: Bound, arguments: Arguments, node: ast.Call) -> Thing:
        """A method of something given: of a client that a call somewhere passes to this function."""
        path, owner = callee.name, callee.owner
        while isinstance(owner, Bound):
            path, owner = f"{owner.name}.{path}", owner.owner
        if isinstance(owner, Name) and owner.kind == "symbol" and "(" in owner.name:
            endpoint, client = _asked(owner, "#endpoint"), _asked(owner, "#client")
            self.of_unknown(path, arguments, node, endpoint, client)
            return Unknown("what a client returns")
        self.request(callee, arguments, node, path)
        self.handed_on(path, arguments, node)
        self.command(callee, arguments, path)
        return Unknown("what a call gives")

    def of_reference(self, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing:
        """A call of something imported from a library that takes models, or from elsewhere."""
        dotted = callee.dotted
        if dotted.startswith(_AWS) and dotted.endswith((".client", ".resource")):
            service = text_of(arguments.first(0, "service_name")) or ""
            return Client(f"boto3.client:{service}", self.address(arguments, node))
        kind, site = self.calls.package_kind(dotted), self.calls.call(dotted)
        if kind is None and (site is None or site.call.startswith("*")):
            return self.of_stranger(callee, arguments, node)
        kind = kind or ""
        wrapped = self.wrapped(arguments)
        endpoint = self.address(arguments, node)
        if wrapped is not None and endpoint is None:
            endpoint = wrapped.endpoint
        if dotted.endswith("InferenceClient") and (
            text_of(at := arguments.first(0, "model")) or ""
        ).startswith("http"):
            endpoint = as_value(at or Unknown(""), self.place(node))
        endpoint = endpoint or self.set_on_module(callee.module, node)
        if (
            "Azure" in dotted
            and isinstance(endpoint, Name)
            and "(" in endpoint.name
            and not _has_text(endpoint)
        ):
            endpoint = None
        named = self.provider(dotted, site, arguments, given=endpoint is not None)
        named = named or (wrapped.provider if wrapped is not None else "")
        client = Client(wrapped.dotted if wrapped is not None else dotted, endpoint, named)
        if site is not None and site.dataset:
            self.data_set(site, arguments)
        self.model_of(client, dotted, site, kind, arguments, node, strong=site is not None)
        made = dotted.rpartition(".")[2]
        if made[:1].isupper() or (wrapped is None and not _ANSWERS.search(made)):
            return client
        return wrapped if wrapped is not None else Unknown("what a function of a library gives")

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
        self.request(callee, arguments, node)
        self.command(callee, arguments, "")
        self.handed_on(callee.dotted, arguments, node)
        given = {k: t for k, (t, _) in arguments.keywords.items() if is_value(t) or isinstance(t, Client)}
        is_class = callee.attributes.rpartition(".")[2][:1].isupper()
        if callee.attributes.endswith(("Client", "ClientSession", "Session")) and (
            (base := self.address(arguments, node)) is not None
        ):
            return Client(callee.dotted, base)
        if root in sys.stdlib_module_names or root == "builtins":
            return callee.called()
        self.hand_over(callee, arguments, node)
        for name, (thing, at) in arguments.keywords.items():
            if model_word(name) is not None and text_of(thing) is not None:
                api = f"{callee.dotted}({name}=)"
                self.add(thing, at, api=api, role=self.calls.role("", name), weak=True)
        if is_class and any(text_of(t) is not None for t in given.values()):
            return Instance(given, None, callee)
        return callee.called()

    def handed_on(self, name: str, arguments: Arguments, node: ast.Call) -> None:
        """A function that is given to another one, which will call it: `pool.submit(ask, "x")`."""
        takes = name.rpartition(".")[2] in _HANDED_ON
        for number, (thing, _) in enumerate(arguments.positional):
            if self.is_call_of_model(thing) or (takes and isinstance(thing, Function | Partial)):
                self.each_call(thing, arguments.without(number + 1), node)
                return
        target, given = arguments.first("target", "func", "fn"), arguments.first("args")
        if takes and target is not None:
            inner = Arguments()
            inner.positional = (
                [(t, node) for t in given.items.values()]
                if isinstance(given, Table) and given.is_list
                else []
            )
            named = arguments.first("kwargs")
            inner.keywords = (
                {k: (t, node) for k, t in named.items.items()} if isinstance(named, Table) else {}
            )
            self.each_call(target, inner, node)

    def is_call_of_model(self, thing: Thing) -> bool:
        """Is this a function of a library that takes a model, not called yet?"""
        if isinstance(thing, Member) and isinstance(thing.owner, Client):
            return thing.path in self.calls.table.client_methods
        if isinstance(thing, Reference) and self.calls.package_kind(thing.dotted) is not None:
            return thing.dotted.rpartition(".")[2][:1].islower() and self.calls.call(thing.dotted) is not None
        return False

    def hand_over(self, callee: Reference, arguments: Arguments, node: ast.Call) -> None:
        """Tell the file that defines this function what is passed to it."""
        if self.quiet or "()" in callee.attributes:
            return
        passed = [(f"#{i}", thing, at) for i, (thing, at) in enumerate(arguments.positional[:4])]
        passed += [(name, thing, at) for name, (thing, at) in arguments.keywords.items()]
        world = "".join(f"|{group}={label}" for group, label in self.worlds)
        site = f"{self.path}:{node.lineno}:{node.col_offset}{world}"
        for name, thing, at in passed:
            symbol = f"{callee.symbol}({name})"
            if isinstance(thing, Client):
                empty = Text(text="", location=self.place(at))
                self.bind(f"{symbol}#endpoint", thing.endpoint or empty, at, site)
                self.bind(f"{symbol}#client", Text(text=thing.dotted, location=self.place(at)), at, site)
            elif is_value(thing) and (text_of(thing) is None or could_be_model(text_of(thing) or "")):
                self.bind(symbol, thing, at, site)
            elif isinstance(thing, Bound | Unknown | Reference) and self.matters(name, at):
                self.bind(
                    symbol, Opaque(why=f"{self.written(at)} is not known", location=self.place(at)), at, site
                )

    def matters(self, name: str, at: ast.expr) -> bool:
        """Is what is passed a name or an address, although not a known one, so that no default holds?"""
        if isinstance(at, ast.Attribute | ast.Subscript) and self.calls.names_model(name):
            return True
        is_address = name == "url" or name in self.calls.table.addresses or is_address_name(name)
        return is_address and not isinstance(at, ast.Constant)

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
        site = self.calls.method(client.dotted, path) or self.calls.call(dotted)
        kind = self.calls.package_kind(client.dotted)
        override = self.address(arguments, node)
        if override is not None:
            client = Client(client.dotted, override, client.provider)
        if client.dotted.startswith("boto3"):
            kind = "cloud"
        if kind is None:
            self.request(client, arguments, node, path)
            return
        if path not in self.calls.table.client_methods:
            self.handed_on(path, arguments, node)
        if kind != "hub" or site is not None or path in self.calls.table.client_methods:
            self.model_of(client, dotted, site, kind, arguments, node, strong=True)

    def of_unknown(
        self, path: str, arguments: Arguments, node: ast.Call, endpoint: Value, client: Value | None
    ) -> None:
        """A method by which a client is known although its object is defined elsewhere."""
        owner, _, method = self.client_method(f"_.{path}")
        found = arguments.find("model") or arguments.find("modelId")
        if (method or owner) and found is not None and self.takes(found[0], "client", None, strong=True):
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
                mention="a mock in a test" if _is_mock(client) else "",
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
        found = False
        for name, thing, at in self.model_arguments(site, arguments):
            if (text_of(thing) or "").startswith(("http://", "https://")) and dotted.endswith("Client"):
                continue
            role: Role = (site.role if site is not None else None) or self.calls.role(dotted, str(name))
            if site is not None and name in site.teacher:
                role = "teacher"
            if not self.takes(thing, dotted, site, strong=strong):
                continue
            found = True
            plain = name in PLAIN_KEYWORDS or name in self.calls.table.models
            weak = (site.weak if site is not None else False) or not (
                strong or (kind in ("api", "ollama") and plain)
            )
            is_object = not (dotted.endswith("pipeline") and "tokenizer" not in arguments.keywords)
            weak = weak or (site is not None and site.objects and is_object and not _has_text(thing))
            self.add(
                _without_prefix(thing, site),
                at,
                api=dotted,
                role=role,
                namespace=namespace,
                client=stands_for,
                endpoint=endpoint,
                provider=(client.provider or self.bare_route(stands_for, thing))
                if namespace != "hub" or "nference" in dotted
                else "",
                revision=as_value(revision, self.place(node)) if is_value(revision) and revision else None,
                weak=weak,
            )
        if not found and (site is None or not site.dataset):
            self.configured(dotted, arguments, stands_for)

    def bare_route(self, client: str, thing: Thing) -> str:
        """Where does a router send a name without a prefix? Empty where the name does not tell."""
        if not client.startswith(self.calls.table.routers):
            return ""
        text = text_of(thing) or ""
        found = (p for p, starts in self.calls.table.bare_routes.items() if text.startswith(starts))
        return next(found, "")

    def model_arguments(
        self, site: CallSite | None, arguments: Arguments
    ) -> Iterator[tuple[str | int, Thing, ast.expr]]:
        """The argument that the entry names, or the keywords whose names carry a model; teachers as well."""
        if site is not None and (site.model or site.dataset):
            first = next((n for n in site.model if arguments.find(n)), "")
            for name in (first, *site.also, *site.teacher):
                if (found := arguments.find(name)) is not None:
                    yield name, *found
            if first == "":
                yield from _deep_inside(
                    arguments, {n for n in site.model if isinstance(n, str) and n.endswith("Arn")}
                )
            return
        if site is not None and not site.model:
            return
        named = [name for name in arguments.keywords if self.calls.names_model(name)]
        for name in [name for name in named if name in PLAIN_KEYWORDS] or named:
            yield name, *arguments.keywords[name]

    def takes(self, thing: Thing, dotted: str, site: CallSite | None, *, strong: bool) -> bool:
        """Can this argument be a model's name? An object that was made elsewhere is not."""
        if isinstance(thing, Text) and not could_be_model(thing.text):
            return strong and len(thing.text) > NAME_CHARACTERS and not any(map(str.isspace, thing.text))
        if isinstance(thing, Unknown) and thing.why in ("None", "True", "False", "not a text"):
            return False
        if isinstance(thing, Opaque | Unknown | Member):
            told = dotted == "client" or bool(self.client_method(dotted)[0])
            names_only = site is not None and bool(site.model) and not site.weak
            names_only = names_only and (not site.objects or dotted.endswith("pipeline"))  # type: ignore[union-attr]
            return strong and not self.worlds and (told or names_only)
        if isinstance(thing, Table):
            return (
                thing.is_list
                and bool(thing.items)
                and all(isinstance(t, Text) and could_be_model(t.text) for t in thing.items.values())
            )
        if isinstance(thing, Reference):
            is_given = thing.module != "builtins" or "()" in thing.attributes
            return self.calls.package_kind(thing.dotted) is None and is_given and strong
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

    def attribute_set(self, owner: Reference, name: str, thing: Thing, at: ast.expr) -> None:
        """`Settings.embed_model = "local:BAAI/x"`: a model named to a library by a setting of its own."""
        kind = self.calls.package_kind(owner.dotted)
        if kind is None or not self.calls.names_model(name) or text_of(thing) is None:
            return
        site = self.calls.call(f"{owner.dotted}.{name}")
        self.add(
            _without_prefix(thing, site),
            at,
            api=f"{owner.dotted}.{name}",
            role=self.calls.role(name),
            namespace="" if site is None or site.namespace is None else site.namespace,
            client=owner.dotted,
            weak=site is None,
        )

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
        clients = [
            t
            for t in arguments.things()
            if isinstance(t, Client) and self.calls.package_kind(t.dotted) in ("api", "ollama")
        ]
        return clients[0] if clients else None

    def provider(self, dotted: str, site: CallSite | None, arguments: Arguments, *, given: bool) -> str:
        """The provider that a keyword names, or the name of a framework's class."""
        names = site.provider if site is not None and site.provider else ("model_provider", "provider")
        said = text_of(arguments.first(*names)) or ""
        cloud = arguments.first("vertexai")
        if isinstance(cloud, Unknown) and cloud.why == "True":
            return "google-vertex"
        if not said and not given and dotted.startswith(self.calls.table.frameworks):
            said = provider_in_name(dotted.rstrip("()"))
        return spelt_provider(said) or said

    def derived(self, client: Client, path: str, arguments: Arguments, node: ast.Call) -> Thing:
        """What a method of a client gives: the same client with other options, or something unknown."""
        method = path.rpartition(".")[2]
        if method in _SAME_CLIENT:
            return Client(client.dotted, self.address(arguments, node) or client.endpoint, client.provider)
        if method == "get" and client.dotted.startswith(("lancedb", "instructor")):
            return client
        return Unknown("what a client returns")


def _asked(owner: Name, what: str) -> Name:
    """The same parameter, asked for the client's address or kind."""
    default = _asked(owner.default, what) if isinstance(owner.default, Name) else None
    if default is not None and "(" not in default.name:
        default = None
    return Name(kind="symbol", name=f"{owner.name}{what}", location=owner.location, default=default)


def _is_mock(client: Value | None) -> bool:
    """Does a test replace the client by an object that only records what it is asked?"""
    return isinstance(client, Name) and client.name.startswith(("unittest/mock:", "mock:"))


def _has_text(thing: Thing) -> bool:
    """Is any text written out in this value?"""
    match thing:
        case Text():
            return True
        case Name():
            return thing.kind != "symbol" or "(" not in thing.name or _has_text(thing.default or Unknown(""))
        case Joined(parts=parts) | Either(options=parts):
            return any(map(_has_text, parts))
        case Table():
            return True
        case _:
            return False


def _without_prefix(thing: Thing, site: CallSite | None) -> Thing:
    """The name without what only the library reads in it: `models/`, `local:`."""
    prefix = site.strip if site is not None else ""
    if prefix.endswith("="):
        return _one_of_pairs(thing, prefix)
    if prefix and isinstance(thing, Text) and thing.text.startswith(prefix):
        return Text(text=thing.text.removeprefix(prefix), location=thing.location)
    return thing


def _one_of_pairs(thing: Thing, key: str) -> Thing:
    """The value of one key in `pretrained=x/Y,dtype=float16`; what stands between may be names to follow."""
    if isinstance(thing, Name) and thing.name.startswith(":") and thing.default is not None:
        return _one_of_pairs(thing.default, key)
    parts: list[Value] = []
    inside = False
    for part in thing.parts if isinstance(thing, Joined) else (thing,):
        if not isinstance(part, Text):
            parts += [part] if inside and is_value(part) else []  # type: ignore[list-item]
            continue
        text = part.text
        if not inside and key in text:
            inside, text = True, text.partition(key)[2]
        if inside:
            parts.append(Text(text=text.partition(",")[0], location=part.location))
            if "," in text:
                break
    kept = [part for part in parts if not isinstance(part, Text) or part.text]
    return (
        joined(kept, kept[0].location if isinstance(kept[0], Text | Name) else Location(path=""))
        if kept
        else thing
    )


def _deep_inside(arguments: Arguments, names: set[str]) -> Iterator[tuple[str | int, Thing, ast.expr]]:
    """Arguments by name in the dicts that a call is given, four levels down."""
    for thing, at in (*arguments.positional, *arguments.keywords.values()):
        tables = [thing] if isinstance(thing, Table) else []
        for _ in range(4):
            for table in tables:
                yield from ((n, table.items[n], at) for n in sorted(names) if n in table.items)
            tables = [t for table in tables for t in table.items.values() if isinstance(t, Table)]
