"""Takes the pictures of the README anew, from a server with graphs and runs in it: `make pictures`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.node import node_path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_TAKE = ("npm", "exec", "--offline", "--", "playwright", "test", "pictures.spec.ts")


def main() -> None:
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if chromium is None:
        sys.exit("The pictures need Chromium. Debian: apt-get install chromium; or set CHROMIUM.")
    path = node_path()
    npm = shutil.which(_TAKE[0], path=path)
    assert npm is not None, "node_path found it"
    PICTURES.mkdir(exist_ok=True)
    env = {**os.environ, "PATH": path, "CHROMIUM": chromium, "BLOCKYARD_PICTURES": "yes"}
    if subprocess.run([npm, *_TAKE[1:]], cwd=ROOT / "frontend", env=env).returncode:
        sys.exit("The pictures were not taken: see above.")
    print(f"{len(list(PICTURES.glob('*.png')))} pictures are in {PICTURES.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
