"""The preflight: what a machine can see before a letter leaves."""
