"""One file a platform: what a person would do there, step by step."""
