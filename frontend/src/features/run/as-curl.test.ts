import { expect, it } from "vitest";

import { asCurl } from "@/features/run/as-curl";

it("quotes what a shell would take apart", () => {
  const exchange = {
    method: "POST",
    url: "http://127.0.0.1/x?a=1&b=2",
    request_headers: { "X-Key": "[masked]" },
    request_body: `{"text": "it's"}`,
    request_size_bytes: 16,
    status: 400,
    response_headers: {},
    response_body: "",
    response_size_bytes: 0,
    duration_ms: 3,
  };
  expect(asCurl(exchange)).toBe(
    `curl -X POST 'http://127.0.0.1/x?a=1&b=2' \\\n  -H 'X-Key: [masked]' \\\n  --data '{"text": "it'\\''s"}'`,
  );
});
