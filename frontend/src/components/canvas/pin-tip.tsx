// What a pin is: its name, type and description, beside the one under the pointer or with the focus.

import { type RefObject, useEffect, useState } from "react";

type Tip = { label: string; kind: string; about: string; x: number; y: number };

const DELAY_MS = 350;

export function PinTip({ canvas }: { canvas: RefObject<HTMLElement | null> }) {
  const tip = useTip(canvas);
  if (tip === null) return null;
  return (
    <div className="tooltip pin-tip" style={{ left: tip.x, top: tip.y }} aria-hidden="true">
      <b>{tip.label}</b>
      <span className="faint">{tip.kind}</span>
      {tip.about && <span className="pin-tip__about">{tip.about}</span>}
    </div>
  );
}

/** One listener for all pins: a graph has thousands. */
function useTip(canvas: RefObject<HTMLElement | null>): Tip | null {
  const [tip, setTip] = useState<Tip | null>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = () => {
      clearTimeout(timer);
      setTip(null);
    };
    const show = (event: Event) => {
      const pin = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tip]") : null;
      hide();
      if (pin) timer = setTimeout(() => setTip(tipOf(pin, element)), event.type === "focusin" ? 0 : DELAY_MS);
    };
    const shows = ["pointerover", "focusin"];
    const hides = ["pointerdown", "focusout", "wheel", "pointerleave", "keydown"];
    for (const kind of shows) element.addEventListener(kind, show);
    for (const kind of hides) element.addEventListener(kind, hide, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const kind of shows) element.removeEventListener(kind, show);
      for (const kind of hides) element.removeEventListener(kind, hide);
    };
  }, [canvas]);
  return tip;
}

function tipOf(pin: HTMLElement, canvas: HTMLElement): Tip {
  const { tip = "", tipKind = "", tipAbout = "" } = pin.dataset;
  const [at, frame] = [pin.getBoundingClientRect(), canvas.getBoundingClientRect()];
  return {
    label: tip,
    kind: tipKind,
    about: tipAbout,
    x: at.x + at.width / 2 - frame.x,
    y: at.bottom - frame.y,
  };
}
