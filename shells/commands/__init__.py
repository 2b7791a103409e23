"""The commands of `ragft`, a module per group."""
