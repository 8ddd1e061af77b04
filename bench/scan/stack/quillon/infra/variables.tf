variable "assistant_model" {
  type    = string
  default = "meta.llama3-1-70b-instruct-v1:0"
}

variable "tgi_model" {
  type        = string
  description = "Hub id; we left tiiuae/falcon-180B"
}

variable "picked_later" {
  type = string
}

locals {
  org     = "microsoft"
  reranker = "${local.org}/mpnet-base"
}
