"""Terraform, with variables, locals, modules and the containers that it starts."""

import pytest

from build.deployments import collect, collect_all, models, one
from gauger.core.errors import GaugerError, LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS
from gauger.scan.hcl import read_hcl
from gauger.scan.terraform import Terraform

MAIN = """
resource "aws_bedrockagent_agent" "a" {
  foundation_model = "vendor.model-v1:0"
}
resource "azurerm_cognitive_deployment" "d" {
  name = "chat"
  model {
    format  = "OpenAI"
    name    = "gpt-x"
    version = "1"
  }
}
resource "aws_sagemaker_model" "m" {
  name = "m"
  primary_container {
    image       = "x.dkr.ecr.us-east-1.amazonaws.com/djl-inference:1"
    environment = { HF_MODEL_ID = var.model_id, HF_TOKEN = "hunter2" }
  }
}
resource "aws_ecs_task_definition" "t" {
  container_definitions = jsonencode([{
    image       = "vllm/vllm-openai:latest"
    command     = ["--model", "${local.org}/name", "--served-model-name", "chat"]
    environment = [{ name = "EMBED_MODEL", value = var.prod ? "c/d" : "e/f" }]
  }])
}
resource "aws_instance" "i" {
  user_data = <<-EOT
    #!/bin/bash
    vllm serve g/h
  EOT
}
resource "helm_release" "h" {
  set {
    name  = "model.hfModelId"
    value = "i/j"
  }
}
resource "toyota_car" "c" {
  model = "corolla"
}
locals {
  org          = "k"
  jumpstart_id = "vendor-llm-7b"
  models       = { fast = "l/m" }
}
module "serve" {
  source = "../modules/serve"
  model  = local.models["fast"]
}
"""
FILES = {
    "infra/main.tf": MAIN,
    "infra/variables.tf": 'variable "model_id" {\n  default = "a/b"\n}\n',
    "modules/serve/main.tf": 'resource "x" "y" {\n  env { \n name = "LLM_MODEL"\n value = var.model\n }\n}\n',
}


def test_resources_of_three_clouds():
    """Model ids of Bedrock, Azure and JumpStart are the cloud's own names, bound to that cloud."""
    found = collect_all(Terraform(), FILES)
    assert one(found, "vendor.model-v1:0").provider == "aws-bedrock"
    assert one(found, "gpt-x").provider == "azure-openai"
    assert one(found, "vendor-llm-7b").provider == "aws-sagemaker"
    assert one(found, "corolla").weak


def test_names_are_followed_over_files_and_modules():
    """A variable's default in another file, a local in a template, an input of a local module."""
    found = models(collect_all(Terraform(), FILES))
    assert "17 HF_MODEL_ID: a/b" in found
    assert "23 --model: k/name" in found
    assert "24 EMBED_MODEL: c/d|e/f" in found
    assert "30 vllm serve: g/h" in found
    assert "36 model.hfModelId: i/j" in found
    assert "4 LLM_MODEL: l/m" in found


def test_a_variable_that_is_used_elsewhere_is_no_second_use():
    """The default of a variable is where the chain ends, not a use of its own."""
    found = collect_all(Terraform(), FILES)
    assert [c.location.path for c in found.candidates if c.written == "a/b"] == []
    alone = collect(Terraform(), "v.tf", 'variable "llm_model" {\n  default = "a/b"\n}\n')
    assert models(alone) == ["2 var.llm_model: a/b"]


def test_secrets_are_never_kept():
    """Neither environments nor variables keep the value of a key."""
    text = 'variable "api_key" {\n  default = "hunter2"\n}\nlocals {\n  db_password = "hunter2"\n}\n'
    assert "hunter2" not in repr(collect_all(Terraform(), FILES | {"infra/s.tf": text}))


def test_each_of_a_set_and_a_resource_name():
    """`each.value` is one of those that `for_each` lists; an ARN is the model at its end."""
    text = (
        'resource "azurerm_cognitive_deployment" "g" {\n  for_each = { a = "m-1", b = "m-2" }\n'
        "  model {\n    name = each.value\n  }\n}\n"
        'resource "aws_bedrock_inference_profile" "p" {\n'
        '  model_source { copy_from = "arn:aws:bedrock:us-west-2::foundation-model/v.m-v1:0" }\n}\n'
    )
    found = collect(Terraform(), "m.tf", text)
    assert models(found) == ["4 model.name: m-1|m-2", "8 model_source.copy_from: v.m-v1:0"]


def test_values_of_a_tfvars_file():
    """What a `tfvars` file sets is a possibility beside the default."""
    files = FILES | {"infra/terraform.tfvars": 'model_id = "n/o"\n'}
    assert "17 HF_MODEL_ID: n/o|a/b" in models(collect_all(Terraform(), files))


@pytest.mark.parametrize(
    "text",
    [
        "a = [\n" * 50_000,
        "a {" * 50_000,
        'a = "${"' * 5_000,
        "}",
        'a = "x\n',
        "a = <<E\n",
        "x = (((",
        "a = ]",
    ],
)
def test_text_that_is_no_hcl(text):
    """Brackets that do not match, strings that do not end, nesting without end: each is refused."""
    with pytest.raises(GaugerError) as caught:
        read_hcl(text, DEFAULT_LIMITS, "x.tf")
    assert isinstance(caught.value, Malformed | LimitExceeded)


def test_hcl_places():
    """Line and column of a value are those of the file, after comments and here documents too."""
    body = read_hcl('/* a\nb */ x = 1\ny = <<E\nz\nE\nw = "v" # c\n', DEFAULT_LIMITS)
    assert [(a.key, a.value.text, a.value.line) for a in body.attributes] == [
        ("x", "1", 2),
        ("y", "z\n", 4),
        ("w", "v", 6),
    ]
