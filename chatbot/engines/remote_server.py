"""The server behind the remote engine: where it is, what it has, how it counts, and what a failure of it means.

All that can be wrong before the first question is found here, and every message names the
host and what to do. The key is read from the environment and goes into the client alone: no
message, log line, manifest or repr holds it. Asking questions is `remote_calls`' business,
what an address may look like `chatbot.config`'s.
"""

from __future__ import annotations

import asyncio
import difflib
import ipaddress
import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chatbot.config import ModelConfig
from foundation.errors import ConfigurationError, EngineError, EngineUnavailableError, UnknownNameError

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_NO_KEY = "none"  # the client library insists on a key; a server without one ignores it
_PATIENCE = 10.0  # seconds that a server has to say what it is
_OVERFLOW = re.compile(r"context[ _](length|size|window)|exceed_context|too long|`inputs`", re.IGNORECASE)
_MODEL_FACTS = ("id", "owned_by", "root", "parent")  # of a listed model, what stays when the server is started again
_VERSIONS = (("/props", "build_info"), ("/version", "version"), ("/api/version", "version"), ("/info", "version"))
_SAMPLE = "Why is the sky blue?"
_REFUSED = (401, 403)
_GONE = (*_REFUSED, 429, 502, 503, 504)  # after all tries: what refuses one question so refuses the next
_SHOWN = 8  # most models that a message names
_PROXIES = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


@dataclass(frozen=True)
class Endpoint:
    """An address with its key; `host` (with the port, an IPv6 one in brackets) is what messages show."""

    url: str
    host: str
    key_variable: str
    timeout: float  # seconds of silence
    retries: int
    key: str | None = field(default=None, repr=False)

    def client(self) -> AsyncOpenAI:
        """Return a client for this address; it retries with growing, jittered waits and honours Retry-After.

        Raises ConfigurationError for proxies in the environment that it cannot use.
        """
        from openai import AsyncOpenAI, Timeout

        timeout, key = Timeout(self.timeout, connect=min(self.timeout, _PATIENCE)), self.key or _NO_KEY
        try:
            return AsyncOpenAI(
                base_url=self.url, api_key=key, timeout=timeout, max_retries=self.retries, default_headers=_headers_of_ours(key)
            )
        except Exception:  # of several kinds and from several libraries, and what they say shows a proxy's password
            names = sorted(name for name in os.environ if name.upper() in _PROXIES)
            if not names:
                raise
            raise ConfigurationError(
                f"the proxy that the environment names ({', '.join(names)}) cannot be used. Write it like http://HOST:PORT, "
                "or unset it for this command; one of the kind SOCKS needs `pip install socksio`."
            ) from None

    @property
    def readable(self) -> bool:
        """Whether what is sent can be read on the way: it leaves this machine without encryption."""
        parts = urlsplit(self.url)
        name = parts.hostname or ""
        try:
            here = ipaddress.ip_address(name).is_loopback
        except ValueError:
            here = name == "localhost" or name.endswith(".localhost")
        return parts.scheme == "http" and not here

    def at_root(self, path: str) -> str:
        """Return the address of `path` beside the versioned protocol, where servers keep what OpenAI has not."""
        return re.sub(r"/v\d+$", "", self.url) + path

    def failure(self, error: Exception) -> EngineError:
        """Return what a question that met `error` ends with: EngineUnavailableError where every further one would, too."""
        import openai

        gone = isinstance(error, openai.APIConnectionError) or status_of(error) in _GONE
        return (EngineUnavailableError if gone else EngineError)(self.explain(error))

    def explain(self, error: Exception, *, starting: bool = False) -> str:
        """Return one sentence on what went wrong and one on what to do; when `starting`, silence is not borne for long."""
        import openai

        body, status = getattr(error, "body", None), status_of(error)
        said = self._quote(body)
        if isinstance(error, openai.APITimeoutError) and type(error.__cause__).__name__ != "ConnectTimeout":
            if starting:
                return f"{self.host} was asked for its models and silent for {_patience(self):g} seconds. Is model.base_url its address?"
            return f"{self.host} was silent for {self.timeout:g} seconds. Look at the server, or raise model.timeout."
        if isinstance(error, openai.APIConnectionError):
            return f"cannot reach {self.host} ({type(error.__cause__).__name__}). Is the server running, and is model.base_url its address?"
        if not isinstance(error, openai.APIError):
            return f"{self.host} sent what is not the OpenAI protocol. Check model.base_url, which mostly ends with /v1."
        if status in _REFUSED:
            fault = "refuses the key" if self.key else "wants a key and none was sent"
            return f"{self.host} {fault} ({status}). Set the environment variable {self.key_variable} to a key that it takes."
        if _OVERFLOW.search(said) and not (status is not None and status >= 500):
            return (
                f"the prompt does not fit the model of {self.host}{said}. Show fewer or shorter passages (retrieval.k, "
                "retrieval.passage_tokens), or a shorter history."
            )
        if status == 404:
            return (
                f"{self.host} has no such address or model (404){said}. Check model.base_url, which mostly ends with /v1, and model.name."
            )
        if status == 429:
            return f"{self.host} takes no more requests for now (429){said}. Lower model.concurrency, or try again later."
        if status is not None and status < 500:
            return f"{self.host} refuses the request ({status}){said}. Look at the server's log."
        return f"{self.host} failed ({status or 'no code given'}){said}. Look at the server's log and try again."

    def _quote(self, body: object) -> str:
        """Return what the server said as " and says '…'", short, on one line, without the key; nothing for a page of HTML."""
        text = body
        if isinstance(body, Mapping):
            text = body.get("message") or body.get("detail") or body.get("error")
        if not isinstance(text, str) or not text.strip() or text.lstrip().startswith("<"):
            return ""
        flat = " ".join(text.split())
        return f" and says {(flat.replace(self.key, '[key]') if self.key else flat)[:200]!r}"


@dataclass(frozen=True)
class Server:
    """What a server told of itself."""

    models: dict[str, dict[str, Any]]
    tokenizes: bool  # it counts tokens with the model's own tokenizer
    version: str  # empty when it does not tell


def endpoint(config: ModelConfig) -> Endpoint:
    """Return the configured endpoint; ConfigurationError for no address or a key that cannot be used."""
    url, variable = config.base_url, config.api_key_env
    if url is None:
        raise ConfigurationError("the openai engine needs the address of a server. Set model.base_url, such as http://localhost:8000/v1.")
    return Endpoint(url, urlsplit(url).netloc, variable, config.timeout, config.retries, _key(variable))


def _key(variable: str) -> str | None:
    key = os.environ.get(variable, "").strip()
    if not key and variable != ModelConfig.model_fields["api_key_env"].default:
        raise ConfigurationError(f"model.api_key_env names the environment variable {variable}, which is not set. Set it to the key.")
    if key and not re.fullmatch(r"[!-~]+", key):  # a header cannot carry it, and the error of the library would show it
        raise ConfigurationError(f"the environment variable {variable} holds a blank or a sign that no key has. Set it again.")
    return key or None


def _headers_of_ours(key: str) -> dict[str, Any]:
    """Return headers in the place of those that the client takes from its own environment variables: they are for OpenAI's servers."""
    from openai import Omit

    ambient = [line.partition(":")[0].strip() for line in os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n") if ":" in line]
    ours = {"Accept": "application/json", "Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    return {**dict.fromkeys([*ambient, "OpenAI-Organization", "OpenAI-Project"], Omit()), **ours}


def estimate_tokens(text: str) -> int:
    """Return two fifths of the text's UTF-8 bytes, rounded up: more than most tokenizers make of prose, so budgets hold.

    >>> estimate_tokens("Why is the sky blue?"), estimate_tokens("")
    (8, 0)
    """
    return math.ceil(len(text.encode()) * 2 / 5)


async def look(client: AsyncOpenAI, place: Endpoint, model: str) -> Server:
    """Return what the server has, after proof that it is one, takes the key and has `model`; raises before any question is asked."""
    models = await list_models(client, place)
    find_model(models, model, place, "Set model.name to one of them.")
    quick = client.with_options(timeout=_patience(place), max_retries=min(place.retries, 1))
    counted, *versions = await asyncio.gather(
        _ask(quick.post(place.at_root("/tokenize"), cast_to=object, body=_tokenize_body(model, _SAMPLE))),
        *(_ask(quick.get(place.at_root(path), cast_to=object)) for path, _ in _VERSIONS),
    )
    tokenizes = bool(_number_of_tokens(counted))
    if not tokenizes or versions[0] in _REFUSED:  # the list of models may be open to all: only a question proves the key
        await _prove_key(client.with_options(max_retries=min(place.retries, 1)), place, model)
    told = (answer.get(name) for answer, (_, name) in zip(versions, _VERSIONS, strict=True) if isinstance(answer, Mapping))
    return Server(models, tokenizes, next((str(version) for version in told if version), ""))


async def list_models(client: AsyncOpenAI, place: Endpoint) -> dict[str, dict[str, Any]]:
    """Return the server's models by name, with what it says of each that is stable."""
    import openai

    quick = client.with_options(timeout=_patience(place), max_retries=min(place.retries, 1))
    try:
        answer = _decoded(await quick.get("/models", cast_to=object))
    except (openai.OpenAIError, ValueError) as error:
        raise ConfigurationError(place.explain(error, starting=True)) from None
    rows = answer.get("data", answer) if isinstance(answer, Mapping) else answer
    rows = [] if rows is None else rows
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) and isinstance(row.get("id"), str) for row in rows):
        raise ConfigurationError(
            f"{place.host} is no OpenAI-compatible server: its list of models is none. Check model.base_url, which mostly ends with /v1."
        )
    return {row["id"]: _stable(row) for row in rows if row["id"].isprintable()}


def find_model(models: Mapping[str, dict[str, Any]], name: str, place: Endpoint, hint: str) -> dict[str, Any]:
    """Return what the server says of model `name` (Ollama adds ":latest" to a bare name), or raise UnknownNameError.

    Of many models the message names those like it, else the first few.
    """
    found = models.get(name) or models.get(f"{name}:latest")
    if found is None:
        folded = {known.casefold(): known for known in sorted(models)}
        near = [folded[close] for close in difflib.get_close_matches(name.casefold(), folded, n=_SHOWN, cutoff=0.4)]
        shown = sorted(models) if len(models) <= _SHOWN else near or sorted(models)[:_SHOWN]
        rest = f"It has {len(models) - len(shown)} more. " if len(models) > len(shown) else ""
        raise UnknownNameError(f"model of the server {place.host}", name, shown, rest + hint)
    return found


async def count_tokens(client: AsyncOpenAI, place: Endpoint, model: str, text: str) -> int:
    """Return the number of tokens of `text` by the server's tokenizer, without those that open or close a prompt."""
    answer = _decoded(await client.post(place.at_root("/tokenize"), cast_to=object, body=_tokenize_body(model, text)))
    number = _number_of_tokens(answer)
    if number is None:
        raise ValueError("no token count")
    return number


def status_of(error: Exception) -> int | None:
    """Return the HTTP status of an answer, or the code of an error that came inside a stream."""
    body = getattr(error, "body", None)
    status = getattr(error, "status_code", None) or (body.get("code") if isinstance(body, Mapping) else None)
    return status if isinstance(status, int) else None


def _patience(place: Endpoint) -> float:
    return min(place.timeout, _PATIENCE)


def _stable(row: Mapping[str, Any]) -> dict[str, Any]:
    meta = row.get("meta")
    facts = {name: row[name] for name in _MODEL_FACTS if row.get(name) is not None}
    if isinstance(meta, Mapping):  # llama.cpp's account of the weights; the window is how it was started
        facts["meta"] = {name: value for name, value in sorted(meta.items()) if name != "n_ctx"}
    return facts


def _tokenize_body(model: str, text: str) -> dict[str, Any]:
    """Return one body that llama.cpp (`content`), vLLM (`prompt`) and TGI (`inputs`) each read their own field of."""
    return {"model": model, "content": text, "prompt": text, "inputs": text, "add_special_tokens": False}


def _number_of_tokens(answer: object) -> int | None:
    tokens = answer.get("tokens") if isinstance(answer, Mapping) else answer
    return len(tokens) if isinstance(tokens, list) else None


def _decoded(answer: object) -> object:
    return json.loads(answer) if isinstance(answer, str) else answer  # the client hands over what is not labelled JSON as text


async def _ask(request: Any) -> object:
    """Return the answer to a question that a server need not know: its JSON, the status that refuses it, or None."""
    import openai

    try:
        return _decoded(await request)
    except openai.APIStatusError as error:
        return error.status_code
    except (openai.OpenAIError, ValueError):
        return None


async def _prove_key(client: AsyncOpenAI, place: Endpoint, model: str) -> None:
    import openai

    try:
        await client.chat.completions.create(model=model, messages=[{"role": "user", "content": _SAMPLE}], max_tokens=1, temperature=0)
    except openai.APIStatusError as error:
        if error.status_code in _REFUSED:
            raise ConfigurationError(place.explain(error)) from None
    except (openai.OpenAIError, ValueError):
        pass  # the key was not refused, which is all that was asked; another fault shows when answering
