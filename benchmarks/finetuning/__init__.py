"""What fine-tuning reaches: curves and contrasts at equal training tokens, each point run once and kept.

    python -m benchmarks.finetuning --workspace FOLDER [--only wordings raft …] [--list] [--table]

`declaration` says what is trained and asked, before anything is run; `sets` draws the questions; `running` trains, asks and
scores one point; `results` keeps it as one small JSON file; `statistics` and `figures` make differences with intervals of
them; `tables` writes these as Markdown and draws the curve. docs/finetuning-figures.md has the figures and how to read them.
"""
