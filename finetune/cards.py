"""What an adapter's card says: for people who get the adapter without the project that made it.

Figures are those of the manifest; nothing is measured here.
"""

from __future__ import annotations

from typing import Final

from finetune.model import AdapterManifest, Alarm

_SETTINGS: Final = ("rank", "alpha", "dropout", "target_modules", "rslora", "dora", "learning_rate", "schedule", "batch_size", "precision")


def card(manifest: AdapterManifest, base: str, *, converted: bool, gguf: str = "") -> str:
    """Return the model card (README.md, Markdown with a YAML head) of an exported adapter.

    Args:
        manifest: of the adapter.
        base: its base by a name that another machine can use.
        converted: the base was a converted copy of `base` here, whose weights are not bit for bit the same.
        gguf: the name of the file that holds base and adapter merged; empty without one.
    """
    check = manifest.check
    verdict = "passed" if check.passed else "FAILED: training taught it nothing by its own check"
    parts = [
        "---",
        f"base_model: {base}",
        "library_name: peft",
        "tags:",
        *(f"- {tag}" for tag in ("peft", manifest.method, "ragft")),
        "---",
        "",
        f"# {manifest.name}",
        "",
        f"An adapter for `{base}`, trained with ragft on {manifest.created[:10]} ({manifest.method}, seed {manifest.seed}).",
        "",
        "```python",
        "from peft import AutoPeftModelForCausalLM  # AutoPeftModelForSeq2SeqLM for an encoder-decoder such as T5",
        f'model = AutoPeftModelForCausalLM.from_pretrained("path/to/{manifest.name}")',
        "```",
        "",
        "Prompts must be those that it was trained with: ragft's templates under the model's own chat template"
        + (f" ({manifest.configuration['chat_template']})." if manifest.configuration.get("chat_template") else "."),
    ]
    if converted:
        parts += ["", "It was trained on a copy of this base that had been quantised and converted: answers can differ in places."]
    if manifest.weights == "random":
        parts += ["", "**The base's weights are random: this is a test, and no model.**"]
    if gguf:
        parts += ["", f"`{gguf}` is base and adapter merged, in F16."]
    parts += [
        "",
        "## Data",
        "",
        f"{len(manifest.question_ids)} questions (fingerprint `{manifest.fingerprints.get('questions', 'unknown')}`) on a corpus with "
        f"fingerprint `{manifest.fingerprints.get('corpus', 'unknown')}`. The questions themselves are not part of this folder; "
        "an adapter can repeat what it was trained on, so share it with nobody who may not read them.",
        "",
        "## Recipe",
        "",
        *(f"- {name}: {share:g} parts of the training tokens{_seen(manifest, name)}" for name, share in manifest.recipe.items()),
        "",
        f"{manifest.steps} steps, {manifest.tokens} tokens, {manifest.training_seconds:.0f} s; "
        f"loss {manifest.loss_start:.2f} → {manifest.loss_end:.2f}. "
        + ", ".join(f"{key} {manifest.configuration[key]}" for key in _SETTINGS if key in manifest.configuration)
        + ".",
        "",
        "## Checks",
        "",
        f"End check: {verdict} ({check.correct} of {check.asked} training questions came back correct, asked as `{check.system}`).",
        "",
        *alarm_lines(manifest.alarms),
        "",
        "## Licence",
        "",
        "No licence is given here. The licence of the base model goes on to hold for what is made from it, and so do the rights in the "
        "training data: look at both before you pass this on.",
    ]
    return "\n".join(parts) + "\n"


def _seen(manifest: AdapterManifest, name: str) -> str:
    seen = manifest.coverage.seen.get(name)
    return f"; {seen.examples} examples, {seen.passes:.1f} passes" if seen else ""


def alarm_lines(alarms: tuple[Alarm, ...]) -> list[str]:
    """Return the alarms as lines of a Markdown table, or one line that none were run."""
    if not alarms:
        return ["No alarms were run."]
    rows = [
        f"| {alarm.name} | {alarm.status} | {figure(alarm)} | {'' if alarm.threshold is None else f'{alarm.threshold:.3g}'} | "
        f"{alarm.count} | {alarm.reason or ''} |"
        for alarm in alarms
    ]
    return ["| alarm | state | figure (interval) | fires beyond | observations | why not run |", "|---|---|---|---|---|---|", *rows]


def figure(alarm: Alarm) -> str:
    """Return the figure of an alarm with its interval and what it measures; empty without one.

    >>> figure(Alarm("leak", "quiet", "share", 0.25, 0.1, 0.4, 0.5, 20))
    '0.25 (0.1 to 0.4) share'
    """
    if alarm.figure is None:
        return ""
    interval = "" if alarm.low is None or alarm.high is None else f" ({alarm.low:.3g} to {alarm.high:.3g})"
    return f"{alarm.figure:.3g}{interval} {alarm.measure}"
