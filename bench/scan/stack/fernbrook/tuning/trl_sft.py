"""Supervised tuning with TRL, and a reward model."""

from datasets import load_dataset
from peft import LoraConfig
from trl import DPOTrainer, SFTConfig, SFTTrainer

rows = load_dataset("teknium/OpenHermes-2.5", split="train")
squad = load_dataset("rajpurkar/squad")
trainer = SFTTrainer(
    model="HuggingFaceTB/SmolLM2-1.7B",
    args=SFTConfig(output_dir="out"),
    train_dataset=rows,
    peft_config=LoraConfig(),
)
pairs = load_dataset("argilla/ultrafeedback-binarized-preferences-cleaned")
preference = DPOTrainer(model="OpenPipe/mistral-ft-optimized-1218", ref_model=None, train_dataset=pairs)
