// A word in the corner, for what the screen does not show by itself. Errors stay until they are closed.

import { CircleCheck, CircleX } from "lucide-react";
import { Toaster as Sonner, toast } from "sonner";

import { Icon } from "@/components/ui/icon";
import { ApiError } from "@/lib/api/client";

type Action = { label: string; onClick: () => void };

/** Done, with at most one action such as "Undo". */
export function tell(message: string, action?: Action): void {
  toast(message, { icon: <Icon of={CircleCheck} className="text-ok" />, ...(action ? { action } : {}) });
}

/** What went wrong, in the words of whoever said so. */
export function tellError(error: unknown, action?: Action): void {
  toast.error(message(error), {
    duration: Number.POSITIVE_INFINITY,
    icon: <Icon of={CircleX} className="text-fail" />,
    ...(action ? { action } : {}),
  });
}

/** The words for an error: the server's own, or what is known of it. */
export function message(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof Error) return `Something in this page failed: ${error.message}. Reload the page.`;
  return "Something in this page failed. Reload it.";
}

export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      offset={16}
      duration={5_000}
      closeButton
      toastOptions={{
        unstyled: true,
        classNames: { toast: "toast", actionButton: "btn btn--sm push", closeButton: "toast__close" },
      }}
    />
  );
}
