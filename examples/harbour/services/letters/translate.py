"""Translates letters from claimants abroad."""

from transformers import AutoModelForCausalLM, AutoTokenizer

TRANSLATOR = "tencent/Hunyuan-MT-7B"

tokenizer = AutoTokenizer.from_pretrained(TRANSLATOR)
model = AutoModelForCausalLM.from_pretrained(TRANSLATOR, device_map="auto")


def to_english(letter: str) -> str:
    asked = [{"role": "user", "content": f"Translate into English:\n\n{letter}"}]
    inputs = tokenizer.apply_chat_template(asked, return_tensors="pt")
    written = model.generate(inputs, max_new_tokens=2048)
    return tokenizer.decode(written[0][inputs.shape[1] :], skip_special_tokens=True)
