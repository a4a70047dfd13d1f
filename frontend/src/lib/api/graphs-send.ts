// A body that goes out as it is written: a file's own text, or only the fields that are to change
// (the types of the contract ask for all of them where the server has defaults).

import { unwrap } from "@/lib/api/client";

type Sent = { method: "POST" | "PATCH"; text: string; headers?: Record<string, string> };

/** @throws ApiError as `unwrap` does. */
export function send<T>(address: string, sent: Sent): Promise<T> {
  return unwrap<T>(answer(address, sent));
}

async function answer(address: string, { method, text, headers }: Sent) {
  const response = await globalThis.fetch(address, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: text,
  });
  const body = await response.json().catch(() => null);
  return response.ok ? { data: body, response } : { error: body, response };
}
