import { act, fireEvent, render, screen } from "@testing-library/react";
import { beforeAll, describe, expect, it, vi } from "vitest";

import type { CanvasProps } from "@/components/canvas/canvas-props";
import { GraphCanvas } from "@/components/canvas/graph-canvas";
import { type RunStates, RunStatesProvider } from "@/components/canvas/run-states";
import type { LinkView, NodeView, PinView } from "@/lib/graph/view";
import type { NodeRun } from "@/lib/run/model";

/** jsdom lays nothing out: the canvas is told its size. */
beforeAll(() => {
  vi.stubGlobal(
    "DOMMatrixReadOnly",
    class {
      m22 = 1;
    },
  );
  vi.stubGlobal(
    "ResizeObserver",
    class {
      readonly #heard: ResizeObserverCallback;
      constructor(heard: ResizeObserverCallback) {
        this.#heard = heard;
      }
      observe(element: Element): void {
        if (element.classList.contains("react-flow__node")) return;
        queueMicrotask(() => this.#heard([], this));
      }
      unobserve(): void {}
      disconnect(): void {}
    },
  );
  Object.defineProperty(HTMLElement.prototype, "offsetWidth", { configurable: true, get: () => 1_200 });
  Object.defineProperty(HTMLElement.prototype, "offsetHeight", { configurable: true, get: () => 800 });
});

function pin(name: string, kind: PinView["kind"] = "text"): PinView {
  return { name, label: name, kind, isLinked: false, isMissing: false, constant: null, description: "" };
}

function block(id: string, x: number, changes: Partial<NodeView> = {}): NodeView {
  return {
    id,
    kind: "block",
    blockId: "b",
    title: id,
    sub: "AI answer",
    icon: "split",
    provider: null,
    inputs: [pin("question"), pin("count", "number")],
    outputs: [pin("answer")],
    more: 0,
    isDisabled: false,
    isPinned: false,
    text: "",
    size: null,
    position: { x, y: 0 },
    ...changes,
  };
}

const NODES = [block("First", 0), block("Second", 300)];
const LINK: LinkView = {
  id: "link",
  source: "First",
  sourcePin: "answer",
  sink: "Second",
  sinkPin: "question",
  kind: "text",
  isStatic: false,
};

async function show(changes: Partial<CanvasProps> = {}, states?: RunStates) {
  const canvas = (
    <GraphCanvas
      nodes={NODES}
      links={[]}
      mode="edit"
      selection={new Set()}
      onSelect={() => {}}
      {...changes}
    />
  );
  render(states ? <RunStatesProvider states={states}>{canvas}</RunStatesProvider> : canvas);
  await act(async () => {});
}

function runs(first: NodeRun) {
  let current = first;
  const listeners = new Set<() => void>();
  const states: RunStates = {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    node: (id) => (id === current.nodeId ? current : undefined),
    link: () => undefined,
  };
  const put = (changes: Partial<NodeRun>) => {
    current = { ...current, ...changes };
    for (const listener of listeners) listener();
  };
  return { states, put };
}

const RUNNING: NodeRun = {
  nodeId: "First",
  state: "running",
  started: 3,
  completed: 2,
  failed: 0,
  waiting: 0,
  running: 1,
  retried: 0,
  total: 8,
  durationMs: 4_100,
  usdMicros: 0,
  error: null,
  progress: null,
};

const pinNamed = (name: RegExp, place = 0) => {
  const found = screen.getAllByRole("button", { name })[place];
  if (!found) throw new Error(`There is no pin ${name} at ${place}.`);
  return found;
};

describe("a block", () => {
  it("is called by its name, what it is, and how it is, which follows the run", async () => {
    const { states, put } = runs(RUNNING);
    await show({}, states);
    expect(screen.getByRole("group", { name: "First, AI answer, Running 3 of 8, 4.1 s" })).toBeTruthy();
    expect(screen.getByRole("group", { name: "Second, AI answer, Ready" })).toBeTruthy();
    act(() => put({ state: "failed", error: { code: "x", message: "429 rate limit", firing: 3 } }));
    expect(
      screen.getByRole("group", { name: "First, AI answer, Failed: 429 rate limit, 4.1 s" }),
    ).toBeTruthy();
  });

  it("shows how many problems it has", async () => {
    await show({ problems: new Map([["Second", 2]]) });
    expect(screen.getByTitle("2 problems")).toBeTruthy();
    expect(screen.getByRole("group", { name: /Second.*2 problems/ })).toBeTruthy();
  });

  it("is opened by Enter, selected by Space, moved by Alt and an arrow", async () => {
    const [onOpen, onSelect, onMove] = [vi.fn(), vi.fn(), vi.fn()];
    await show({ onOpen, onSelect, onMove, selection: new Set(["First"]) });
    const second = screen.getByRole("group", { name: /Second/ });
    act(() => second.focus());
    fireEvent.keyDown(second, { key: "Enter" });
    expect(onOpen).toHaveBeenCalledWith("Second");
    fireEvent.keyDown(second, { key: " ", shiftKey: true });
    expect(onSelect).toHaveBeenLastCalledWith(new Set(["First", "Second"]));
    fireEvent.keyDown(second, { key: "ArrowDown", altKey: true });
    expect(onMove).toHaveBeenCalledWith(new Map([["Second", { x: 300, y: 20 }]]));
  });

  it("cannot be moved or linked where the graph is only looked at", async () => {
    const onMove = vi.fn();
    await show({ mode: "read", onMove });
    const first = screen.getByRole("group", { name: /First/ });
    fireEvent.keyDown(first, { key: "ArrowDown", altKey: true });
    expect(onMove).not.toHaveBeenCalled();
    expect(screen.queryByRole("button", { name: /Output answer/ })).toBeNull();
  });
});

describe("a link", () => {
  it("is called by its two ends", async () => {
    await show({ links: [LINK] });
    expect(screen.getByRole("group", { name: "Link from First, answer to Second, question" })).toBeTruthy();
  });

  it("is drawn by two presses", async () => {
    const onLink = vi.fn();
    await show({ canLink: () => null, onLink });
    fireEvent.click(pinNamed(/Output answer/));
    fireEvent.click(pinNamed(/Input question/, 1));
    expect(onLink).toHaveBeenCalledWith(
      { nodeId: "First", side: "output", pin: "answer" },
      { nodeId: "Second", side: "input", pin: "question" },
    );
  });

  it("that does not fit is refused, with the reason, and not made", async () => {
    const [onLink, onRefused] = [vi.fn(), vi.fn()];
    const refusal = { why: "Text does not fit Number.", cure: null };
    await show({ canLink: (_from, to) => (to.pin === "count" ? refusal : null), onLink, onRefused });
    fireEvent.click(pinNamed(/Output answer/));
    expect(pinNamed(/Input count/, 1).className).toContain("is-faded");
    expect(pinNamed(/Input question/, 1).className).toContain("is-fits");
    fireEvent.click(pinNamed(/Input count/, 1));
    expect(onRefused).toHaveBeenCalledWith(
      { nodeId: "First", side: "output", pin: "answer" },
      { nodeId: "Second", side: "input", pin: "count" },
      refusal,
    );
    expect(onLink).not.toHaveBeenCalled();
    expect(screen.getByText("Text does not fit Number.")).toBeTruthy();
  });

  it("is asked about once for each pin", async () => {
    const canLink = vi.fn(() => null);
    await show({ canLink });
    fireEvent.click(pinNamed(/Output answer/));
    expect(canLink.mock.calls.length).toBe(4);
  });
});
