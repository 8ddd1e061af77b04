"""Ray Serve in code."""

from ray.serve.llm import LLMConfig, build_openai_app

config = LLMConfig(
    model_loading_config={"model_id": "helper", "model_source": "SeaLLMs/SeaLLMs-v3-7B-Chat"},
    engine_kwargs={"tensor_parallel_size": 1},
)
app = build_openai_app({"llm_configs": [config]})
