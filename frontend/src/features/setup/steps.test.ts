import { describe, expect, it } from "vitest";

import { byTier, chosenStep, type Progress, progress, splitModels, stepLook } from "@/features/setup/steps";
import type { Connection } from "@/lib/api/credentials";
import type { Provider } from "@/lib/api/integrations";
import type { Wizard } from "@/lib/api/setup";
import type { Block } from "@/lib/autogpt-server-api/types";

const NOTHING: Progress = { owner: true, model: false, integrations: false, graph: false };

function card(provider: string, given: Partial<Connection> = {}): Connection {
  return {
    provider,
    label: provider,
    description: "",
    help_url: "",
    kinds: ["api_key"],
    fields: [],
    has_test: true,
    tier: "free",
    is_available: true,
    quality: "none",
    login: null,
    is_connected: false,
    credential_id: null,
    title: "",
    account: null,
    problem: "",
    has_platform_credential: false,
    ...given,
  };
}

describe("where one goes on", () => {
  it("is the first step that is not done", () => {
    expect(chosenStep(undefined, NOTHING)).toBe("model");
    expect(chosenStep(undefined, { ...NOTHING, model: true, integrations: true })).toBe("graph");
  });

  it("is the step in the address, when there is such a step", () => {
    expect(chosenStep("graph", NOTHING)).toBe("graph");
    expect(chosenStep("nonsense", NOTHING)).toBe("model");
  });

  it("is the last one when all are done", () => {
    expect(chosenStep(undefined, { owner: true, model: true, integrations: true, graph: true })).toBe(
      "graph",
    );
  });
});

describe("the block of a step", () => {
  it("tells what is done, open, passed over and to come", () => {
    const words = (["owner", "model", "integrations", "graph"] as const).map(
      (step) => stepLook(step, "integrations", NOTHING).word,
    );
    expect(words).toEqual(["Completed", "Skipped for now", "You are here", "Next"]);
  });
});

describe("how far one is", () => {
  const wizard: Wizard = {
    steps: ["owner", "graph"].map((key) => ({
      key,
      title: "",
      is_done: key === "owner",
      is_optional: false,
      help: "",
      href: "",
    })),
    is_done: false,
    next_step: "graph",
  };

  it("counts a connection of the installation as one", () => {
    const done = progress(wizard, [card("llm", { has_platform_credential: true })], [card("github")]);
    expect(done).toEqual({ owner: true, model: true, integrations: false, graph: false });
  });
});

it("tells models from other providers by what their blocks do", () => {
  const provider = (name: string, blockId: string): Pick<Provider, "provider" | "blocks"> => ({
    provider: name,
    blocks: [{ id: blockId, name: blockId, title: blockId, kind: "standard" }],
  });
  const block = (id: string, category: string): Pick<Block, "id" | "categories"> => ({
    id,
    categories: [category],
  });
  const { models, others } = splitModels(
    [card("llm"), card("github")],
    [provider("llm", "answer"), provider("github", "issue")],
    new Map([block("answer", "ai"), block("issue", "developer_tools")].map((one) => [one.id, one])),
  );
  expect(models.map((one) => one.provider)).toEqual(["llm"]);
  expect(others.map((one) => one.provider)).toEqual(["github"]);
});

it("puts connected cards first in each tier, and leaves empty tiers out", () => {
  const tiers = byTier([
    card("b"),
    card("a"),
    card("z", { is_connected: true }),
    card("p", { tier: "premium" }),
  ]);
  expect(tiers.map(({ tier, cards }) => [tier, cards.map((one) => one.provider)])).toEqual([
    ["free", ["z", "a", "b"]],
    ["premium", ["p"]],
  ]);
});
