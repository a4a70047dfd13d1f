// Other tabs of this browser in which the same graph is open: the one that came later is told.

export type OtherTabs = {
  /** Told once when another tab had the graph before this one. */
  onOlder: (listener: () => void) => void;
  stop: () => void;
};

type Message = { kind: "hello" | "here"; from: string };

export function watchOtherTabs(graphId: string): OtherTabs {
  const own = crypto.randomUUID();
  const channel = new BroadcastChannel(`blockyard.graph.${graphId}`);
  let listener: (() => void) | null = null;
  channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    if (data.from === own) return;
    if (data.kind === "hello") channel.postMessage({ kind: "here", from: own } satisfies Message);
    else {
      listener?.();
      listener = null;
    }
  });
  return {
    onOlder: (told) => {
      listener = told;
      channel.postMessage({ kind: "hello", from: own } satisfies Message);
    },
    stop: () => channel.close(),
  };
}
