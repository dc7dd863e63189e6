"""The proofs that `make prove` runs."""
