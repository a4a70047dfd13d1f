// What every journey has: a server with an owner, a page that is logged in, and a watch over the console and the network.

import { type APIRequestContext, test as base, expect, type Page, request } from "@playwright/test";

import { ExampleApi } from "./example-api";
import { Server } from "./server";

export const OWNER = { email: "owner@example.com", password: "correct-horse-battery", name: "Ada" };

/** The API as the owner; bodies are JSON, answers too. */
export class Api {
  readonly context: APIRequestContext;

  constructor(context: APIRequestContext) {
    this.context = context;
  }

  /** The answer to a request; the caller says which fields it looks at. */
  async send<T = null>(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    data?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const answer = await this.context.fetch(`/api/${path}`, {
      method,
      headers,
      ...(data === undefined ? {} : { data }),
    });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.status() === 204 ? (null as T) : ((await answer.json()) as T);
  }

  /** The id of a new graph. */
  async makeGraph(graph: unknown): Promise<string> {
    return (await this.send<{ id: string }>("POST", "graphs", graph)).id;
  }
}

type Fixtures = { api: Api; page: Page };
type WorkerFixtures = { example: ExampleApi; server: Server; owner: string };

export const test = base.extend<Fixtures, WorkerFixtures>({
  /** The service that blocks and connections of the tests reach. */
  example: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern here
    async ({}, use) => {
      const example = await ExampleApi.started();
      await use(example);
      example.close();
    },
    { scope: "worker" },
  ],
  server: [
    async ({ example }, use) => {
      const server = await Server.started(example.env);
      await use(server);
      await server.close();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  /** The cookie of the owner, whose account is made before the first test. */
  owner: [
    async ({ server }, use) => {
      const context = await request.newContext({ baseURL: server.base });
      const made = await context.post("/api/setup", { data: { token: await server.setupToken(), ...OWNER } });
      expect(made.ok(), await made.text()).toBe(true);
      const { cookies } = await context.storageState();
      await use(JSON.stringify(cookies));
      await context.dispose();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, use) => use(server.base),
  storageState: async ({ owner }, use) => use({ cookies: JSON.parse(owner), origins: [] }),
  api: async ({ server, owner }, use) => {
    const context = await request.newContext({
      baseURL: server.base,
      storageState: { cookies: JSON.parse(owner), origins: [] },
    });
    await use(new Api(context));
    await context.dispose();
  },
  page: async ({ page, server }, use, info) => {
    const troubles = watch(page, server.base);
    await use(page);
    if (info.status === "passed")
      expect(
        troubles.filter((one) => !isExpected(one)),
        "console, errors, other origins",
      ).toEqual([]);
  },
});

export { expect };

/** Refusals and breaks that a journey is about show in the console as well; only these. */
export function isExpected(trouble: string): boolean {
  return /the server responded with a status of 4\d\d|net::ERR_(CONNECTION_\w+|EMPTY_RESPONSE|FAILED)/.test(
    trouble,
  );
}

export function watch(page: Page, origin: string): string[] {
  const troubles: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`page: ${error.stack ?? error.message}`));
  page.on("request", (one) => {
    const url = new URL(one.url());
    const isOwn = url.origin === origin || url.protocol === "blob:" || url.protocol === "data:";
    if (!isOwn && url.host !== new URL(origin).host) troubles.push(`another origin: ${one.url()}`);
  });
  return troubles;
}
