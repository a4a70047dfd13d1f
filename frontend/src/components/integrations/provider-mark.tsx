// Draws a provider's mark at 16 (20 in a tile); decorative, the name stands beside it.

import type { LucideIcon } from "lucide-react";
import type { CSSProperties } from "react";

import type { Logo } from "@/components/integrations/provider-logos";
import "@/styles/integrations.css";

/** A logo, or an icon for a provider that is no company. */
export type ProviderMark = Logo | LucideIcon;

type MaskStyle = CSSProperties & { "--mark": string };

export function Mark({ mark }: { mark: ProviderMark }) {
  if (!isLogo(mark)) {
    const Lucide = mark;
    return <Lucide aria-hidden className="logo" strokeWidth={1.75} />;
  }
  if (!mark.isInk) return <img src={mark.url} alt="" className="logo" />;
  const style: MaskStyle = { "--mark": `url("${mark.url}")` };
  return <span aria-hidden className="logo logo--ink" style={style} />;
}

function isLogo(mark: ProviderMark): mark is Logo {
  return "url" in mark;
}
