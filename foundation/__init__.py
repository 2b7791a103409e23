"""What every package stands on: errors, files, fingerprints, registries, settings, language.

Nothing in here knows a document, a model or a metric. Modules are imported by
name (``from foundation.files import write_text``), so that a command pays only
for what it uses.
"""
