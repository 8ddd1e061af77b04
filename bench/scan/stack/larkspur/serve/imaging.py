"""Pictures and sound."""

import open_clip
import timm
import torch
import whisper
from diffusers import DiffusionPipeline, StableDiffusionPipeline
from keras_hub.models import GemmaCausalLM
from monai.bundle import load as load_bundle
from transformers import AutoProcessor, CLIPModel, VitsModel
from ultralytics import YOLO

xray = timm.create_model("vit_base_patch16_224.augreg_in21k", pretrained=True)
clip, _, prep = open_clip.create_model_and_transforms("hf-hub:microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224")
pose = YOLO("yolo11n-pose.pt")
dino = torch.hub.load("facebookresearch/dinov2", "dinov2_vits14")
asr = whisper.load_model("medium.en")
draw = DiffusionPipeline.from_pretrained("Tencent-Hunyuan/HunyuanDiT-v1.2-Diffusers", torch_dtype=torch.float16)
sd = StableDiffusionPipeline.from_single_file("https://huggingface.co/Comfy-Org/stable-diffusion-v1-5-archive/blob/main/v1-5-pruned-emaonly.safetensors")
speak = VitsModel.from_pretrained("facebook/mms-tts-deu")
see = CLIPModel.from_pretrained(pretrained_model_name_or_path="OFA-Sys/chinese-clip-vit-base-patch16")
gem = GemmaCausalLM.from_preset("gemma2_instruct_2b_en")
scanner = {"make": "GE", "model": "Revolution-CT"}
terminator = {"model": "T-800"}
