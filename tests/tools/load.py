"""Loads a generated Python file as a module of its own."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from uuid import uuid4


def load_module(path: Path) -> ModuleType:
    """The module in `path`; it stays in `sys.modules`, because SQLAlchemy reads annotations through it."""
    spec = importlib.util.spec_from_file_location(f"loaded_{uuid4().hex}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    return module
