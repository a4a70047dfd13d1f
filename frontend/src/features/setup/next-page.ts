// Where one goes after the login: where one wanted to; once, as an owner with open first steps, to those.

import type { Me } from "@/lib/api/session";
import type { Wizard } from "@/lib/api/setup";

const KEY = "blockyard.welcomed";

/** A page of ours out of `next`; null: it is none. Anything that could lead to another site is none. */
export function ownPage(next: string | undefined): string | null {
  if (!next?.startsWith("/") || /^\/[/\\]/.test(next) || hasControls(next)) return null;
  const page = new URL(next, "http://here.invalid");
  const isOurs = page.host === "here.invalid" && !page.pathname.startsWith("//");
  if (!isOurs || page.pathname === "/login" || page.pathname === "/setup") return null;
  return `${page.pathname}${page.search}${page.hash}`;
}

function hasControls(text: string): boolean {
  return [...text].some((letter) => letter < " "); // a browser takes them out before it reads an address
}

/** Whether the first steps are shown by themselves now. */
export function isToBeWelcomed(me: Me, wizard: Wizard | null): boolean {
  return me.role === "owner" && wizard !== null && !wizard.is_done && !wasWelcomed(me.id);
}

/** Remembered in this browser: nobody is led to the first steps twice. */
export function rememberWelcome(userId: string): void {
  try {
    localStorage.setItem(KEY, userId);
  } catch {
    // A browser that stores nothing shows the steps once more, which loses nothing.
  }
}

function wasWelcomed(userId: string): boolean {
  try {
    return localStorage.getItem(KEY) === userId;
  } catch {
    return false;
  }
}
