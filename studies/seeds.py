"""The same training with several seeds, and the same comparison with each: how much of a result was the luck of training?

Each seed has an adapter and a run of its own; `eval.pooling` puts the runs together. How one adapter is trained, and how one
run is made, is decided in `studies.training` and `studies.comparing`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from eval.alikeness import manifest_differences
from eval.model import RunManifest
from finetune.adapters import check_name, find, read_manifest
from finetune.model import AdapterManifest
from foundation.errors import ConfigurationError, DataError, MismatchError, TrainingError
from foundation.first_few import first_few
from foundation.jsonable import to_json
from studies.comparing import run_comparison
from studies.project import Project
from studies.training import load_shared, train_adapter
from studies.variants import require_one_process, variant, with_adapters, with_seed

_SHOWN = 4  # differences in a message


def seeded(name: str, seed: int, count: int) -> dict[str, int]:
    """Return the adapters of `count` training seeds from `seed` on, with the seed of each; the first keeps the bare name.

    Raises ConfigurationError for fewer than one.

    >>> seeded("main", 0, 3)
    {'main': 0, 'main-seed1': 1, 'main-seed2': 2}
    """
    if count < 1:
        raise ConfigurationError(f"--seeds {count}: name at least one training seed.")
    return {name: seed, **{check_name(f"{name}-seed{seed + step}"): seed + step for step in range(1, count)}}


def train_seeds(project: Project, name: str, count: int, *, again: bool = False, say: Callable[[str], None], progress: bool = True) -> str:
    """Train adapter `name` with `count` seeds, from the configured one on, and return the summaries.

    Those that are there already are kept. One that fails its end check does not stop the others.

    Raises what `studies.training.train_adapter` raises; ConfigurationError among processes that train together; TrainingError,
    after all were trained, when any failed its end check.
    """
    require_one_process("--seeds")
    done, failed = [], []
    load_shared(project, say)
    for adapter, seed in seeded(name, project.finetune_config.seed, count).items():
        say(f"adapter {adapter!r}, seed {seed}")
        try:
            done.append(train_adapter(with_seed(project, seed), adapter, again=again, say=say, progress=progress))
        except TrainingError as error:
            failed.append(str(error))
    if failed:
        raise TrainingError("\n".join([*done, *failed]))
    return "\n".join(done)


def run_seeds(
    project: Project,
    systems: Sequence[str],
    count: int,
    *,
    run: str | None = None,
    reuse: Path | None = None,
    say: Callable[[str], None],
    progress: bool = True,
) -> tuple[Path, ...]:
    """Return `count` run folders, one per training seed, that differ in the adapters behind the systems alone.

    What has no adapter is asked once and taken over. The seeds are those of `ragft train --seeds`: that of the adapter
    itself and the next ones.

    Args: as of `studies.comparing.run_comparison`; `run` names the first folder, the others are called after it.

    Raises, before anything is asked, ConfigurationError for systems without an adapter, DataError for one that is not trained yet and
    MismatchError for one that was trained otherwise, each with the line that trains it.
    """
    used = sorted({adapter for name in systems if name in project.systems and (adapter := project.system(name).adapter)})
    if not used:
        raise ConfigurationError("--seeds compares training seeds, and none of these systems has an adapter. Leave --seeds away.")
    names = {adapter: _trained_alike(project, adapter, count) for adapter in used}
    folders: list[Path] = []
    swapped = project
    for at in range(count):
        swapped = variant(swapped, systems=with_adapters(project, {adapter: names[adapter][at] for adapter in used}).systems)
        say(f"training seed {at + 1} of {count}: {', '.join(names[adapter][at] for adapter in used)}")
        folders.append(
            run_comparison(
                swapped,
                systems,
                run=f"{run}-{at + 1}" if run and at else run,
                reuse=folders[0] if at else reuse,
                say=say,
                progress=progress,
            )
        )
    return tuple(folders)


def _trained_alike(project: Project, adapter: str, count: int) -> list[str]:
    """Return the adapters of `count` seeds, or raise when one is missing or its run could not be pooled with the first one's."""
    first = read_manifest(find(project.workspace, adapter))
    seeds = seeded(adapter, first.seed, count)
    missing = [name for name in seeds if not _is_there(project, name)]
    if missing:
        raise DataError(f"there is no adapter {', '.join(missing)} yet. Train what is missing with: ragft train {adapter} --seeds {count}")
    for name, seed in list(seeds.items())[1:]:
        other = read_manifest(find(project.workspace, name))
        found = manifest_differences(_alone(adapter, first), _alone(adapter, other))
        if other.seed != seed:
            found.insert(0, f"adapters.{adapter}.seed: {seed} wanted, {other.seed} found")
        if found:
            said = "; ".join(first_few([line.removeprefix(f"adapters.{adapter}.") for line in found], _SHOWN))
            raise MismatchError(
                f"adapter {name!r} was trained otherwise than {adapter!r} ({said}). "
                f"Train what differs with: ragft train {adapter} --seeds {count}"
            )
    return list(seeds)


def _alone(name: str, manifest: AdapterManifest) -> RunManifest:
    """Return the manifest of a run that has nothing but this adapter, so that `eval` tells what pooling would."""
    return RunManifest("", "", {}, {}, {}, (), (), {}, {}, adapters={name: to_json(manifest)})


def _is_there(project: Project, adapter: str) -> bool:
    try:
        find(project.workspace, adapter)
    except DataError:
        return False
    return True
