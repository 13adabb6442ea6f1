"""Finds the files that come with the program: templates and the sample workspace.

They stand at the top of the repository, where people edit them, and inside the package once a wheel is
installed; an editable install has only the first place.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def templates() -> Path:
    """The folder of the shipped templates."""
    inside = _PACKAGE / "templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"


def workspace() -> Path:
    """The folder of the sample workspace: config.toml, programmes.toml, issues/2025-10."""
    inside = _PACKAGE / "workspace"
    return inside if inside.is_dir() else _PACKAGE.parent
