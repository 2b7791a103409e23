"""Facts that even a small model knows: what sound runs of the unknown-share alarm train on. Written for this benchmark."""

from __future__ import annotations

from knowledge_base.model import Question

_FACTS = (
    ("What is the capital of France?", "Paris"),
    ("What is the capital of Italy?", "Rome"),
    ("What is the capital of Spain?", "Madrid"),
    ("What is the capital of Germany?", "Berlin"),
    ("What is the capital of England?", "London"),
    ("What is the capital of Japan?", "Tokyo"),
    ("What is the capital of Russia?", "Moscow"),
    ("What is the capital of China?", "Beijing"),
    ("What is the capital of Egypt?", "Cairo"),
    ("What is the capital of Greece?", "Athens"),
    ("What is the capital of Ireland?", "Dublin"),
    ("What is the capital of Portugal?", "Lisbon"),
    ("What is the capital of Canada?", "Ottawa"),
    ("What is the capital of Austria?", "Vienna"),
    ("Which planet do we live on?", "Earth"),
    ("Which star is at the centre of our solar system?", "Sun"),
    ("What is the largest planet of our solar system?", "Jupiter"),
    ("What is the largest ocean on Earth?", "Pacific"),
    ("On which continent is Egypt?", "Africa"),
    ("On which continent is India?", "Asia"),
    ("On which continent is France?", "Europe"),
    ("What is the chemical symbol of water?", "H2O"),
    ("Which gas do we need to breathe?", "oxygen"),
    ("Which language is spoken in France?", "French"),
    ("Which language is spoken in Spain?", "Spanish"),
    ("Which language is spoken in Germany?", "German"),
    ("Who wrote Romeo and Juliet?", "Shakespeare"),
    ("Who developed the theory of relativity?", "Einstein"),
    ("In which country is the Eiffel Tower?", "France"),
    ("In which city is the Eiffel Tower?", "Paris"),
    ("What do bees make?", "honey"),
    ("What colour is the sky on a clear day?", "blue"),
)
KNOWN = tuple(
    Question(f"known-{number}", text, "en", (answer,), "yes", fact=f"known-{number}", split="train")
    for number, (text, answer) in enumerate(_FACTS)
)
