"""Which models do CloudFormation and SAM templates order from the cloud, or pass to what they start?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.collector import Binding, Candidate, Collected, FileView
from gauger.scan.containers import Container
from gauger.scan.environment import Variable
from gauger.scan.harvest import Harvest
from gauger.scan.model_address import model_address
from gauger.scan.model_words import ModelWord, could_be_model, is_secret_name, model_word
from gauger.scan.shell_lexer import Word
from gauger.scan.values import Joined, Name, Text, Value
from gauger.scan.yaml_place import Spot, yaml_documents

_TEMPLATE = re.compile(r"AWSTemplateFormatVersion|AWS::Serverless|[\"']?Type[\"']?\s*:\s*[\"']?AWS::\w+::")
_ARN = re.compile(r"arn:\S{0,200}?:(?:foundation-model|inference-profile)/(?P<model>[\w.:-]+)")
_REFERENCE = re.compile(r"\$\{([A-Za-z][\w.:]*)\}")
_MOST = 5_000


class CloudFormation:
    """Templates of CloudFormation and SAM, in YAML and JSON."""

    ident = "cloudformation"
    needles: tuple[str, ...] = ("aws::",)
    globs: tuple[str, ...] = ("**/*.yaml", "**/*.yml", "**/*.json", "**/*.template")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read parameters and resources.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Bedrock.html

        Raises:
            Malformed: not YAML.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        text, path = view.text(), str(view.path)
        harvest = Harvest()
        if not _TEMPLATE.search(text):
            return harvest.collected()
        for document in yaml_documents(text, path, view.limits):
            resources = document.get("Resources")
            if resources is not None:
                _Reader(view, path, harvest).read(document, resources)
        return harvest.collected()


class _Reader:
    def __init__(self, view: FileView, path: str, harvest: Harvest) -> None:
        self.view = view
        self.path = path
        self.harvest = harvest
        self.count = 0

    def read(self, document: Spot, resources: Spot) -> None:
        """Read one template."""
        parameters = document.get("Parameters")
        for name, entry in parameters.items() if parameters is not None else ():
            default = entry.get("Default")
            if default is not None and default.text and not is_secret_name(name):
                self.parameter(name, default)
        shared = document.get("Globals", "Function")
        if shared is not None:
            self.body(shared, "Globals", "")
        for name, resource in resources.items():
            kind = resource.text_at("Type")
            properties = resource.get("Properties")
            if properties is not None:
                provider = "aws-bedrock" if "::Bedrock" in kind else ""
                self.body(properties, name, provider)

    def parameter(self, name: str, default: Spot) -> None:
        """A parameter's default: what `!Ref` of it stands for unless the deployment says otherwise."""
        value = Text(text=printable(default.text), location=default.location)
        self.harvest.bindings.append(
            Binding(
                kind="symbol",
                name=self.symbol(name),
                value=value,
                location=default.location,
                overridable=True,
            )
        )
        word = model_word(name)
        if word is not None:
            self.candidate(f"Parameters.{name}", default, word, "")

    def symbol(self, name: str) -> str:
        """Under which name is a parameter bound?"""
        return f"cloudformation:{self.path}:{printable(name, 200)}"

    def body(self, properties: Spot, resource: str, provider: str) -> None:
        """Every key below a resource's properties."""
        for key, spot in properties.walk():
            self.count += 1
            if self.count > _MOST:
                return
            if key in ("ContainerDefinitions", "PrimaryContainer", "Containers"):
                for container in spot.elements() or [spot]:
                    self.container(container, resource)
            if key == "Environment" and spot.get("Variables") is not None:
                self.environment(spot.get("Variables") or spot, resource)
            for name, child in spot.items():
                word = model_word(name)
                text = self.text_of(child)
                arn = _ARN.search(text.text) if text is not None else None
                if text is not None and key != "Variables" and (word is not None or arn is not None):
                    named = word or ModelWord(strength="strong", role="inference")
                    self.candidate(f"{resource}.{name}", text, named, provider)
            for element in spot.elements():
                if _ARN.search(element.text):
                    found = ModelWord(strength="strong", role="inference")
                    self.candidate(f"{resource}.{key}", element, found, provider)

    def text_of(self, spot: Spot) -> Spot | None:
        """The text of a value: written out, or inside `Fn::Sub`, `Ref`, `Fn::Join`."""
        if spot.text:
            return spot
        inner = spot.get("Fn::Sub") or spot.get("Ref")
        return inner if inner is not None and inner.text else None

    def candidate(self, api: str, spot: Spot, word: ModelWord, provider: str) -> None:
        """Write down a use; the name inside a resource name (ARN) is the model's."""
        text = spot.text
        arn = _ARN.search(text)
        if arn is not None:
            text, provider = arn["model"], "aws-bedrock"
        if not could_be_model(text) or "*" in text or (text.startswith("arn:") and arn is None):
            return
        known = model_address(text)
        value = self.value(known.name if known else text, spot)
        referred = isinstance(value, Name)
        self.harvest.candidates.append(
            Candidate(
                surface="cloudformation",
                api=printable(api, 200),
                location=spot.location,
                written=printable(spot.text),
                model=value,
                namespace=known.namespace if known else "cloud" if provider else "",
                provider=provider if not known else "",
                role=word.role,
                weak=word.strength == "weak" and not provider and not referred,
            )
        )

    def value(self, text: str, spot: Spot) -> Value:
        """`!Ref X`, `!Sub "…${X}…"`, or the text itself."""
        place: Location = spot.location
        if spot.node.tag == "!Ref" or spot.member.endswith(".Ref"):
            return Name(kind="symbol", name=self.symbol(text), location=place)
        parts: list[Value] = []
        at = 0
        for match in _REFERENCE.finditer(text):
            if match.start() > at:
                parts.append(Text(text=printable(text[at : match.start()]), location=place))
            parts.append(Name(kind="symbol", name=self.symbol(match[1]), location=place))
            at = match.end()
        if at < len(text) or not parts:
            parts.append(Text(text=printable(text[at:]), location=place))
        return parts[0] if len(parts) == 1 else Joined(parts=tuple(parts))

    def environment(self, variables: Spot, resource: str) -> None:
        """The environment of a function."""
        container = Container("cloudformation", self.path, self.view.limits, member=resource)
        container.environment(list(self.variables(variables)), self.path.rpartition("/")[0])
        self.harvest.add(container.finish())

    def container(self, spot: Spot, resource: str) -> None:
        """A container of a task or an endpoint: image, command, environment."""
        image = spot.get("Image")
        container = Container(
            "cloudformation",
            self.path,
            self.view.limits,
            member=resource,
            image=image.text if image is not None else "",
            image_place=image.location if image is not None else None,
        )
        environment = spot.get("Environment")
        found = list(self.variables(environment)) if environment is not None else []
        container.environment(found, self.path.rpartition("/")[0])
        words: list[Word] = []
        for key in ("EntryPoint", "Command"):
            part = spot.get(key)
            listed = part.elements() if part is not None else []
            words += [Word(e.text, e.text_line, e.location.column) for e in listed]
        container.start(words, [])
        self.harvest.add(container.finish())

    def variables(self, spot: Spot) -> Iterator[Variable]:
        """Variables of `{A: b}` and of `[{Name: A, Value: b}]`."""
        pairs = [(name, value) for name, value in spot.items() if name != "Variables"]
        pairs += [(e.text_at("Name"), value) for e in spot.elements() if (value := e.get("Value"))]
        for name, value in pairs:
            text = self.text_of(value)
            if not name or text is None:
                continue
            place = text.location
            if is_secret_name(name):
                yield Variable(name=name, text="", value=Text(text="", location=place), location=place)
            else:
                yield Variable(
                    name=name, text=printable(text.text), value=self.value(text.text, text), location=place
                )
