// Two presses draw a link: the first on a pin begins it, the second on another ends it. For who does not drag.

import { useCallback } from "react";

import { useCanvas } from "@/components/canvas/canvas-context";
import { samePin, startLinking } from "@/components/canvas/linking";
import type { PinPlace } from "@/lib/graph/model";
import { pinLabel } from "@/lib/graph/pins";

export function usePressPin(): (place: PinPlace) => void {
  const { linking, wishes, announcement } = useCanvas();
  return useCallback(
    (place) => {
      const drawn = linking.get();
      if (drawn === null) {
        startLinking(linking, place, "press", wishes.canLink);
        announcement.set(`Linking from ${pinLabel(place.pin)}. Press a pin that fits; Escape ends it.`);
        return;
      }
      linking.set(null);
      if (samePin(drawn.from, place)) return;
      const refusal = drawn.refusal(place);
      if (refusal) wishes.refused(drawn.from, place, refusal);
      else wishes.link(drawn.from, place);
      announcement.set(refusal ? refusal.why : "Linked.");
    },
    [linking, wishes, announcement],
  );
}
