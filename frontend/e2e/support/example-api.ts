// The service of examples/example_api.py beside the server of the tests: what blocks and connections reach.

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

import { freePort, PYTHON, ROOT } from "./server";

const START_MS = 20_000;

export class ExampleApi {
  /** The one key that it takes. */
  static readonly KEY = "ex_demo";
  readonly host: string;
  #process: ChildProcess;

  private constructor(port: number) {
    this.host = `127.0.0.1:${port}`;
    this.#process = spawn(PYTHON, [join(ROOT, "examples/example_api.py"), "--port", String(port)], {
      stdio: "ignore",
    });
  }

  static async started(): Promise<ExampleApi> {
    const api = new ExampleApi(await freePort());
    const until = Date.now() + START_MS;
    while (!(await api.#answers())) {
      if (Date.now() > until) throw new Error("The Example API did not start.");
      await new Promise((done) => setTimeout(done, 50));
    }
    return api;
  }

  /** What a server needs to be told so that it finds it; see examples/README.md. */
  get env(): Record<string, string> {
    return {
      ENVIRONMENT: "test",
      ...this.envFor("https://api.example.com"),
      ALLOWED_ADDRESSES: JSON.stringify([this.host]),
    };
  }

  /** The setting by which it stands for another service. */
  envFor(origin: string): Record<string, string> {
    return { HTTP_ORIGIN_MAP: JSON.stringify({ [origin]: `http://${this.host}` }) };
  }

  close(): void {
    this.#process.kill();
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`http://${this.host}/v1/me`)).status === 401;
    } catch {
      return false;
    }
  }
}
