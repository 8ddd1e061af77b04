"""Which collectors are there? One line each, in the order in which they are asked."""

from __future__ import annotations

from gauger.core.plugin import Registry
from gauger.scan.agent_notes import AgentNotes
from gauger.scan.bicep import Bicep
from gauger.scan.ci_workflow import CiWorkflow
from gauger.scan.cloudformation import CloudFormation
from gauger.scan.collector import Collector
from gauger.scan.compose import Compose
from gauger.scan.container_image import ContainerImage
from gauger.scan.csharp_source import CsharpSource
from gauger.scan.cyclonedx import CycloneDx
from gauger.scan.dockerfile import Dockerfile
from gauger.scan.environment_file import EnvironmentFile
from gauger.scan.go_source import GoSource
from gauger.scan.helm import Helm
from gauger.scan.huggingface_cache import HuggingFaceCache
from gauger.scan.java_source import JavaSource
from gauger.scan.javascript import JavaScript
from gauger.scan.jenkinsfile import Jenkinsfile
from gauger.scan.kotlin_source import KotlinSource
from gauger.scan.kubernetes import Kubernetes
from gauger.scan.kustomize import Kustomize
from gauger.scan.litellm import Litellm
from gauger.scan.makefile import Makefile
from gauger.scan.mlflow import Mlflow
from gauger.scan.model_files import ModelFiles
from gauger.scan.modelfile import Modelfile
from gauger.scan.notebook import Notebook
from gauger.scan.ollama_store import OllamaStore
from gauger.scan.prose import Prose
from gauger.scan.python_source import PythonSource
from gauger.scan.ray_serve import RayServe
from gauger.scan.requirements import Requirements
from gauger.scan.rust_source import RustSource
from gauger.scan.settings import Settings
from gauger.scan.shell_script import ShellScript
from gauger.scan.spdx import Spdx
from gauger.scan.terraform import Terraform
from gauger.scan.training import Training
from gauger.scan.triton import Triton

BUILTIN: tuple[Collector, ...] = (
    PythonSource(),
    Notebook(),
    JavaScript(),
    GoSource(),
    JavaSource(),
    KotlinSource(),
    CsharpSource(),
    RustSource(),
    EnvironmentFile(),
    Settings(),
    ShellScript(),
    Makefile(),
    Dockerfile(),
    ContainerImage(),
    Compose(),
    Kubernetes(),
    Helm(),
    Kustomize(),
    Terraform(),
    CiWorkflow(),
    Bicep(),
    CloudFormation(),
    Jenkinsfile(),
    Litellm(),
    RayServe(),
    Modelfile(),
    Requirements(),
    Training(),
    Mlflow(),
    HuggingFaceCache(),
    OllamaStore(),
    ModelFiles(),
    Spdx(),
    CycloneDx(),
    AgentNotes(),
    Triton(),
    Prose(),
)

COLLECTORS: Registry[Collector] = Registry("collectors", BUILTIN)
"""All collectors of this project; `with_third_party` adds those of other packages."""
