"""The shared chat engine: prompts, engines that generate text, citations, abstention, `Chatbot`.

Every system of a comparison answers through this package, so what differs between two
systems is what they declare and nothing else. Finding passages, scoring answers and
training adapters are not its business.
"""
