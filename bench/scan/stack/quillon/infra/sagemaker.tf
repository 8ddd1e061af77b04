resource "aws_sagemaker_model" "tgi" {
  name = "tgi"
  primary_container {
    image = "tgi:3"
    environment = {
      HF_MODEL_ID = var.tgi_model
      RERANKER_ID = local.reranker
    }
  }
}

module "jumpstart" {
  source   = "./modules/jumpstart"
  model_id = "huggingface-llm-qwen2-5-7b-instruct"
}
