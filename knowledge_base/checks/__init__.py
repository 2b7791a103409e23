"""One module per kind of doubt about a knowledge base. Each function takes it whole and yields findings.

`knowledge_base.checking` runs them all; nothing here reads a file or prints.
"""
