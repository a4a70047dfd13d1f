// What stands where data would: nothing yet, loading, an error. Each says what to do.

import { CloudOff, type LucideIcon, RotateCw, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";

import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { message } from "@/components/ui/toast";
import { ApiError } from "@/lib/api/client";

type EmptyProps = { icon: LucideIcon; title: string; children?: ReactNode; action?: ReactNode };

/** What is so, what to do, one ink button. */
export function Empty({ icon, title, children, action }: EmptyProps) {
  return (
    <div className="empty">
      <span className="tile">
        <Icon of={icon} />
      </span>
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** Grey lines in the shape of what comes; nothing for the first 300 ms, so that quick answers do not flicker. */
export function Loading({ rows = 4, label = "Loading" }: { rows?: number; label?: string }) {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={label} className="grid gap-2">
      {isSlow &&
        Array.from({ length: rows }, (_, row) => `row-${row}`).map((row) => (
          <span key={row} className="skeleton" />
        ))}
    </div>
  );
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const isOffline = error instanceof ApiError && error.status === 0;
  return (
    <div className="empty" role="alert">
      <span className="tile">
        <Icon of={isOffline ? CloudOff : TriangleAlert} />
      </span>
      <h2>{isOffline ? "The server cannot be reached" : "This could not be loaded"}</h2>
      <p>{isOffline ? "Nothing is lost. It is asked again as soon as it is back." : message(error)}</p>
      {onRetry && (
        <Button icon={RotateCw} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

type Loaded<T> = { data: T | undefined; error: unknown; refetch: () => unknown };

/** A query's data, or what stands in its place. What was loaded before stays while it is asked anew. */
export function Loads<T>({
  query,
  children,
  rows,
}: {
  query: Loaded<T>;
  children: (data: T) => ReactNode;
  rows?: number;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading {...(rows ? { rows } : {})} />;
}
