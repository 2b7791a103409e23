"""Training: examples, LoRA on transformers' Trainer, time budgets, adapter folders, the end check.

What a finished adapter answers is the chat engine's business, and whether it is any
better than retrieval is the evaluation's: here a model is trained, the folder that
plain peft can load is written, and twenty questions are asked back to see that
training taught anything at all.
"""
