resource "azurerm_cognitive_deployment" "counter" {
  name                 = "counter-gpt41"
  cognitive_account_id = azurerm_cognitive_account.this.id
  model {
    format  = "OpenAI"
    name    = "gpt-4.1"
    version = "2025-04-14"
  }
}

resource "azurerm_cognitive_deployment" "open" {
  name = "open"
  model {
    format = "DeepSeek"
    name   = "DeepSeek-R1-0528"
  }
}

resource "azurerm_virtual_machine" "label_printer" {
  name = "gpt-disk-01"
}
