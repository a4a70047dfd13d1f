import { describe, expect, it } from "vitest";

import type { RunEvent } from "@/lib/autogpt-server-api/types";
import { eventsOf, LINKS } from "@/lib/run/run-events.fixture";
import { RunStore } from "@/lib/run/store";
import { type Sources, watchRun } from "@/lib/run/watch";

const EVENTS = eventsOf(4);

type Watcher = Parameters<Sources["live"]["followRun"]>[2];

/** A server that has counted nothing itself and tells the events up to `known`, 10 at a time. */
function server(known: number) {
  const asked: number[] = [];
  const followed: { after: number; watcher: Watcher; isStopped: boolean }[] = [];
  const sources: Sources = {
    readNodes: async () => ({ run_id: "r", items: [], after: known }),
    readEvents: async (after) => {
      asked.push(after);
      const items = EVENTS.slice(after, Math.min(after + 10, known));
      return { items, next_after: after + items.length };
    },
    live: {
      followRun: (_run, after, watcher) => {
        const one = { after, watcher, isStopped: false };
        followed.push(one);
        return () => {
          one.isStopped = true;
        };
      },
    },
  };
  return { sources, asked, followed };
}

function newStore(status: "running" | "completed" = "running"): RunStore {
  return new RunStore({ links: LINKS, status }, (work) => work());
}

function seqs(events: readonly RunEvent[]): (number | null)[] {
  return events.map(({ seq }) => seq);
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) await Promise.resolve();
}

describe("watchRun", () => {
  it("reads what happened, page by page, then follows from there to the end", async () => {
    const { sources, asked, followed } = server(25);
    const store = newStore();
    const said: string[] = [];
    watchRun("r", store, sources, { onPast: () => said.push("past"), onEnd: () => said.push("end") });
    await settled();
    expect(asked).toEqual([0, 10, 20]);
    expect(followed[0]?.after).toBe(25);
    followed[0]?.watcher.onEvents(EVENTS.slice(25));
    expect(seqs(store.log)).toEqual(EVENTS.map(({ seq }) => seq));
    followed[0]?.watcher.onEnd?.("r");
    await settled();
    expect(said).toEqual(["past", "end"]);
  });

  it("does not follow a run that has ended, also when it has only just", async () => {
    const ended = server(EVENTS.length);
    watchRun("r", newStore("completed"), ended.sources, {});
    const justEnded = server(EVENTS.length);
    const said: string[] = [];
    watchRun("r", newStore("running"), justEnded.sources, { onEnd: () => said.push("end") });
    await settled();
    expect([ended.followed, justEnded.followed]).toEqual([[], []]);
    expect(said).toEqual(["end"]);
  });

  it("stops for good", async () => {
    const { sources, asked, followed } = server(25);
    const stopEarly = watchRun("r", newStore(), sources, {});
    stopEarly();
    await settled();
    expect([asked, followed]).toEqual([[], []]);
    const stopLate = watchRun("r", newStore(), sources, {});
    await settled();
    stopLate();
    expect(followed[0]?.isStopped).toBe(true);
  });

  it("says what went wrong, and who is refused", async () => {
    const { sources, followed } = server(25);
    const failures: unknown[] = [];
    const onFailed = (error: unknown) => void failures.push(error);
    watchRun(
      "r",
      newStore(),
      { ...sources, readNodes: () => Promise.reject(new Error("away")) },
      { onFailed },
    );
    watchRun("r", newStore(), sources, { onFailed });
    await settled();
    followed[0]?.watcher.onRefused?.({ code: "not_found", detail: "There is no such run." });
    expect(failures.map(String)).toEqual(["Error: away", "Error: There is no such run."]);
  });
});
