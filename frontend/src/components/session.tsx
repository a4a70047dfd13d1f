// Who is logged in, for everything below; and what they may do.

import { createContext, type ReactNode, useContext } from "react";

import { type Me, may, type Scope } from "@/lib/api/session";

const SessionContext = createContext<Me | null>(null);

export function SignedIn({ me, children }: { me: Me; children: ReactNode }) {
  return <SessionContext value={me}>{children}</SessionContext>;
}

export function useMe(): Me {
  const me = useContext(SessionContext);
  if (me === null) throw new Error("useMe needs SignedIn above it.");
  return me;
}

/** Whether the person may do what needs this scope: else its buttons are not shown. */
export function useMay(scope: Scope): boolean {
  return may(useMe(), scope);
}
