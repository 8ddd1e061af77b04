"""Quick tuning on one card."""

from unsloth import FastLanguageModel

MAX = 4096
model, tokenizer = FastLanguageModel.from_pretrained(
    model_name="unsloth/DeepSeek-R1-Distill-Qwen-14B-unsloth-bnb-4bit",
    max_seq_length=MAX,
    load_in_4bit=True,
)
