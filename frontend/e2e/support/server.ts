// A server of its own for the tests of a worker: own data, own port, started and ended as an operator would.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../../..");
export const PYTHON = process.env.BLOCKYARD_PYTHON ?? join(ROOT, ".venv/bin/python");
const START_MS = 120_000;
const END_MS = 20_000;
const TOKEN_MS = 10_000;

export class Server {
  readonly folder = mkdtempSync(join(tmpdir(), "blockyard-e2e-"));
  readonly port: number;
  readonly base: string;
  readonly #env: Record<string, string>;
  #process: ChildProcess | null = null;
  #said = "";

  private constructor(port: number, env: Record<string, string>) {
    this.port = port;
    this.#env = env;
    this.base = `http://127.0.0.1:${port}`;
  }

  /** `env`: settings beside those that a server of the tests always has. */
  static async started(env: Record<string, string> = {}): Promise<Server> {
    const server = new Server(await freePort(), env);
    try {
      await server.start();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /** Start it, also once more after `kill` or `stop`, on the same data and port. */
  async start(): Promise<void> {
    this.#said = "";
    const process_ = spawn(PYTHON, ["-m", "backend.cli", "serve", "--port", String(this.port)], {
      cwd: this.folder,
      env: {
        ...process.env,
        PYTHONPATH: ROOT,
        BLOCKYARD_DATA_DIR: join(this.folder, "data"),
        DATABASE_URL: "",
        ...this.#env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = process_;
    process_.stdout?.on("data", (text) => this.#hear(text));
    process_.stderr?.on("data", (text) => this.#hear(text));
    const until = Date.now() + START_MS;
    while (!(await this.#isReady())) {
      if (process_.exitCode !== null || Date.now() > until)
        throw new Error(`The server did not start:\n${this.#said}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /** The token that the first start prints; the way to the first account. */
  async setupToken(): Promise<string> {
    const until = Date.now() + TOKEN_MS;
    for (;;) {
      const [, token] = /#setup=([\w-]+)/.exec(this.#said) ?? [];
      if (token) return token;
      if (Date.now() > until) throw new Error(`The server printed no setup token:\n${this.#said}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** As a crash: no time to say goodbye. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  /** Stop it and remove its data, its database server with it. */
  async close(): Promise<void> {
    await this.stop();
    endDatabase(this.folder);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const process_ = this.#process;
    this.#process = null;
    if (process_ === null || process_.exitCode !== null) return;
    const ended = new Promise<void>((done) => process_.once("exit", () => done()));
    process_.kill(signal);
    const timer = setTimeout(() => process_.kill("SIGKILL"), END_MS);
    await ended;
    clearTimeout(timer);
  }

  #hear(text: unknown): void {
    this.#said = (this.#said + String(text)).slice(-20_000);
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.base}/api/health/ready`)).ok;
    } catch {
      return false;
    }
  }
}

/** The embedded PostgreSQL outlives a killed server: it is found by the file in which it says its number. */
export function endDatabase(folder: string): void {
  try {
    const [pid] = readFileSync(join(folder, "data/postgres/postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), "SIGINT");
  } catch {
    // It has ended with its server.
  }
}

export async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === "object" ? done(address.port) : fail(new Error("no port")),
      );
    });
  });
}
