// The only way to the server: typed by its contract, refusals as ApiError, one place that hears of lost sessions.

import createClient from "openapi-fetch";

import type { ProblemDetails, paths } from "@/lib/autogpt-server-api/types";

/** What the server refused, in its own words (RFC 9457); status 0: it was not reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly problem: ProblemDetails | null;

  constructor(status: number, code: string, message: string, problem: ProblemDetails | null = null) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.problem = problem;
  }
}

type Listener = () => void;
const onSignedOut = new Set<Listener>();

/** Called whenever the server says that nobody is logged in. Returns how to stop that. */
export function hearSignedOut(listener: Listener): () => void {
  onSignedOut.add(listener);
  return () => onSignedOut.delete(listener);
}

let reached = true;
const onReachable = new Set<Listener>();

/** Whether the last request came to the server. */
export function isReachable(): boolean {
  return reached;
}

/** Called whenever that changes. Returns how to stop that. */
export function hearReachable(listener: Listener): () => void {
  onReachable.add(listener);
  return () => onReachable.delete(listener);
}

function setReached(isReached: boolean): void {
  if (reached === isReached) return;
  reached = isReached;
  for (const listener of onReachable) listener();
}

/** The typed client; `unwrap` turns its answers into data or ApiError. */
export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  fetch: (request) => globalThis.fetch(request), // looked up late, so that tests can put theirs in its place
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer.
 *
 * @throws ApiError the server refused, or was not reached.
 */
export async function unwrap<T>(pending: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await pending;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    setReached(false);
    throw new ApiError(0, "offline", "The server cannot be reached. What you see may be old.");
  }
  setReached(true);
  if (answer.response.ok) return answer.data as T; // openapi-fetch leaves out `data` only for answers that have none
  if (answer.response.status === 401) for (const listener of onSignedOut) listener();
  throw asError(answer.response.status, answer.error);
}

/** A JSON address that is no route of its own in the contract, such as the `href` of a large value. */
export async function readJson(href: string, signal?: AbortSignal): Promise<unknown> {
  const response = await globalThis.fetch(href, signal ? { signal } : {});
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw asError(response.status, body);
  return body;
}

export function asError(status: number, body: unknown): ApiError {
  if (isProblem(body)) return new ApiError(status, body.code, body.detail, body);
  return new ApiError(status, "unknown", `The server answered ${status} without a reason. Try again.`);
}

function isProblem(body: unknown): body is ProblemDetails {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}
