locals {
  deployments = {
    chat  = { model = "gpt-4o-mini", version = "2024-07-18" }
    embed = { model = "text-embedding-3-small", version = "1" }
  }
}

resource "azurerm_cognitive_deployment" "all" {
  for_each             = local.deployments
  name                 = each.key
  cognitive_account_id = azurerm_cognitive_account.ostler.id
  model {
    format  = "OpenAI"
    name    = each.value.model
    version = each.value.version
  }
}

resource "google_cloud_run_v2_service" "gemma" {
  name = "gemma"
  template {
    containers {
      image = "vllm/vllm-openai:latest"
      args  = ["--model", "google/gemma-3-1b-it", "--port", "8080"]
    }
  }
}

resource "aws_iam_policy" "bedrock" {
  name = "bedrock"
  policy = jsonencode({
    Statement = [{
      Effect   = "Deny"
      Action   = "bedrock:InvokeModel"
      Resource = "arn:aws:bedrock:*::foundation-model/ai21.jamba-instruct-v1:0"
    }]
  })
}
