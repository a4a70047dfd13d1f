// A newcomer's own checkout: what they type in its terminals, what is printed there, how long it takes.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Locator, Page } from "@playwright/test";

import { endDatabase, freePort, PYTHON, ROOT } from "./server";

const MAKE_MS = 120_000;
const START_MS = 60_000;
const END_MS = 20_000;

export class Checkout {
  /** The folder around it, which has the data of its server too. */
  readonly folder: string;
  readonly root: string;
  #dev: DevServer | null = null;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "blockyard-newcomer-"));
    this.root = join(this.folder, "blockyard");
    const script =
      "import sys, pathlib; from tests.support.checkout import checkout_in as at; at(pathlib.Path(sys.argv[1]))";
    printed(PYTHON, ["-c", script, this.folder], { cwd: ROOT, env: terminalOf(ROOT) });
  }

  /** What `make` with these words prints when it is done. */
  make(...words: string[]): string {
    return printed("make", words, { cwd: this.root, env: terminalOf(this.root) });
  }

  /** `make dev`, with ports and data of its own. */
  async dev(env: Record<string, string>): Promise<DevServer> {
    const ports = { BLOCKYARD_PORT: String(await freePort()), BLOCKYARD_PAGE_PORT: String(await freePort()) };
    const data = join(this.folder, "data");
    this.#dev = new DevServer(this.root, {
      ...terminalOf(this.root),
      ...ports,
      BLOCKYARD_DATA_DIR: data,
      ...env,
    });
    return this.#dev;
  }

  async close(): Promise<void> {
    await this.#dev?.close();
    endDatabase(this.folder);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** `make dev` in a terminal: Ctrl-C ends all that it started. */
class DevServer {
  readonly #process: ChildProcess;
  #said = "";

  constructor(root: string, env: Record<string, string>) {
    this.#process = spawn("make", ["dev"], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#process.stdout?.on("data", (text) => this.#hear(text));
    this.#process.stderr?.on("data", (text) => this.#hear(text));
  }

  /** The address at which the owner's account is made, once it is printed and the page is there. */
  async offered(): Promise<string> {
    const [, page = ""] = await this.#printed(/Local: +(http:\S+)\//);
    const [, address = ""] = await this.#printed(/(http:\S+\/#setup=[\w-]+)/);
    if (!address.startsWith(page)) throw new Error(`The page is at ${page}, but ${address} is printed.`);
    return address;
  }

  async close(): Promise<void> {
    this.#signal("SIGINT");
    const until = Date.now() + END_MS;
    while (this.#signal(0) && Date.now() < until) await new Promise((done) => setTimeout(done, 50));
    this.#signal("SIGKILL");
  }

  /** To the whole group, as a terminal does; false: nothing of it is left. 0 only asks. */
  #signal(name: "SIGINT" | "SIGKILL" | 0): boolean {
    try {
      return this.#process.pid !== undefined && process.kill(-this.#process.pid, name);
    } catch {
      return false;
    }
  }

  async #printed(wanted: RegExp): Promise<RegExpExecArray> {
    const until = Date.now() + START_MS;
    for (;;) {
      const found = wanted.exec(this.#said);
      if (found) return found;
      if (this.#process.exitCode !== null || Date.now() > until)
        throw new Error(`make dev printed no ${wanted}:\n${this.#said}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  #hear(text: unknown): void {
    this.#said = (this.#said + String(text)).slice(-20_000);
  }
}

function printed(
  command: string,
  words: string[],
  where: { cwd: string; env: Record<string, string> },
): string {
  const done = spawnSync(command, words, { ...where, encoding: "utf8", timeout: MAKE_MS });
  if (done.status !== 0)
    throw new Error(`${command} ${words.join(" ")}: ${done.error ?? ""}\n${done.stdout}\n${done.stderr}`);
  return done.stdout;
}

/** As in a terminal that was just opened: nothing of the `make`, the server or the colours of these tests. */
function terminalOf(root: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(MAKE|MFLAGS|ARGS|WORKERS|FORCE_COLOR|DATABASE_URL|BLOCKYARD_|ENVIRONMENT|HTTP_ORIGIN_MAP)/.test(
        name,
      ),
  );
  const own = { PYTHONPATH: root, PYTHONDONTWRITEBYTECODE: "1", NO_COLOR: "1" };
  return Object.fromEntries([...kept, ...Object.entries(own)].map(([name, value]) => [name, value ?? ""]));
}

/** Says how long each step took, and all of them. */
export class StopWatch {
  readonly #began = performance.now();
  readonly #laps: string[] = [];
  #before = this.#began;

  lap(step: string): void {
    const now = performance.now();
    this.#laps.push(`${((now - this.#before) / 1000).toFixed(1).padStart(5)} s  ${step}`);
    this.#before = now;
  }

  /** Seconds from the beginning to the last lap. */
  get total_s(): number {
    return (this.#before - this.#began) / 1000;
  }

  get shown(): string {
    return [...this.#laps, `${this.total_s.toFixed(1).padStart(5)} s  in all`].join("\n");
  }
}

/** By how much the strongest line of a picture stands out from its ground (WCAG): 1 is an empty picture, 3 can be seen. */
export async function contrast(page: Page, picture: Locator): Promise<number> {
  const png = (await picture.screenshot({ animations: "disabled" })).toString("base64");
  return page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    if (!context) return 1;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const light = (part: number) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const at = (byte: number) => light((data[byte] ?? 0) / 255);
    const seen: number[] = [];
    for (let byte = 0; byte < data.length; byte += 4)
      seen.push(0.2126 * at(byte) + 0.7152 * at(byte + 1) + 0.0722 * at(byte + 2));
    const ground = seen.sort((a, b) => a - b)[seen.length >> 1] ?? 0; // thin lines leave most of it free
    const ratios = seen.map((one) => (Math.max(one, ground) + 0.05) / (Math.min(one, ground) + 0.05));
    return Math.max(...ratios);
  }, png);
}
