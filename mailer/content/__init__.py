"""The desk's paper: what an issue says, read from its folder or taken in from a text that arrived."""
