// A copy of the server's source that a journey may write into, and the server in development that follows what is saved there.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { ROOT } from "./server";

export class SourceCopy {
  readonly root = mkdtempSync(join(tmpdir(), "blockyard-source-"));

  constructor() {
    cpSync(join(ROOT, "backend"), join(this.root, "backend"), {
      recursive: true,
      filter: (path) => !path.endsWith("__pycache__"),
    });
  }

  /** What a server needs to be told so that it is this one. */
  get env(): Record<string, string> {
    return { ENVIRONMENT: "development", PYTHONPATH: this.root };
  }

  /** Saves a file, as an editor does. */
  write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
