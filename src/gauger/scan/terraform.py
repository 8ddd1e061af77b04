"""Which models does the infrastructure code order from clouds, put into containers, or pass to scripts?"""

from __future__ import annotations

import contextlib
import itertools
import posixpath
import re
from collections.abc import Iterator

import msgspec

from gauger.core.errors import Malformed
from gauger.core.inventory import Location
from gauger.core.plugin import gap_for
from gauger.core.text import printable
from gauger.scan.collector import Binding, Candidate, Collected, FileView
from gauger.scan.containers import Container
from gauger.scan.environment import Variable
from gauger.scan.harvest import Harvest
from gauger.scan.hcl import HclBlock, HclBody, HclValue, read_hcl
from gauger.scan.model_address import model_address
from gauger.scan.model_words import ModelWord, could_be_model, is_secret_name, model_word
from gauger.scan.shell_lexer import Word
from gauger.scan.terraform_values import TerraformValues
from gauger.scan.values import Either, Text, Value

_CLOUDS = (
    (re.compile(r"bedrock"), "aws-bedrock"),
    (re.compile(r"sagemaker"), ""),
    (re.compile(r"vertex_ai|discovery_engine|dialogflow"), "google-vertex"),
    (re.compile(r"cognitive|azurerm_ai_|azapi|machine_learning"), "azure-ai-foundry"),
    (re.compile(r"databricks_model_serving"), ""),
)
"""Resource types → provider's id in the catalogue.

Source: the provider documentation of the Terraform registry (https://registry.terraform.io/), 2026-11-23.
"""
_SCRIPTS = {
    "user_data",
    "startup_script",
    "metadata_startup_script",
    "startup-script",
    "custom_data",
    "inline",
    "command",
}
_ENVIRONMENTS = {
    "environment",
    "env",
    "environment_variables",
    "variables",
    "env_vars",
    "environment_vars",
    "app_settings",
}
_ARGUMENTS = {"args", "command", "arguments", "entry_point", "entrypoint", "container_args"}
_PARTS = {
    "name",
    "id",
    "repository",
    "copy_from",
    "model_id",
    "model_name",
    "uri",
    "source",
    "repo",
    "repo_id",
}
_RESOURCE_NAME = re.compile(r"^arn:[^\n]{1,300}?:(?:foundation-model|inference-profile)/(?P<model>.+)$")
_BLOCK = re.compile(
    r"^(?:resource|data|module|variable|locals|provider|output|terraform|job|target)\b[^\n]*\{", re.MULTILINE
)
_TEMPLATE_CALL = "templatefile()"
_LISTED = re.compile(r"\b(?:var|local)\.[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*")
_MOST_SIBLINGS = 50


_OTHER_HCL = re.compile(r"(?:^|/)(?:terragrunt|docker-bake[\w.-]*)\.hcl$|\.(?:nomad|pkr)\.hcl$")


class Terraform:
    """Terraform and OpenTofu: resources, modules, variables, locals, tfvars."""

    ident = "terraform"
    globs: tuple[str, ...] = ("**/*.tf", "**/*.tofu", "**/*.tfvars", "**/*.hcl", "**/*.nomad")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read one file.

        Raises:
            Malformed: it is not HCL.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        path = str(view.path)
        if path.endswith(".hcl") and not _OTHER_HCL.search(path):
            return Collected()
        reader = _Reader(view, path)
        for body in reader.bodies(view.text()):
            if path.endswith(".tfvars"):
                reader.assigned(body)
            else:
                reader.top(body)
        return reader.harvest.collected()


class _Reader:
    def __init__(self, view: FileView, path: str) -> None:
        self.view = view
        self.path = path
        self.folder = path.rpartition("/")[0]
        self.module = f"terraform:{self.folder or '.'}"
        self.values = TerraformValues(path, self.module)
        self.harvest = Harvest()
        self.kind = ""
        self.inner = ""
        self.denied = False
        self.own_names: frozenset[str] = frozenset()

    def bodies(self, text: str) -> Iterator[HclBody]:
        """The file's contents; block by block where it does not parse, so that an error costs its block."""
        try:
            yield read_hcl(text, self.view.limits, self.path)
        except Malformed as error:
            starts = [match.start() for match in _BLOCK.finditer(text)]
            if not starts:
                raise
            place = Location(path=self.path)
            touches = (f"uses in {self.path}",)
            self.harvest.gaps.append(gap_for(error, part="terraform", location=place, touches=touches))
            for start, end in itertools.pairwise([*starts, len(text)]):
                padded = "\n" * text.count("\n", 0, start) + text[start:end]
                with contextlib.suppress(Malformed):
                    yield read_hcl(padded, self.view.limits, self.path)

    def top(self, body: HclBody) -> None:
        """Read the blocks of a configuration file."""
        for block in body.blocks:
            if block.kind == "variable" and block.labels:
                default = block.body.get("default")
                if default is not None:
                    self._define(f"var.{block.labels[0]}", default, soft=True)
            elif block.kind == "locals":
                for attribute in block.body.attributes:
                    self._define(f"local.{attribute.key}", attribute.value)
                    if not self._is_used(f"local.{attribute.key}"):
                        self._contents(attribute.key, attribute.value, "", "")
            elif block.kind in (
                "resource",
                "data",
                "module",
                "ephemeral",
                "job",
                "target",
                "source",
                "build",
            ):
                self._resource(block)
        inputs = body.get("inputs")
        if inputs is not None and inputs.body is not None:
            self.assigned(inputs.body)

    def assigned(self, body: HclBody) -> None:
        """Read the values that a `tfvars` file gives to variables."""
        for attribute in body.attributes:
            self._define(f"var.{attribute.key}", attribute.value)

    def _define(self, name: str, value: HclValue, *, soft: bool = False) -> None:
        if is_secret_name(name):
            return
        self._define_each(name, value)
        for leaf, item in _leaves(name, value, 0):
            self.harvest.bindings.append(
                Binding(
                    kind="symbol",
                    name=f"{self.module}:{printable(leaf, 200)}",
                    value=self.values.value(item),
                    location=self._place(item),
                    overridable=soft,
                )
            )
            key = leaf.rpartition(".")[2] if "." in leaf else leaf
            word = self._word(key)
            if word is not None and item.kind == "text" and not self._is_used(name):
                self._candidate(leaf, item, word, "")

    def _define_each(self, name: str, value: HclValue) -> None:
        """What `each.value.x` may be: the same part of every element, as `name[*].x`."""
        elements = [(a.key, a.value) for a in value.body.attributes] if value.body is not None else []
        elements += [(item.text, item) for item in value.items]
        if value.kind not in ("object", "list") or not elements:
            return
        parts: dict[str, list[Value]] = {}
        for key, element in elements:
            parts.setdefault("@key", []).append(Text(text=printable(key, 200), location=self._place(element)))
            for leaf, item in _leaves("", element, 0):
                parts.setdefault(leaf, []).append(self.values.value(item))
        for part, options in parts.items():
            self.harvest.bindings.append(
                Binding(
                    kind="symbol",
                    name=f"{self.module}:{printable(f'{name}[*]{part}', 200)}",
                    value=options[0] if len(options) == 1 else Either(options=tuple(options)),
                    location=self._place(value),
                )
            )

    def _is_used(self, name: str, folder: str | None = None) -> bool:
        """Does any file of this module refer to the name? Then the use is there."""
        own = self.path.endswith(".hcl")
        spelt = rf"=[^\n]*\b{re.escape(name.partition('.')[2])}\b" if own else rf"\b{re.escape(name)}\b"
        pattern = re.compile(spelt)
        listed = self.view.tree.files_in(self.folder if folder is None else folder)
        siblings = [self.path] if own else [p for p in listed if p.endswith((".tf", ".tofu"))]
        for sibling in siblings[:_MOST_SIBLINGS]:
            source = self.view.tree.open(sibling)
            if source.size_bytes <= self.view.limits.line_bytes:
                text = source.read_at(0, source.size_bytes).decode("utf-8", "replace")
                if pattern.search(text):
                    return True
        return False

    def _resource(self, block: HclBlock) -> None:
        kind = block.labels[0] if block.labels else ""
        source = block.body.get("source") if block.kind == "module" else None
        told = source.text if source is not None and source.kind == "text" else kind
        cloud = next((provider for pattern, provider in _CLOUDS if pattern.search(told)), None)
        self.values.each = _repeated(block.body.get("for_each"))
        self.values.over = _over(block.body.get("for_each"))
        self.inner = ""
        if block.kind == "module":
            self._module(block)
        self.kind = kind
        self._body(block.body, "", "strong" if cloud is not None else "weak", cloud or "")

    def _module(self, block: HclBlock) -> None:
        """What a local module gets is what its variables stand for."""
        source = block.body.get("source")
        if source is None or not source.text.startswith("."):
            return
        folder = posixpath.normpath(posixpath.join(self.folder, source.text))
        self.inner = folder
        for attribute in block.body.attributes:
            if attribute.key not in ("source", "version", "count", "for_each") and not is_secret_name(
                attribute.key
            ):
                for leaf, item in _leaves(f"var.{attribute.key}", attribute.value, 0):
                    self.harvest.bindings.append(
                        Binding(
                            kind="symbol",
                            name=f"terraform:{folder}:{printable(leaf, 200)}",
                            value=self.values.value(item),
                            location=self._place(item),
                        )
                    )

    def _body(self, body: HclBody, parent: str, strength: str, provider: str, depth: int = 0) -> None:
        if depth > 40:
            return
        if parent.lower() not in _ENVIRONMENTS:
            self._pair(body)
        provider = _by_format(body, provider)
        self.own_names = _own_names(body)
        self._container(body, parent)
        denied, self.denied = self.denied, self.denied or _denies(body)
        for attribute in body.attributes:
            self._attribute(attribute.key, attribute.value, parent, strength, provider, depth)
        for block in body.blocks:
            name = block.labels[0] if block.kind == "dynamic" and block.labels else block.kind
            self._body(block.body, name, strength, provider, depth + 1)
        self.denied = denied

    def _attribute(
        self, key: str, value: HclValue, parent: str, strength: str, provider: str, depth: int
    ) -> None:
        if key.startswith("custom_model") or key in self.own_names or (parent == "" and self._goes_on(key)):
            return
        word = self._word(key) or (self._word(parent) if key in _PARTS and parent else None)
        if word is None and value.kind == "text" and _RESOURCE_NAME.match(value.text):
            word = ModelWord(strength="strong", role="inference")
        if word is not None and value.kind in ("text", "expression"):
            certain = strength == "strong" or word.strength == "strong"
            self._candidate(
                f"{parent or self.kind}.{key}",
                value,
                ModelWord(strength="strong" if certain else "weak", role=word.role),
                provider,
            )
        if key.lower() not in _ENVIRONMENTS:
            self._contents(key, value, strength, provider, depth)

    def _template(self, file: HclValue, given: HclBody) -> None:
        """`templatefile("x.sh.tpl", { model = … })`: what the names in that file stand for."""
        name = file.text.rpartition("}")[2].lstrip("/")
        folder = posixpath.normpath(posixpath.join(self.folder, name)).rpartition("/")[0]
        for attribute in given.attributes:
            if not is_secret_name(attribute.key):
                self.harvest.bindings.append(
                    Binding(
                        kind="environment",
                        name=printable(attribute.key, 200),
                        value=self.values.value(attribute.value),
                        location=self._place(attribute.value),
                        scope=folder,
                    )
                )

    def _goes_on(self, key: str) -> bool:
        """Is this an input of a module of the stack, which uses it itself?"""
        return bool(self.inner) and self._is_used(f"var.{key}", self.inner)

    def _contents(self, key: str, value: HclValue, strength: str, provider: str, depth: int = 0) -> None:
        """What stands inside lists, objects and scripts."""
        if value.text == _TEMPLATE_CALL and len(value.items) > 1 and value.items[1].body is not None:
            self._template(value.items[0], value.items[1].body)
            return
        if key.lower() in _SCRIPTS and value.kind == "text" and not value.text.startswith("${"):
            container = Container("terraform", self.path, self.view.limits, member=key)
            container.script(value.text, value.line, value.column)
            self.harvest.add(container.finish())
        for item in value.items:
            self._contents(key, item, strength, provider, depth + 1)
            word = self._word(key)
            if word is None and item.kind == "text" and _RESOURCE_NAME.match(item.text):
                word = ModelWord(strength="strong", role="inference")
            if word is not None and item.kind == "text":
                self._candidate(key, item, word, provider)
        if value.body is not None:
            self._body(value.body, key, strength or "weak", provider, depth + 1)

    def _pair(self, body: HclBody) -> None:
        """`set { name = "a.b" value = "x" }` and `env { name = "X" value = "y" }`."""
        name, value = body.get("name"), body.get("value")
        if name is None or value is None or name.kind != "text" or is_secret_name(name.text):
            return
        word = self._word(re.split(r"[.\]]", name.text)[-1])
        if word is not None:
            self._candidate(name.text, value, word, "")

    def _container(self, body: HclBody, parent: str) -> None:
        """The image, the environment and the arguments of a container."""
        image, variables = body.get("image") or body.get("image_uri"), list(self._variables(body))
        lists = [
            v
            for k in ("entry_point", "entrypoint", "command", "args", "container_args", "arguments")
            if (v := body.get(k))
        ]
        if image is None and not variables and not lists:
            return
        container = Container(
            "terraform",
            self.path,
            self.view.limits,
            member=parent,
            image=image.text if image is not None and image.kind == "text" else "",
            image_place=self._place(image) if image is not None else None,
        )
        container.environment(variables, self.folder)
        words = [
            Word(_as_shell(i.text), i.line, i.column)
            for one in lists
            for i in one.items
            if i.kind != "object"
        ]
        known = {
            f"TF{at}_": self.values.value(i) for at, i in enumerate(i for one in lists for i in one.items)
        }
        for at, item in enumerate(i for one in lists for i in one.items):
            if item.kind == "expression" or "${" in item.text:
                words[at : at + 1] = [Word(f"$TF{at}_", item.line, item.column)]
        container.session.known.update(known)
        container.start(words, [])
        found = container.finish()
        found.candidates = [_respelt(c, lists) for c in found.candidates]
        self.harvest.add(found)

    def _variables(self, body: HclBody) -> Iterator[Variable]:
        for attribute in body.attributes:
            held = attribute.key.lower() in _ENVIRONMENTS or attribute.key == "args"
            if held and attribute.value.body is not None:
                for inner in attribute.value.body.attributes:
                    yield self._variable(inner.key, inner.value)
            elif attribute.key.lower() in _ENVIRONMENTS:
                for item in attribute.value.items:
                    name, value = (
                        (item.body.get("name"), item.body.get("value")) if item.body else (None, None)
                    )
                    if name is not None and value is not None:
                        yield self._variable(name.text, value)
        for block in body.blocks:
            if block.kind in ("env", "environment_variable", "environment_variables", "environment"):
                name, value = block.body.get("name"), block.body.get("value")
                if name is not None and value is not None:
                    yield self._variable(name.text, value)
                elif name is None:
                    yield from (self._variable(a.key, a.value) for a in block.body.attributes)

    def _variable(self, name: str, value: HclValue) -> Variable:
        place = self._place(value)
        if is_secret_name(name):
            return Variable(name=name, text="", value=Text(text="", location=place), location=place)
        return Variable(name=name, text=printable(value.text), value=self.values.value(value), location=place)

    def _word(self, key: str) -> ModelWord | None:
        if "jumpstart" in key.lower():
            return ModelWord(strength="strong", role="inference")
        return model_word(key)

    def _candidate(self, api: str, item: HclValue, word: ModelWord, provider: str) -> None:
        location = self._place(item)
        resource = _RESOURCE_NAME.match(item.text) if item.kind == "text" else None
        if resource is not None:
            item, provider = msgspec.structs.replace(item, text=resource["model"]), "aws-bedrock"
            if "*" in item.text:
                return
        value: Value = self.values.value(item)
        found = None
        if isinstance(value, Text):
            if not could_be_model(value.text):
                return
            found = model_address(value.text)
            if found is None and "://" in value.text:
                return
            value = Text(text=printable(found.name), location=location) if found else value
        is_jumpstart = "jumpstart" in api.lower()
        served = "aws-sagemaker" if is_jumpstart else provider
        self.harvest.candidates.append(
            Candidate(
                surface="terraform",
                api=printable(api, 200),
                location=location,
                written=printable(item.text),
                model=value,
                namespace=found.namespace if found else ("cloud" if served else ""),
                provider=served,
                role=word.role,
                weak=word.strength == "weak",
                mention="in a statement that denies it" if self.denied else "",
            )
        )

    def _place(self, value: HclValue) -> Location:
        return Location(path=self.path, line=value.line, column=value.column)


def _leaves(name: str, value: HclValue, depth: int) -> Iterator[tuple[str, HclValue]]:
    if depth > 10:
        return
    if value.kind in ("text", "expression"):
        yield name, value
    for at, item in enumerate(value.items):
        yield from _leaves(f"{name}[{at}]", item, depth + 1)
    for attribute in value.body.attributes if value.body is not None else ():
        yield from _leaves(f"{name}.{attribute.key}", attribute.value, depth + 1)


def _denies(body: HclBody) -> bool:
    """Is this a policy's statement that forbids what it names: `Effect = "Deny"`?

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html
    """
    return any(a.key.lower() == "effect" and a.value.text.lower() == "deny" for a in body.attributes)


def _own_names(body: HclBody) -> frozenset[str]:
    """Keys such as `provisioned_model_name` beside `model_arn`: what the resource itself is called."""
    keys = {attribute.key for attribute in body.attributes}
    bought = any(key.endswith(("model_arn", "model_identifier")) for key in keys)
    return frozenset(key for key in keys if key.endswith("_name")) if bought else frozenset()


def _by_format(body: HclBody, provider: str) -> str:
    """Azure's deployments tell by `format = "OpenAI"` which of its services answers.

    Source: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/cognitive_deployment
    """
    told = body.get("format")
    if told is None or body.get("name") is None or not provider.startswith("azure-"):
        return provider
    return "azure-openai" if told.text.lower() == "openai" else "azure-ai-foundry"


def _repeated(value: HclValue | None) -> tuple[tuple[str, HclValue], ...]:
    """Keys and values of a `for_each` that is written out."""
    if value is None:
        return ()
    if value.body is not None:
        return tuple((a.key, a.value) for a in value.body.attributes)
    return tuple((item.text, item) for item in value.items)


def _over(value: HclValue | None) -> str:
    """The list or map that a `for_each` goes through, by name: `local.models`; empty where it is another."""
    stack = [value] if value is not None else []
    for _ in range(20):
        if not stack:
            break
        at = stack.pop(0)
        match = _LISTED.search(at.text)
        if match is not None:
            return match[0]
        stack += at.items
        stack += [a.value for a in at.body.attributes] if at.body is not None else []
    return ""


def _as_shell(text: str) -> str:
    return text.replace("$${", "${")


def _respelt(candidate: Candidate, lists: list[HclValue]) -> Candidate:
    """The candidate with the expression as it is written."""
    match = re.match(r"^(.*?)\$TF(\d+)_$", candidate.written)
    if match is None:
        return candidate
    items = [i for one in lists for i in one.items]
    return msgspec.structs.replace(candidate, written=printable(match[1] + items[int(match[2])].text))
