"""Finding passages: chunk, embed, store, search.

`retrieval.index.Index` is the door. Evidence and metrics are not its business: what a
hit is worth is `eval`'s to say, and what is done with it `chatbot`'s.
"""
