"""The knowledge base: dated, sourced facts about developers, models, rules and endpoints."""
