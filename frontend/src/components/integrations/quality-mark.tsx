// How good a provider is: four steps, as many filled as it has reached, and the word.

import { LEVELS, type Level, levelWord } from "@/components/integrations/quality";

type QualityMarkProps = {
  level: Level;
  /** Whose; where nothing around it says so. */
  of?: string;
  className?: string;
};

export function QualityMark({ level, of, className = "" }: QualityMarkProps) {
  const reached = LEVELS.indexOf(level) + 1;
  return (
    <span className={`quality ${className}`}>
      <span className="quality__steps" aria-hidden>
        {LEVELS.map((one, place) => (
          <i key={one} className={place < reached ? "quality__kept" : ""} />
        ))}
      </span>
      <span className="sr-only">{of ? `Quality of ${of}: ` : "Quality: "}</span>
      {levelWord(level)}
    </span>
  );
}
