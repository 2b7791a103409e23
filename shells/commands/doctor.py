"""`ragft doctor`: versions, models, and every value with its origin."""

from __future__ import annotations

from shells.options import ConfigOption, SetOption, WorkspaceOption, open_project, say


def doctor(config: ConfigOption = None, overrides: SetOption = None, workspace: WorkspaceOption = None) -> None:
    """Say what is installed, which models are here, and where each setting comes from."""
    from studies.doctor import examine

    for heading, rows in examine(open_project(config, overrides, workspace)).items():
        say(f"{heading}")
        width = max((len(name) for name, _ in rows), default=0)
        for name, value in rows:
            say(f"  {name:<{width}}  {value}")
        say()
