import { expect, test } from "vitest";

import { withKinds } from "@/components/integrations/use-providers";
import { block, catalogueOf } from "@/test/graphs";
import { provider } from "@/test/provider";

const request = block("request", [], [], {
  credentials: [
    {
      name: "credentials",
      description: "",
      providers: ["http"],
      kinds: ["host_scoped"],
      scopes: [],
      is_required: false,
      discriminator: "url",
      discriminator_mapping: null,
    },
  ],
});
const blocks = [{ id: "request", name: "request", title: "request", kind: "standard" }];

test("a provider that declares no kinds takes what its blocks ask for", () => {
  const http = provider({ provider: "http", kinds: [], blocks });
  expect(withKinds(http, catalogueOf(request)).kinds).toEqual(["host_scoped"]);
  expect(withKinds(http, undefined).kinds).toEqual([]);
});

test("what a provider declares stands, and what others' fields ask for is none of its own", () => {
  expect(withKinds(provider({ blocks }), catalogueOf(request)).kinds).toEqual(["api_key"]);
  const other = provider({ provider: "stripe", kinds: [], blocks });
  expect(withKinds(other, catalogueOf(request)).kinds).toEqual([]);
});
