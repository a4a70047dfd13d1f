// A Lucide icon in the three sizes of the interface; decorative, the word beside it says the same.

import type { LucideIcon } from "lucide-react";

const STROKE = { 16: 1.75, 14: 2, 12: 2.25 } as const;

type IconProps = { of: LucideIcon; size?: keyof typeof STROKE; className?: string };

export function Icon({ of: Lucide, size = 16, className = "" }: IconProps) {
  return (
    <Lucide aria-hidden size={size} strokeWidth={STROKE[size]} className={`flex-none ${className}`.trim()} />
  );
}
