"""Hydra runs."""

import hydra
import lm_eval
from omegaconf import DictConfig, OmegaConf
from together import Together
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainingArguments


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg: DictConfig) -> None:
    """Train."""
    model = AutoModelForCausalLM.from_pretrained(cfg.model.name, revision=cfg.model.revision)
    TrainingArguments(output_dir="out", hub_model_id="ostler/anchor-pythia")
    Together().chat.completions.create(model=cfg.judge.id, messages=[])
    print(model)


def evaluate():
    """The usual tables."""
    conf = OmegaConf.load("conf/config.yaml")
    AutoTokenizer.from_pretrained(conf.model.name)
    return lm_eval.simple_evaluate(model="hf", model_args="pretrained=bigscience/bloom-560m,dtype=float32")
