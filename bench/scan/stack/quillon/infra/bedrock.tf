resource "aws_bedrockagent_agent" "desk" {
  agent_name              = "desk"
  foundation_model        = var.assistant_model
  agent_resource_role_arn = aws_iam_role.desk.arn
}

data "aws_bedrock_foundation_model" "embed" {
  model_id = "cohere.embed-english-v3"
}

resource "aws_bedrock_provisioned_model_throughput" "busy" {
  provisioned_model_name = "busy"
  model_arn              = "arn:aws:bedrock:eu-west-2::foundation-model/mistral.mistral-large-2402-v1:0"
  model_units            = 1
}

resource "aws_bedrockagent_agent" "later" {
  agent_name       = "later"
  foundation_model = var.picked_later
}

resource "aws_lambda_function" "helper" {
  function_name = "helper"
  environment {
    variables = {
      BEDROCK_MODEL_ID = "ai21.jamba-1-5-mini-v1:0"
      CAR_MODEL        = "zoe-R110"
    }
  }
}
