resource "google_vertex_ai_endpoint_with_model_garden_deployment" "gemma" {
  publisher_model_name = "publishers/google/models/gemma3@gemma-3-27b-it"
  location             = "europe-west2"
}

resource "google_vertex_ai_endpoint_with_model_garden_deployment" "hub" {
  hugging_face_model_id = "Qwen/Qwen3-1.7B"
  location              = "europe-west2"
}
