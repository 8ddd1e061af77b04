"""Deploys from JumpStart and from the hub."""

from sagemaker.huggingface import HuggingFaceModel
from sagemaker.jumpstart.model import JumpStartModel

js = JumpStartModel(model_id="meta-textgeneration-llama-3-2-3b-instruct")
HUB = {"HF_MODEL_ID": "microsoft/Orca-2-13b", "SM_NUM_GPUS": "1"}
hf = HuggingFaceModel(env=HUB, role="r", transformers_version="4.48")
