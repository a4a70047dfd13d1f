// An address that leads nowhere.

import { Compass } from "lucide-react";

import { NothingHere } from "@/components/ui/nothing-here";

export function NotFound() {
  return (
    <div className="h-screen">
      <NothingHere
        icon={Compass}
        title="There is nothing at this address"
        onward={{ to: "/", label: "Go to the library" }}
      >
        The link may be old, or what it led to was deleted.
      </NothingHere>
    </div>
  );
}
