import { describe, expect, it } from "vitest";

import { footOf } from "@/components/canvas/node-words";
import type { NodeRun } from "@/lib/run/model";

const VIEW = { kind: "block", isPinned: false, isDisabled: false } as const;
const TYPICAL = { durationMs: 1_800, usdMicros: 4_000 };

function run(changes: Partial<NodeRun>): NodeRun {
  return {
    nodeId: "n",
    state: "ok",
    started: 1,
    completed: 1,
    failed: 0,
    waiting: 0,
    running: 0,
    retried: 0,
    total: null,
    durationMs: 4_100,
    usdMicros: 8_100,
    error: null,
    progress: null,
    ...changes,
  };
}

describe("the foot of a block", () => {
  it("says before a run what the last ones took", () => {
    expect(footOf(VIEW, undefined, TYPICAL)).toEqual({
      state: "idle",
      word: "Ready",
      time: "≈ 1.8 s",
      cost: "≈ $0.0040",
      share: null,
    });
  });

  it("says why a block will not run", () => {
    expect(footOf({ ...VIEW, isDisabled: true }, undefined, TYPICAL)).toMatchObject({
      word: "Disabled",
      time: "",
    });
    expect(footOf({ ...VIEW, kind: "missing" }, undefined, TYPICAL).word).toBe("Cannot run");
    expect(footOf({ ...VIEW, isPinned: true }, undefined, TYPICAL)).toMatchObject({
      state: "pinned",
      time: "",
    });
  });

  it("counts firings and shows how far it is", () => {
    const running = run({ state: "running", completed: 36, total: 100 });
    expect(footOf(VIEW, running, TYPICAL)).toMatchObject({
      word: "Running 37 of 100",
      share: 0.36,
      time: "4.1 s",
    });
    expect(footOf(VIEW, run({ completed: 100 }), TYPICAL).word).toBe("Completed 100");
    expect(footOf(VIEW, run({ state: "partly", completed: 97, failed: 3 }), TYPICAL).word).toBe(
      "3 of 100 failed",
    );
  });

  it("says what a running block says of itself", () => {
    const progress = { share: 0.5, text: "184 tokens" };
    expect(footOf(VIEW, run({ state: "running", progress }), TYPICAL)).toMatchObject({
      word: "184 tokens",
      share: 0.5,
    });
  });

  it("says why it failed", () => {
    const failed = run({
      state: "failed",
      error: { code: "rate_limited", message: "429 rate limit", firing: 1 },
    });
    expect(footOf(VIEW, failed, TYPICAL).word).toBe("Failed: 429 rate limit");
  });
});
