"""Helm values and templates."""

import pytest

from build.deployments import aliases, collect, collect_all, models, one
from gauger.scan.helm import Helm
from gauger.scan.templates import Template
from gauger.scan.values import Either, Joined, Name, Opaque, Text

VALUES = """
replicaCount: 1
image: {repository: vllm/vllm-openai, tag: v1}
modelSpec:
  - name: internal
    modelURL: a/b
    alias: chat
  - name: other
    modelURL: c/d
embed:
  model: e/f
car: {model: corolla}
"""
TEMPLATE = """{{- range $i, $m := .Values.modelSpec }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $m.name | quote }}
  labels:
    {{- include "x.labels" . | nindent 4 }}
spec:
  template:
    spec:
      containers:
        - name: serve
          image: "{{ $.Values.image.repository }}:{{ $.Values.image.tag }}"
          command: ["vllm", "serve"]
          args:
            - {{ $m.modelURL | quote }}
            {{- if $m.alias }}
            - "--served-model-name"
            - {{ $m.alias }}
            {{- end }}
          env:
            - name: EMBED_MODEL
              value: {{ $.Values.embed.model | default "k/l" }}
---
{{- end }}
"""
BROKEN = """kind: Deployment
apiVersion: apps/v1
spec:
{{- if .Values.x }}
 containers:
{{- else }}
   containers:
{{- end }}
     - args:
         - "--model"
         - {{ (index .Values.modelSpec 1).modelURL }}
       args: ["--embedding-model", {{ .Values.embed.model | quote }}]
  {
"""


def chart(template: str):
    """What the collector says of a chart with this one template."""
    files = {"c/Chart.yaml": "name: c", "c/values.yaml": VALUES, "c/templates/d.yaml": template}
    return collect_all(Helm(), files)


def test_values_carry_models():
    """Keys of a values file that carry a model are uses; what is no model's name stays weak."""
    found = collect(Helm(), "c/values.yaml", VALUES, c__Chart__yaml="")
    assert models(found, weak=False) == []
    assert "6 modelSpec.modelURL: a/b" in models(found)
    assert one(found, "corolla").weak


def test_templates_lead_to_values():
    """Loop variables, pipes and defaults are followed into the values file."""
    found = chart(TEMPLATE)
    assert "16 vllm serve: a/b|c/d" in models(found)
    assert "23 EMBED_MODEL: e/f" in models(found)
    assert one(found, "a/b").location.path == "c/values.yaml"


def test_expressions_are_shown_as_written():
    """A reader sees the template's own words."""
    found = chart(TEMPLATE)
    assert "{{ $m.modelURL | quote }}" in [c.written for c in found.candidates]
    assert "TPL" not in repr([(c.written, c.api, c.location) for c in found.candidates])


def test_a_template_that_is_no_yaml_is_read_by_lines():
    """Argument lists are found where the rest cannot be parsed."""
    found = models(chart(BROKEN))
    assert "11 --model: c/d" in found
    assert "12 --embedding-model: e/f" in found


def test_charts_do_not_mix():
    """The values of one chart are never those of another."""
    files = {
        "a/Chart.yaml": "",
        "a/values.yaml": "llm: {model: a/b}",
        "a/templates/d.yaml": 'args: ["--model", {{ .Values.llm.model }}]\n',
        "b/Chart.yaml": "",
        "b/values.yaml": "llm: {model: c/d}",
        "b/templates/d.yaml": 'args: ["--model", {{ .Values.llm.model }}]\n',
    }
    found = collect_all(Helm(), files)
    assert sorted(m for m in models(found) if "--model" in m) == ["1 --model: a/b", "1 --model: c/d"]


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ('"x/y"', Text),
        (".Values.a", Name),
        ('.Values.a | default "x/y"', Name),
        ('default "x/y" .Values.a', Name),
        ('printf "%s/%s" .Values.a .Values.b', Joined),
        ("coalesce .Values.a .Values.b", Either),
        ('include "x" .', Opaque),
        (".Release.Name", Opaque),
        ("((((((((((.Values.a))))))))))", Name),
    ],
)
def test_expressions(expression, kind):
    """What is not understood is opaque, with the expression as the reason."""
    template = Template(f"x: {{{{ {expression} }}}}", "t.yaml", "helm:c")
    (value,) = template.values.values()
    assert isinstance(value, kind)
    assert template.text == "x: $TPL0_"


def test_lines_stay_where_they_are():
    """Comments, control lines and multi-line expressions leave their line breaks."""
    text = "a\n{{/* x\ny */}}\n{{- if .x }}\nb\n{{- end }}\n{{ include\n 'x' . }}\nc"
    assert Template(text, "t.yaml").text.count("\n") == text.count("\n")


def test_aliases_come_through_templates():
    """A served name that stands in the values is only bound where its text is known."""
    fixed = TEMPLATE.replace("- {{ $m.alias }}", "- chat")
    assert aliases(chart(fixed)) == {"chat": ["a/b", "c/d"]}
