"""The contestants of the engine benchmark behind one small interface: a batch of texts, and one text with its first word heard.

Each library is used as its own documentation says is fast on a processor, with greedy
decoding, natural stops and the same token ids. Ours come through the engine seam.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from benchmarks.contestants import Setup
from benchmarks.prompts import Prompt

ADAPTER = "bench"


class Peer(Protocol):
    """What the benchmark asks of a contestant."""

    notes: str

    def answer(self, prompts: Sequence[Prompt], limit: int) -> list[str]:
        """Return the answers to all prompts, each of at most `limit` tokens."""

    def stream(self, prompt: Prompt, limit: int, heard: Callable[[], None]) -> str:
        """Return one answer; `heard` is called with every piece of it as it comes."""


class Ours:
    """An engine of this project."""

    def __init__(self, setup: Setup, **options: Any) -> None:
        from chatbot.config import ModelConfig
        from chatbot.engines import engine

        self._engine = engine(ModelConfig(name=setup.folder, threads=setup.threads, **options), Path(setup.cache))
        self._adapter = ADAPTER if setup.adapter else None
        if setup.adapter:
            self._engine.load_adapter(ADAPTER, Path(setup.adapter))
        info = self._engine.info()
        fallen_back = "" if info.engine == options["engine"] else f"cannot run it: {info.engine} answered, "
        self.notes = f"{fallen_back}{info.version}, {info.precision}"

    def answer(self, prompts: Sequence[Prompt], limit: int) -> list[str]:
        from chatbot.engine import gather

        done = gather(self._engine.run([self._request(prompt, limit) for prompt in prompts]))
        return [done[prompt.id].text for prompt in prompts]

    def stream(self, prompt: Prompt, limit: int, heard: Callable[[], None]) -> str:
        from chatbot.engine import Delta

        pieces = []
        for event in self._engine.run([self._request(prompt, limit)]):
            if isinstance(event, Delta):
                heard()
                pieces.append(event.text)
        return "".join(pieces)

    def _request(self, prompt: Prompt, limit: int) -> Any:
        from chatbot.engine import Request

        return Request(prompt.id, prompt.messages, self._adapter, limit)


class Generate:
    """`generate` of transformers, in batches of prompts of similar length; the adapter through PEFT, or merged beforehand."""

    _BATCH = 16

    def __init__(self, setup: Setup, precision: str) -> None:
        import torch
        import transformers

        from chatbot.loading import load_model

        torch.set_num_threads(setup.threads)
        self._model, self._tokenizer = load_model(Path(setup.weights or setup.folder), "bfloat16" if precision == "bfloat16" else "float32")
        if setup.adapter and not setup.weights:
            from peft import PeftModel

            # autocast would keep the adapter in float32 and cast at every layer, which costs time
            self._model = PeftModel.from_pretrained(self._model, setup.adapter, autocast_adapter_dtype=False).to(self._model.dtype).eval()
        self.notes = f"transformers {transformers.__version__}, torch {torch.__version__}"

    def answer(self, prompts: Sequence[Prompt], limit: int) -> list[str]:
        order = sorted(range(len(prompts)), key=lambda index: len(prompts[index].tokens))
        texts = [""] * len(prompts)
        for start in range(0, len(order), self._BATCH):
            members = order[start : start + self._BATCH]
            for index, text in zip(members, self._batch([prompts[index] for index in members], limit), strict=True):
                texts[index] = text
        return texts

    def stream(self, prompt: Prompt, limit: int, heard: Callable[[], None]) -> str:
        return self._batch([prompt], limit, streamer=_Ear(heard))[0]

    def _batch(self, prompts: Sequence[Prompt], limit: int, **options: Any) -> list[str]:
        import torch

        longest = max(len(prompt.tokens) for prompt in prompts)
        pad = self._tokenizer.pad_token_id
        ids = torch.tensor([[pad] * (longest - len(prompt.tokens)) + list(prompt.tokens) for prompt in prompts])
        mask = torch.tensor([[0] * (longest - len(prompt.tokens)) + [1] * len(prompt.tokens) for prompt in prompts])
        with torch.inference_mode():
            made = self._model.generate(
                input_ids=ids, attention_mask=mask, do_sample=False, max_new_tokens=limit, pad_token_id=pad, **options
            )
        texts: list[str] = self._tokenizer.batch_decode(made[:, longest:], skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return texts


class _Ear:
    """A streamer of transformers that tells when a token comes; its first call brings the prompt."""

    def __init__(self, heard: Callable[[], None]) -> None:
        self._heard, self._prompt_seen = heard, False

    def put(self, value: Any) -> None:
        if self._prompt_seen:
            self._heard()
        self._prompt_seen = True

    def end(self) -> None:
        pass


class CTranslate2:
    """CTranslate2 on merged weights; it has no prefix cache across requests and no adapters."""

    # Of a batch, only as many tokens as its shortest prompt has are read at once, the rest one by one:
    # small batches lose least, and the library fills them by length.
    _BATCH = 8

    def __init__(self, setup: Setup) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        self._generator = ctranslate2.Generator(str(setup.weights), device="cpu", inter_threads=1, intra_threads=setup.threads)
        self._tokenizer = Tokenizer.from_file(str(Path(setup.folder) / "tokenizer.json"))
        self.notes = f"CTranslate2 {ctranslate2.__version__}, {self._generator.compute_type}"

    def answer(self, prompts: Sequence[Prompt], limit: int) -> list[str]:
        results = self._generator.generate_batch(
            [self._tokens(prompt) for prompt in prompts],
            max_batch_size=self._BATCH,
            max_length=limit,
            include_prompt_in_result=False,
        )
        return [self._tokenizer.decode(result.sequences_ids[0]) for result in results]

    def stream(self, prompt: Prompt, limit: int, heard: Callable[[], None]) -> str:
        ids = []
        for step in self._generator.generate_tokens(self._tokens(prompt), max_length=limit):
            heard()
            ids.append(step.token_id)
        return str(self._tokenizer.decode(ids))

    def _tokens(self, prompt: Prompt) -> list[str]:
        return [str(self._tokenizer.id_to_token(token)) for token in prompt.tokens]


class LlamaCpp:
    """llama.cpp's server engine, called in the process: continuous batching, each slot keeps its last prompt."""

    def __init__(self, setup: Setup) -> None:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(setup.weights)
        params.n_parallel = setup.parallel
        params.n_ctx = setup.parallel * 1024
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = setup.threads
        self._server = xllamacpp.Server(params)
        self._pool = ThreadPoolExecutor(max_workers=setup.parallel)
        features = [part.strip() for part in str(xllamacpp.get_system_info()).split("|") if "AVX" in part or "BF16" in part]
        self.notes = f"xllamacpp {xllamacpp.__version__}, {', '.join(features)}"

    def answer(self, prompts: Sequence[Prompt], limit: int) -> list[str]:
        return list(self._pool.map(lambda prompt: self._complete(prompt, limit), prompts))

    def stream(self, prompt: Prompt, limit: int, heard: Callable[[], None]) -> str:
        pieces: list[str] = []

        def take(chunk: Any) -> None:
            for one in chunk if isinstance(chunk, list) else [chunk]:
                for choice in one.get("choices", ()):
                    if choice.get("text"):
                        heard()
                        pieces.append(choice["text"])

        self._server.handle_completions({**_body(prompt, limit), "stream": True}, take)
        return "".join(pieces)

    def _complete(self, prompt: Prompt, limit: int) -> str:
        return str(self._server.handle_completions(_body(prompt, limit))["choices"][0]["text"])


def _body(prompt: Prompt, limit: int) -> dict[str, Any]:
    return {"prompt": list(prompt.tokens), "max_tokens": limit, "temperature": 0.0}
