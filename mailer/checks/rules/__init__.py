"""The rules of the preflight with all their sentences, one file per family."""
