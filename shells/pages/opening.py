"""The project that a page is about: opened on every event, and a clear word where it cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from foundation.errors import RagftError
from shells.pages.markup import disarmed
from studies.project import Project


def config_file() -> Path | None:
    """Return the configuration file that RAGFT_CONFIG names; None for the default, ragft.toml here."""
    config = os.environ.get("RAGFT_CONFIG")
    return Path(config) if config else None


def opened() -> tuple[Project, dict[str, str]]:
    """Return the project, and for each system that cannot answer yet why; where it cannot be opened, say so and end the page."""
    try:
        project = Project.open(config_file())
        missing = project.missing_adapters()
    except RagftError as error:
        st.error(disarmed(str(error)))
        st.stop()
    return project, missing
