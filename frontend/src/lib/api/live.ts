// The page's one connection for what runs do (`WS /api/ws`).

import { api, hearReachable, isReachable, unwrap } from "@/lib/api/client";
import { type Connect, Live } from "@/lib/run/live";

const connect: Connect = ({ onOpen, onText, onClose }) => {
  const address = new URL("/api/ws", globalThis.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  socket.addEventListener("open", onOpen);
  socket.addEventListener("message", ({ data }) => onText(String(data)));
  socket.addEventListener("close", onClose);
  return { send: (text) => socket.send(text), close: () => socket.close() };
};

/** After a break one question tells the whole page whether the server is there, and this person still logged in. */
function ask(): void {
  unwrap(api.GET("/api/auth/me")).catch(() => undefined);
}

export const live = new Live(connect, ask);

// When the server is back, nobody waits for the next try.
hearReachable(() => isReachable() && live.wake());
globalThis.addEventListener?.("online", () => live.wake());
